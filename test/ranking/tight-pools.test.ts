import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildList, drawUniform, verifyList, type ListProblem } from "../../src/compiler/ranking/index.js";
import { bruteForce } from "./brute-force.js";
import { hardWindow, problemOf } from "./key-column.js";

interface CarInstance {
  readonly name: string;
  /** At most `most[o]` of `of[o]` neighbours have option o. */
  readonly most: readonly number[];
  readonly of: readonly number[];
  /** How many cars need which options. */
  readonly kinds: readonly (readonly [number, string])[];
}

const { instances } = JSON.parse(readFileSync(join(import.meta.dirname, "csplib/prob001.json"), "utf8")) as {
  readonly instances: readonly CarInstance[];
};

/** Every car is to be placed, the cars in a seeded order. */
function carProblem({ most, of, kinds }: CarInstance, seed: number): ListProblem {
  const cars = shuffle(
    kinds.flatMap(([count, options]) => Array.from({ length: count }, () => options)),
    seed,
  );
  return problemOf({
    count: cars.length,
    length: cars.length,
    windows: most.map((bound, option) =>
      hardWindow(
        `option ${option}`,
        bound,
        of[option] as number,
        cars.map((options) => (options[option] === "1" ? [0] : [])),
      ),
    ),
  });
}

function shuffle<T>(items: readonly T[], seed: number): T[] {
  return items
    .map((item, i) => ({ item, at: drawUniform(seed, i) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

describe("car sequencing (CSPLib prob001)", () => {
  it.each([1, 2, 3, 4, 5])("positions the ten cars as brute force does, order %i", (seed) => {
    const problem = carProblem(instances[0] as CarInstance, seed);
    const built = buildList(problem);
    expect(built.list.length).toBe(10);
    expect([...built.list]).toEqual(bruteForce(problem).list);
  });

  it.each(instances.slice(1).map((instance) => [instance.name, instance] as const))(
    "%s: 200 cars end within the budget, with nearly all of them placed and every window kept",
    (_, instance) => {
      for (let seed = 0; seed < 10; seed++) {
        const problem = carProblem(instance, seed);
        const built = buildList(problem);
        expect(verifyList(problem, built)).toEqual([]);
        expect(built.list.length).toBeGreaterThanOrEqual(190);
        // One search for the whole list, one for each halving of its length, and one to restore what was relaxed.
        expect(built.nodes).toBeLessThan(12 * (200 + problem.budget));
      }
    },
  );
});

describe("tight pools", () => {
  /** Sixty items, all placed: a list that keeps its two rules, shuffled. */
  function tightPool(seed: number): ListProblem {
    const list: { readonly brand: number; readonly category: number }[] = [];
    for (let position = 0, attempt = 0; position < 60; attempt++) {
      const brand = Math.floor(drawUniform(seed, "brand", position, attempt) * 6);
      const category = Math.floor(drawUniform(seed, "category", position, attempt) * 5);
      if (list.slice(-4).some((item) => item.brand === brand)) continue;
      if (list.slice(-5).filter((item) => item.category === category).length >= 2) continue;
      list.push({ brand, category });
      position++;
    }
    const items = shuffle(list, seed + 1000);
    return problemOf({
      count: 60,
      length: 60,
      windows: [
        hardWindow(
          "brands",
          1,
          5,
          items.map(({ brand }) => [brand]),
        ),
        hardWindow(
          "categories",
          2,
          6,
          items.map(({ category }) => [category]),
        ),
      ],
    });
  }

  it("are placed whole under both rules", () => {
    const lengths = Array.from({ length: 54 }, (_, seed) => {
      const problem = tightPool(seed);
      const built = buildList(problem);
      expect(verifyList(problem, built)).toEqual([]);
      return built.list.length;
    });
    expect(lengths).toEqual(lengths.map(() => 60));
  });
});
