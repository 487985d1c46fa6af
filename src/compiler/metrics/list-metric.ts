/** Metrics that look at each group as a list, best first. */
import type { Arguments } from "../model/index.js";
import type { ListMeasure, RankedList } from "./kernels/lists.js";
import { type Confusion, confusionAt } from "./kernels/thresholds.js";
import type { Metric, MetricResult } from "./metric.js";
import type { MetricInput } from "./input.js";
import {
  above,
  at,
  atOrAbove,
  type Average,
  averageOf,
  averageOver,
  by,
  columnOf,
  label,
  numberOr,
  positionsOf,
  weighted,
} from "./parameters.js";
import { noGroup } from "./undefined.js";

/** The mean of a measure over the lists of groups; those without a value are left out, and rows of weight 0 are in none. */
export function overLists(measureOf: (args: Arguments) => ListMeasure): Pick<Metric, "compute" | "ofList"> {
  return {
    ofList: measureOf,
    compute: (input, args) => meanOverLists(input, measureOf(args), args),
  };
}

/** What a metric has in common that looks at the first positions of lists, `at`, or at the rows above a threshold, `above`. */
export function atPositionsOrAbove(
  measureAt: (positions: number) => ListMeasure,
  ofRows: (confusion: Confusion) => MetricResult,
): Omit<Metric, "name" | "summary"> {
  const lists = overLists((args) => measureAt(positionsOf(args)));
  return {
    ...lists,
    heads: ["probability", "score"],
    group: { where: "at" },
    relevance: "label",
    parameters: [at, above, label, by, averageOver("groups"), weighted],
    better: "greater",
    problem: atOrAbove,
    compute: (input, args) =>
      args["at"] === null ? ofRows(confusionAt(numberOr(args, "above", 0.5), input)) : lists.compute(input, args),
  };
}

function meanOverLists(input: MetricInput, measure: ListMeasure, args: Arguments): MetricResult {
  const average = averageOf(args);
  const groups = input.byGroup(columnOf(args));
  if (groups === undefined) return { undefined: noGroup };
  const { starts, rows } = groups;
  const reader = createListReader(input, longest(starts));
  let sum = 0;
  let total = 0;
  for (let group = 0; group + 1 < starts.length; group++) {
    const list = reader(rows, starts[group]!, starts[group + 1]!);
    if (list.length === 0) continue;
    const value = measure(list);
    if (value === undefined) continue;
    const weight = groupWeight(input, rows, starts[group]!, starts[group + 1]!, average);
    sum += weight * value;
    total += weight;
  }
  return total > 0 ? sum / total : { undefined: "no group has a positive row" };
}

function longest(starts: Int32Array): number {
  let length = 0;
  for (let group = 0; group + 1 < starts.length; group++)
    length = Math.max(length, starts[group + 1]! - starts[group]!);
  return length;
}

/** Reads rows, the smallest prediction first, as a list; it is valid until the next is read. */
function createListReader(
  { predictions, targets, weights }: MetricInput,
  most: number,
): (rows: Int32Array, from: number, to: number) => RankedList {
  const gains = new Float64Array(most);
  const ends = new Int32Array(most);
  const sorted = new Float64Array(most);
  return (rows, from, to) => {
    let length = 0;
    let blocks = 0;
    let last = NaN;
    for (let i = to - 1; i >= from; i--) {
      const row = rows[i]!;
      if (weights[row] === 0) continue;
      const score = predictions[row]!;
      if (length > 0 && score !== last) ends[blocks++] = length;
      last = score;
      gains[length++] = targets[row]!;
    }
    if (length > 0) ends[blocks++] = length;
    let best: Float64Array | undefined;
    return {
      length,
      gains,
      ends,
      blocks,
      best: () => {
        if (best !== undefined) return best;
        best = sorted.subarray(0, length);
        best.set(gains.subarray(0, length));
        best.sort().reverse();
        return best;
      },
    };
  };
}

/**
 * What a group counts by: the weight of its rows or of those with a gain; as one of the groups, the mean weight of its rows
 * that count, which is 1 where there are no sample weights.
 */
export function groupWeight(
  { targets, weights }: MetricInput,
  rows: Int32Array,
  from: number,
  to: number,
  average: Average,
): number {
  let sum = 0;
  let count = 0;
  for (let i = from; i < to; i++) {
    const row = rows[i]!;
    const weight = weights[row]!;
    if (weight === 0) continue;
    count += 1;
    if (average !== "positives" || targets[row]! > 0) sum += weight;
  }
  return average === "groups" && count > 0 ? sum / count : sum;
}
