/** The rows that a metric of a head is taken over, and what is relevant among them. */
import type { Preference, Relevance } from "../../compiler/metrics/index.js";
import type { HeadType } from "../../compiler/model/heads.js";
import { labelOrder } from "../../compiler/model/index.js";
import { eventTruth, type LabelRows, labelTruth, type Sample, sampleOf } from "./sample-space.js";

export interface RelevantRows extends Sample {
  /** Which rows go before which, where the targets do not say it. */
  readonly preference?: Preference;
}

/**
 * The rows of a head's condition on which all labels that are asked are known, with what each is worth: the head's own truth,
 * or the largest gain of its labels. Undefined for a score that nothing says the truth of.
 */
export function relevantRows(relevance: Relevance, type: HeadType, data: LabelRows): RelevantRows | undefined {
  switch (relevance.kind) {
    case "own":
      return sampleOf(type, data);
    case "any": {
      const { rows, values } = knownRows(relevance.labels, type, data);
      return { rows, targets: Float32Array.from(rows, (row) => Number(values.some((value) => value(row) > 0))) };
    }
    case "gains": {
      const gains = Object.entries(relevance.gains);
      const { rows, values } = knownRows(
        gains.map(([label]) => label),
        type,
        data,
      );
      const targets = Float32Array.from(rows, (row) =>
        gains.reduce((most, [, worth], i) => Math.max(most, worth * Math.max(0, values[i]?.(row) ?? 0)), 0),
      );
      return { rows, targets };
    }
    case "order": {
      const order = labelOrder(relevance.chains);
      const { rows, values } = knownRows(order.labels, type, data);
      return { rows, targets: new Float32Array(rows.length), preference: preferenceOf(order, rows, values) };
    }
  }
}

function knownRows(
  labels: readonly string[],
  type: HeadType,
  data: LabelRows,
): { readonly rows: Int32Array; readonly values: readonly ((row: number) => number)[] } {
  const given = type.kind === "score" ? () => 1 : eventTruth(type.given, data);
  const values = labels.map((label) => labelTruth(label, data));
  const rows = new Int32Array(data.rows);
  let count = 0;
  for (let row = 0; row < data.rows; row++)
    if (given(row) === 1 && values.every((value) => !Number.isNaN(value(row)))) rows[count++] = row;
  return { rows: rows.subarray(0, count), values };
}

/**
 * A row has reached a label when that or one above it holds. It goes before another row when it has reached all that the other
 * has and more. Rows that have reached the same are a class.
 */
function preferenceOf(
  { labels, isAbove }: ReturnType<typeof labelOrder>,
  rows: Int32Array,
  values: readonly ((row: number) => number)[],
): Preference {
  const above = labels.map((label) =>
    labels.flatMap((other, i) => (other === label || isAbove(other, label) ? [i] : [])),
  );
  const known = new Map<string, number>();
  const reached: (readonly boolean[])[] = [];
  const classes = Int32Array.from(rows, (row) => {
    const has = above.map((indices) => indices.some((i) => (values[i]?.(row) ?? 0) > 0));
    const key = has.map(Number).join("");
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, reached.length);
    return reached.push(has) - 1;
  });
  const isBefore = reached.map((one) =>
    reached.map(
      (other) => one.every((has, i) => has || other[i] !== true) && one.some((has, i) => has && other[i] !== true),
    ),
  );
  return { classes, count: reached.length, isAbove: (first, second) => isBefore[first]?.[second] === true };
}
