import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryStore } from "../../src/runtime/flow/stores/memory-store.js";
import { openRedisStore } from "../../src/runtime/flow/stores/redis-store.js";
import { openSqliteStore } from "../../src/runtime/flow/stores/sqlite-store.js";
import { openPermitStore } from "../../src/runtime/flow/stores/open-store.js";
import { blockSize } from "../../src/runtime/flow/lease.js";
import {
  counterKey,
  type LeaseRequest,
  type PermitStore,
  type Settlement,
} from "../../src/runtime/flow/stores/store.js";
import { createFlowControl } from "../../src/runtime/flow/flow-control.js";
import { compileText } from "../semantics/compile.js";
import { redisProgram, startRedis, withoutRedis, type RedisServer } from "../../bench/redis-server.js";

const ends = Date.now() + 3_600_000;
const noonToday = Math.floor(Date.now() / 86_400_000) * 86_400_000 + 43_200_000;
const capSpec = `model feed
signals { ctr: P(click) }
attributes { item_id: text }
fusion score = ctr
rules home { cap exposure at most 100 of item_id per day }
rank page = top 3 by score with home
`;
const folder = mkdtempSync(join(tmpdir(), "mtlc-flow-"));
let redis: RedisServer | undefined;

beforeAll(async () => {
  if (redisProgram !== undefined) redis = await startRedis();
});
afterAll(async () => {
  await redis?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const kinds = ["memory", "sqlite", "redis"] as const;

async function openStore(kind: (typeof kinds)[number]): Promise<PermitStore> {
  switch (kind) {
    case "memory":
      return createMemoryStore();
    case "sqlite":
      return openSqliteStore(join(folder, `${randomUUID()}.db`));
    case "redis":
      return openRedisStore(redis?.url ?? "", { prefix: randomUUID() });
  }
}

type Call =
  | { readonly kind: "lease"; readonly session: string; readonly requests: readonly LeaseRequest[] }
  | { readonly kind: "settle"; readonly session: string; readonly settlements: readonly Settlement[] };

const sessions = ["a#1", "b#1", "c#1"];
const keys = [counterKey(["feed", "home"], "x", "w"), counterKey(["feed", "home"], 1, "w")];

/** Calls as servers make them, late and repeated ones included, and now and then more spent than granted. */
const calls: fc.Arbitrary<readonly Call[]> = fc.array(
  fc
    .tuple(
      fc.constantFrom(...sessions),
      fc.boolean(),
      fc.uniqueArray(
        fc.record({
          key: fc.constantFrom(...keys),
          spent: fc.nat(400),
          sequence: fc.integer({ min: 1, max: 60 }),
          limit: fc.constantFrom(0, 7, 300, 2000, 2000, 2000),
          need: fc.constantFrom(0, 1, 5),
          release: fc.boolean(),
        }),
        { selector: ({ key }) => key, minLength: 1 },
      ),
    )
    .map(([session, isLease, parts]): Call => {
      const common = parts.map(({ key, limit, spent, sequence }) => ({ key, limit, spent, sequence, ends }));
      return isLease
        ? { kind: "lease", session, requests: common.map((each, i) => ({ ...each, need: parts[i]?.need ?? 0 })) }
        : {
            kind: "settle",
            session,
            settlements: common.map((each, i) => ({ ...each, release: parts[i]?.release ?? false })),
          };
    }),
  { minLength: 1, maxLength: 40 },
);

async function play(store: PermitStore, all: readonly Call[]): Promise<unknown> {
  for (const session of sessions) await store.settle(session, []);
  const answers: unknown[] = [];
  for (const call of all)
    answers.push(
      call.kind === "lease"
        ? await store.lease(call.session, call.requests)
        : await store.settle(call.session, call.settlements),
    );
  const readings = await store.read();
  for (const { granted, spent, holders } of readings) {
    expect(spent).toBeLessThanOrEqual(granted);
    expect(holders.reduce((sum, each) => sum + each.granted - each.spent, 0)).toBe(granted - spent);
  }
  expect(await store.read(keys)).toEqual(keys.flatMap((key) => readings.filter((each) => each.key === key)));
  const sorted = readings.map(({ holders, ...each }) => ({
    ...each,
    holders: holders.toSorted((a, b) => (a.session < b.session ? -1 : 1)),
  }));
  return { answers, readings: sorted };
}

describe.each(kinds)("the %s store", (kind) => {
  const test = kind === "redis" && redisProgram === undefined ? it.skip : it;
  const note = kind === "redis" ? withoutRedis : "";

  test(`answers any calls as the rules of granting say${note}`, async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (all) => {
        const store = await openStore(kind);
        try {
          expect(await play(store, all)).toEqual(await play(createMemoryStore(), all));
        } finally {
          await store.close();
        }
      }),
      { numRuns: kind === "sqlite" ? 40 : 60, seed: 5 },
    );
  }, 20_000);

  test(`never grants over the limit, whoever asks at once${note}`, async () => {
    const store = await openStore(kind);
    const key = counterKey(["s"], true, "w");
    const granted = new Map<string, number>();
    const servers = Array.from({ length: 8 }, (_, i) => `server${i}#1`);
    let sequence = 0;
    await Promise.all(
      servers.map(async (session) => {
        for (let i = 0; i < 40; i += 1) {
          sequence += 1;
          const spent = granted.get(session) ?? 0;
          const [answer] = await store.lease(session, [{ key, limit: 5000, ends, spent, sequence, need: 1 }]);
          granted.set(session, answer?.granted ?? 0);
        }
      }),
    );
    const [reading] = await store.read([key]);
    expect([...granted.values()].reduce((sum, each) => sum + each, 0)).toBe(reading?.granted);
    expect(reading?.granted).toBeLessThanOrEqual(5000);
    expect(reading?.granted).toBeGreaterThan(3000);
    await store.close();
  });

  test(`counts to 2^50 without rounding${note}`, async () => {
    const store = await openStore(kind);
    const key = counterKey(["s"], "big", "w");
    const limit = 2 ** 50;
    const spent = limit - 3;
    await store.settle("a#1", [{ key, limit, ends, spent, sequence: 1, release: false }]);
    const [answer] = await store.lease("a#1", [{ key, limit, ends, spent, sequence: 2, need: 9 }]);
    expect(answer).toEqual({ key, granted: limit, spent, total: { limit, granted: limit, spent }, servers: 1 });
    expect(await store.read([key, "none"])).toEqual([
      { key, limit, granted: limit, spent, ends, holders: [{ session: "a#1", granted: limit, spent }] },
    ]);
    await store.close();
  });

  test(`writes a note only over the version that was read${note}`, async () => {
    const store = await openStore(kind);
    expect(await store.readNote("n")).toBeUndefined();
    expect(await store.writeNote("n", 0, { text: "ä", ends })).toBe(true);
    expect(await store.writeNote("n", 0, { text: "late", ends })).toBe(false);
    const writes = await Promise.all(
      [1, 1, 1].map((version, i) => store.writeNote("n", version, { text: `t${i}`, ends })),
    );
    expect(writes.filter(Boolean)).toHaveLength(1);
    expect(await store.readNote("n")).toEqual({ version: 2, text: `t${writes.indexOf(true)}`, ends });
    await store.close();
  });
});

describe("stores", () => {
  it("forget a counter a day after its window, and a session after a minute without a sign", async () => {
    let now = 1_000_000_000_000;
    const store = createMemoryStore({ clock: () => now });
    const lease = (session: string, sequence: number) =>
      store.lease(session, [{ key: "k", limit: 1000, ends: now, spent: 0, sequence, need: 0 }]);
    await lease("a#1", 1);
    expect((await lease("b#1", 1))[0]?.granted).toBe(blockSize(900, 2));
    now += 61_000;
    expect((await lease("c#1", 1))[0]?.granted).toBe(blockSize(1000 - 100 - 45, 1));
    now += 86_400_000;
    await store.settle("c#1", []);
    expect(await store.read()).toEqual([]);
    await store.close();
  });

  it("forget in a file what ended a day ago by the host's clock", async () => {
    const store = await openSqliteStore(join(folder, `${randomUUID()}.db`));
    const day = 86_400_000;
    const request = { limit: 1000, spent: 0, sequence: 1, need: 0 };
    await store.lease("a#1", [
      { ...request, key: "old", ends: Date.now() - day - 60_000 },
      { ...request, key: "new", ends: Date.now() - day + 60_000 },
    ]);
    await store.settle("b#1", []);
    expect((await store.read()).map(({ key }) => key)).toEqual(["new"]);
    await store.close();
  });

  it.each(["sqlite", ...(redisProgram === undefined ? [] : ["redis"])] as const)(
    "grant no window twice in %s when the clock of one server is days ahead",
    async (kind) => {
      const { model } = compileText(capSpec);
      const file = join(folder, `${randomUUID()}.db`);
      const prefix = randomUUID();
      const show = async (server: string, ahead: number, requests: number): Promise<number> => {
        const store = await (kind === "sqlite" ? openSqliteStore(file) : openRedisStore(redis?.url ?? "", { prefix }));
        const clock = (): number => noonToday + ahead;
        const flow = createFlowControl(store, {
          namespace: "feed",
          ruleSets: model?.serving?.ruleSets ?? [],
          server,
          clock,
          background: false,
        });
        let shown = 0;
        for (let i = 0; i < requests; i++) {
          const { ranking } = await flow.rank(clock() / 1000, ({ held }) => {
            const has = held("home.exposure", '["x"]') >= 1;
            return { ranking: has ? 1 : 0, spent: has ? [{ rule: "home.exposure", key: '["x"]', count: 1 }] : [] };
          });
          shown += ranking;
        }
        await flow.tick();
        await flow.close();
        await store.close();
        return shown;
      };
      expect(await show("a", 0, 130)).toBe(100);
      expect(await show("b", 3 * 86_400_000, 5)).toBe(5);
      expect(await show("c", 1, 130)).toBe(0);
    },
  );

  it("keep their counts in a file from one run to the next", async () => {
    const file = join(folder, "kept.db");
    const first = await openSqliteStore(file);
    await first.lease("a#1", [{ key: "k", limit: 100, ends, spent: 0, sequence: 1, need: 0 }]);
    await first.close();
    const second = await openPermitStore(`sqlite:${file}`);
    expect(await second.read()).toEqual([
      { key: "k", limit: 100, granted: 10, spent: 0, ends, holders: [{ session: "a#1", granted: 10, spent: 0 }] },
    ]);
    await second.close();
  });

  it("open at once from several sides on a new file", async () => {
    const file = join(folder, "raced.db");
    const stores = await Promise.all(Array.from({ length: 6 }, () => openSqliteStore(file)));
    await Promise.all(stores.map((store, i) => store.settle(`s${i}#1`, [])));
    await Promise.all(stores.map((store) => store.close()));
  });

  it("say what cannot be opened", async () => {
    await expect(openPermitStore("postgres://x")).rejects.toThrow("MTL7533");
    await expect(openPermitStore(join(folder, "no-such-folder", "x.db"))).rejects.toThrow("MTL7531");
    await expect(openPermitStore("redis://user:secret@127.0.0.1:1")).rejects.toThrow(
      /^MTL7531: the Redis store redis:\/\/127\.0\.0\.1:1 cannot be opened/,
    );
  });

  it("that cannot be reached are looked for until they are there, where a server asks for that", async () => {
    const place = join(folder, "comes-later");
    const text = `sqlite:${join(place, "x.db")}`;
    const store = await openPermitStore(text, { whenDown: "degrade" });
    await expect(store.read()).rejects.toThrow("MTL7531");
    mkdirSync(place);
    expect(await store.read()).toEqual([]);
    expect(store.name).toContain("SQLite file");
    await store.close();
    await expect(store.read()).rejects.toThrow("closed");
    await expect(openPermitStore("postgres://x", { whenDown: "degrade" })).rejects.toThrow("MTL7533");
  });

  it("refuse a file of a newer layout", async () => {
    const file = join(folder, "newer.db");
    const { openSqlite } = await import("../../src/runtime/flow/stores/sqlite-database.js");
    const database = await openSqlite(file);
    await database.run("PRAGMA user_version = 9");
    await database.close();
    await expect(openPermitStore(file)).rejects.toThrow("MTL7532");
  });

  it("have keys that no joined texts can meet in", () => {
    expect(counterKey(["a_b"], "c", "w")).not.toBe(counterKey(["a"], "b_c", "w"));
    expect(counterKey(["a"], "1", "w")).not.toBe(counterKey(["a"], 1, "w"));
    expect(counterKey(["a", "b"], "c", "w")).not.toBe(counterKey(["a"], '","c', "w"));
  });
});

describe("the size of a block", () => {
  it.each([
    [1_000_000, 4, 1000],
    [20_000, 4, 500],
    [100, 4, 2],
    [9, 4, 1],
    [0, 1, 1],
  ])("for %i permits and %i servers is %i", (remaining, servers, size) => {
    expect(blockSize(remaining, servers)).toBe(size);
  });
});
