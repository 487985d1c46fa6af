import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SearchDimension, SearchPoint } from "../../src/compiler/semantics/index.js";
import { createCmaSampler } from "../../src/runtime/search/samplers/cma-es.js";
import { distinctPoint } from "../../src/runtime/search/samplers/distinct.js";
import { ageWeights, createChoiceDensity, createNumberDensity } from "../../src/runtime/search/samplers/parzen.js";
import { createRandomSampler } from "../../src/runtime/search/samplers/random.js";
import type { Observation, Sampler } from "../../src/runtime/search/samplers/sampler.js";
import { countPoints, pointKey, pointOfNumber, valueAtShare } from "../../src/runtime/search/samplers/space.js";
import { createTpeSampler, orderByCosts } from "../../src/runtime/search/samplers/tpe.js";
import { createDraws } from "../../src/runtime/statistics/index.js";

const span = { file: "a.mtl", start: 0, end: 0 };
const place = { span, isOperand: false };

function range(name: string, low: number, high: number, is: { log?: boolean; whole?: boolean } = {}): SearchDimension {
  const { log = false, whole = false } = is;
  return { name, ...place, space: { kind: "range", low, high, log, whole }, default: low };
}

function choice(name: string, count: number): SearchDimension {
  return { name, ...place, space: { kind: "choices", choices: Array.from({ length: count }, String) }, default: 0 };
}

const dimensionsOf = fc.constantFrom<readonly SearchDimension[]>(
  [range("lr", 1e-4, 1e-2, { log: true }), range("units", 8, 64, { whole: true }), choice("act", 3)],
  [range("x", -1, 1), range("n", 1, 4096, { whole: true, log: true })],
  [choice("a", 2), choice("b", 5)],
);

const makers: Readonly<Record<string, (dimensions: readonly SearchDimension[], seed: number) => Sampler>> = {
  random: createRandomSampler,
  tpe: (dimensions, seed) => createTpeSampler(dimensions, seed, 4),
  "cma-es": createCmaSampler,
};

/** Trials one after another, each told before the next; of those that fail, no costs. */
function run(
  sampler: Sampler,
  trials: number,
  start: SearchPoint,
  costOf: (point: SearchPoint) => number | undefined,
): readonly Observation[] {
  const over: Observation[] = [];
  for (let trial = 1; trial <= trials; trial++) {
    const point = trial === 1 ? start : sampler.propose(trial, over);
    if (point === undefined) throw new Error("all trials before it are over");
    const cost = costOf(point);
    over.push({ point, ...(cost === undefined ? {} : { costs: [cost] }) });
  }
  return over;
}

const startOf = (dimensions: readonly SearchDimension[]): SearchPoint =>
  new Map(dimensions.map(({ name, default: value }) => [name, value]));

function isInside({ space }: SearchDimension, value: number): boolean {
  if (space.kind === "choices") return Number.isInteger(value) && value >= 0 && value < space.choices.length;
  return value >= space.low && value <= space.high && (!space.whole || Number.isInteger(value));
}

/** A cost that is a function of the point, without order among choices. */
const anyCost = (point: SearchPoint): number =>
  [...point.values()].reduce((sum, value, i) => sum + Math.sin(value * 3 + i), 0);

describe.each(Object.keys(makers))("%s", (method) => {
  const make = makers[method]!;
  const fits = dimensionsOf.filter(
    (dimensions) => method !== "cma-es" || dimensions.every(({ space }) => space.kind === "range"),
  );

  it("keeps to what may be chosen, also where trials fail", () => {
    fc.assert(
      fc.property(fits, fc.integer({ min: 0, max: 1e6 }), (dimensions, seed) => {
        let trial = 0;
        const over = run(make(dimensions, seed), 30, startOf(dimensions), (point) =>
          trial++ % 5 === 2 ? undefined : anyCost(point),
        );
        for (const { point } of over)
          for (const dimension of dimensions) expect(isInside(dimension, point.get(dimension.name) ?? NaN)).toBe(true);
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it("is a function of the seed", () => {
    const dimensions = [range("x", -1, 1), range("n", 1, 4096, { whole: true, log: true })];
    const keys = (seed: number): readonly string[] =>
      run(make(dimensions, seed), 25, startOf(dimensions), anyCost).map(({ point }) => pointKey(dimensions, point));
    expect(keys(3)).toEqual(keys(3));
    expect(keys(3)).not.toEqual(keys(4));
  });

  it("does not depend on what it is told beyond what it waits for", () => {
    const dimensions = [range("x", -1, 1), range("y", -1, 1)];
    const sampler = make(dimensions, 5);
    const over = run(make(dimensions, 5), 30, startOf(dimensions), anyCost);
    for (let trial = 2; trial <= 30; trial++) {
      const asked = Array.from({ length: trial }, (_, told) => sampler.propose(trial, over.slice(0, told)));
      const known = asked.filter((point) => point !== undefined);
      expect(known.length).toBeGreaterThan(0);
      for (const point of known) expect(point).toEqual(over[trial - 1]?.point);
    }
  });
});

describe("tpe", () => {
  const dimensions = [
    range("lr", 1e-5, 1, { log: true }),
    range("units", 8, 256, { whole: true }),
    range("dropout", 0, 0.8),
    choice("activation", 4),
  ];
  const cost = (point: SearchPoint): number =>
    (Math.log10(point.get("lr") ?? 0) + 3) ** 2 +
    (((point.get("units") ?? 0) - 96) / 64) ** 2 +
    ((point.get("dropout") ?? 0) - 0.2) ** 2 * 9 +
    (point.get("activation") === 2 ? 0 : 1);
  const bestOf = (method: string, seed: number): number =>
    Math.min(
      ...run(makers[method]!(dimensions, seed), 100, startOf(dimensions), cost).flatMap(({ costs = [] }) => costs),
    );
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

  it("beats random search on a simple function", () => {
    const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
    const [tpe, random] = [seeds.map((seed) => bestOf("tpe", seed)), seeds.map((seed) => bestOf("random", seed))];
    expect(median(tpe)).toBeLessThan(median(random) / 2);
    expect(seeds.filter((_, i) => tpe[i]! < random[i]!).length).toBeGreaterThanOrEqual(8);
  });

  it("takes the trials of the front for good, by the room around them, and failed ones for the worst", () => {
    const costs = [[1, 5], [3, 3], [5, 1], [4, 4], undefined, [2.9, 3.2]];
    const order = orderByCosts(
      costs.map((each) => ({ point: new Map(), ...(each === undefined ? {} : { costs: each }) })),
    );
    expect(new Set(order.slice(0, 2))).toEqual(new Set([0, 2]));
    expect(order.slice(-2)).toEqual([3, 4]);
  });
});

describe("cma-es", () => {
  it("finds the bottom of a bowl", () => {
    const dimensions = [
      { ...range("x", -5, 5), default: 0 },
      { ...range("y", 1e-3, 10, { log: true }), default: 0.1 },
    ];
    const over = run(createCmaSampler(dimensions, 1), 120, startOf(dimensions), (point) => {
      return ((point.get("x") ?? 0) - 2) ** 2 + Math.log((point.get("y") ?? 1) / 0.1) ** 2;
    });
    expect(Math.min(...over.flatMap(({ costs = [] }) => costs))).toBeLessThan(0.02);
  });
});

describe("densities", () => {
  it("are those of numbers: what is near the observations is likelier, and all of it is 1", () => {
    const density = createNumberDensity([0.2, 0.25, 0.9], [1, 1, 1], { low: 0, high: 1 });
    const at = (place: number): number => Math.exp(density.logDensity(place));
    const steps = 4000;
    const whole = Array.from({ length: steps }, (_, i) => at((i + 0.5) / steps)).reduce((sum, x) => sum + x, 0) / steps;
    expect(whole).toBeCloseTo(1, 3);
    expect(at(0.22)).toBeGreaterThan(at(0.55));
  });

  it("are those of whole numbers: the chances of all bins are 1", () => {
    const bins = (place: number): { low: number; high: number } => ({
      low: Math.round(place) - 0.5,
      high: Math.round(place) + 0.5,
    });
    const density = createNumberDensity([3, 8], [1, 1], { low: 0.5, high: 9.5 }, bins);
    const whole = Array.from({ length: 9 }, (_, i) => Math.exp(density.logDensity(i + 1))).reduce(
      (sum, x) => sum + x,
      0,
    );
    expect(whole).toBeCloseTo(1, 6);
  });

  it("are those of choices: what was seen more often is likelier, and nothing is impossible", () => {
    const density = createChoiceDensity([0, 0, 2], [1, 1, 1], 3);
    const chances = [0, 1, 2].map((each) => Math.exp(density.logDensity(each)));
    expect(chances.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1);
    expect(chances[0]).toBeCloseTo((2 + 1 / 3) / 4);
    expect(chances[1]).toBeCloseTo(1 / 3 / 4);
  });

  it("draw what they say", () => {
    const density = createNumberDensity([0.2], [1], { low: 0, high: 1 });
    const draws = createDraws(1);
    const drawn = Array.from({ length: 4000 }, () => density.sample(draws));
    expect(drawn.every((each) => each >= 0 && each <= 1)).toBe(true);
    const below = drawn.filter((each) => each < 0.4).length / drawn.length;
    const share = Array.from({ length: 400 }, (_, i) => Math.exp(density.logDensity((i + 0.5) / 1000)) / 1000).reduce(
      (sum, x) => sum + x,
      0,
    );
    expect(below).toBeCloseTo(share, 1);
  });

  it("count old observations less", () => {
    expect(ageWeights(3)).toEqual([1, 1, 1]);
    const weights = ageWeights(30);
    expect(weights.slice(5)).toEqual(Array.from({ length: 25 }, () => 1));
    expect(weights[0]).toBeCloseTo(1 / 30);
    expect(weights[4]).toBeCloseTo(1);
  });
});

describe("values", () => {
  it("have four digits, in a narrow range as many as tell them apart", () => {
    expect(valueAtShare(range("lr", 1e-4, 1e-2, { log: true }), 0.123456)).toBe(0.0001766);
    const narrow = range("x", 1000, 1001);
    const values = Array.from({ length: 100 }, (_, i) => valueAtShare(narrow, i / 100));
    expect(new Set(values).size).toBe(100);
    expect(valueAtShare(narrow, 0.123456)).toBe(1000.123);
  });

  it("reach both ends of a range of whole numbers as often as what is between", () => {
    const counts = new Map<number, number>();
    const n = range("n", 1, 4, { whole: true });
    for (let i = 0; i < 400; i++) {
      const value = valueAtShare(n, i / 400);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts]).toEqual([
      [1, 100],
      [2, 100],
      [3, 100],
      [4, 100],
    ]);
  });
});

describe("points", () => {
  it("of choices and whole numbers are counted, and each is there", () => {
    const dimensions = [choice("a", 2), range("n", 3, 5, { whole: true })];
    expect(countPoints(dimensions)).toBe(6);
    const keys = Array.from({ length: 6 }, (_, i) => pointKey(dimensions, pointOfNumber(dimensions, i)));
    expect(new Set(keys).size).toBe(6);
    expect(countPoints([...dimensions, range("x", 0, 1)])).toBe(Infinity);
  });

  it("that are taken are replaced by another, and by none when all are", () => {
    const dimensions = [choice("a", 2), choice("b", 2)];
    const taken = new Set<string>();
    const at = { seed: 1, trial: 1 };
    for (let i = 0; i < 4; i++) {
      const point = distinctPoint(
        dimensions,
        new Map([
          ["a", 0],
          ["b", 0],
        ]),
        taken,
        at,
      );
      if (point === undefined) throw new Error("there are four");
      taken.add(pointKey(dimensions, point));
    }
    expect(taken.size).toBe(4);
    expect(
      distinctPoint(
        dimensions,
        new Map([
          ["a", 0],
          ["b", 0],
        ]),
        taken,
        at,
      ),
    ).toBeUndefined();
  });
});
