/**
 * What a head has to learn from, or to be measured on: counts over its sample space, and in words why there is nothing.
 */
import { eventText } from "../../../compiler/describe/index.js";
import type { EventModel, HeadType } from "../../../compiler/model/heads.js";
import type { LabelModel } from "../../../compiler/model/model.js";
import type { DataRole } from "../../data/index.js";
import { type LabelRows, truthsOf } from "../../measure/sample-space.js";

/** A head's type that has a truth on single rows. */
export type TrueType = Exclude<HeadType, { kind: "score" }>;

/** Rows of one sample space: all of them, then those that are left after each condition. */
export interface SpaceCounts {
  rows: number;
  /** Of these, with a weight above 0. */
  weighted: number;
  /** Of these, in the space. */
  inside: number;
  /** Of these, with a known truth. */
  known: number;
  /** Of these, with the target 0, and with the least and the greatest target. */
  zeros: number;
  least: number;
  greatest: number;
}

export function emptyCounts(): SpaceCounts {
  return { rows: 0, weighted: 0, inside: 0, known: 0, zeros: 0, least: Infinity, greatest: -Infinity };
}

/** Adds rows of the space `given`; `weights` has one per row. */
export function addRows(
  counts: SpaceCounts,
  type: TrueType,
  given: EventModel,
  data: LabelRows,
  weights: Float32Array,
): void {
  const truth = truthsOf(type, given, data);
  counts.rows += data.rows;
  for (let row = 0; row < data.rows; row++) {
    if (weights[row] === 0) continue;
    counts.weighted += 1;
    if (truth.given(row) !== 1) continue;
    counts.inside += 1;
    const target = truth.target(row);
    if (Number.isNaN(target)) continue;
    counts.known += 1;
    if (target === 0) counts.zeros += 1;
    counts.least = Math.min(counts.least, target);
    counts.greatest = Math.max(counts.greatest, target);
  }
}

/** Whether the rows so far say all that {@link problemOf} can ask: two targets that differ. */
export function isSettled({ least, greatest }: SpaceCounts): boolean {
  return least < greatest;
}

export interface SpaceProblem {
  readonly kind: "nothing" | "constant";
  /** A clause such as "no row of the test data has `click`". */
  readonly reason: string;
}

/** Why the rows teach and measure nothing, or one answer only; undefined when they do. */
export function problemOf(
  counts: SpaceCounts,
  type: TrueType,
  given: EventModel,
  labels: readonly LabelModel[],
  role: DataRole,
): SpaceProblem | undefined {
  const rows = `the ${roleWord(role)} data`;
  const inside = given.length === 0 ? rows : `${rows} that ${holds(labels, given)}`;
  const nothing = (reason: string): SpaceProblem => ({ kind: "nothing", reason });
  if (counts.rows === 0) return nothing(`${rows} has no rows`);
  if (counts.weighted === 0) return nothing(`every row of ${rows} has the sample weight 0`);
  if (counts.inside === 0) return nothing(`no row of ${rows} ${holds(labels, given)}`);
  const own = type.kind === "probability" ? type.event.filter((literal) => !isAmong(literal, given)) : [];
  if (counts.known === 0)
    return nothing(
      type.kind === "probability"
        ? `whether a row ${holds(labels, own)} is not known in any row of ${inside}`
        : `\`${type.label}\` is not known in any row of ${inside}`,
    );
  if (counts.least < counts.greatest) return undefined;
  const constant = (reason: string): SpaceProblem => ({ kind: "constant", reason });
  if (type.kind === "expectation") return constant(`\`${type.label}\` is ${counts.least} in every row of ${inside}`);
  if (type.kind === "classes")
    return constant(
      `every row of ${inside} has the class \`${type.classes[counts.least] ?? ""}\` of \`${type.label}\``,
    );
  const quantity = counts.zeros > 0 ? "no" : "every";
  return constant(`${quantity} row of ${inside} ${holds(labels, own)}`);
}

/** `training`, `validation`, `test`. */
export function roleWord(role: DataRole): string {
  return role === "train" ? "training" : role;
}

function holds(labels: readonly LabelModel[], event: EventModel): string {
  const text = eventText(labels, event);
  return /^\w+$/.test(text) ? `has \`${text}\`` : `is in \`${text}\``;
}

function isAmong(literal: EventModel[number], event: EventModel): boolean {
  const text = JSON.stringify(literal);
  return event.some((other) => JSON.stringify(other) === text);
}
