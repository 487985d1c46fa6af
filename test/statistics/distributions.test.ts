import { describe, expect, it } from "vitest";
import { normalCdf, normalQuantile, studentCdf, studentQuantile } from "../../src/runtime/statistics/index.js";

/** t, degrees of freedom, share below: computed with 40 digits by mpmath. */
const shares: readonly (readonly [number, number, number])[] = [
  [-1, 1, 0.25],
  [-12.706, 1, 0.025000401179066593],
  [-2, 2.5, 0.078695747878983],
  [-0.001, 3, 0.49963244748473046],
  [0.7, 4, 0.7387499172032749],
  [-2.776, 4, 0.025011389159988205],
  [1.5, 7.3, 0.912218453598457],
  [-3, 19, 0.003680862091934321],
  [-40, 5, 9.205981085886477e-8],
  [-8, 30, 3.1329112378503795e-9],
  [-1.96, 1000, 0.02513659247787436],
  [-2, 1_000_000, 0.022750266925659603],
  [-0.5, 0.5, 0.3786590364647183],
];

/** Share, degrees of freedom, value: those of printed tables, to 15 digits by mpmath. */
const values: readonly (readonly [number, number, number])[] = [
  [0.975, 1, 12.706204736174705],
  [0.975, 2, 4.302652729749464],
  [0.975, 4, 2.7764451051977943],
  [0.995, 7, 3.499483297350494],
  [0.025, 9, -2.2621571627982053],
  [0.95, 19, 1.7291328115213696],
  [0.975, 39, 2.0226909200367613],
  [0.975, 199, 1.971956544251754],
  [0.9999, 3, 22.203742273204185],
  [1e-6, 12.5, -8.28093739722148],
  [0.6, 0.7, 0.3560313652346804],
];

describe("Student's t", () => {
  it.each(shares)("has of t = %d with %d degrees of freedom the share %d below", (t, freedom, share) => {
    expect(Math.abs(studentCdf(t, freedom) / share - 1)).toBeLessThan(1e-11);
  });

  it.each(values)("has the share %d with %d degrees of freedom below %d", (share, freedom, value) => {
    expect(Math.abs(studentQuantile(share, freedom) / value - 1)).toBeLessThan(1e-11);
  });

  it("is symmetric, and its quantile the inverse of its distribution", () => {
    for (const freedom of [0.3, 1, 2, 3.7, 10, 300, 1e5])
      for (const share of [1e-9, 0.001, 0.025, 0.2, 0.4999, 0.5]) {
        const t = studentQuantile(share, freedom);
        expect(Math.abs(studentCdf(t, freedom) / share - 1)).toBeLessThan(1e-9);
        expect(studentCdf(-t, freedom)).toBeCloseTo(1 - share, 12);
      }
  });

  it("becomes normal with many degrees of freedom", () => {
    for (const x of [-3, -1, 0.2, 2]) expect(studentCdf(x, 1e8)).toBeCloseTo(normalCdf(x), 7);
    expect(studentQuantile(0.975, 1e8)).toBeCloseTo(normalQuantile(0.975), 6);
  });

  it("has its limits at both ends", () => {
    expect(studentCdf(Infinity, 3)).toBe(1);
    expect(studentCdf(-Infinity, 3)).toBe(0);
    expect(studentCdf(0, 3)).toBe(0.5);
    expect(() => studentQuantile(1, 3)).toThrow(RangeError);
    expect(() => studentCdf(1, 0)).toThrow(RangeError);
  });
});

describe("the normal distribution", () => {
  it("has its quantile as the inverse of its distribution", () => {
    for (const share of [1e-8, 0.025, 0.3, 0.5, 0.8, 0.975])
      expect(Math.abs(normalCdf(normalQuantile(share)) / share - 1)).toBeLessThan(1e-13);
  });
});
