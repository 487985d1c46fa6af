import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  curveAt,
  defaultPaceGains,
  errorOf,
  stepController,
  type PaceSettings,
  type PaceState,
} from "../../src/runtime/flow/controller.js";
import { createTraffic } from "./traffic.js";

const start = Date.parse("2026-11-05T00:00:00Z");
const window = { start, end: start + 86_400_000 };
const settings: PaceSettings = {
  budget: 24_000,
  curve: [1],
  bounds: { low: 0.01, high: 20 },
  gains: defaultPaceGains,
};
const at = (hours: number, count: number) => ({ now: start + hours * 3_600_000, count, window });

describe("the curve of a pace", () => {
  it("is a share of the window when it is even", () => {
    expect([0, 0.25, 1, 2].map((fraction) => curveAt([1], fraction))).toEqual([0, 0.25, 1, 1]);
  });

  it("is linear within its parts", () => {
    const curve = [0.1, 0.5, 0.4];
    expect(curveAt(curve, 1 / 3)).toBeCloseTo(0.1, 12);
    expect(curveAt(curve, 0.5)).toBeCloseTo(0.35, 12);
    expect(curveAt(curve, 1)).toBeCloseTo(1, 12);
  });
});

describe("the controller", () => {
  it("measures in hours of delivery behind the curve of a day", () => {
    expect(errorOf(settings, at(12, 12_000))).toBeCloseTo(0, 9);
    expect(errorOf(settings, at(12, 11_000))).toBeCloseTo(1, 9);
    expect(errorOf(settings, at(12, 12_500))).toBeCloseTo(-0.5, 9);
    expect(errorOf(settings, at(24, 23_000))).toBeCloseTo(1, 9);
    expect(errorOf(settings, at(12, 0))).toBe(3);
  });

  it("boosts what is behind and holds back what is ahead, within the bounds", () => {
    expect(stepController(settings, undefined, at(12, 11_500)).multiplier).toBeCloseTo(Math.E, 6);
    expect(stepController(settings, undefined, at(12, 12_500)).multiplier).toBeCloseTo(1 / Math.E, 6);
    const narrow = { ...settings, bounds: { low: 0.5, high: 1.2 } };
    expect(stepController(narrow, undefined, at(12, 0)).multiplier).toBeCloseTo(1.2, 12);
    expect(stepController(narrow, undefined, at(12, 24_000)).multiplier).toBeCloseTo(0.5, 12);
  });

  it("does not wind up: after hours at a bound it turns as soon as the error does", () => {
    let state: PaceState | undefined;
    const narrow = { ...settings, bounds: { low: 0.5, high: 2 } };
    for (let step = 0; step < 720; step += 1)
      ({ state } = stepController(narrow, state, at(step / 120, (step / 120) * 300)));
    expect(state?.multiplier).toBeCloseTo(2, 9);
    const turned = stepController(narrow, state, at(6.01, 7500));
    expect(turned.multiplier).toBeLessThan(1);
  });

  it("keeps the level it had found over midnight and after a pause", () => {
    const state: PaceState = {
      at: start - 30_000,
      windowStart: start - 86_400_000,
      error: 0.1,
      integral: Math.log(0.3),
      slope: 5,
      multiplier: 0.33,
    };
    expect(stepController(settings, state, at(0, 0)).multiplier).toBeCloseTo(0.3, 9);
    const paused = { ...state, at: start, windowStart: start, error: 0, integral: 0, slope: 0 };
    // Twenty hours on, half an hour behind: the error counts for an hour and not for twenty.
    const { multiplier } = stepController(settings, paused, at(20, 19_500));
    expect(multiplier).toBeCloseTo(Math.exp(2 * 0.5 + 2 * 0.5), 1);
  });

  it("gives a finite multiplier within the bounds, whatever it sees", () => {
    const number = fc.double({ noNaN: true, min: -20, max: 20 });
    fc.assert(
      fc.property(
        fc.record({
          at: fc.integer({ min: start - 200_000_000, max: window.end }),
          windowStart: fc.constantFrom(start, start - 86_400_000),
          error: number,
          integral: number,
          slope: number,
          multiplier: fc.constant(1),
        }),
        fc.integer({ min: 0, max: 86_400_000 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 24 }),
        (state, time, count, curve) => {
          const { multiplier } = stepController({ ...settings, curve }, state, { now: start + time, count, window });
          expect(multiplier).toBeGreaterThanOrEqual(0.01 * (1 - 1e-12));
          expect(multiplier).toBeLessThanOrEqual(20 * (1 + 1e-12));
        },
      ),
      { numRuns: 500, seed: 3 },
    );
  });
});

/** Delivery that follows the multiplier: an item competes with others for each request's place. */
function simulateDay(
  { base, response, curve }: { base: number; response: number; curve: readonly number[] },
  seed: number,
): { readonly count: number; readonly worst: number } {
  const traffic = createTraffic(120_000, seed);
  const paced = { ...settings, curve };
  let state: PaceState | undefined;
  let count = 0;
  let worst = 0;
  for (let step = 0; step < 2880; step += 1) {
    const observation = { now: start + step * 30_000, count, window };
    const stepped = stepController(paced, state, observation);
    state = stepped.state;
    const odds = (base / (1 - base)) * stepped.multiplier ** response;
    for (let i = traffic.requests(step); i > 0; i -= 1) if (traffic.random() < odds / (1 + odds)) count += 1;
    // The first hour looks for its level.
    if (step > 240) worst = Math.max(worst, Math.abs(count - settings.budget * curveAt(curve, (step + 1) / 2880)));
  }
  return { count, worst: worst / settings.budget };
}

describe("a day of traffic that differs sixfold", () => {
  const evening = [1, 1, 1, 1, 2, 3, 4, 4, 3, 4, 5, 4].map((share) => share / 33);
  it.each([
    { what: "three times too much, even curve", base: 0.6, response: 1, curve: [1] },
    { what: "too little, even curve", base: 0.15, response: 1, curve: [1] },
    { what: "a curve of its own", base: 0.3, response: 1, curve: evening },
    { what: "a sluggish response", base: 0.4, response: 0.5, curve: [1] },
    { what: "a sharp response", base: 0.4, response: 3, curve: [1] },
  ])("ends within 1 % of the budget, and stays within an hour of its curve: $what", (plant) => {
    for (const seed of [1, 2, 3]) {
      const { count, worst } = simulateDay(plant, seed);
      expect(Math.abs(count / settings.budget - 1)).toBeLessThan(0.01);
      expect(worst).toBeLessThan(1 / 24);
    }
  });
});
