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
} from "../../src/compiler/semantics/intervals.js";
import { formulaFunctions } from "../../src/compiler/semantics/formula-functions.js";

const bound = fc.oneof(fc.integer({ min: -6, max: 6 }), fc.double({ min: -6, max: 6, noNaN: true }));
const interval: fc.Arbitrary<Interval> = fc
  .tuple(bound, bound)
  .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const inside = ({ low, high }: Interval, at: number): number => Math.min(high, Math.max(low, low + at * (high - low)));

/** A value just outside by rounding is no mistake of the interval. */
function holdsClosely(range: Interval, value: number): boolean {
  const slack = 1e-9 * Math.max(1, Math.abs(value));
  return value >= range.low - slack && value <= range.high + slack;
}

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
          holdsClosely(range, value),
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
          const result = formulaFunctions[name]?.range?.([a, b]);
          if (result === undefined || result.hazard !== undefined) return;
          const value = apply(inside(a, s), inside(b, t));
          expect(Number.isFinite(value), name).toBe(true);
          expect(
            holdsClosely(result.range, value),
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
    expect(multiply(positive, positive).range).toEqual(positive);
    expect(add(positive, { low: 0, high: 1 }).range).toEqual(positive);
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
