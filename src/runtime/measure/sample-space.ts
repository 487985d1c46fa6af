import { closedLabels } from "../../compiler/model/labels.js";
import { findEvent } from "../../compiler/model/labels.js";
import type { EventModel, HeadType } from "../../compiler/model/heads.js";
import type { LabelModel } from "../../compiler/model/model.js";

/**
 * Which rows a head is measured on and what the truth is there: the host's side of the rule that the loss follows in the
 * graph. A head sees the rows where its condition holds; elsewhere the truth is not 0 but absent. A null label leaves a
 * row out for the heads that need it: an event is false as soon as one of its labels is known to be false, and unknown
 * when the known ones do not decide it.
 */

/** Labels of some rows, row-major [rows, names.length]; a value counts where `known` is not 0. */
export interface LabelRows {
  readonly rows: number;
  readonly labels: readonly LabelModel[];
  readonly values: Float32Array;
  readonly known: Float32Array;
}

/** The rows of a head's sample space in their order, with the truth on each. */
export interface Sample {
  readonly rows: Int32Array;
  /** 0 or 1 for a probability, the amount for an expectation, the index of the class. */
  readonly targets: Float32Array;
}

/** 1 true, 0 false, NaN unknown; of an amount, the amount. */
type Truth = number;
/** The truth on a row. */
export type RowTruth = (row: number) => Truth;

/** Absent for a score, which has no truth on single rows. */
export function sampleOf(type: HeadType, data: LabelRows): Sample | undefined {
  if (type.kind === "score") return undefined;
  const { given, target } = truthsOf(type, type.given, data);
  const rows = new Int32Array(data.rows);
  const targets = new Float32Array(data.rows);
  let count = 0;
  for (let row = 0; row < data.rows; row++) {
    if (given(row) !== 1) continue;
    const value = target(row);
    if (Number.isNaN(value)) continue;
    rows[count] = row;
    targets[count] = value;
    count += 1;
  }
  return { rows: rows.subarray(0, count), targets: targets.subarray(0, count) };
}

/** Of each row: whether the event `given` holds, and what the head is to say there. */
export function truthsOf(
  type: Exclude<HeadType, { kind: "score" }>,
  given: EventModel,
  data: LabelRows,
): { readonly given: RowTruth; readonly target: RowTruth } {
  return {
    given: eventTruth(given, data),
    target: targetTruth(type, data),
  };
}

function targetTruth(type: Exclude<HeadType, { kind: "score" }>, data: LabelRows): RowTruth {
  switch (type.kind) {
    case "probability":
      return eventTruth(type.event, data);
    case "expectation":
      return amountTruth(type.label, data);
    case "classes":
      return labelTruth(type.label, data);
  }
}

export function eventTruth(event: EventModel, data: LabelRows): RowTruth {
  return conjunction(
    event.map((literal) => {
      if (literal.kind === "label") return labelTruth(literal.label, data);
      const all = conjunction(closedLabels(data.labels, literal.labels).map((label) => labelTruth(label, data)));
      return (row) => 1 - all(row);
    }),
  );
}

/** An amount that is null is 0 where a label that it lies within is known to be false. */
function amountTruth(label: string, data: LabelRows): RowTruth {
  const amount = labelTruth(label, data);
  const within = data.labels.find(({ name }) => name === label)?.within ?? [];
  const inside = conjunction(within.map((outer) => labelTruth(outer, data)));
  return (row) => {
    const value = amount(row);
    return Number.isNaN(value) && inside(row) === 0 ? 0 : value;
  };
}

/** The value of a label on each row, NaN where it is null; of one of its classes whether it is the row's. */
export function labelTruth(label: string, { labels, values, known }: LabelRows): RowTruth {
  const width = labels.length;
  const found = findEvent(labels, label);
  if (found === undefined) throw new Error(`a head needs the label ${label}, which the data does not have`);
  const { column, index } = found;
  // Few calls a row: a data set is seen once, by code that is cold.
  if (index === undefined)
    return (row) => {
      const at = row * width + column;
      return known[at] === 0 ? NaN : (values[at] ?? NaN);
    };
  return (row) => {
    const at = row * width + column;
    return known[at] === 0 ? NaN : Number(values[at] === index);
  };
}

function conjunction(operands: readonly RowTruth[]): RowTruth {
  const [only] = operands;
  if (only === undefined) return () => 1;
  if (operands.length === 1)
    return (row) => {
      const value = only(row);
      return value === 0 ? 0 : Number.isNaN(value) ? NaN : 1;
    };
  return (row) => {
    let truth: Truth = 1;
    for (const operand of operands) {
      const value = operand(row);
      if (value === 0) return 0;
      if (Number.isNaN(value)) truth = NaN;
    }
    return truth;
  };
}
