import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  absolute,
  add,
  divide,
  encloses,
  exponential,
  holds,
  maximum,
  minimum,
  multiply,
  power,
  showInterval,
  subtract,
  type Interval,
  type IntervalResult,
} from "../../src/compiler/functions/intervals.js";
import { nextDown, nextUp } from "../../src/compiler/functions/floats.js";
import { findFormulaFunction } from "../../src/compiler/functions/index.js";

const bound = fc.oneof(fc.integer({ min: -6, max: 6 }), fc.double({ min: -6, max: 6, noNaN: true }));
const interval: fc.Arbitrary<Interval> = fc
  .tuple(bound, bound)
  .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const inside = ({ low, high }: Interval, at: number): number => Math.min(high, Math.max(low, low + at * (high - low)));

const binary: readonly (readonly [
  string,
  (a: Interval, b: Interval) => IntervalResult,
  (x: number, y: number) => number,
])[] = [
  ["+", add, (x, y) => x + y],
  ["-", subtract, (x, y) => x - y],
  ["*", multiply, (x, y) => x * y],
  ["/", divide, (x, y) => x / y],
  ["^", power, (x, y) => x ** y],
  ["min", (a, b) => ({ range: minimum(a, b) }), Math.min],
  ["max", (a, b) => ({ range: maximum(a, b) }), Math.max],
];

describe("interval arithmetic", () => {
  it.each(binary)("%s: what is called safe is finite and in its range", (_, infer, compute) => {
    let safe = 0;
    fc.assert(
      fc.property(interval, interval, share, share, (a, b, s, t) => {
        const { range, hazard } = infer(a, b);
        if (hazard !== undefined) return;
        safe += 1;
        const value = compute(inside(a, s), inside(b, t));
        expect(Number.isFinite(value)).toBe(true);
        expect(
          holds(range, value),
          `${showInterval(a)}, ${showInterval(b)} → ${showInterval(range)}, not ${value}`,
        ).toBe(true);
      }),
      { seed: 7, numRuns: 2000 },
    );
    expect(safe).toBeGreaterThan(200);
  });

  it("functions: what is called safe is finite and in its range", () => {
    const compute: Readonly<Record<string, (x: number, y: number) => number>> = {
      exp: Math.exp,
      log: Math.log,
      log1p: Math.log1p,
      sqrt: Math.sqrt,
      abs: Math.abs,
      floor: Math.floor,
      sigmoid: (x) => 1 / (1 + Math.exp(-x)),
      safe_pow: (x, y) => Math.exp(y * Math.log(Math.max(x, 1e-9))),
      coalesce: (x) => x,
    };
    for (const [name, apply] of Object.entries(compute)) {
      fc.assert(
        fc.property(interval, interval, share, share, (a, b, s, t) => {
          const result = findFormulaFunction(name)?.range?.([a, b]);
          if (result === undefined || result.hazard !== undefined) return;
          const value = apply(inside(a, s), inside(b, t));
          expect(Number.isFinite(value), name).toBe(true);
          expect(
            holds(result.range, value),
            `${name} of ${showInterval(a)}: ${showInterval(result.range)}, not ${value}`,
          ).toBe(true);
        }),
        { seed: 8, numRuns: 500 },
      );
    }
  });

  it("takes an open bound for not reached", () => {
    const positive: Interval = { low: 0, high: Infinity, lowOpen: true };
    expect(divide({ low: 1, high: 1 }, positive).hazard).toBeUndefined();
    expect(divide({ low: 1, high: 1 }, { low: 0, high: 1 }).hazard).toBe("division by zero");
    expect(multiply(positive, { low: 2, high: 3 }).range).toEqual(positive);
    expect(add(positive, { low: 0, high: 1 }).range).toEqual(positive);
  });

  it("takes a bound for reached where rounding may reach it", () => {
    const positive: Interval = { low: 0, high: Infinity, lowOpen: true };
    expect(multiply(positive, positive).range).toEqual({ low: 0, high: Infinity });
    expect(multiply(positive, { low: 0.5, high: 1 }).range).toEqual({ low: 0, high: Infinity });
    expect(divide({ low: 1, high: 2 }, { low: 1, high: Infinity }).range).toEqual({ low: 0, high: 2 });
    expect(exponential({ low: -1000, high: 0 }).range).toEqual({ low: 0, high: 1 });
    expect(add({ low: 0, high: 1, lowOpen: true }, { low: 1, high: 1 }).range).toEqual({ low: 1, high: 2 });
    expect(power({ low: 0, high: 1, lowOpen: true }, { low: 3, high: 3 }).range).toEqual({ low: 0, high: 1 });
  });

  it("knows negative powers of what is below 0", () => {
    const negative: Interval = { low: -Infinity, high: 0, highOpen: true };
    expect(power(negative, { low: -1, high: -1 }).range).toEqual({ low: -Infinity, high: 0 });
    expect(power(negative, { low: -2, high: -2 }).range).toEqual({ low: 0, high: Infinity });
    expect(power({ low: -4, high: -2 }, { low: -1, high: -1 }).range).toEqual({ low: -0.5, high: -0.25 });
  });

  it("sees what is beyond every number, whatever the inputs are", () => {
    expect(power({ low: 2, high: Infinity }, { low: 5000, high: Infinity }).hazard).toBe("overflow");
    expect(multiply({ low: 1e200, high: Infinity }, { low: 1e200, high: Infinity }).hazard).toBe("overflow");
  });

  it("steps to the numbers beside one", () => {
    expect([nextUp(0), nextUp(1), nextDown(0), nextUp(-Number.MIN_VALUE)]).toEqual([5e-324, 1 + 2 ** -52, -5e-324, 0]);
    expect([nextUp(Number.MAX_VALUE), nextDown(1), nextDown(-Infinity)]).toEqual([Infinity, 1 - 2 ** -53, -Infinity]);
  });

  it("takes an infinite bound for a finite value of unknown size", () => {
    const price: Interval = { low: 0, high: Infinity };
    expect(multiply({ low: 0, high: 1 }, price).range).toEqual(price);
    expect(power(price, { low: 0, high: 2 })).toEqual({ range: price });
    expect(exponential(price).hazard).toBe("overflow");
    expect(exponential({ low: 0, high: 700 }).hazard).toBeUndefined();
  });

  it("sees overflow of bounded inputs", () => {
    expect(multiply({ low: 1, high: 1e200 }, { low: 1, high: 1e200 }).hazard).toBe("overflow");
    expect(power({ low: 1, high: 1e200 }, { low: 1, high: 2 }).hazard).toBe("overflow");
  });

  it("knows even powers of what may be negative", () => {
    expect(power({ low: -2, high: 1 }, { low: 2, high: 2 }).range).toEqual({ low: 0, high: 4 });
    expect(power({ low: -2, high: 1 }, { low: 0.5, high: 0.5 }).hazard).toBe("fractional power");
    expect(power({ low: 0, high: 1 }, { low: -1, high: -1 }).hazard).toBe("zero to a negative power");
  });

  it("compares intervals and values", () => {
    expect(encloses({ low: 0, high: 1 }, { low: 0, high: 1, lowOpen: true })).toBe(true);
    expect(encloses({ low: 0, high: 1, lowOpen: true }, { low: 0, high: 1 })).toBe(false);
    expect(holds({ low: 0, high: 1, highOpen: true }, 1)).toBe(false);
    expect(absolute({ low: -3, high: 2 })).toEqual({ low: 0, high: 3 });
    expect(showInterval({ low: 0, high: Infinity, lowOpen: true })).toBe("(0, ∞)");
  });
});
