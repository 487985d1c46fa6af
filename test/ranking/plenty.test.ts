import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ListProblem } from "../../src/compiler/ranking/index.js";
import { allows, createLimit, occupy, resetLimit, vacate, type Limit } from "../../src/compiler/ranking/list/limit.js";
import { barred, Plenty } from "../../src/compiler/ranking/list/plenty.js";
import { beginScratch } from "../../src/compiler/ranking/list/scratch.js";
import { keyColumn } from "./key-column.js";

const count = 9;
const column = fc
  .array(fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }), { minLength: count, maxLength: count })
  .map((rows) => keyColumn(rows.map((row) => row.toSorted((a, b) => a - b))));

/** As it is defined: over all limits the candidates left with each of its values; −∞ where a limit or its place keeps it away. */
function plainNumbers(limits: readonly Limit[], last: Uint8Array, placed: readonly number[]): readonly number[] {
  return Array.from(last, (isLast, i) => {
    const isKept = limits.some((limit) => !limit.mayBreak && !allows(limit, i));
    if (isKept || placed.includes(i)) return -Infinity;
    return limits
      .flatMap(({ keys, left }) =>
        Array.from(keys.values.subarray(keys.offsets[i], keys.offsets[i + 1]), (value) => left[value]!),
      )
      .reduce((sum, each) => sum + each, isLast === 1 ? -count : 0);
  });
}

const windowShape = fc.record({
  keys: column,
  most: fc.integer({ min: 1, max: 2 }),
  size: fc.integer({ min: 2, max: 4 }),
  tail: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }), { maxLength: 4 }),
  mayBreak: fc.boolean(),
});

describe("what there is most of", () => {
  it("is counted as limits count, forth and back, from wherever a walk first asks", () => {
    fc.assert(
      fc.property(
        fc.array(windowShape, { minLength: 1, maxLength: 3 }),
        fc.array(fc.integer({ min: 0, max: 1 }), { minLength: count, maxLength: count }),
        fc.shuffledSubarray([...Array(count).keys()], { minLength: 1 }),
        fc.array(fc.record({ forth: fc.boolean(), isRead: fc.boolean() }), { maxLength: 40 }),
        fc.nat(count),
        (shapes, flags, order, steps, asked) => {
          beginScratch();
          const last = Uint8Array.from(flags);
          const windows = shapes.map((shape, i) => ({
            ...shape,
            name: `w${i}`,
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
          limits.forEach((limit, i) => {
            resetLimit(limit, problem);
            limit.mayBreak = shapes[i]!.mayBreak;
          });
          const list = new Int32Array(count).fill(-1);
          let next = 0;
          let plenty: Plenty | undefined;
          steps.forEach(({ forth, isRead }, at) => {
            if (at >= asked) plenty ??= new Plenty(limits, last, count, list);
            if (forth && next < order.length) {
              list[next] = order[next]!;
              for (const limit of limits) occupy(limit, list[next]!, next, list, last[list[next]!] === 1);
              plenty?.add(list[next]!, next, list);
              next++;
            } else if (!forth && next > 0) {
              next--;
              for (const limit of limits.toReversed()) vacate(limit, list[next]!, next, list, last[list[next]!] === 1);
              plenty?.remove(list[next]!, next, list);
              list[next] = -1;
            }
            if (plenty === undefined || !isRead) return;
            plenty.catchUp(list);
            const found = Array.from(plenty.numbers, (number) => (number <= barred ? -Infinity : number));
            expect(found).toEqual(plainNumbers(limits, last, order.slice(0, next)));
          });
        },
      ),
      { numRuns: 1000 },
    );
  });
});
