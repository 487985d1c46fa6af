/** Measures of a ranking over a log, each with what it takes to resample it by user. */
import { aucOfOrder, type ListMeasure, measureOfLists } from "../../../compiler/metrics/index.js";
import type { LogRows } from "./log-rows.js";
import type { Measure, Objective } from "./objective.js";
import type { Lists, Ranking } from "./ranking.js";

/** A column of the log as measures read it: numbers, unknown as 0; and numbers for its different values. */
export interface LogColumn {
  readonly numbers: Float64Array;
  /** 1 where the log has no value. */
  readonly missing?: Uint8Array;
  readonly codes: Int32Array;
}

export interface Measured {
  readonly value: number;
  /** The value when each user counts as often as `counts` says. */
  readonly resample: (counts: Float64Array) => number;
}

/** What a measure may read beyond the ranking. */
export interface MeasureContext {
  readonly log: LogRows;
  readonly column: (name: string) => LogColumn;
  /** Off-policy weight of each request, for the parameters of this trial. */
  readonly policyWeights?: Float64Array;
}

/** What a measure reads: the rows that have a value of its column, and their ranking. */
export interface MeasureView {
  readonly context: MeasureContext;
  readonly ranking: Ranking;
}

/**
 * The weighted sum of an objective's measures. A measure that is undefined (only one class) counts 0.
 *
 * @param viewOf what a measure of this column reads: rows without a value are not part of it
 */
export function measureObjective({ terms }: Objective, viewOf: (column: string) => MeasureView): Measured {
  const parts = terms.map(({ weight, measure }) => {
    const { context, ranking } = viewOf(measure.column);
    return { weight, measured: takeMeasure(measure, context, ranking) };
  });
  return {
    value: parts.reduce((sum, { weight, measured }) => sum + weight * measured.value, 0),
    resample: (counts) => parts.reduce((sum, { weight, measured }) => sum + weight * measured.resample(counts), 0),
  };
}

function takeMeasure(measure: Measure, context: MeasureContext, ranking: Ranking): Measured {
  const { log } = context;
  const column = context.column(measure.column);
  switch (measure.kind) {
    case "auc":
      return areaOf(log, column, ranking);
    case "gauc":
      return meanOfRequests(log, areasByRequest(log, column, ranking));
    case "metric":
      return meanOfRequests(log, listsByRequest(log, column, ranking.lists, measureOfLists(measure.metric)));
    case "mean":
      return meanOfRequests(log, meansByRequest(column, ranking.lists, measure.top));
    case "distinct":
      return meanOfRequests(log, countsByRequest(column, ranking.lists, measure.top));
    case "snips":
    case "ips":
      return earnedByRequest(log, column, context.policyWeights, measure.kind);
  }
}

/** A value and a weight per request; weight 0 where it has no value. */
interface ByRequest {
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

function meanOfRequests(log: LogRows, { values, weights }: ByRequest): Measured {
  const mean = (counts: Float64Array | undefined): number => {
    let sum = 0;
    let total = 0;
    for (let g = 0; g < values.length; g++) {
      const user = log.users[log.starts[g]!]!;
      const weight = weights[g]! * (counts === undefined ? 1 : counts[user]!);
      sum += weight * values[g]!;
      total += weight;
    }
    return total > 0 ? sum / total : 0;
  };
  return { value: mean(undefined), resample: mean };
}

function areaOf(log: LogRows, { numbers }: LogColumn, { ascending, scores }: Ranking): Measured {
  const targets = numbers.map((value) => Number(value > 0));
  const area = (weights: Float64Array): number => aucOfOrder(ascending, scores, targets, weights) ?? 0;
  return {
    value: area(new Float64Array(log.rows).fill(1)),
    resample: (counts) => area(Float64Array.from(log.users, (user) => counts[user]!)),
  };
}

function areasByRequest(log: LogRows, { numbers }: LogColumn, { ascendingByRequest, scores }: Ranking): ByRequest {
  const { rows, starts } = ascendingByRequest;
  const targets = numbers.map((value) => Number(value > 0));
  const ones = new Float64Array(log.rows).fill(1);
  return byRequest(starts, (start, end) => {
    const area = aucOfOrder(rows.subarray(start, end), scores, targets, ones);
    return area === undefined ? undefined : { value: area, weight: end - start };
  });
}

/** A metric of the list of each request; what it could have shown are all of its rows, those that rules leave out included. */
function listsByRequest(log: LogRows, { numbers }: LogColumn, lists: Lists, measure: ListMeasure): ByRequest {
  const best = bestGains(log, numbers);
  const longest = lists.starts.reduce((most, start, g) => Math.max(most, (lists.starts[g + 1] ?? start) - start), 0);
  const gains = new Float64Array(longest);
  // A list has no ties: each row is a block of its own.
  const ends = Int32Array.from(gains, (_, i) => i + 1);
  return byRequest(lists.starts, (start, end, g) => {
    const length = end - start;
    for (let i = 0; i < length; i++) gains[i] = Math.max(0, numbers[lists.rows[start + i]!]!);
    const all = best.subarray(log.starts[g], log.starts[g + 1]);
    const value = measure({ length, gains, ends, blocks: length, best: () => all });
    return value === undefined ? undefined : { value, weight: 1 };
  });
}

/** The best orders do not depend on parameters: they are made once per column. */
const knownBestGains = new WeakMap<Float64Array, Float64Array>();

/** The gains of all rows of each request, the largest first; one below 0 counts as 0. */
function bestGains(log: LogRows, numbers: Float64Array): Float64Array {
  const known = knownBestGains.get(numbers);
  if (known !== undefined) return known;
  const best = numbers.map((gain) => Math.max(0, gain));
  for (let g = 0; g + 1 < log.starts.length; g++)
    best
      .subarray(log.starts[g], log.starts[g + 1])
      .sort()
      .reverse();
  knownBestGains.set(numbers, best);
  return best;
}

function meansByRequest({ numbers }: LogColumn, { rows, starts }: Lists, top = Infinity): ByRequest {
  return byRequest(starts, (start, end) => {
    const last = Math.min(end, start + top);
    let sum = 0;
    for (let i = start; i < last; i++) sum += numbers[rows[i]!]!;
    return last > start ? { value: sum / (last - start), weight: 1 } : undefined;
  });
}

function countsByRequest({ codes }: LogColumn, { rows, starts }: Lists, top = Infinity): ByRequest {
  return byRequest(starts, (start, end) => {
    const values = new Set<number>();
    for (let i = start; i < Math.min(end, start + top); i++) values.add(codes[rows[i]!]!);
    return { value: values.size, weight: 1 };
  });
}

function byRequest(
  starts: Int32Array,
  valueOf: (
    start: number,
    end: number,
    request: number,
  ) => { readonly value: number; readonly weight: number } | undefined,
): ByRequest {
  const count = starts.length - 1;
  const values = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let g = 0; g < count; g++) {
    const found = valueOf(starts[g]!, starts[g + 1]!, g);
    if (found === undefined) continue;
    values[g] = found.value;
    weights[g] = found.weight;
  }
  return { values, weights };
}

/** The reward of each request, the sum over its rows: what was shown then earned it, whatever would be shown now. */
export function rewardsOf({ starts }: LogRows, { numbers }: LogColumn): Float64Array {
  return Float64Array.from({ length: starts.length - 1 }, (_, g) => {
    let sum = 0;
    for (let row = starts[g]!; row < starts[g + 1]!; row++) sum += numbers[row]!;
    return sum;
  });
}

function earnedByRequest(
  log: LogRows,
  column: LogColumn,
  policyWeights: Float64Array | undefined,
  kind: "snips" | "ips",
): Measured {
  const count = log.starts.length - 1;
  const weights = policyWeights ?? new Float64Array(count).fill(1);
  const rewards = rewardsOf(log, column);
  const estimate = (counts: Float64Array | undefined): number => {
    let earned = 0;
    let total = 0;
    for (let g = 0; g < count; g++) {
      const times = counts === undefined ? 1 : counts[log.users[log.starts[g]!]!]!;
      earned += times * weights[g]! * rewards[g]!;
      total += times * (kind === "snips" ? weights[g]! : 1);
    }
    return total > 0 ? earned / total : 0;
  };
  return { value: estimate(undefined), resample: estimate };
}
