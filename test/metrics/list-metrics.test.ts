import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computeMetrics, metricText, type MetricRows } from "../../src/compiler/metrics/index.js";
import type { MetricModel } from "../../src/compiler/model/index.js";

/**
 * Metrics of lists against their definitions: each list in every order that its scores allow, one by one, and the mean over
 * them. What the definitions say of one order is written here by hand.
 */
interface Row {
  readonly score: number;
  readonly target: number;
  readonly weight: number;
  readonly group: number;
}

function toRows(list: readonly Row[]): MetricRows {
  return {
    predictions: Float32Array.from(list, ({ score }) => score),
    targets: Float32Array.from(list, ({ target }) => target),
    weights: Float32Array.from(list, ({ weight }) => weight),
    groups: () => Int32Array.from(list, ({ group }) => group),
  };
}

function valueOf(metric: MetricModel, list: readonly Row[]): number | undefined {
  const result = computeMetrics([metric], toRows(list)).values.get(metricText(metric));
  return typeof result === "number" ? result : undefined;
}

/** Every order of a list that puts higher scores first. */
function orders(list: readonly Row[]): readonly (readonly Row[])[] {
  if (list.length === 0) return [[]];
  const highest = Math.max(...list.map(({ score }) => score));
  return list.flatMap((row, i) =>
    row.score === highest ? orders(list.filter((_, j) => j !== i)).map((rest) => [row, ...rest]) : [],
  );
}

/** A definition on one order, best first; undefined where the list has no positive row. */
type Definition = (order: readonly Row[], at: number) => number;

const dcg = (order: readonly Row[], at: number, worth: (target: number) => number): number =>
  order.slice(0, at).reduce((sum, { target }, i) => sum + worth(target) / Math.log2(i + 2), 0);
const ndcg =
  (worth: (target: number) => number): Definition =>
  (order, at) =>
    dcg(order, at, worth) /
    dcg(
      order.toSorted((a, b) => b.target - a.target),
      at,
      worth,
    );
const hits = (order: readonly Row[], at: number): number =>
  order.slice(0, at).filter(({ target }) => target > 0).length;

const definitions: Readonly<Record<string, Definition>> = {
  ndcg: ndcg((target) => target),
  precision: (order, at) => hits(order, at) / at,
  recall: (order, at) => hits(order, at) / hits(order, Infinity),
  hit_rate: (order, at) => Number(hits(order, at) > 0),
  mrr: (order, at) => {
    const first = order.findIndex(({ target }) => target > 0);
    return first < at ? 1 / (first + 1) : 0;
  },
  map: (order, at) => {
    const precisions = order.flatMap(({ target }, i) => (target > 0 && i < at ? [hits(order, i + 1) / (i + 1)] : []));
    return precisions.reduce((sum, each) => sum + each, 0) / Math.min(at, hits(order, Infinity));
  },
};

/** The mean over groups of the mean over orders. */
function expected(
  definition: Definition,
  list: readonly Row[],
  at: number,
  weightOf: (rows: readonly Row[]) => number,
): number | undefined {
  let sum = 0;
  let total = 0;
  for (const group of new Set(list.map((row) => row.group))) {
    const rows = list.filter((row) => row.group === group && row.group >= 0 && row.weight > 0);
    if (!rows.some(({ target }) => target > 0)) continue;
    const all = orders(rows).map((order) => definition(order, at));
    const weight = weightOf(rows);
    sum += (weight * all.reduce((one, other) => one + other, 0)) / all.length;
    total += weight;
  }
  return total > 0 ? sum / total : undefined;
}

const total = (rows: readonly Row[]): number => rows.reduce((sum, { weight }) => sum + weight, 0);
const weights: Readonly<Record<string, (rows: readonly Row[]) => number>> = {
  groups: (rows) => total(rows) / rows.length,
  rows: total,
  positives: (rows) => total(rows.filter(({ target }) => target > 0)),
};

/** Two groups of at most five rows, with few scores, so that there are ties, and rows without a group or a weight. */
const lists = (targets: fc.Arbitrary<number>): fc.Arbitrary<readonly Row[]> =>
  fc
    .tuple(
      ...[-1, 0, 1].map((group) =>
        fc.array(
          fc.record({
            score: fc.constantFrom(0, 0.5, 1, 2),
            target: targets,
            weight: fc.constantFrom(0, 1, 0.5, 3),
            group: fc.constant(group),
          }),
          { maxLength: 5 },
        ),
      ),
    )
    .map((groups) => groups.flat());
const events = lists(fc.constantFrom(0, 1));
const parameters = { seed: 11, numRuns: 120 };

function expectClose(found: number | undefined, wanted: number | undefined): void {
  if (found === undefined || wanted === undefined) expect(found).toBe(wanted);
  else expect(found).toBeCloseTo(wanted, 11);
}

describe.each(Object.keys(definitions))("%s", (name) => {
  const definition = definitions[name] as Definition;

  it("is the mean over all orders that the scores allow", () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 7 }), (list, at) => {
        expectClose(
          valueOf({ name, arguments: { at } }, list),
          expected(definition, list, at, weights["groups"] ?? total),
        );
      }),
      parameters,
    );
  });

  it.each(["rows", "positives"])("has its mean over groups weighted by %s", (average) => {
    fc.assert(
      fc.property(events, (list) => {
        expectClose(
          valueOf({ name, arguments: { at: 3, average } }, list),
          expected(definition, list, 3, weights[average] ?? total),
        );
      }),
      parameters,
    );
  });

  it("may leave sample weights out of account", () => {
    fc.assert(
      fc.property(events, (list) => {
        const ones = list.map((row) => ({ ...row, weight: 1 }));
        expectClose(
          valueOf({ name, arguments: { at: 3, weighted: false } }, list),
          valueOf({ name, arguments: { at: 3 } }, ones),
        );
      }),
      parameters,
    );
  });

  it("is 1 where the positive rows are first, and no order is better", () => {
    fc.assert(
      fc.property(events, (list) => {
        const best = valueOf(
          { name, arguments: { at: 1 } },
          list.map((row) => ({ ...row, score: row.target })),
        );
        expectClose(best, best === undefined ? undefined : name === "recall" ? best : 1);
        const found = valueOf({ name, arguments: { at: 1 } }, list);
        if (found !== undefined && best !== undefined) expect(found).toBeLessThanOrEqual(best + 1e-12);
      }),
      parameters,
    );
  });
});

describe("ndcg", () => {
  const grades = lists(fc.constantFrom(0, 1, 2, 3));

  it("counts grades, linear or exponential, over the whole list", () => {
    fc.assert(
      fc.property(grades, (list) => {
        const plain = ndcg((target) => target);
        const exponential = ndcg((target) => 2 ** target - 1);
        expectClose(valueOf("ndcg", list), expected(plain, list, Infinity, weights["groups"] ?? total));
        expectClose(
          valueOf({ name: "ndcg", arguments: { gain: "exponential" } }, list),
          expected(exponential, list, Infinity, weights["groups"] ?? total),
        );
      }),
      parameters,
    );
  });

  it("by hand: 3, 2 and 0 in the order 2, 0, 3", () => {
    const list = [
      { score: 0.9, target: 2, weight: 1, group: 0 },
      { score: 0.5, target: 0, weight: 1, group: 0 },
      { score: 0.1, target: 3, weight: 1, group: 0 },
    ];
    expect(valueOf("ndcg", list)).toBeCloseTo((2 + 3 / 2) / (3 + 2 / Math.log2(3)), 12);
  });
});

describe("calibration by group", () => {
  const probabilities = lists(fc.constantFrom(0, 1));
  const byGroup = (list: readonly Row[]): readonly (readonly Row[])[] =>
    [0, 1].map((group) => list.filter((row) => row.group === group && row.weight > 0));
  const excess = (rows: readonly Row[]): number =>
    Math.abs(rows.reduce((sum, { score, target, weight }) => sum + weight * (score - target), 0));

  it("ece has the groups for buckets", () => {
    fc.assert(
      fc.property(probabilities, (list) => {
        const groups = byGroup(list);
        const all = total(groups.flat());
        const wanted = groups.reduce((sum, rows) => sum + excess(rows), 0) / all;
        expectClose(valueOf({ name: "ece", arguments: { by: "user" } }, list), all > 0 ? wanted : undefined);
      }),
      parameters,
    );
  });

  it.each([0, 0.25])("rce is relative to the outcomes, smoothed by %d", (smoothing) => {
    fc.assert(
      fc.property(probabilities, (list) => {
        const observed = (rows: readonly Row[]): number =>
          rows.reduce((sum, { target, weight }) => sum + weight * (target + smoothing), 0);
        const groups = byGroup(list).filter((rows) => observed(rows) > 0);
        const all = total(groups.flat());
        const wanted = groups.reduce((sum, rows) => sum + (total(rows) * excess(rows)) / observed(rows), 0) / all;
        expectClose(valueOf({ name: "rce", arguments: { smoothing } }, list), all > 0 ? wanted : undefined);
      }),
      parameters,
    );
  });
});

describe("what lists leave out", () => {
  const row = (score: number, target: number, group: number, weight = 1): Row => ({ score, target, weight, group });

  it("are groups without a positive row, and rows without a group", () => {
    const list = [row(1, 0, 0), row(0, 1, 0), row(1, 0, 1), row(0, 0, 1), row(5, 1, -1)];
    expect(valueOf("mrr", list)).toBe(0.5);
  });

  it("are rows of weight 0, whatever they hold", () => {
    const list = [row(NaN, 1, 0, 0), row(2, 0, 0, 0), row(1, 1, 0), row(0, 0, 0)];
    expect(valueOf("mrr", list)).toBe(1);
    expect(valueOf({ name: "mrr", arguments: { weighted: false } }, list)).toBeUndefined();
  });

  it("say so where nothing is left", () => {
    const reason = (metric: MetricModel, list: readonly Row[]): unknown =>
      computeMetrics([metric], toRows(list)).values.get(metricText(metric));
    expect(reason("ndcg", [row(1, 0, 0)])).toEqual({ undefined: "no group has a positive row" });
    expect(reason("ndcg", [row(1, 1, -1)])).toEqual({ undefined: "no row has a group" });
    expect(reason("pair_accuracy", [row(1, 1, 0)])).toEqual({
      undefined: "no group has two rows of which one goes before the other",
    });
  });
});

describe("pair_accuracy", () => {
  it("by a preference counts the pairs that it orders, and no others", () => {
    // Of the classes 0 to 3: 0 before 1 and 2, each of these before 3; 1 and 2 have no order.
    const isAbove = (a: number, b: number): boolean => (a === 0 && b > 0) || ((a === 1 || a === 2) && b === 3);
    fc.assert(
      fc.property(lists(fc.constantFrom(0, 1, 2, 3)), (list) => {
        let right = 0;
        let pairs = 0;
        for (const a of list)
          for (const b of list) {
            if (a.group < 0 || a.group !== b.group || !isAbove(a.target, b.target)) continue;
            const weight = a.weight * b.weight;
            pairs += weight;
            right += a.score > b.score ? weight : a.score === b.score ? weight / 2 : 0;
          }
        const preference = { classes: Int32Array.from(list, ({ target }) => target), count: 4, isAbove };
        const result = computeMetrics(["pair_accuracy"], { ...toRows(list), preference }).values.get("pair_accuracy");
        expectClose(typeof result === "number" ? result : undefined, pairs > 0 ? right / pairs : undefined);
      }),
      parameters,
    );
  });

  it("is the share of pairs of a group that are in the right order", () => {
    fc.assert(
      fc.property(lists(fc.constantFrom(0, 1, 2, 2.5)), (list) => {
        let right = 0;
        let pairs = 0;
        for (const a of list)
          for (const b of list) {
            if (a.group < 0 || a.group !== b.group || !(a.target > b.target)) continue;
            const weight = a.weight * b.weight;
            pairs += weight;
            right += a.score > b.score ? weight : a.score === b.score ? weight / 2 : 0;
          }
        expectClose(valueOf("pair_accuracy", list), pairs > 0 ? right / pairs : undefined);
      }),
      parameters,
    );
  });
});
