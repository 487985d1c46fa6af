import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelVersion } from "../../src/runtime/serve/model-version.js";
import { createRepository, type RepositoryEvent } from "../../src/runtime/serve/repository/repository.js";
import type { FoundVersion } from "../../src/runtime/serve/repository/layout.js";
import { openServer, type Server, type ServerOptions } from "../../src/runtime/serve/server.js";
import { type Served, trainServed } from "./served.js";

let served: Served;
beforeAll(async () => {
  served = await trainServed();
}, 60_000);
afterAll(() => served.remove());

interface Opened extends Server {
  readonly log: () => readonly Readonly<Record<string, unknown>>[];
}

async function open(path: string, other: Partial<ServerOptions> = {}): Promise<Opened> {
  const lines: string[] = [];
  const log = { level: "info", write: (line: string) => void lines.push(line) };
  const server = await openServer({ path, engine: "cpu", workers: 0, poll: 0, log, ...other });
  return { ...server, log: () => lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>) };
}

const instances = [{ uid: "u0", item: "i1", price: 2, tags: ["a"] }];

async function statusOf({ app }: Server, url: string): Promise<number> {
  return (await app.inject({ method: "POST", url, payload: { instances } })).statusCode;
}

async function versionsOf({ app }: Server, model: string): Promise<Readonly<Record<string, string>>> {
  const { body } = await app.inject(`/v1/models/${model}`);
  const { model_version_status: all } = JSON.parse(body) as {
    readonly model_version_status: readonly { readonly version: string; readonly state: string }[];
  };
  return Object.fromEntries(all.map(({ version, state }) => [version, state]));
}

describe("a folder of versions", () => {
  it("is answered by the newest, and by one that comes later", async () => {
    const folder = served.versions("shop", 1, 9);
    const server = await open(folder);
    expect(await versionsOf(server, "shop")).toEqual({ 9: "AVAILABLE" });
    cpSync(served.artifact, join(folder, ".10"), { recursive: true });
    await server.refresh();
    expect(await versionsOf(server, "shop")).toEqual({ 9: "AVAILABLE" });
    renameSync(join(folder, ".10"), join(folder, "10"));
    await server.refresh();
    expect(await versionsOf(server, "shop")).toEqual({ 10: "AVAILABLE" });
    expect(await statusOf(server, "/v1/models/shop:predict")).toBe(200);
    expect(await statusOf(server, "/v1/models/shop/versions/9:predict")).toBe(404);
    await server.close();
  });

  it("goes on with the good one where a new one is damaged, until that is repaired", async () => {
    const folder = served.versions("good", 1);
    const server = await open(folder);
    served.versions("good", 2);
    const weights = join(folder, "2", "weights.safetensors");
    const bytes = readFileSync(weights);
    writeFileSync(
      weights,
      bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)),
    );
    await server.refresh();
    await server.refresh();
    expect(await versionsOf(server, "good")).toEqual({ 1: "AVAILABLE", 2: "END" });
    expect(await statusOf(server, "/v1/models/good:predict")).toBe(200);
    const refused = server.log().filter(({ msg }) => msg === "version refused");
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({
      model: "good",
      version: "2",
      reasons: [expect.stringMatching(/^MTL7203: .*SHA-256/)],
    });
    writeFileSync(weights, bytes);
    await server.refresh();
    expect(await versionsOf(server, "good")).toEqual({ 2: "AVAILABLE" });
    await server.close();
  });

  it("keeps as many open as it is told to", async () => {
    const server = await open(served.versions("many", 1, 2, 3), { versions: 2 });
    expect(await versionsOf(server, "many")).toEqual({ 2: "AVAILABLE", 3: "AVAILABLE" });
    expect(await statusOf(server, "/v1/models/many/versions/2:predict")).toBe(200);
    await server.close();
  });

  it("does not let go of its last version", async () => {
    const folder = served.versions("last", 1);
    const server = await open(folder);
    rmSync(join(folder, "1"), { recursive: true });
    await server.refresh();
    expect(await statusOf(server, "/v1/models/last:predict")).toBe(200);
    await server.close();
  });
});

it("serves a folder of models, each by its own name", async () => {
  served.versions("models/a", 1);
  const server = await open(join(served.root, "models"));
  expect(await statusOf(server, "/v1/models/a:predict")).toBe(200);
  served.versions("models/b", 4);
  await server.refresh();
  expect(await versionsOf(server, "b")).toEqual({ 4: "AVAILABLE" });
  rmSync(join(served.root, "models", "a"), { recursive: true });
  await server.refresh();
  expect(await statusOf(server, "/v1/models/a:predict")).toBe(404);
  await server.close();
});

it("does not start where no version is good, and says what is wrong with the newest", async () => {
  const folder = served.versions("bad", 1);
  rmSync(join(folder, "1", "weights.safetensors"));
  await expect(open(folder)).rejects.toThrow(/^MTL7203: .*weights\.safetensors/);
});

it("serves a spec, which infers nothing", async () => {
  const server = await open(served.spec);
  const { statusCode, body } = await server.app.inject({
    method: "POST",
    url: "/v1/models/taste:predict",
    payload: { instances },
  });
  expect([statusCode, body]).toEqual([
    400,
    JSON.stringify({ error: "model `taste` has no trained network, so that there is nothing to infer" }),
  ]);
  await server.close();
});

describe("the repository", () => {
  const version = (name: string, closed: string[]): ModelVersion => ({
    model: "m",
    version: name,
    description: {
      spec: "m",
      hash: "",
      infers: true,
      columns: [],
      heads: [],
      rankings: [],
      counted: [],
      trained: new Map(),
    },
    infer: () => Promise.resolve({}),
    rank: () => Promise.reject(new Error("it has no ranking")),
    queued: () => 0,
    close: () => Promise.resolve(void closed.push(name)),
  });

  it("closes a version that was replaced when its last request has ended", async () => {
    const closed: string[] = [];
    const events: RepositoryEvent["kind"][] = [];
    let found: readonly FoundVersion[] = [{ version: "1", path: "", identity: "", state: "1" }];
    const repository = createRepository({
      layout: () => [{ name: "m", versions: found }],
      open: (_model, each) => Promise.resolve(version(each.version, closed)),
      keep: 1,
      onEvent: ({ kind }) => events.push(kind),
    });
    await repository.refresh();
    const leases = [repository.acquire("m"), repository.acquire("m", "1")];
    found = [{ version: "2", path: "", identity: "", state: "2" }];
    await repository.refresh();
    expect(repository.acquire("m").version.version).toBe("2");
    leases[0]?.release();
    leases[0]?.release();
    expect(closed).toEqual([]);
    expect(leases[1]?.version.version).toBe("1");
    leases[1]?.release();
    expect(closed).toEqual(["1"]);
    expect(events).toEqual(["loaded", "loaded", "retired"]);
  });
});
