import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Failure } from "../../src/runtime/failure.js";
import { type RunningServer, serve, type ServeOptions } from "../../src/runtime/serve/index.js";
import { type Served, trainServed } from "./served.js";

let served: Served;
let running: RunningServer;
const token = "0123456789abcdef";

beforeAll(async () => {
  served = await trainServed();
  writeFileSync(join(served.root, "token"), `${token}\n`);
  running = await serve(options({ tokenFile: join(served.root, "token") }));
}, 60_000);

afterAll(async () => {
  await running.close();
  served.remove();
});

function options(other: Partial<ServeOptions> = {}): ServeOptions {
  return { path: served.artifact, engine: "cpu", workers: 0, poll: 0, port: 0, environment: {}, ...other };
}

async function refusalOf(other: Partial<ServeOptions>): Promise<string> {
  try {
    const server = await serve(options(other));
    await server.close();
    return "it serves";
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

describe("a server does not start", () => {
  it("where there is nothing to serve", async () => {
    const empty = join(served.root, "empty");
    mkdirSync(empty, { recursive: true });
    expect(await refusalOf({ path: empty })).toMatch(/^MTL7600: .*empty` has nothing to serve/);
  });

  it("where another one listens", async () => {
    const { port } = new URL(running.url);
    expect(await refusalOf({ port: Number(port) })).toBe(
      `MTL7601: the server cannot listen on 127.0.0.1, port ${port}: another program listens there`,
    );
  });

  it("with a token that lets anybody in", async () => {
    expect(await refusalOf({ environment: { MTLC_TOKEN: "" } })).toMatch(/^MTL7602: .*`MTLC_TOKEN`.* it is empty/);
    expect(await refusalOf({ environment: { MTLC_TOKEN: "short" } })).toMatch(/^MTL7602: .*shorter than 16/);
    expect(await refusalOf({ tokenFile: join(served.root, "none") })).toMatch(/^MTL7602: .*cannot be read \(ENOENT\)/);
  });
});

describe("a token", () => {
  const ask = async (path: string, authorization?: string): Promise<number> => {
    const response = await fetch(
      `${running.url}${path}`,
      authorization === undefined ? {} : { headers: { authorization } },
    );
    await response.text();
    return response.status;
  };

  it("is asked for by all but health", async () => {
    expect(await ask("/v2/health/ready")).toBe(200);
    expect(await ask("/v2/models/taste")).toBe(401);
    expect(await ask("/metrics", "Bearer 0123456789abcdeX")).toBe(401);
    expect(await ask("/metrics", `Bearer ${token}`)).toBe(200);
  });
});
