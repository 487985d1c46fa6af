import type { EventModel, HeadType, LabelModel } from "../../compiler/model/model.js";

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
  /** 0 or 1 for a probability, the amount for an expectation. */
  readonly targets: Float32Array;
}

/** 1 true, 0 false, NaN unknown. */
type Truth = number;

/** Absent for a score, which has no truth on single rows. */
export function sampleOf(type: HeadType, data: LabelRows): Sample | undefined {
  if (type.kind === "score") return undefined;
  const column = new Map(data.labels.map((label, i) => [label.name, i]));
  const width = data.labels.length;
  const truth = (row: number, label: string): Truth => {
    const at = row * width + columnOf(column, label);
    return data.known[at] === 0 ? NaN : (data.values[at] ?? NaN);
  };
  const target =
    type.kind === "probability"
      ? (row: number): Truth => eventTruth(type.event, (label) => truth(row, label))
      : amountOf(type.label, data.labels, truth);
  const rows = new Int32Array(data.rows);
  const targets = new Float32Array(data.rows);
  let count = 0;
  for (let row = 0; row < data.rows; row++) {
    if (eventTruth(type.given, (label) => truth(row, label)) !== 1) continue;
    const value = target(row);
    if (Number.isNaN(value)) continue;
    rows[count] = row;
    targets[count] = value;
    count += 1;
  }
  return { rows: rows.subarray(0, count), targets: targets.subarray(0, count) };
}

/** An amount that is null is 0 where a label that it lies within is known to be false. */
function amountOf(
  label: string,
  labels: readonly LabelModel[],
  truth: (row: number, label: string) => Truth,
): (row: number) => Truth {
  const within = labels.find(({ name }) => name === label)?.within ?? [];
  return (row) => {
    const value = truth(row, label);
    return Number.isNaN(value) && within.some((outer) => truth(row, outer) === 0) ? 0 : value;
  };
}

function eventTruth(event: EventModel, truth: (label: string) => Truth): Truth {
  return conjunction(
    event.map((literal) => {
      if (literal.kind === "label") return truth(literal.label);
      return 1 - conjunction(literal.labels.map(truth));
    }),
  );
}

function conjunction(truths: readonly Truth[]): Truth {
  if (truths.includes(0)) return 0;
  return truths.some(Number.isNaN) ? NaN : 1;
}

function columnOf(column: ReadonlyMap<string, number>, label: string): number {
  const at = column.get(label);
  if (at === undefined) throw new Error(`a head needs the label ${label}, which the data does not have`);
  return at;
}
