/** What metrics are computed of, with the orders that several of them share. */
import { splitByGroup, type RowsByGroup } from "./kernels/groups.js";
import type { Preference } from "./kernels/pairs.js";
import { ascendingOrder } from "./kernels/sort.js";

/** Predictions and the truth: arrays of equal length, an element per row. */
export interface MetricRows {
  /** Probabilities for an event, amounts for an expectation, scores. Finite where the weight is not 0. */
  readonly predictions: Float32Array;
  /** 0 or 1 for an event, the amount for an expectation, the index of the class, what a row is worth. */
  readonly targets: Float32Array;
  /** Of a head of classes: the probability of each; `predictions` is that of the first. */
  readonly classes?: readonly Float32Array[] | undefined;
  /** ≥ 0; a row of weight 0 does not count. Absent: every row counts 1. */
  readonly weights?: Float32Array | undefined;
  /** Dense codes ≥ 0 of each row's group by a column, or by the group of the data; −1 for none. */
  readonly groups?: ((column: string | undefined) => Int32Array | undefined) | undefined;
  /** Which rows go before which, where `targets` do not say it. */
  readonly preference?: Preference | undefined;
}

export interface MetricInput {
  readonly predictions: Float32Array;
  readonly targets: Float32Array;
  readonly weights: Float32Array;
  /** Of a head of classes; of others none. */
  readonly classes: readonly Float32Array[];
  readonly preference?: Preference;
  /** All rows by their predictions, the smallest first; sorted once. */
  readonly ascending: () => Int32Array;
  /** Codes of the groups by a column, or by the group of the data; undefined when no row has a group. */
  readonly groups: (column?: string) => Int32Array | undefined;
  /** The rows of each group, the smallest prediction first; undefined when no row has a group. */
  readonly byGroup: (column?: string) => RowsByGroup | undefined;
}

/** Rows as metrics read them. Nothing is copied; orders are made when they are first asked for. */
export function createMetricInput(rows: MetricRows): MetricInput {
  const { predictions, targets, weights, preference } = rows;
  const ascending = once(() => ascendingOrder(predictions));
  const groups = perColumn((column) => {
    const codes = rows.groups?.(column);
    return codes?.some((code) => code >= 0) === true ? codes : undefined;
  });
  const byGroup = perColumn((column) => {
    const codes = groups(column);
    return codes === undefined ? undefined : splitByGroup(ascending(), codes);
  });
  return {
    predictions,
    targets,
    weights: weights ?? ones(predictions.length),
    classes: rows.classes ?? [],
    ...(preference === undefined ? {} : { preference }),
    ascending,
    groups,
    byGroup,
  };
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

function perColumn<T>(make: (column: string | undefined) => T): (column?: string) => T {
  const made = new Map<string | undefined, { readonly value: T }>();
  return (column) => {
    const known = made.get(column);
    if (known !== undefined) return known.value;
    const value = make(column);
    made.set(column, { value });
    return value;
  };
}
