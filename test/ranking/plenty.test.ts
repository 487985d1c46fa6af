import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ListProblem } from "../../src/compiler/ranking/index.js";
import { createLimit, occupy, resetLimit, vacate, type Limit } from "../../src/compiler/ranking/list/limit.js";
import { Plenty } from "../../src/compiler/ranking/list/plenty.js";
import { beginScratch } from "../../src/compiler/ranking/list/scratch.js";
import { keyColumn } from "./key-column.js";

const count = 9;
const column = fc
  .array(fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }), { minLength: count, maxLength: count })
  .map((rows) => keyColumn(rows.map((row) => row.toSorted((a, b) => a - b))));

/** As it is defined: over all limits the candidates left with each of its values. */
function plainCounts(limits: readonly Limit[], last: Uint8Array): readonly number[] {
  return Array.from(last, (isLast, i) =>
    limits
      .flatMap(({ keys, left }) =>
        Array.from(keys.values.subarray(keys.offsets[i], keys.offsets[i + 1]), (value) => left[value]!),
      )
      .reduce((sum, each) => sum + each, isLast === 1 ? -count : 0),
  );
}

describe("what there is most of", () => {
  it("is counted as limits count, forth and back, from wherever a walk first asks", () => {
    fc.assert(
      fc.property(
        fc.array(column, { minLength: 1, maxLength: 3 }),
        fc.array(fc.integer({ min: 0, max: 1 }), { minLength: count, maxLength: count }),
        fc.shuffledSubarray([...Array(count).keys()], { minLength: 1 }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        fc.nat(count),
        (columns, flags, order, steps, asked) => {
          beginScratch();
          const last = Uint8Array.from(flags);
          const windows = columns.map((keys, i) => ({
            name: `w${i}`,
            keys,
            most: 1,
            size: 2,
            tail: [],
            strength: { kind: "soft", priority: 1 } as const,
          }));
          const problem: ListProblem = {
            count,
            length: count,
            last,
            windows,
            caps: [],
            quotas: [],
            pins: [],
            budget: 10,
          };
          const limits = windows.map((window) => createLimit(window, problem));
          for (const limit of limits) resetLimit(limit, problem);
          const list = new Int32Array(count);
          let next = 0;
          let plenty: Plenty | undefined;
          steps.forEach((forth, at) => {
            if (at >= asked) plenty ??= new Plenty(limits, last, count);
            if (forth && next < order.length) {
              list[next] = order[next]!;
              for (const limit of limits) occupy(limit, list[next]!, next, list, last[list[next]!] === 1);
              plenty?.add(list[next]!);
              next++;
            } else if (!forth && next > 0) {
              next--;
              for (const limit of limits.toReversed()) vacate(limit, list[next]!, next, list, last[list[next]!] === 1);
              plenty?.remove(list[next]!);
            }
            if (plenty !== undefined) expect([...plenty.counts]).toEqual(plainCounts(limits, last));
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
