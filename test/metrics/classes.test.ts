/** Metrics of several classes, by hand and by those of an event. */
import { describe, expect, it } from "vitest";
import { computeMetrics, type MetricRows } from "../../src/compiler/metrics/index.js";
import type { MetricModel } from "../../src/compiler/model/index.js";

const targets = [0, 1, 2, 2, 1];
const rows = [
  [0.7, 0.2, 0.1],
  [0.5, 0.3, 0.2],
  [0.1, 0.3, 0.6],
  [0.4, 0.3, 0.3],
  [0.2, 0.5, 0.3],
];
const weights = [1, 2, 1, 1, 1];

function inputOf(
  truth: readonly number[],
  table: readonly (readonly number[])[],
  counts?: readonly number[],
): MetricRows {
  const classes = [0, 1, 2].map((k) => Float32Array.from(table, (row) => row[k] ?? NaN));
  return {
    predictions: classes[0] ?? new Float32Array(),
    classes,
    targets: Float32Array.from(truth),
    ...(counts === undefined ? {} : { weights: Float32Array.from(counts) }),
  };
}

function valueOf(metric: MetricModel, input = inputOf(targets, rows, weights)): unknown {
  return [...computeMetrics([metric], input).values.values()][0];
}

/** The AUC of some scores by all pairs. */
function auc(scores: readonly number[], hits: readonly boolean[], counts: readonly number[]): number {
  let sum = 0;
  let total = 0;
  for (const [i, hit] of hits.entries())
    for (const [j, other] of hits.entries()) {
      if (!hit || other) continue;
      const weight = (counts[i] ?? 0) * (counts[j] ?? 0);
      const difference = Math.fround(scores[i] ?? 0) - Math.fround(scores[j] ?? 0);
      sum += weight * (difference > 0 ? 1 : difference === 0 ? 0.5 : 0);
      total += weight;
    }
  return sum / total;
}

describe("metrics of classes", () => {
  it("accuracy counts the likeliest class, top_k_accuracy the first ones, earlier ones before equal ones", () => {
    expect(valueOf("accuracy")).toBeCloseTo(3 / 6, 12);
    // Of the fourth row the second class has as much as the third and comes before it.
    expect(valueOf({ name: "top_k_accuracy", arguments: { at: 2 } })).toBeCloseTo(5 / 6, 12);
    expect(valueOf({ name: "top_k_accuracy", arguments: { at: 3 } })).toBe(1);
    expect(valueOf({ name: "accuracy", arguments: { weighted: false } })).toBeCloseTo(3 / 5, 12);
  });

  it("logloss is the mean of −log of the class of the row", () => {
    const losses = targets.map((target, row) => -Math.log(rows[row]?.[target] ?? NaN) * (weights[row] ?? 0));
    expect(valueOf("logloss")).toBeCloseTo(losses.reduce((sum, each) => sum + each, 0) / 6, 6);
  });

  it("macro_auc is the mean of each class against the others, micro_auc that of all pairs", () => {
    const column = (k: number): readonly number[] => rows.map((row) => row[k] ?? NaN);
    const isClass = (k: number): readonly boolean[] => targets.map((target) => target === k);
    const each = [0, 1, 2].map((k) => auc(column(k), isClass(k), weights));
    expect(valueOf("macro_auc")).toBeCloseTo(each.reduce((sum, value) => sum + value, 0) / 3, 9);
    const all = [0, 1, 2].flatMap(column);
    const micro = auc(all, [0, 1, 2].flatMap(isClass), [...weights, ...weights, ...weights]);
    expect(valueOf("micro_auc")).toBeCloseTo(micro, 9);
  });

  it("macro_f1 is the mean over classes that some row has or is given", () => {
    // Class 0: 1 hit, given 4, had 1; class 1: 1 hit, given 1, had 3; class 2: 1 hit, given 1, had 2.
    expect(valueOf("macro_f1")).toBeCloseTo((2 / 5 + 2 / 4 + 2 / 3) / 3, 12);
    const two = inputOf(
      [0, 1],
      [
        [0.9, 0.1, 0],
        [0.8, 0.2, 0],
      ],
    );
    expect(valueOf("macro_f1", two)).toBeCloseTo((2 / 3 + 0) / 2, 12);
  });

  it("have no value where there is nothing to measure", () => {
    expect(valueOf("macro_auc", inputOf([1, 1], rows.slice(0, 2)))).toEqual({ undefined: "the rows have one class" });
    expect(valueOf("accuracy", inputOf([], []))).toEqual({ undefined: "there are no rows" });
  });
});
