import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { redisProgram, startRedis, withoutRedis, type RedisServer } from "../../bench/redis-server.js";
import { createMemoryStore, openPermitStore, type PermitStore } from "../../src/runtime/flow/index.js";
import { claimItems, closePage } from "../../src/runtime/serve/exposures/page-notes.js";
import { readPageToken } from "../../src/runtime/serve/ranking/page-token.js";
import { openServer, type Server, type ServerOptions } from "../../src/runtime/serve/server.js";

const spec = `model hall
attributes {
  ctr:   number in [0, 1]
  brand: text
}
fusion score = ctr
rules home {
  cap  often at most 2 of id per day zone: "UTC"
  cap  seen at most 100 of brand per day zone: "UTC" count: viewed
  pace even of brand at least 1000 per day zone: "UTC"
}
rank page = top 2 by score with home
`;

let root: string;
let path: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-exposures-"));
  path = join(root, "hall.mtl");
  writeFileSync(path, spec);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function open(other: Partial<ServerOptions> = {}): Promise<Server> {
  return openServer({ path, workers: 0, poll: 0, ...other });
}

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly pageToken: string;
  readonly exposuresUntil: string;
  readonly lateCaps?: readonly string[];
  readonly degradedCaps?: readonly unknown[];
}

const candidates = [
  { id: "1", ctr: 0.9, brand: "x" },
  { id: "2", ctr: 0.8, brand: "y" },
];

async function rank({ app }: Server, of: readonly object[] = candidates): Promise<Page> {
  const { body } = await app.inject({ method: "POST", url: "/v1/rank", payload: { request: "q", candidates: of } });
  return JSON.parse(body) as Page;
}

/** The first page of a server: it has items, or says that the store did not answer in time, as on a very busy machine. */
async function rankFirst(server: Server): Promise<Page> {
  const page = await rank(server);
  if (page.items.length > 0) return page;
  expect(page.lateCaps ?? page.degradedCaps).toBeDefined();
  return rankSome(server);
}

/** A page with items: on a busy machine a store may answer too late. */
async function rankSome(server: Server): Promise<Page> {
  for (let tries = 0; tries < 50; tries++) {
    const page = await rank(server);
    if (page.items.length > 0) return page;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  throw new Error("no page has an item");
}

async function report({ app }: Server, payload: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
  const { statusCode, body } = await app.inject({ method: "POST", url: "/v1/exposures", payload: payload as object });
  return { status: statusCode, body: JSON.parse(body) as unknown };
}

const of = (page: Page, ...items: readonly string[]) => ({ exposures: [{ pageToken: page.pageToken, items }] });
const result = (counted: readonly string[], repeated: readonly string[] = [], late: readonly string[] = []) => ({
  status: 200,
  body: { results: [{ request: "q", counted, repeated, late }] },
});

/** What a rule has counted, by key. */
async function countsOf(store: string, rule: string): Promise<Readonly<Record<string, number>>> {
  const opened = await openPermitStore(store);
  const all = await opened.read();
  await opened.close();
  return Object.fromEntries(
    all.flatMap(({ key, spent }) => {
      const [[, , name], value] = JSON.parse(key) as [readonly string[], string];
      return name === rule ? [[value, spent]] : [];
    }),
  );
}

let redis: RedisServer | undefined;
beforeAll(async () => {
  if (redisProgram !== undefined) redis = await startRedis();
});
afterAll(() => redis?.stop());

describe.each([
  ["SQLite", "", () => `sqlite:${join(root, "once.db")}`],
  ["Redis", withoutRedis, () => redis?.url ?? ""],
] as const)("exposures in %s%s", (_, missing, storeOf) => {
  const test = missing === "" ? it : it.skip;

  test("count once each, by whoever and however often they are reported, also across a restart", async () => {
    const store = storeOf();
    const first = await open({ store });
    const page = await rankFirst(first);
    expect(page.items.map(({ id }) => id)).toEqual(["1", "2"]);
    expect(Date.parse(page.exposuresUntil)).toBeGreaterThan(Date.now());
    const all = await Promise.all(Array.from({ length: 8 }, () => report(first, of(page, "1"))));
    expect(all.map((each) => JSON.stringify(each)).toSorted()).toEqual(
      [result(["1"]), ...Array.from({ length: 7 }, () => result([], ["1"]))]
        .map((each) => JSON.stringify(each))
        .toSorted(),
    );
    await first.close();
    if (store === redis?.url) await redis.restart();
    const second = await open({ store });
    expect(await report(second, { exposures: [{ pageToken: page.pageToken }] })).toEqual(result(["2"], ["1"]));
    const { body } = await second.app.inject("/metrics");
    expect(body).toContain('mtlc_exposures_total{model="hall",ranking="page",result="repeated"} 1');
    await second.close();
    expect(await countsOf(store, "seen")).toEqual({ '["x"]': 1, '["y"]': 1 });
    // The list has spent the permits of what was served, and counts for the pace.
    expect(await countsOf(store, "often")).toEqual({ '["1"]': 1, '["2"]': 1 });
    expect(await countsOf(store, "even")).toEqual({ '["x"]': 1, '["y"]': 1 });
  });

  test("never pass a cap, whichever of two servers makes the list and whichever is told", async () => {
    const store = storeOf();
    const servers = [await open({ store, count: "exposures" }), await open({ store, count: "exposures" })] as const;
    const three = [{ id: "3", ctr: 0.5, brand: "z" }];
    const pages = await Promise.all(servers.flatMap((server) => [0, 1, 2].map(() => rank(server, three))));
    const shown = pages.filter(({ items }) => items.length > 0);
    expect([1, 2]).toContain(shown.length);
    const reports = shown.flatMap((page) => servers.map((server) => report(server, of(page, "3"))));
    const told = (await Promise.all(reports)).map((each) => JSON.stringify(each));
    expect(told.filter((each) => each === JSON.stringify(result(["3"])))).toHaveLength(shown.length);
    expect(told.filter((each) => each === JSON.stringify(result([], ["3"])))).toHaveLength(shown.length);
    await Promise.all(servers.map((server) => server.close()));
    expect(await countsOf(store, "often")).toMatchObject({ '["3"]': shown.length });
  });
});

describe("exposures", () => {
  it("that are wrong are refused, and nothing of the report counts", async () => {
    const server = await open();
    const page = await rankSome(server);
    const good = { pageToken: page.pageToken, items: ["1"] };
    for (const [payload, error] of [
      [[], "the body must be an object, and is a list"],
      [{ exposures: [], page: 1 }, "a report has no member `page`; there is `exposures`"],
      [{ exposures: [good, { items: ["1"] }] }, "`pageToken` of exposure 2 must be a text, and is missing"],
      [{ exposures: [good, { pageToken: "x" }] }, "a page token is damaged"],
      [{ exposures: [good, { ...good, item: "1" }] }, "exposure 2 has a member `item`; there is pageToken, items"],
      [{ exposures: [{ ...good, items: [null] }] }, "must be identifiers of candidates"],
      [{ exposures: [good, { ...good, items: ["3"] }] }, "exposure 2 has the item `3`, which its page has not"],
    ] as const) {
      const { status, body } = await report(server, payload);
      expect([status, (body as { readonly error: string }).error]).toEqual([400, expect.stringContaining(error)]);
    }
    expect(await report(server, { exposures: [good] })).toEqual(result(["1"]));
    await server.close();
  });
});

describe("caps that count exposures", () => {
  afterEach(() => void vi.useRealTimers());

  it("have a permit again that was reserved and not used, and never more than there are", async () => {
    const store = `sqlite:${join(root, "reserved.db")}`;
    vi.useFakeTimers({ toFake: ["Date"] });
    const server = await open({ store, count: "exposures", exposureWait: 60_000 });
    const pages = [await rankSome(server), await rankSome(server)];
    expect((await rank(server)).items).toEqual([]);
    expect(await report(server, of(pages[0]!, "1"))).toEqual(result(["1"]));
    vi.setSystemTime(Date.now() + 62_000);
    const opened = await openPermitStore(store);
    for (const { pageToken } of pages) {
      const key = JSON.stringify(["page", readPageToken(pageToken, "").page]);
      await expect.poll(async () => (await opened.readNote(key))?.text, { timeout: 10_000 }).toMatch(/^\[1/);
    }
    await opened.close();
    await new Promise((resolve) => void setTimeout(resolve, 50));
    expect((await rankSome(server)).items.map(({ id }) => id)).toEqual(["1", "2"]);
    expect(await report(server, of(pages[0]!, "1", "2"))).toEqual(result([], ["1"], ["2"]));
    expect(await report(server, of(pages[1]!, "2"))).toEqual(result([], [], ["2"]));
    // `1` has one permit left, which the list before holds; `2` has one besides.
    expect((await rank(server)).items).toEqual([{ id: "2", score: 0.8 }]);
    await server.close();
    // What was reserved at the end may be shown yet.
    expect(await countsOf(store, "often")).toEqual({ '["1"]': 2, '["2"]': 2 });
    expect(await countsOf(store, "even")).toEqual({ '["x"]': 1 });
  });
});

describe("what is known of a page", () => {
  const page = { page: "p", until: Date.now() + 60_000 };

  it("is closed once, and says to whoever closes it what counted", async () => {
    const store = createMemoryStore();
    expect(await claimItems(store, page, [2, 0])).toEqual({ counted: [2, 0], repeated: [], late: [] });
    expect(await closePage(store, page)).toEqual([2, 0]);
    expect(await claimItems(store, page, [0, 1])).toEqual({ counted: [], repeated: [0], late: [1] });
    expect(await closePage(store, page)).toEqual([2, 0]);
  });

  it("decides between a report and the end of the page, whichever writes first", async () => {
    const inner = createMemoryStore();
    const writes: (() => void)[] = [];
    const held: Pick<PermitStore, "readNote" | "writeNote"> = {
      readNote: (key) => inner.readNote(key),
      writeNote: async (...call) => {
        await new Promise<void>((resolve) => writes.push(resolve));
        return inner.writeNote(...call);
      },
    };
    const claimed = claimItems(held, page, [0]);
    await expect.poll(() => writes.length).toBe(1);
    expect(await closePage(inner, page)).toEqual([]);
    writes[0]?.();
    expect(await claimed).toEqual({ counted: [], repeated: [], late: [0] });
  });
});
