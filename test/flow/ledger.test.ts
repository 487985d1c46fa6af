import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createPermitLedger, type LedgerOptions, type PermitLedger } from "../../src/runtime/flow/ledger.js";
import { createMemoryStore } from "../../src/runtime/flow/stores/memory-store.js";
import { permitsFor, type CapPolicy, type Spend } from "../../src/runtime/flow/permits.js";
import { rankUnderCaps, type ReadPermits } from "../../src/runtime/flow/rank-under-caps.js";
import type { PermitStore } from "../../src/runtime/flow/stores/store.js";
import { createFaultyStore, type Fault } from "./faulty-store.js";

const noon = Date.parse("2026-11-05T12:00:00Z");

function cap(limit: number, more: Partial<CapPolicy> = {}): CapPolicy {
  return {
    id: "exposure",
    scope: ["feed", "home", "exposure", "item_id"],
    limit,
    unit: "day",
    zone: "UTC",
    count: "served",
    down: { kind: "closed" },
    ...more,
  };
}

/** A clock that tests move. */
function createClock(start = noon): { now: number; readonly clock: () => number } {
  const time = { now: start, clock: () => time.now };
  return time;
}

function openLedger(store: PermitStore, caps: readonly CapPolicy[], options: Partial<LedgerOptions> = {}) {
  return createPermitLedger(store, { caps, server: "s", background: false, clock: () => noon, ...options });
}

const one = (value: Spend["value"], count = 1): Spend => ({ cap: "exposure", value, count });

/** Shows an item if there is a permit, asking the store where none is at hand. */
async function show(ledger: PermitLedger, value: Spend["value"], now = noon): Promise<boolean> {
  if (ledger.spend([one(value)], now).kind === "spent") return true;
  await ledger.prepare([one(value)], now);
  return ledger.spend([one(value)], now).kind === "spent";
}

async function showAll(ledger: PermitLedger, value: Spend["value"], tries: number, now = noon): Promise<number> {
  let shown = 0;
  for (let i = 0; i < tries; i += 1) if (await show(ledger, value, now)) shown += 1;
  return shown;
}

describe("a ledger", () => {
  it("spends a limit to the last permit and no further, by itself and with others", async () => {
    const single = openLedger(createMemoryStore(), [cap(1234)]);
    expect(await showAll(single, "x", 1300)).toBe(1234);

    const store = createMemoryStore();
    const ledgers = Array.from({ length: 3 }, () => openLedger(store, [cap(500)]));
    let shown = 0;
    for (let i = 0; i < 300; i += 1) for (const ledger of ledgers) if (await show(ledger, 7)) shown += 1;
    expect(shown).toBe(500);
    expect(ledgers.map((ledger) => ledger.status().held)).toEqual([0, 0, 0]);
  });

  it("keeps values, caps and windows apart", async () => {
    const ledger = openLedger(
      createMemoryStore(),
      [cap(3), cap(2, { id: "brands", scope: ["brands"], zone: "Asia/Tokyo", unit: "hour" })],
      { clock: () => noon },
    );
    expect(await showAll(ledger, "x", 5)).toBe(3);
    expect(await showAll(ledger, "y", 5)).toBe(3);
    expect(await showAll(ledger, 1, 5)).toBe(3);
    expect(await showAll(ledger, "1", 5)).toBe(3);
    const brand: Spend = { cap: "brands", value: "x", count: 2 };
    await ledger.prepare([brand], noon);
    expect(ledger.spend([brand], noon)).toEqual({ kind: "spent" });
    await ledger.prepare([brand], noon + 3_600_000);
    expect(ledger.spend([brand], noon + 3_600_000)).toEqual({ kind: "spent" });
    expect(await showAll(ledger, "x", 5, noon + 86_400_000)).toBe(3);
    expect(() => ledger.snapshot([{ cap: "none", value: 1 }], noon)).toThrow("no cap none");
  });

  it("does not open a window again that ended over an hour ago", async () => {
    const time = createClock();
    const ledger = openLedger(createMemoryStore(), [cap(3)], { clock: time.clock });
    time.now = noon + 12 * 3_600_000 + 1000;
    expect(await show(ledger, "x", noon)).toBe(true);
    time.now += 3_600_000;
    expect(await show(ledger, "x", noon)).toBe(false);
    expect(permitsFor(ledger.snapshot([one("x")], noon, { open: true }), "exposure", "x")).toBe(0);
  });

  it("spends all of a list or nothing", async () => {
    const ledger = openLedger(createMemoryStore(), [cap(2)]);
    const list = [one("a"), one("b"), one("a"), one("a")];
    await ledger.prepare(list, noon);
    expect(ledger.spend(list, noon)).toEqual({ kind: "short", short: [one("a", 3)] });
    expect(ledger.spend([one("a", 2), one("b", 2)], noon).kind).toBe("short");
    await ledger.prepare([one("b", 2)], noon);
    expect(ledger.spend([one("a", 2), one("b", 2)], noon)).toEqual({ kind: "spent" });
    expect((await readSpent(ledger)).held).toBe(0);
  });

  it("gives back what it holds when it closes, so that another server serves the rest", async () => {
    const store = createMemoryStore();
    const first = openLedger(store, [cap(1000)]);
    expect(await showAll(first, "x", 130)).toBe(130);
    expect(first.status().held).toBeGreaterThan(0);
    expect(await first.close()).toEqual({ stranded: 0 });
    expect(await show(first, "x")).toBe(false);
    const second = openLedger(store, [cap(1000)]);
    expect(await showAll(second, "x", 1000)).toBe(870);
    const [reading] = await store.read();
    expect(reading).toMatchObject({ granted: 1000 });
  });

  it("reports what was spent, and gives back what nobody spends for a while", async () => {
    const time = createClock();
    const store = createMemoryStore({ clock: time.clock });
    const ledger = openLedger(store, [cap(1000)], { clock: time.clock });
    await showAll(ledger, "x", 10);
    time.now += 6000;
    await ledger.tick();
    expect(await store.read()).toMatchObject([{ granted: 100, spent: 10 }]);
    time.now += 60_000;
    await ledger.tick();
    expect(await store.read()).toMatchObject([{ granted: 10, spent: 10, holders: [] }]);
    expect(ledger.status().counters).toBe(0);
    // The counter comes back into memory without its spent permits being spendable once more.
    expect(await showAll(ledger, "x", 1000)).toBe(990);
  });

  it("drops windows that are over, after their last report", async () => {
    const time = createClock();
    const store = createMemoryStore({ clock: time.clock });
    const ledger = openLedger(store, [cap(1000)], { clock: time.clock });
    await showAll(ledger, "x", 10);
    time.now += 13 * 3_600_000;
    await ledger.tick();
    expect(ledger.status()).toMatchObject({ counters: 0, held: 0 });
    expect(await store.read()).toMatchObject([{ granted: 10, spent: 10 }]);
  });

  it("asks again for a value that had run out, since others give back", async () => {
    const time = createClock();
    const store = createMemoryStore({ clock: time.clock });
    const [first, second] = [0, 1].map(() => openLedger(store, [cap(5)], { clock: time.clock }));
    if (first === undefined || second === undefined) throw new Error("two ledgers");
    await first.prepare([one("x", 5)], noon);
    expect(await show(second, "x")).toBe(false);
    await first.close();
    expect(await show(second, "x")).toBe(false);
    second.snapshot([one("x")], noon);
    time.now += 5000;
    await second.tick();
    expect(permitsFor(second.snapshot([one("x")], noon), "exposure", "x")).toBe(1);
  });
});

async function readSpent(ledger: PermitLedger): Promise<ReturnType<PermitLedger["status"]>> {
  await ledger.tick();
  return ledger.status();
}

describe("calls that a network delivers late", () => {
  it("do not take back what was leased since", async () => {
    const time = createClock();
    const memory = createMemoryStore({ clock: time.clock });
    const store = createFaultyStore(memory);
    const ledger = openLedger(store, [cap(100)], { clock: time.clock });
    await showAll(ledger, "x", 5);
    // It gives back its idle permits; the call is held up, and the value is asked for again before it arrives.
    store.fault = () => "late";
    time.now += 61_000;
    await ledger.tick();
    store.fault = () => "none";
    time.now += 200;
    await ledger.tick();
    await ledger.prepare([one("x", 10)], noon);
    await store.deliver();
    const other = openLedger(memory, [cap(100)], { clock: time.clock });
    const shown = 5 + (await showAll(other, "x", 200)) + (await showAll(ledger, "x", 200));
    expect(shown).toBe(100);
  });

  it("are answered late, and the answer counts unless a newer call was made", async () => {
    const memory = createMemoryStore();
    const answers: (() => void)[] = [];
    const slow: PermitStore = {
      ...memory,
      lease: async (session, requests) => {
        const answer = await memory.lease(session, requests);
        await new Promise<void>((resolve) => answers.push(resolve));
        return answer;
      },
      settle: async (session, settlements) => {
        await memory.settle(session, settlements);
        return new Promise(() => {});
      },
    };
    const time = createClock();
    const ledger = openLedger(slow, [cap(100)], { timeout: 20, wait: 5, clock: time.clock });
    expect(await ledger.prepare([one("x")], noon)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(ledger.status().store.kind).toBe("down");
    answers.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(permitsFor(ledger.snapshot([one("x")], noon), "exposure", "x")).toBe(10);

    // A lease is under way, its time runs out, all is given back, and then its answer comes.
    for (let i = 0; i < 6; i += 1) ledger.spend([one("x")], noon);
    time.now += 200;
    await ledger.prepare([one("x", 20)], noon);
    await new Promise((resolve) => setTimeout(resolve, 40));
    time.now += 61_000;
    await ledger.tick();
    answers.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(permitsFor(ledger.snapshot([one("x")], noon), "exposure", "x")).toBe(0);
    expect(await memory.read()).toMatchObject([{ granted: 6, spent: 6 }]);
  });
});

describe("while the store is out of reach", () => {
  const open = (down: CapPolicy["down"], count: CapPolicy["count"] = "served") => {
    const time = createClock();
    const states: string[] = [];
    const store = createFaultyStore(createMemoryStore({ clock: time.clock }));
    const caps = [cap(1000, { down, count })];
    const ledger = openLedger(store, caps, {
      clock: time.clock,
      onStore: ({ kind }) => states.push(kind),
    });
    return { time, store, ledger, states };
  };

  it("a closed cap serves what it holds and then nothing, and says so", async () => {
    const { time, store, ledger, states } = open({ kind: "closed" });
    await showAll(ledger, "x", 10);
    store.fault = () => "refused";
    expect(await showAll(ledger, "x", 500)).toBeLessThanOrEqual(100);
    const snapshot = ledger.snapshot([one("x"), one("new")], noon, { open: true });
    expect(snapshot.degraded).toEqual([{ cap: "exposure", down: { kind: "closed" } }]);
    expect([permitsFor(snapshot, "exposure", "x"), permitsFor(snapshot, "exposure", "new")]).toEqual([0, 0]);
    store.fault = () => "none";
    time.now += 6000;
    await ledger.tick();
    expect(states).toEqual(["down", "up"]);
    expect(await show(ledger, "x")).toBe(true);
    expect(ledger.snapshot([one("x")], noon).degraded).toEqual([]);
  });

  it("a cap with a share spends that share of what remained, and charges it afterwards", async () => {
    const { time, store, ledger } = open({ kind: "share", share: 0.1 });
    const before = await showAll(ledger, "x", 10);
    store.fault = () => "refused";
    const without = await showAll(ledger, "x", 900);
    // 100 to 190 were granted; of the others a tenth.
    expect(ledger.status().uncharged).toBeGreaterThanOrEqual(81);
    expect(ledger.status().uncharged).toBeLessThanOrEqual(90);
    expect(await show(ledger, "new")).toBe(false);
    store.fault = () => "none";
    time.now += 6000;
    await ledger.tick();
    const [reading] = await store.read();
    expect(reading?.spent).toBe(before + without);
    expect(ledger.status().uncharged).toBe(0);
    expect(before + without + (await showAll(ledger, "x", 2000))).toBe(1000);
  });

  it("a server that starts then spends its share of the limit where a cap allows it, and is charged afterwards", async () => {
    const openBlind = (down: CapPolicy["down"], servers?: number) => {
      const time = createClock();
      const store = createFaultyStore(createMemoryStore({ clock: time.clock }));
      store.fault = () => "refused";
      const options = { clock: time.clock, ...(servers === undefined ? {} : { servers }) };
      return { time, store, ledger: openLedger(store, [cap(1000, { down })], options) };
    };
    expect(await showAll(openBlind({ kind: "closed" }).ledger, "x", 200)).toBe(0);
    expect(await showAll(openBlind({ kind: "share", share: 0.1 }, 4).ledger, "x", 200)).toBe(25);
    const { time, store, ledger } = openBlind({ kind: "share", share: 0.1 });
    expect(await showAll(ledger, "x", 200)).toBe(100);
    store.fault = () => "none";
    time.now += 6000;
    await ledger.tick();
    time.now += 6000;
    await ledger.tick();
    expect(await store.read()).toMatchObject([{ spent: 100 }]);
    expect(100 + (await showAll(ledger, "x", 2000))).toBe(1000);
  });

  it("a closing ledger says how many permits it leaves stranded", async () => {
    const { store, ledger } = open({ kind: "closed" });
    await showAll(ledger, "x", 60);
    const { held } = ledger.status();
    store.fault = () => "refused";
    expect(await ledger.close()).toEqual({ stranded: held });
  });

  it("asks rarely, and no request waits for it", async () => {
    const { time, store, ledger } = open({ kind: "closed" });
    let calls = 0;
    store.fault = () => {
      calls += 1;
      return "refused";
    };
    for (let i = 0; i < 1000; i += 1) {
      time.now += 10;
      await show(ledger, i);
    }
    expect(calls).toBeLessThan(12);
  });
});

describe("a cap of what was viewed", () => {
  it("counts views of all servers, closes when the limit is known to be reached, and says that it is approximate", async () => {
    const time = createClock();
    const store = createMemoryStore({ clock: time.clock });
    const caps = [cap(10, { count: "viewed" })];
    const [first, second] = [0, 1].map(() => openLedger(store, caps, { clock: time.clock }));
    if (first === undefined || second === undefined) throw new Error("two ledgers");
    expect(await show(first, "x")).toBe(true);
    expect(await showAll(first, "x", 100)).toBe(100);
    first.viewed([one("x", 4)], noon);
    second.viewed([one("x", 5)], noon);
    expect(first.snapshot([one("x")], noon)).toMatchObject({ approximate: ["exposure"], degraded: [] });
    time.now += 5000;
    await second.tick();
    await second.tick();
    time.now += 5000;
    await Promise.all([first.tick(), second.tick()]);
    time.now += 5000;
    await Promise.all([first.tick(), second.tick()]);
    expect(await store.read()).toMatchObject([{ spent: 9, granted: 9 }]);
    expect(permitsFor(first.snapshot([one("x")], noon), "exposure", "x")).toBe(1);
    first.viewed([one("x", 3)], noon);
    expect(await show(first, "x")).toBe(false);
    time.now += 5000;
    await first.tick();
    time.now += 5000;
    await second.tick();
    expect(await show(second, "x")).toBe(false);
    expect(await store.read()).toMatchObject([{ spent: 12, granted: 12, limit: 10 }]);
  });
});

describe("ranking under caps", () => {
  /** The first three of a to h that have permits. */
  const rank = (permits: ReadPermits) => {
    const list = [..."abcdefgh"].filter((value) => permits("exposure", value) > 0).slice(0, 3);
    return { list: list.join(""), spends: list.map((value) => one(value)) };
  };

  it("leases only what lists show, and moves on when a value is used up", async () => {
    const store = createMemoryStore();
    const ledger = openLedger(store, [cap(2)]);
    const lists: string[] = [];
    for (let i = 0; i < 6; i += 1) lists.push((await rankUnderCaps(ledger, { now: noon, rank })).list);
    expect(lists).toEqual(["abc", "abc", "def", "def", "gh", "gh"]);
    expect((await rankUnderCaps(ledger, { now: noon, rank })).list).toBe("");
  });

  it("ranks once where permits are at hand", async () => {
    const store = createMemoryStore();
    const ledger = openLedger(store, [cap(1000)]);
    expect((await rankUnderCaps(ledger, { now: noon, rank })).rounds).toBe(2);
    expect((await rankUnderCaps(ledger, { now: noon, rank })).rounds).toBe(1);
    expect((await store.read()).map(({ key }) => JSON.parse(key)[1])).toEqual(["a", "b", "c"]);
  });

  it("ends with what is at hand when the store hangs", async () => {
    const store = createMemoryStore();
    let hangs = false;
    const hanging: PermitStore = {
      ...store,
      lease: (...call) => (hangs ? new Promise(() => {}) : store.lease(...call)),
    };
    const ledger = openLedger(hanging, [cap(1000)], { wait: 20, timeout: 100 });
    await ledger.prepare([one("first")], noon);
    hangs = true;
    vi.useFakeTimers();
    try {
      const ranked = rankUnderCaps(ledger, { now: noon, rank });
      // After its wait, long before the store's time is out.
      await vi.advanceTimersByTimeAsync(50);
      await expect(Promise.race([ranked, Promise.resolve("waits")])).resolves.toMatchObject({
        list: "",
        rounds: 2,
        snapshot: { late: ["exposure"], degraded: [] },
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it("serves many requests at once within the limit", async () => {
    const store = createMemoryStore();
    const ledgers = [0, 1].map(() => openLedger(store, [cap(20)]));
    const lists = await Promise.all(
      Array.from({ length: 80 }, async (_, i) => {
        const ledger = ledgers[i % 2];
        return ledger === undefined ? "" : (await rankUnderCaps(ledger, { now: noon, rank })).list;
      }),
    );
    const shown = lists.join("");
    for (const value of "abcdefgh") expect([...shown].filter((each) => each === value).length).toBeLessThanOrEqual(20);
    expect(shown.length).toBeGreaterThan(140);
  });
});

describe("whatever the network does and whichever servers die", () => {
  type Step =
    | { readonly kind: "show"; readonly server: number; readonly value: string; readonly tries: number }
    | { readonly kind: "tick"; readonly server: number; readonly after: number }
    | { readonly kind: "crash" | "close"; readonly server: number }
    | { readonly kind: "deliver" };

  const server = fc.nat(2);
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("show" as const),
        server,
        value: fc.constantFrom("x", "y"),
        tries: fc.integer({ min: 1, max: 60 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("tick" as const), server, after: fc.constantFrom(10, 6000, 61_000) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("crash" as const, "close" as const), server }) },
    { weight: 1, arbitrary: fc.constant({ kind: "deliver" as const }) },
  );

  it("spent ≤ granted ≤ limit, no acknowledged permit is lost, and a crash strands a block at most", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 60 }),
        fc.infiniteStream(fc.constantFrom<Fault>("none", "none", "none", "none", "refused", "lost", "late")),
        fc.constantFrom(30, 700),
        async (steps, faults, limit) => {
          const time = createClock();
          const memory = createMemoryStore({ clock: time.clock });
          const caps = [cap(limit)];
          const start = () => {
            const store = createFaultyStore(memory);
            store.fault = () => faults.next().value ?? "none";
            return { store, ledger: openLedger(store, caps, { clock: time.clock }) };
          };
          const servers = [start(), start(), start()];
          const shown = new Map<string, number>();
          let crashes = 0;
          for (const each of steps) {
            const at = each.kind === "deliver" ? undefined : servers[each.server];
            switch (each.kind) {
              case "show":
                if (at !== undefined)
                  shown.set(
                    each.value,
                    (shown.get(each.value) ?? 0) + (await showAll(at.ledger, each.value, each.tries)),
                  );
                break;
              case "tick":
                time.now += each.after;
                await at?.ledger.tick();
                break;
              case "crash":
              case "close":
                if (each.kind === "close") await at?.ledger.close();
                crashes += 1;
                servers[each.server] = start();
                break;
              case "deliver":
                for (const { store } of servers) await store.deliver();
            }
          }
          const afterwards = await memory.read();
          for (const [key, count] of shown) {
            const reading = afterwards.find((reading) => JSON.parse(reading.key)[1] === key);
            expect(count).toBeLessThanOrEqual(reading?.granted ?? 0);
            expect(reading?.granted ?? 0).toBeLessThanOrEqual(limit);
            // Blocks are not larger than at first, for one server.
            const most = Math.max(1, Math.floor(limit / 10)) * (crashes + 3);
            expect((reading?.granted ?? 0) - count).toBeLessThanOrEqual(most);
          }
        },
      ),
      { numRuns: 300, seed: 23 },
    );
  });
});
