import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginScratch } from "../../src/compiler/ranking/list/scratch.js";
import { Twins } from "../../src/compiler/ranking/list/twins.js";
import { hardWindow, keyColumn, problemOf } from "./key-column.js";

const count = 30;
const flags = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: count, maxLength: count });
const rows = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }), {
  minLength: count,
  maxLength: count,
});

describe("twins", () => {
  it("are those that no rule can tell apart, the next better one first", () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(rows, { minLength: 1, maxLength: 2 }),
        rows,
        flags,
        flags,
        fc.array(fc.nat(count - 1), { maxLength: 12 }),
        (columns, capped, last, members, asked) => {
          beginScratch();
          const twins = new Twins(
            problemOf({
              count,
              length: count,
              last: Uint8Array.from(last),
              windows: columns.map((column, i) => hardWindow(`w${i}`, 1, 2, column)),
              caps: [{ name: "c", keys: keyColumn(capped), permits: new Float64Array(8) }],
              quotas: [
                {
                  name: "q",
                  members: Uint8Array.from(members),
                  least: 1,
                  top: 5,
                  strength: { kind: "soft", priority: 1 },
                },
              ],
            }),
          );
          const seen = (i: number): string =>
            JSON.stringify([last[i], members[i], ...[...columns, capped].map((column) => column[i]!.toSorted())]);
          for (const i of asked) {
            const plain = Array.from({ length: i }, (_, j) => j).findLast((j) => seen(j) === seen(i)) ?? -1;
            expect(twins.better(i)).toBe(plain);
            if (plain >= 0) found++;
          }
        },
      ),
      { numRuns: 500, seed: 8 },
    );
    expect(found).toBeGreaterThan(100);
  });
});
