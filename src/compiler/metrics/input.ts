/** What metrics are computed of, with the orders that several of them share. */
import { splitByGroup, type RowsByGroup } from "./kernels/groups.js";
import { ascendingOrder } from "./kernels/sort.js";

/** Predictions and the truth: arrays of equal length, an element per row. */
export interface MetricRows {
  /** Probabilities for an event, amounts for an expectation. Finite where the weight is not 0. */
  readonly predictions: Float32Array;
  /** 0 or 1 for an event, the amount for an expectation. */
  readonly targets: Float32Array;
  /** ≥ 0; a row of weight 0 does not count. Absent: every row counts 1. */
  readonly weights?: Float32Array | undefined;
  /** Dense codes ≥ 0 of each row's group, −1 for none. */
  readonly groups?: Int32Array | undefined;
}

export interface MetricInput {
  readonly predictions: Float32Array;
  readonly targets: Float32Array;
  readonly weights: Float32Array;
  /** All rows by their predictions, the smallest first; sorted once. */
  readonly ascending: () => Int32Array;
  /** The rows of each group, the smallest prediction first; undefined when no row has a group. */
  readonly byGroup: () => RowsByGroup | undefined;
}

/** Rows as metrics read them. Nothing is copied; orders are made when they are first asked for. */
export function createMetricInput({ predictions, targets, weights, groups }: MetricRows): MetricInput {
  const ascending = once(() => ascendingOrder(predictions));
  const byGroup = once(() =>
    groups?.some((group) => group >= 0) === true ? splitByGroup(ascending(), groups) : undefined,
  );
  return { predictions, targets, weights: weights ?? ones(predictions.length), ascending, byGroup };
}

/** The same rows, each counting 1, with the same orders. */
export function withoutWeights(input: MetricInput): MetricInput {
  const weights = once(() => ones(input.predictions.length));
  return {
    ...input,
    get weights() {
      return weights();
    },
  };
}

function ones(length: number): Float32Array {
  return new Float32Array(length).fill(1);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
