import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { train } from "../../src/runtime/jobs/train.js";
import { recordRows } from "../../src/runtime/serve/scoring/call-rows.js";
import { openServer, type Server, type ServerOptions } from "../../src/runtime/serve/server.js";
import type { ModelVersion } from "../../src/runtime/serve/model-version.js";
import { listDifference, scoreDifferences } from "../../src/runtime/serve/shadow/compare.js";
import { createShadows, parseShadow, type ShadowWatcher } from "../../src/runtime/serve/shadow/shadow.js";
import { type Served, trainServed } from "./served.js";

let served: Served;
/** Versions 1 and 2 are the same, and 3 has other weights. */
let folder: string;
let server: Server | undefined;

beforeAll(async () => {
  served = await trainServed();
  const spec = readFileSync(served.spec, "utf8").replace(
    "rank page = top 3 by score",
    'rules home {\n  cap often at most 2 of id per day zone: "UTC"\n}\nrank page = top 2 by score with home',
  );
  folder = join(served.root, "shop");
  for (const [version, seed] of [
    ["1", 1],
    ["3", 2],
  ] as const) {
    const path = join(served.root, `seed-${seed}.mtl`);
    writeFileSync(path, spec.replace("seed: 1", `seed: ${seed}`));
    await train({ spec: path, output: join(folder, version), engine: "cpu" });
  }
  cpSync(join(folder, "1"), join(folder, "2"), { recursive: true });
}, 60_000);
afterAll(() => served.remove());
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function open(other: Partial<ServerOptions>): Promise<Server> {
  return (server = await openServer({ path: folder, engine: "cpu", workers: 0, poll: 0, ...other }));
}

const row = { uid: "u0", item: "i1", price: 2, tags: ["a", "b"] };
const candidates = ["1", "2", "3", "4"].map((id, i) => ({ id, ...row, item: `i${i}`, price: i }));

async function post({ app }: Server, url: string, payload: object): Promise<Readonly<Record<string, unknown>>> {
  const { body, statusCode } = await app.inject({ method: "POST", url, payload });
  expect(statusCode).toBe(200);
  return JSON.parse(body) as Readonly<Record<string, unknown>>;
}

/** The value of a line of /metrics; 0 where it is not there. */
async function metric({ app }: Server, line: string): Promise<number> {
  const { body } = await app.inject("/metrics");
  const found = body.split("\n").find((each) => each.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? 0);
}

const compared = (version: string): string =>
  `mtlc_shadow_requests_total{model="shop",version="${version}",result="compared"}`;

describe("a shadow", () => {
  it("answers beside the version that is asked, and only who names it", async () => {
    const opened = await open({ shadow: ["3"] });
    const asked = { instances: [row, { ...row, uid: "u1" }] };
    const body = await post(opened, "/v2/models/shop/infer", {
      inputs: Object.entries(row).map(([name, value]) => ({
        name,
        shape: [1],
        datatype: name === "price" ? "FP64" : "BYTES",
        data: [value],
      })),
    });
    expect(body["model_version"]).toBe("2");
    const own = await post(opened, "/v1/models/shop:predict", asked);
    const other = await post(opened, "/v1/models/shop/versions/3:predict", asked);
    expect(other).not.toEqual(own);
    await expect.poll(() => metric(opened, compared("3"))).toBe(2);
    const of = 'model="shop",version="3",of="ctr"';
    expect(await metric(opened, `mtlc_shadow_score_difference_count{${of}}`)).toBe(3);
    expect(await metric(opened, `mtlc_shadow_score_difference_sum{${of}}`)).toBeGreaterThan(0);
    const { body: text } = await opened.app.inject("/metrics");
    expect(text).toMatch(new RegExp(`mtlc_shadow_score_shift{${of},quantile="0.5"} -?0\\.\\d+`));
    // What is not told by version is told of answers only.
    expect(await metric(opened, 'mtlc_batch_rows_count{model="shop"}')).toBe(2);
  });

  it("ranks what was ranked, under the permits that were read, and spends none", async () => {
    const opened = await open({ shadow: ["1"] });
    const pages: unknown[] = [];
    for (let i = 0; i < 4; i++) pages.push((await post(opened, "/v1/rank", { candidates, version: "3" }))["items"]);
    // Two lists of the best two, and two of the others: the shadow took no permit.
    expect(pages[1]).toEqual(pages[0]);
    expect(pages[2]).not.toEqual(pages[0]);
    expect((pages[3] as readonly unknown[]).length).toBe(2);
    await expect.poll(() => metric(opened, compared("1"))).toBe(4);
    expect(await metric(opened, 'mtlc_shadow_items_missing_count{model="shop",version="1",ranking="page"}')).toBe(4);
  });

  it("with the same weights makes the same lists, whatever permits are left", async () => {
    const only = join(served.root, "same");
    for (const version of ["1", "2"]) cpSync(join(folder, version), join(only, "shop", version), { recursive: true });
    const opened = await open({ path: join(only, "shop"), shadow: ["shop/1:1"] });
    for (let i = 0; i < 5; i++) await post(opened, "/v1/rank", { candidates, request: `q${i}` });
    await expect.poll(() => metric(opened, compared("1"))).toBe(5);
    const of = 'model="shop",version="1",ranking="page"';
    expect(await metric(opened, `mtlc_shadow_items_missing_bucket{le="0",${of}}`)).toBe(5);
    // The fifth list is empty.
    expect(await metric(opened, `mtlc_shadow_positions_moved_bucket{le="0",${of}}`)).toBe(4);
    const scores = 'model="shop",version="1",of="page"';
    expect(await metric(opened, `mtlc_shadow_score_difference_bucket{le="0",${scores}}`)).toBe(8);
  });

  it("cannot be the only version, and is named by a number and a share", async () => {
    const single = served.versions("single", 4);
    await expect(open({ path: single, shadow: ["4"] })).rejects.toThrow(/^MTL7615: .*no other version/);
    for (const text of ["", "new", "0", "8:", "8:0", "8:1.5", "8:0.1:2"])
      expect(() => parseShadow(text)).toThrow(/^MTL7615: /);
    expect(parseShadow("shop/8:0.25")).toMatchObject({ model: "shop", version: "8", share: 0.25 });
  });
});

describe("a shadow that is busy, or fails", () => {
  interface Shadowed {
    readonly results: readonly string[];
    readonly shadows: ReturnType<typeof createShadows>;
    readonly errors: readonly unknown[];
    readonly finish: () => void;
  }

  function create(share: number, infer?: ModelVersion["infer"]): Shadowed {
    const results: string[] = [];
    const errors: unknown[] = [];
    const waiting: (() => void)[] = [];
    const watcher: ShadowWatcher = {
      onShadow: (_model, _version, result) => void results.push(result),
      onScores: () => undefined,
      onList: () => undefined,
    };
    const held = (): Promise<{ ctr: Float32Array }> =>
      new Promise((resolve) => waiting.push(() => resolve({ ctr: Float32Array.of(0.5) })));
    const shadow = { ...version("2"), infer: infer ?? held } as ModelVersion;
    const shadows = createShadows({
      rules: [parseShadow(`2:${share}`)],
      repository: { acquire: () => ({ version: shadow, release: () => undefined }) },
      watcher,
      onError: (_model, _version, error) => void errors.push(error),
    });
    return { results, shadows, errors, finish: () => waiting.splice(0).forEach((each) => each()) };
  }

  const version = (name: string, queued = 0): ModelVersion =>
    ({ model: "m", version: name, queued: () => queued }) as unknown as ModelVersion;
  const values = { ctr: Float32Array.of(0.25) };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

  it("leaves out calls that it has no room for, and those that would take the time of others", async () => {
    const { results, shadows, finish } = create(1);
    const ask = (rows: number, queued = 0): void =>
      shadows.choose(version("1", queued))?.inferred(recordRows(Array.from({ length: rows }, () => ({}))), values);
    ask(5000);
    await turn();
    ask(1);
    ask(1, 7);
    await turn();
    expect(results).toEqual(["dropped", "dropped"]);
    finish();
    await turn();
    ask(1);
    await turn();
    finish();
    await turn();
    expect(results).toEqual(["dropped", "dropped", "compared", "compared"]);
  });

  it("gets its share, and nothing of what it is asked itself", () => {
    const { shadows } = create(0.25);
    const chosen = Array.from({ length: 100 }, () => shadows.choose(version("1")) !== undefined);
    expect(chosen.filter(Boolean)).toHaveLength(25);
    expect(create(1).shadows.choose(version("2"))).toBeUndefined();
  });

  it("tells nobody but the log", async () => {
    const { results, shadows, errors } = create(1, () => Promise.reject(new Error("no such column")));
    shadows.choose(version("1"))?.inferred(recordRows([{}]), values);
    await turn();
    expect(results).toEqual(["failed"]);
    expect(errors).toHaveLength(1);
  });
});

describe("differences", () => {
  it("are those of heads that both have, of rows in even steps", () => {
    const values = { a: Float32Array.of(0, 0.5, 1, NaN), b: Float32Array.of(1, 1, 1, 1) };
    expect(scoreDifferences(values, { a: Float32Array.of(0.5, 0, 1, 1) })).toEqual(new Map([["a", [0.5, -0.5, 0]]]));
    const many = { a: new Float32Array(1000) };
    expect(scoreDifferences(many, many).get("a")).toHaveLength(63);
  });

  it("of lists are items that are not there, and positions of those that are", () => {
    const list = { items: ["a", "b", "c", "d"], scores: [4, 3, 2, 1] };
    expect(listDifference(list, list)).toEqual({ missing: 0, moved: 0, scores: [0, 0, 0, 0] });
    expect(listDifference(list, { items: ["b", "a", "x"], scores: [5, 4, 1] })).toEqual({
      missing: 0.5,
      moved: 1,
      scores: [0, 2],
    });
    const none = { items: [], scores: [] };
    expect(listDifference(none, none)).toEqual({ missing: 0, moved: undefined, scores: [] });
    expect(listDifference(none, list)).toMatchObject({ missing: 1 });
    expect(listDifference(list, none)).toMatchObject({ missing: 1, moved: undefined });
  });
});
