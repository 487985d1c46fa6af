/** The rows that the trees of a task are made of, as LightGBM takes them. */
import type { HeadType, LossTerm, TreeHead } from "../../compiler/model/index.js";
import type { ListIndex } from "../data/batches/lists.js";
import { createFailure } from "../failure.js";
import { relevantRows, type RelevantRows } from "../measure/relevant-rows.js";
import type { TreeData } from "./lightgbm.js";
import type { TreeRows } from "./rows.js";

export interface TrainingRows {
  readonly data: TreeData;
  /** Under an objective over lists, what each label is worth: labels are levels, from 0. */
  readonly gains?: readonly number[];
}

/**
 * The rows of the task's sample space whose label is known and that count, in file order, or list by list where the loss compares
 * rows. Throws a {@link Failure} (MTL7368) when there are none.
 */
export function trainingRows(
  { head, features }: TreeHead,
  term: LossTerm,
  rows: TreeRows,
  lists: ListIndex | undefined,
): TrainingRows {
  const sample = sampleOf(head.type, term, rows);
  const counted = new Map<number, number>();
  sample?.rows.forEach((row, i) => {
    if (rows.weights[row]! > 0) counted.set(row, sample.targets[i]!);
  });
  if (counted.size === 0) throw createFailure("MTL7368", { task: head.name });
  const grouped = term.by === undefined ? undefined : groupRows(counted, lists);
  const order = grouped?.order ?? Int32Array.from(counted.keys());
  const targets = Float32Array.from(order, (row) => counted.get(row)!);
  const gains = grouped === undefined ? undefined : [...new Set(targets)].sort((a, b) => a - b);
  const level = new Map(gains?.map((gain, i) => [gain, i]));
  const width = features.length;
  const source = rows.columns.get(head.name) ?? new Float32Array();
  const values = new Float32Array(order.length * width);
  order.forEach((row, i) => values.set(source.subarray(row * width, (row + 1) * width), i * width));
  const weights = Float32Array.from(order, (row) => rows.weights[row]!);
  return {
    data: {
      rows: order.length,
      columns: features.map(({ name }) => name),
      values,
      categorical: features.flatMap(({ kind }, column) => (kind === "categorical" ? [column] : [])),
      labels: gains === undefined ? targets : targets.map((target) => level.get(target)!),
      ...(weights.every((weight) => weight === 1) ? {} : { weights }),
      ...(grouped === undefined ? {} : { lists: grouped.lengths }),
    },
    ...(gains === undefined ? {} : { gains }),
  };
}

function sampleOf(type: HeadType, { space, arguments: args }: LossTerm, rows: TreeRows): RelevantRows | undefined {
  const seen: HeadType = type.kind === "score" ? type : { ...type, given: space };
  const { gain } = args;
  if (typeof gain !== "object" || gain === null) return relevantRows({ kind: "own" }, seen, rows);
  // The checker made it: numbers by label.
  return relevantRows({ kind: "gains", gains: gain as Readonly<Record<string, number>> }, seen, rows);
}

/** The rows list by list, and how many are of each; lists without one are left out. */
function groupRows(
  counted: ReadonlyMap<number, number>,
  lists: ListIndex | undefined,
): { readonly order: Int32Array; readonly lengths: Int32Array } {
  if (lists === undefined) throw new Error("the loss compares rows of lists, and the data has none");
  const lengths: number[] = [];
  const order: number[] = [];
  for (let list = 0; list < lists.count; list++) {
    const members = lists.rows.subarray(lists.starts[list], lists.starts[list + 1]).filter((row) => counted.has(row));
    if (members.length === 0) continue;
    lengths.push(members.length);
    for (const row of members) order.push(row);
  }
  return { order: Int32Array.from(order), lengths: Int32Array.from(lengths) };
}
