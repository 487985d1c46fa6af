import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPermitLedger, type PermitLedger, type Reservation } from "../../src/runtime/flow/ledger.js";
import type { CapPolicy, Spend } from "../../src/runtime/flow/permits.js";
import { createMemoryStore } from "../../src/runtime/flow/stores/memory-store.js";
import type { PermitStore } from "../../src/runtime/flow/stores/store.js";

const noon = Date.parse("2026-11-05T12:00:00Z");

function cap(limit: number): CapPolicy {
  const scope = ["feed", "home", "exposure", "item_id"];
  return { id: "exposure", scope, limit, unit: "day", zone: "UTC", count: "served", down: { kind: "closed" } };
}

function open(store: PermitStore, limit: number, clock = (): number => noon): PermitLedger {
  return createPermitLedger(store, { caps: [cap(limit)], server: "s", background: false, clock });
}

const one = (value: Spend["value"], count = 1): Spend => ({ cap: "exposure", value, count });

async function reserve(ledger: PermitLedger, ...spends: readonly Spend[]): Promise<Reservation | undefined> {
  const first = ledger.reserve(spends, noon);
  if (first.kind === "reserved") return first.reservation;
  await ledger.prepare(spends, noon);
  const second = ledger.reserve(spends, noon);
  return second.kind === "reserved" ? second.reservation : undefined;
}

describe("permits that are reserved", () => {
  it("are nobody else's, and at hand again where the item was not shown", async () => {
    const store = createMemoryStore({ clock: () => noon });
    const ledger = open(store, 2);
    const first = await reserve(ledger, one("x"), one("y"));
    const second = await reserve(ledger, one("x"));
    expect([first?.permits, second?.permits]).toEqual([2, 1]);
    expect(await reserve(ledger, one("x"))).toBeUndefined();
    expect(ledger.status()).toMatchObject({ reserved: 3 });
    first?.settle([one("x")]);
    first?.settle([one("y")]);
    second?.settle([]);
    expect(ledger.status()).toMatchObject({ reserved: 0 });
    expect(await reserve(ledger, one("x"))).toBeDefined();
    expect(await reserve(ledger, one("x"))).toBeUndefined();
    expect(await reserve(ledger, one("y", 2))).toBeDefined();
  });

  it("stay with their server while it gives the others back", async () => {
    const time = { now: noon };
    const store = createMemoryStore({ clock: () => time.now });
    const ledger = open(store, 100, () => time.now);
    const reservation = await reserve(ledger, one("x", 4));
    time.now += 120_000;
    await ledger.tick();
    expect((await store.read()).map(({ granted }) => granted)).toEqual([10]);
    reservation?.settle([one("x", 3)]);
    time.now += 120_000;
    await ledger.tick();
    expect(await store.read()).toMatchObject([{ granted: 3, spent: 3 }]);
  });

  it("are spent when a server ends, since they may be shown yet, and stay granted where it is killed", async () => {
    const store = createMemoryStore({ clock: () => noon });
    const [ends, killed, other] = [open(store, 5), open(store, 5), open(store, 5)];
    const kept = await reserve(ends, one("x", 2));
    await reserve(killed, one("x"));
    await ends.close();
    kept?.settle([]);
    // The one that was killed held a block of one besides.
    expect(await store.read()).toMatchObject([{ granted: 4, spent: 2 }]);
    expect(await reserve(other, one("x", 2))).toBeUndefined();
    expect(await reserve(other, one("x"))).toBeDefined();
  });

  it("keep to the limit in any order of lists, exposures, crashes and ends", async () => {
    const step = fc.record({
      server: fc.nat(2),
      does: fc.constantFrom("list", "list", "list", "settle", "settle", "tick", "kill", "end"),
      count: fc.integer({ min: 1, max: 3 }),
      shown: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const limit = 12;
        const store = createMemoryStore({ clock: () => noon });
        const ledgers = [0, 1, 2].map(() => open(store, limit));
        const lists: (readonly [Reservation, number])[][] = [[], [], []];
        // What clients hold and may show yet is shown at the worst.
        let shown = 0;
        for (const { server, does, count, shown: seen } of steps) {
          const ledger = ledgers[server]!;
          switch (does) {
            case "list": {
              const reservation = await reserve(ledger, one("x", count));
              if (reservation !== undefined) lists[server]!.push([reservation, count]);
              break;
            }
            case "settle": {
              const [reservation, most] = lists[server]!.shift() ?? [];
              if (reservation === undefined || most === undefined) break;
              reservation.settle([one("x", Math.min(seen, most))].filter(({ count: some }) => some > 0));
              shown += Math.min(seen, most);
              break;
            }
            case "tick":
              await ledger.tick();
              break;
            case "end":
            case "kill":
              if (does === "end") await ledger.close();
              shown += lists[server]!.reduce((sum, [, most]) => sum + most, 0);
              lists[server] = [];
              ledgers[server] = open(store, limit);
          }
          const waiting = lists.flat().reduce((sum, [, most]) => sum + most, 0);
          expect(shown + waiting).toBeLessThanOrEqual(limit);
        }
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});
