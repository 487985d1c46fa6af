import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ListProblem } from "../../src/compiler/ranking/index.js";
import { createLimit } from "../../src/compiler/ranking/list/limit.js";
import { beginScratch } from "../../src/compiler/ranking/list/scratch.js";
import { startWalk, type Walk } from "../../src/compiler/ranking/list/walk.js";
import { keyColumn } from "./key-column.js";

const count = 10;
const length = 7;

const windows = fc.array(
  fc.record({
    rows: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }), {
      minLength: count,
      maxLength: count,
    }),
    most: fc.integer({ min: 1, max: 2 }),
    size: fc.integer({ min: 3, max: 5 }),
    breaks: fc.constantFrom(0, 1, length, length),
  }),
  { minLength: 1, maxLength: 3 },
);

describe("a walk that does not follow limits which every position may break", () => {
  it("chooses and stays as one that follows all", () => {
    let unfollowed = 0;
    fc.assert(
      fc.property(
        windows,
        fc.array(fc.integer({ min: 0, max: 1 }), { minLength: count, maxLength: count }),
        fc.option(fc.integer({ min: 0, max: length - 1 }), { nil: undefined }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        (shapes, members, pin, steps) => {
          beginScratch();
          const strength = { kind: "soft", priority: 1 } as const;
          const problem: ListProblem = {
            count,
            length,
            windows: shapes.map(({ rows, ...shape }, i) => ({
              ...shape,
              name: `w${i}`,
              keys: keyColumn(rows),
              tail: [],
              strength,
            })),
            caps: [],
            quotas: [{ name: "q", members: Uint8Array.from(members), least: 2, top: 5, strength }],
            pins: pin === undefined ? [] : [{ name: "p", candidate: 3, position: pin }],
            budget: 10,
          };
          const breaks = Int32Array.from(shapes, (shape) => shape.breaks);
          if (breaks.includes(length)) unfollowed++;
          const walkOf = (followsAll: boolean): Walk =>
            startWalk({
              problem,
              limits: problem.windows.map((window) => createLimit(window, problem)),
              members: [Int32Array.from(members.flatMap((is, i) => (is === 1 ? [i] : [])))],
              followsAll,
              gains: undefined,
              relaxation: { length, breaks, quotas: new Int32Array(1), pins: new Uint8Array(1).fill(1) },
              weights: shapes.map(() => 1),
              twins: () => undefined,
            });
          const [all, some] = [walkOf(true), walkOf(false)];
          let tried = -1;
          for (const isTaken of steps) {
            expect(some.stays()).toBe(all.stays());
            const candidate = all.filled() < length ? all.choose(tried, "list") : -1;
            if (all.filled() < length) expect(some.choose(tried, "list")).toBe(candidate);
            if (candidate >= 0 && !isTaken) {
              for (const walk of [all, some]) walk.put(candidate);
              tried = -1;
            } else if (all.filled() > 0) {
              tried = all.take();
              expect(some.take()).toBe(tried);
            }
          }
        },
      ),
      { numRuns: 1000, seed: 7 },
    );
    expect(unfollowed).toBeGreaterThan(300);
  });
});
