import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ListProblem } from "../../src/compiler/ranking/index.js";
import {
  canFill,
  createLimit,
  fillsUnbroken,
  occupy,
  resetLimit,
  vacate,
  type Limit,
} from "../../src/compiler/ranking/list/limit.js";
import { quotaLevel, type QuotaLevel } from "../../src/compiler/ranking/list/quota.js";
import { fitsUnder, QuotaRooms } from "../../src/compiler/ranking/list/quota-rooms.js";
import { beginScratch } from "../../src/compiler/ranking/list/scratch.js";
import { keyColumn } from "./key-column.js";

const count = 12;

/** Candidates with at most one value, some `last`, a window, and a walk forth and back over them. */
const walks = fc.record({
  rows: fc.array(
    fc.oneof(
      { weight: 7, arbitrary: fc.integer({ min: 0, max: 4 }).map((value) => [value]) },
      { weight: 1, arbitrary: fc.constant<number[]>([]) },
    ),
    { minLength: count, maxLength: count },
  ),
  values: fc.integer({ min: 1, max: 5 }),
  flags: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: count, maxLength: count }),
  most: fc.integer({ min: 1, max: 3 }),
  size: fc.integer({ min: 1, max: 5 }),
  tail: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }), { maxLength: 4 }),
  length: fc.oneof(fc.constant(count), fc.integer({ min: 6, max: count })),
  breaks: fc.constantFrom(0, 0, 1, 2),
  order: fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
  steps: fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, { arbitrary: fc.constant(false), weight: 1 }), {
    maxLength: 60,
  }),
  members: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: count, maxLength: count }),
  least: fc.integer({ min: 1, max: 9 }),
  top: fc.integer({ min: 4, max: 9 }),
});

type Shape = typeof walks extends fc.Arbitrary<infer T> ? T : never;

interface State {
  readonly limit: Limit;
  readonly next: number;
  readonly isLast: boolean;
  readonly level: QuotaLevel;
  readonly placed: Uint8Array;
  readonly have: number;
  readonly steps: Int32Array;
}

/** Walks and shows each state; what goes back returns with the next of the candidates that are left. */
function follow(shape: Shape, show: (state: State) => void): void {
  const { rows, flags, length, breaks, members } = shape;
  beginScratch();
  const last = Uint8Array.from(flags);
  const strength = { kind: "soft", priority: 1 } as const;
  const window = { ...shape, name: "w", keys: keyColumn(rows), strength };
  const problem: ListProblem = { count, length, last, windows: [window], caps: [], quotas: [], pins: [], budget: 10 };
  const quota = { name: "q", members: Uint8Array.from(members), least: shape.least, top: shape.top, strength };
  const level = quotaLevel(quota, length, 1);
  const limit = createLimit(window, problem);
  resetLimit(limit, problem);
  limit.breaksLeft = breaks;
  const left = [...shape.order];
  const list = new Int32Array(length).fill(-1);
  const placed = new Uint8Array(count);
  const broken: boolean[] = [];
  const steps = new Int32Array(length + 1);
  let [next, step] = [0, 0];
  const showNow = (): void => {
    const have = list.slice(0, next).reduce((sum, each) => sum + members[each]!, 0);
    show({ limit, next, isLast: list.slice(0, next).some((each) => last[each] === 1), level, placed, have, steps });
  };
  showNow();
  for (const forth of shape.steps) {
    if (forth && next < length && left.length > 0) {
      const candidate = left.shift()!;
      const { offsets, values } = limit.keys;
      const breaks = values
        .subarray(offsets[candidate], offsets[candidate + 1])
        .some((v) => limit.near[v]! >= limit.most);
      if (breaks && limit.breaksLeft === 0) continue;
      broken[next] = breaks;
      if (breaks) limit.breaksLeft--;
      list[next] = candidate;
      placed[candidate] = 1;
      occupy(limit, candidate, next, list, last[candidate] === 1);
      steps[++next] = ++step;
    } else if (!forth && next > 0) {
      const candidate = list[--next]!;
      vacate(limit, candidate, next, list, last[candidate] === 1);
      if (broken[next] === true) limit.breaksLeft++;
      placed[candidate] = 0;
      list[next] = -1;
      left.push(candidate);
    }
    showNow();
  }
}

describe("what whole windows have room for", () => {
  it("never says that a list may be filled where the values' own capacities say no", () => {
    let [filled, not] = [0, 0];
    fc.assert(
      fc.property(walks, (shape) => {
        const rows = shape.rows.map((values) => values.map((value) => value % shape.values));
        follow({ ...shape, rows }, ({ limit, next, isLast }) => {
          const plain = shape.length - next <= limit.breaksLeft || fillsUnbroken(limit, next, shape.length, isLast);
          expect(canFill(limit, next, shape.length, count - next, isLast)).toBe(plain);
          if (plain) filled++;
          else not++;
        });
      }),
      { numRuns: 3000, seed: 5 },
    );
    expect(Math.min(filled, not)).toBeGreaterThan(1000);
  });

  it("never says that a quota fits where the values' own capacities say no", () => {
    let [fit, not] = [0, 0];
    fc.assert(
      fc.property(walks, (shape) => {
        let rooms: QuotaRooms | undefined;
        // Few values, so that members are in each other's way.
        const rows = shape.rows.map((values) => values.map((value) => value % 2));
        follow({ ...shape, rows, most: 1, breaks: 0 }, ({ limit, next, level, placed, have, steps }) => {
          rooms ??= new QuotaRooms([limit], [level]);
          const needed = level.wanted - have;
          const plain = needed <= 0 || fitsUnder(limit, level, placed, needed, next);
          expect(rooms.fit(0, placed, have, next, steps)).toBe(plain);
          if (plain) fit++;
          else not++;
        });
      }),
      { numRuns: 3000, seed: 6 },
    );
    expect(Math.min(fit, not)).toBeGreaterThan(1000);
  });
});
