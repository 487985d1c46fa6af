/** Losses over lists against their formulas, written here a second time and row by row. */
import { describe, expect, it } from "vitest";
import { losses } from "../../src/compiler/builtins/index.js";
import { createRandom, distance } from "../lower/harness.js";
import { type ListLossRun, listLossProgram, runListLoss } from "./harness.js";

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const logSumExp = (values: readonly number[]): number => {
  const most = Math.max(...values);
  return most + Math.log(sum(values.map((value) => Math.exp(value - most))));
};

interface Row {
  readonly s: number;
  readonly g: number;
  readonly w: number;
}

/** The lists of a run without the rows of weight 0. */
function listsOf({ scores, gains, groups, weights }: ListLossRun): readonly (readonly Row[])[] {
  const lists: Row[][] = [];
  scores.forEach((s, row) => {
    const w = weights?.[row] ?? 1;
    if (w > 0) (lists[groups?.[row] ?? 0] ??= []).push({ s, g: gains[row] ?? 0, w });
  });
  return lists.filter((list) => list !== undefined);
}

const pairsOf = (list: readonly Row[]): readonly (readonly [Row, Row])[] =>
  list.flatMap((i) => list.flatMap((j) => (i.g > j.g ? [[i, j] as const] : [])));

/** The mean over pairs, each with the weight of its first row. */
function pairwise(run: ListLossRun, loss: (difference: number) => number): number {
  const pairs = listsOf(run).flatMap(pairsOf);
  return sum(pairs.map(([i, j]) => i.w * loss(i.s - j.s))) / sum(pairs.map(([i]) => i.w));
}

/** The mean over lists that have an answer, each with the mean weight of its rows. */
function listwise(run: ListLossRun, loss: (list: readonly Row[]) => number | undefined): number {
  const found = listsOf(run).flatMap((list) => {
    const value = loss(list);
    return value === undefined ? [] : [{ value, weight: sum(list.map(({ w }) => w)) / list.length }];
  });
  return sum(found.map(({ value, weight }) => value * weight)) / sum(found.map(({ weight }) => weight));
}

const discountOf = (position: number, at = Infinity): number => (position <= at ? 1 / Math.log2(1 + position) : 0);

function ideal(list: readonly Row[], at?: number): number {
  const sorted = list.map(({ g }) => g).toSorted((a, b) => b - a);
  return sum(sorted.map((g, place) => g * discountOf(place + 1, at)));
}

function lambdarank(list: readonly Row[], at?: number): number | undefined {
  const best = ideal(list, at);
  if (best === 0) return undefined;
  const sorted = list.toSorted((a, b) => b.s - a.s);
  const position = new Map(sorted.map((row, place) => [row, place + 1]));
  const place = (row: Row): number => discountOf(position.get(row) ?? 0, at);
  return sum(pairsOf(list).map(([i, j]) => ((i.g - j.g) * Math.abs(place(i) - place(j)) * softplus(j.s - i.s)) / best));
}

function listmle(list: readonly Row[]): number | undefined {
  const above = list.filter((i) => list.some((j) => j.g < i.g));
  if (above.length === 0) return undefined;
  return sum(above.map((i) => logSumExp(list.filter((j) => j.g <= i.g).map(({ s }) => s)) - i.s));
}

function softmaxList(list: readonly Row[]): number | undefined {
  const total = sum(list.map(({ g }) => g));
  if (total === 0) return undefined;
  const normalizer = logSumExp(list.map(({ s }) => s));
  return sum(list.map(({ g, s }) => (g / total) * (normalizer - s)));
}

function approxNdcg(list: readonly Row[], temperature: number): number | undefined {
  const best = ideal(list);
  if (best === 0) return undefined;
  const position = (i: Row): number =>
    1 + sum(list.filter((j) => j !== i).map((j) => 1 / (1 + Math.exp((i.s - j.s) / temperature))));
  return 1 - sum(list.map((i) => i.g * discountOf(position(i)))) / best;
}

function jrc(run: ListLossRun, alpha: number, zero: (row: number) => number, same: boolean): number {
  const rows = run.scores.map((s, row) => ({
    s,
    y: run.gains[row] ?? 0,
    w: run.weights?.[row] ?? 1,
    list: run.groups?.[row] ?? 0,
    z: [zero(row), zero(row) + s] as const,
  }));
  const losses = rows
    .filter(({ w }) => w > 0)
    .map((i) => {
      const among = rows.filter((j) => j.w > 0 && j.list === i.list && (same || j === i || j.y !== i.y));
      const logit = (row: (typeof rows)[number]): number => row.z[i.y === 1 ? 1 : 0];
      const within = logSumExp(among.map(logit)) - logit(i);
      return { w: i.w, value: alpha * (softplus(i.s) - i.y * i.s) + (1 - alpha) * within };
    });
  return sum(losses.map(({ w, value }) => w * value)) / sum(losses.map(({ w }) => w));
}

/** Lists of 1 to 6 rows, some without a relevant row, gains 0 to 3, some rows of weight 0. */
function someRun(seed: number, binary = false): ListLossRun {
  const random = createRandom(seed);
  const groups = Array.from({ length: 6 }, (_, list) =>
    Array.from({ length: 1 + ((list * 5) % 6) }, () => list),
  ).flat();
  return {
    groups,
    scores: groups.map(() => random() * 4 - 2),
    gains: groups.map((list) => (list === 1 ? 0 : Math.floor(random() * (binary ? 2 : 4)))),
    weights: groups.map(() => [0, 0.5, 1, 2][Math.floor(random() * 4)] ?? 1),
  };
}

/** Each loss as it is called here, and its formula. */
const formulas: readonly (readonly [string, string, ListLossRun["arguments"], (run: ListLossRun) => number])[] = [
  ["bpr", "bpr", {}, (run) => pairwise(run, (difference) => softplus(-difference))],
  ["hinge", "hinge", { margin: 1.5 }, (run) => pairwise(run, (difference) => Math.max(0, 1.5 - difference))],
  ["lambdarank", "lambdarank", {}, (run) => listwise(run, (list) => lambdarank(list))],
  ["lambdarank at 2", "lambdarank", { at: 2 }, (run) => listwise(run, (list) => lambdarank(list, 2))],
  ["softmax_list", "softmax_list", {}, (run) => listwise(run, softmaxList)],
  ["listmle", "listmle", {}, (run) => listwise(run, listmle)],
  ["approx_ndcg", "approx_ndcg", { temperature: 0.5 }, (run) => listwise(run, (list) => approxNdcg(list, 0.5))],
  ["jrc", "jrc", { alpha: 0.3 }, (run) => jrc(run, 0.3, (row) => -(run.scores[row] ?? 0) / 2, false)],
  [
    "jrc of the paper",
    "jrc",
    { alpha: 0.3, same_outcome: true },
    (run) => jrc(run, 0.3, (row) => -(run.scores[row] ?? 0) / 2, true),
  ],
];

describe.each(formulas)("%s", (_, name, args, formula) => {
  const runs = [1, 2, 3].map((seed): ListLossRun => ({ ...someRun(seed, name === "jrc"), arguments: args ?? {} }));

  it("is its formula over lists", () => {
    for (const run of runs) expect(runListLoss(name, run).loss).toBeCloseTo(formula(run), 9);
  });

  it("is its formula over a batch that is one list", () => {
    for (const { groups: _groups, ...run } of runs) expect(runListLoss(name, run).loss).toBeCloseTo(formula(run), 9);
  });

  it("has the slope of difference quotients", () => {
    for (const run of runs) {
      const { slope } = runListLoss(name, run);
      const step = 1e-5;
      const quotients = run.scores.map((_score, row) => {
        const moved = (by: number): number =>
          runListLoss(name, { ...run, scores: run.scores.map((s, each) => (each === row ? s + by : s)) }).loss;
        return (moved(step) - moved(-step)) / (2 * step);
      });
      expect(distance(slope, quotients)).toBeLessThan(1e-6);
    }
  });

  it("does not depend on the order of rows in a list, ties included", () => {
    for (const run of runs) {
      const tied = { ...run, scores: run.scores.map((s) => Math.round(s)) };
      const order = run.scores
        .map((_score, row) => row)
        .toSorted((a, b) => {
          const [one, other] = [run.groups?.[a] ?? 0, run.groups?.[b] ?? 0];
          return one - other || b - a;
        });
      const take = (values: readonly number[] | undefined): number[] => order.map((row) => values?.[row] ?? 0);
      const turned = { ...tied, scores: take(tied.scores), gains: take(tied.gains), weights: take(tied.weights) };
      const [here, there] = [runListLoss(name, tied), runListLoss(name, turned)];
      expect(there.loss).toBeCloseTo(here.loss, 9);
      expect(distance(take(here.slope), there.slope)).toBeLessThan(1e-9);
    }
  });

  it("is finite with its slope at scores of ±50, and 0 without lists that have an answer", () => {
    const far = { groups: [0, 0, 0, 0], scores: [50, -50, -50, 50], gains: [0, 1, 0, 1], arguments: args ?? {} };
    const found = runListLoss(name, far);
    expect([found.loss, ...found.slope].every(Number.isFinite)).toBe(true);
    expect(found.loss).toBeGreaterThan(0.1);
    if (name === "jrc") return;
    expect(runListLoss(name, { ...far, gains: [0, 0, 0, 0] })).toEqual({ loss: 0, slope: [0, 0, 0, 0] });
    expect(runListLoss(name, { ...far, weights: [0, 0, 0, 0] }).loss).toBe(0);
  });
});

it("tests every loss over lists", () => {
  const tested = new Set(formulas.map(([, name]) => name));
  expect(losses.filter(({ per }) => per === "list").map(({ name }) => name)).toEqual([...tested]);
});

describe("max_pairs", () => {
  /** Lists of 80, 6 and 2 rows, every other row with the gain: 1600, 9 and 1 pairs. */
  const sizes = [80, 6, 2];
  const groups = sizes.flatMap((size, list) => Array.from({ length: size }, () => list));
  const run: ListLossRun = {
    groups,
    scores: groups.map((list, row) => Math.sin(3 * row + list)),
    gains: groups.map((_, row) => (row % 2 === 0 ? 1 : 0)),
  };
  const lossOf = (name: string, most: number | null) => runListLoss(name, { ...run, arguments: { max_pairs: most } });

  /** The mean loss of the pairs of a list, and how many there are. */
  const pairsOf = (list: number): { readonly mean: number; readonly count: number } => {
    const rows = groups.flatMap((each, row) => (each === list ? [row] : []));
    const losses = rows.flatMap((i) =>
      rows.flatMap((j) => (run.gains[i]! > run.gains[j]! ? [softplus(run.scores[j]! - run.scores[i]!)] : [])),
    );
    return { mean: sum(losses) / losses.length, count: losses.length };
  };

  it.each([null, 1, 5, 9, 100, 1600, 10_000])("caps at %s what a list counts for, by hand", (most) => {
    const lists = sizes.map((_, list) => pairsOf(list));
    expect(lists.map(({ count }) => count)).toEqual([1600, 9, 1]);
    const counted = lists.map(({ count }) => Math.min(count, most ?? Infinity));
    const expected = sum(lists.map(({ mean }, list) => counted[list]! * mean)) / sum(counted);
    expect(lossOf("bpr", most).loss).toBeCloseTo(expected, 9);
  });

  it.each(["bpr", "hinge"])("keeps every pair, in each step and in an evaluation alike: %s draws nothing", (name) => {
    expect(lossOf("bpr", 5).slope.every((value) => value !== 0)).toBe(true);
    const { program } = listLossProgram(name, { ...run, arguments: { max_pairs: 5 } });
    expect(program.functions.flatMap(({ nodes }) => nodes.filter(({ op }) => op === "random"))).toEqual([]);
  });
});

it("jrc with a base has two logits of its own", () => {
  const run: ListLossRun = {
    ...someRun(5, true),
    heads: { level: someRun(6).scores },
    arguments: { alpha: 0.5, base: "level" },
  };
  expect(runListLoss("jrc", run).loss).toBeCloseTo(
    jrc(run, 0.5, (row) => run.heads?.["level"]?.[row] ?? 0, false),
    9,
  );
});

it("jrc with alpha 1 is bce", () => {
  const run = { ...someRun(7, true), arguments: { alpha: 1 } };
  const rows = listsOf(run).flat();
  const bce = sum(rows.map(({ s, g, w }) => w * (softplus(s) - g * s))) / sum(rows.map(({ w }) => w));
  expect(runListLoss("jrc", run).loss).toBeCloseTo(bce, 9);
});
