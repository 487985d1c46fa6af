import { describe, expect, it } from "vitest";
import { defaultPaceGains } from "../../src/runtime/flow/controller.js";
import { createPermitLedger, type PermitLedger } from "../../src/runtime/flow/ledger.js";
import { createMemoryStore } from "../../src/runtime/flow/stores/memory-store.js";
import { createPacer, type PacePolicy, type Pacer } from "../../src/runtime/flow/pacer.js";
import type { CapPolicy } from "../../src/runtime/flow/permits.js";
import type { PermitStore } from "../../src/runtime/flow/stores/store.js";
import { createTraffic } from "./traffic.js";

const midnight = Date.parse("2026-11-05T00:00:00+08:00");
const budget = 12_000;

const counter: CapPolicy = {
  id: "even",
  scope: ["feed", "home", "even", "campaign"],
  limit: budget,
  unit: "day",
  zone: "Asia/Shanghai",
  count: "viewed",
  down: { kind: "closed" },
};
const pace: PacePolicy = {
  id: "even",
  counter,
  budget,
  curve: [1],
  bounds: { low: 0.01, high: 10 },
  gains: defaultPaceGains,
};
const cap: CapPolicy = { ...counter, id: "exposure", scope: ["feed", "home", "exposure", "campaign"], count: "served" };

interface Server {
  readonly ledger: PermitLedger;
  readonly pacer: Pacer;
}

function startServer(store: PermitStore, clock: () => number): Server {
  return {
    ledger: createPermitLedger(store, { caps: [cap, counter], server: "s", background: false, clock }),
    pacer: createPacer(store, { paces: [pace], background: false, clock }),
  };
}

describe("a day of traffic over three servers, under a strict cap and a pace", () => {
  it("reaches its target within 1 %, never passes the cap, and goes on after restarts", async () => {
    const time = { now: midnight };
    const clock = (): number => time.now;
    const store = createMemoryStore({ clock });
    const servers = [0, 1, 2].map(() => startServer(store, clock));
    const traffic = createTraffic(60_000, 9);
    const campaign = { value: "double11", count: 1 };
    const byHour: number[] = [];
    let shown = 0;
    for (let step = 0; step < 2880; step += 1) {
      time.now = midnight + step * 30_000;
      for (const { ledger, pacer } of servers) {
        await ledger.tick();
        pacer.reading("even", "double11");
        await pacer.tick();
      }
      if (step % 700 === 699) {
        const before = servers[1]?.pacer.reading("even", "double11").multiplier;
        await servers[1]?.ledger.close();
        servers[1] = startServer(store, clock);
        servers[1].pacer.reading("even", "double11");
        await servers[1].pacer.tick();
        expect(servers[1].pacer.reading("even", "double11").multiplier).toBe(before);
      }
      for (let i = traffic.requests(step); i > 0; i -= 1) {
        const { ledger, pacer } = servers[i % 3] ?? startServer(store, clock);
        const odds = 0.7 * pacer.reading("even", "double11").multiplier;
        if (traffic.random() >= odds / (1 + odds)) continue;
        const spend = { cap: "exposure", ...campaign };
        if (ledger.spend([spend], time.now).kind === "short") {
          await ledger.prepare([spend], time.now);
          if (ledger.spend([spend], time.now).kind === "short") continue;
        }
        ledger.viewed([{ cap: "even", ...campaign }], time.now);
        shown += 1;
      }
      if (step % 120 === 119) byHour.push(shown / budget);
    }
    expect(shown).toBeLessThanOrEqual(budget);
    expect(shown).toBeGreaterThan(0.99 * budget);
    byHour.forEach((share, hour) => expect(Math.abs(share - (hour + 1) / 24)).toBeLessThan(1 / 24));
  });
});

describe("a pacer", () => {
  const open = () => {
    const time = { now: midnight + 6 * 3_600_000 };
    const clock = (): number => time.now;
    return { time, clock, store: createMemoryStore({ clock }) };
  };

  it("makes one step every half minute, whoever makes it", async () => {
    const { time, clock, store } = open();
    let writes = 0;
    const counting: PermitStore = {
      ...store,
      writeNote: (key, expected, note) => {
        writes += 1;
        return store.writeNote(key, expected, note);
      },
    };
    const pacers = [0, 1, 2].map(() => createPacer(counting, { paces: [pace], background: false, clock }));
    for (const each of pacers) expect(each.reading("even", "x")).toMatchObject({ multiplier: 1, stale: false });
    for (let i = 0; i < 7; i += 1) {
      await Promise.all(pacers.map((each) => each.tick()));
      time.now += 10_000;
    }
    const readings = pacers.map((each) => each.reading("even", "x"));
    expect(new Set(readings.map(({ multiplier }) => multiplier)).size).toBe(1);
    expect(readings[0]?.multiplier).toBeGreaterThan(1);
    // Two steps beside the first; servers that met at one note tried in vain.
    expect((await store.readNote(JSON.stringify(["pace", counter.scope, "x", "day", "Asia/Shanghai"])))?.version).toBe(
      3,
    );
    expect(writes).toBeLessThanOrEqual(9);
  });

  it("keeps its multiplier while the store is out of reach, and says so", async () => {
    const { time, clock, store } = open();
    let down = false;
    const failing: PermitStore = {
      ...store,
      readNote: (key) => (down ? Promise.reject(new Error("down")) : store.readNote(key)),
    };
    const pacer = createPacer(failing, { paces: [pace], background: false, clock });
    pacer.reading("even", "x");
    await pacer.tick();
    const before = pacer.reading("even", "x");
    down = true;
    time.now += 61_000;
    await pacer.tick();
    expect(pacer.reading("even", "x")).toEqual({ ...before, stale: true });
  });

  it("begins again over a note that it cannot read, and keeps to bounds that were narrowed", async () => {
    const { clock, store } = open();
    const key = JSON.stringify(["pace", counter.scope, "x", "day", "Asia/Shanghai"]);
    await store.writeNote(key, 0, { text: '{"at": "noon"}', ends: midnight + 90_000_000 });
    const pacer = createPacer(store, { paces: [pace], background: false, clock });
    pacer.reading("even", "x");
    await pacer.tick();
    const { multiplier } = pacer.reading("even", "x");
    expect(multiplier).toBe(10);
    const narrow = createPacer(store, {
      paces: [{ ...pace, bounds: { low: 0.5, high: 2 } }],
      background: false,
      clock,
    });
    narrow.reading("even", "x");
    await narrow.tick();
    expect(narrow.reading("even", "x").multiplier).toBe(2);
  });
});
