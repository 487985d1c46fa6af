import { describe, expect, it } from "vitest";
import { createDraws, meanOf, summarize } from "../../src/runtime/statistics/index.js";

describe("summaries of runs", () => {
  it("are mean, deviation and the interval of the mean by Student's t", () => {
    // Five values, four degrees of freedom: half a width is 2.7764 standard errors.
    const found = summarize([2, 4, 4, 5, 10]);
    expect(found).toMatchObject({ count: 5, mean: 5, deviation: 3 });
    expect(found.interval?.low).toBeCloseTo(5 - (2.7764451051977943 * 3) / Math.sqrt(5), 12);
    expect(found.interval?.high).toBeCloseTo(5 + (2.7764451051977943 * 3) / Math.sqrt(5), 12);
    const ninety = summarize([2, 4, 4, 5, 10], 0.9).interval;
    expect(ninety?.high).toBeCloseTo(5 + (2.1318467863266495 * 3) / Math.sqrt(5), 10);
  });

  it("have neither deviation nor interval under two values", () => {
    expect(summarize([0.7])).toEqual({ count: 1, mean: 0.7 });
    expect(summarize([])).toEqual({ count: 0, mean: NaN });
  });

  it("have no deviation at all where the values are equal", () => {
    const tenth = [0.1, 0.1, 0.1];
    expect(meanOf(tenth)).toBe(0.1);
    expect(summarize(tenth)).toEqual({ count: 3, mean: 0.1, deviation: 0, interval: { low: 0.1, high: 0.1 } });
  });

  it("hold the true mean as often as the level says, also of three runs", () => {
    const draws = createDraws(3);
    for (const [count, level] of [
      [3, 0.95],
      [10, 0.8],
    ] as const) {
      let held = 0;
      for (let trial = 0; trial < 4000; trial++) {
        const values = Array.from({ length: count }, () => 7 + 2 * draws.normal());
        const { interval } = summarize(values, level);
        if (interval !== undefined && interval.low <= 7 && 7 <= interval.high) held += 1;
      }
      // Three standard errors of a share of 4,000.
      expect(Math.abs(held / 4000 - level)).toBeLessThan(3 * Math.sqrt((level * (1 - level)) / 4000));
    }
  });
});
