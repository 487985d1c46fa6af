import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  createDraws,
  createNsga2Search,
  crowdingDistances,
  hypervolume,
  kneeOf,
  paretoFront,
  polynomialMutation,
  simulatedBinaryCrossover,
  sortIntoFronts,
} from "../../src/runtime/tune/index.js";

interface Fixtures {
  readonly sorts: readonly { costs: readonly (readonly number[])[]; fronts: readonly (readonly number[])[] }[];
  readonly crowding: readonly { costs: readonly (readonly number[])[]; distances: readonly (number | null)[] }[];
  readonly crossovers: readonly {
    eta: number;
    parents: readonly [readonly number[], readonly number[]];
    apply: readonly number[];
    spread: readonly number[];
    swap: readonly number[];
    children: readonly [readonly number[], readonly number[]];
  }[];
  readonly mutations: readonly {
    eta: number;
    rate: number;
    point: readonly number[];
    apply: readonly number[];
    step: readonly number[];
    child: readonly number[];
  }[];
  readonly hypervolumes: Readonly<Record<string, readonly number[]>>;
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")) as unknown;
const fixtures = read("nsga2.json") as Fixtures;
const volumes = read("hypervolume.json") as readonly {
  points: readonly (readonly number[])[];
  reference: readonly number[];
  volume: number;
  front: readonly number[];
}[];

function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 12);
}

describe("NSGA-II as pymoo does it", () => {
  it("sorts into the same fronts", () => {
    for (const { costs, fronts } of fixtures.sorts)
      expect(sortIntoFronts(costs.map((row) => ({ costs: row, violation: 0 })))).toEqual(fronts);
  });

  it("has the same crowding distances", () => {
    for (const { costs, distances } of fixtures.crowding)
      for (const [i, distance] of crowdingDistances(costs).entries()) {
        const expected = distances[i];
        if (expected === null || expected === undefined) expect(distance).toBe(Infinity);
        else expect(distance).toBeCloseTo(expected, 12);
      }
  });

  it("crosses two parents into the same children, fed the same draws", () => {
    for (const { eta, parents, apply, spread, swap, children } of fixtures.crossovers) {
      const [a, b] = simulatedBinaryCrossover(
        Float64Array.from(parents[0]),
        Float64Array.from(parents[1]),
        eta,
        (i) => ({ apply: apply[i] ?? 1, spread: spread[i] ?? 0, swap: swap[i] ?? 0 }),
      );
      expectClose(a, children[0]);
      expectClose(b, children[1]);
    }
  });

  it("mutates a point into the same child, fed the same draws", () => {
    for (const { eta, rate, point, apply, step, child } of fixtures.mutations)
      expectClose(
        polynomialMutation(Float64Array.from(point), eta, rate, (i) => ({ apply: apply[i] ?? 1, step: step[i] ?? 0 })),
        child,
      );
  });

  const problems: Readonly<Record<string, (x: Float64Array) => readonly [number, number]>> = {
    zdt1: (x) => zdt(x, (f, g) => 1 - Math.sqrt(f / g)),
    zdt2: (x) => zdt(x, (f, g) => 1 - (f / g) ** 2),
    zdt3: (x) => zdt(x, (f, g) => 1 - Math.sqrt(f / g) - (f / g) * Math.sin(10 * Math.PI * f)),
  };

  it.each(["zdt1", "zdt2", "zdt3"])(
    "reaches the hypervolume of %s that pymoo reaches in 100 generations of 40",
    (name) => {
      const problem = problems[name] as (x: Float64Array) => readonly [number, number];
      const reached: number[] = [];
      for (let seed = 1; seed <= 11; seed++) {
        const search = createNsga2Search({ dimension: 8, draws: createDraws(seed), population: 40 });
        const all: (readonly number[])[] = [];
        for (let generation = 0; generation < 100; generation++) {
          const last = search.ask().map((x) => ({ costs: problem(x), violation: 0 }));
          search.tell(last);
          all.push(...last.map(({ costs }) => costs));
        }
        reached.push(hypervolume(all, [1.1, 1.1]));
      }
      reached.sort((a, b) => a - b);
      const theirs = fixtures.hypervolumes[name] ?? [];
      // Medians within 2 %; the worst of both is a run that lost a part of the front.
      expect((reached[5] ?? 0) / (theirs[5] ?? 1)).toBeGreaterThan(0.98);
      expect((reached[0] ?? 0) / (theirs[0] ?? 1)).toBeGreaterThan(0.9);
    },
  );

  it("keeps constraints: what breaks them never survives against what does not", () => {
    const fronts = sortIntoFronts([
      { costs: [0, 0], violation: 1 },
      { costs: [5, 5], violation: 0 },
      { costs: [9, 9], violation: 0.5 },
      { costs: [4, 6], violation: 0 },
    ]);
    expect(fronts).toEqual([[1, 3], [2], [0]]);
  });

  it("is a function of its seed", () => {
    const run = (seed: number): readonly Float64Array[] => {
      const search = createNsga2Search({ dimension: 3, draws: createDraws(seed), population: 8 });
      for (let i = 0; i < 5; i++)
        search.tell(search.ask().map((x) => ({ costs: [x[0] ?? 0, 1 - (x[0] ?? 0) * (x[1] ?? 0)], violation: 0 })));
      return search.ask();
    };
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
  });
});

function zdt(x: Float64Array, shape: (f: number, g: number) => number): readonly [number, number] {
  const f = x[0] ?? 0;
  const g = 1 + (9 * x.slice(1).reduce((sum, v) => sum + v, 0)) / (x.length - 1);
  return [f, g * shape(f, g)];
}

describe("fronts and hypervolumes", () => {
  it("agree with moocore in two to six dimensions", () => {
    for (const { points, reference, volume, front } of volumes) {
      expect(hypervolume(points, reference)).toBeCloseTo(volume, 10);
      expect(paretoFront(points)).toEqual(front);
    }
  });

  it("count nothing beyond the reference, and nothing for no points", () => {
    expect(hypervolume([], [1, 1])).toBe(0);
    expect(hypervolume([[2, 0]], [1, 1])).toBe(0);
    expect(hypervolume([[0.25]], [1])).toBe(0.75);
  });

  it("have their knee where a little more of one costs a lot of the other", () => {
    expect(
      kneeOf([
        [0, 1],
        [0.1, 0.2],
        [0.5, 0.15],
        [1, 0],
      ]),
    ).toBe(1);
    expect(
      kneeOf([
        [0, 1],
        [1, 0],
      ]),
    ).toBeUndefined();
  });
});
