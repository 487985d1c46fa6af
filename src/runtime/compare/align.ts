/** Which heads several models have in common, and whether they were measured on the same rows. */
import type { HeadModel, HeadType, MetricModel } from "../../compiler/model/index.js";
import type { Model } from "../../compiler/model/model.js";
import type { Relevance } from "../../compiler/metrics/index.js";
import { compareText } from "../../compiler/text/index.js";
import type { EvaluationRole } from "../events.js";
import { createFailure } from "../failure.js";
import { metricRows, outputsOf, truthsOfHead } from "../measure/measure.js";
import type { Predictions } from "../measure/predictions.js";
import { type RelevantRows, relevantRows } from "../measure/relevant-rows.js";
import type { ComparedRows } from "./compare-rows.js";

/** A model with what it says of the rows of a role. */
export interface MeasuredModel {
  /** As it was named. */
  readonly name: string;
  readonly model: Model;
  readonly role: EvaluationRole;
  readonly predictions: Predictions;
  /** Codes of the groups by a column, or by the group of the data. */
  readonly groups: (column: string | undefined) => Int32Array | undefined;
}

/** Why a head of the base is not compared. */
export interface LeftOut {
  readonly head: string;
  readonly reason: string;
}

/** A head that all models have. */
export interface SharedHead {
  readonly head: HeadModel;
  /** Those that the base's spec asks for. */
  readonly metrics: readonly MetricModel[];
}

/**
 * The heads of the base that it measures and that all others have, of the same meaning. Throws MTL7420 where there is none.
 *
 * @param byDefinition whether their labels must be made in the same way, as nobody looks at rows
 */
export function sharedHeads(
  models: readonly Pick<MeasuredModel, "name" | "model">[],
  base: number,
  { byDefinition = false }: { readonly byDefinition?: boolean } = {},
): { readonly shared: readonly SharedHead[]; readonly leftOut: readonly LeftOut[] } {
  const first = models[base]!;
  const leftOut: LeftOut[] = [];
  const shared = first.model.metrics.flatMap(({ head: name, metrics }): readonly SharedHead[] => {
    const head = first.model.heads.find((each) => each.name === name);
    if (head === undefined) return [];
    for (const { name: other, model } of models) {
      const same = model.heads.find((each) => each.name === name);
      const differing =
        same === undefined
          ? `${other} has no such head`
          : JSON.stringify(same.type) !== JSON.stringify(head.type)
            ? `it predicts something else in ${other}`
            : byDefinition && labelsText(head, model) !== labelsText(head, first.model)
              ? `its labels are made differently in ${other}`
              : undefined;
      if (differing === undefined) continue;
      leftOut.push({ head: name, reason: differing });
      return [];
    }
    return [{ head, metrics }];
  });
  if (shared.length === 0)
    throw createFailure("MTL7420", {
      models: models.map(({ name }) => name),
      reasons: leftOut.map(({ head, reason }) => `\`${head}\`: ${reason}`),
    });
  return { shared, leftOut };
}

/** How the labels of a head are made, and those that they lie within; of a score, whose truth its loss says, all labels. */
function labelsText({ type }: HeadModel, { labels }: Model): string {
  const named = type.kind === "score" ? undefined : labelNames(type);
  // A class of a label is named after it: `category.sport`.
  const own = labels.filter(
    ({ name }) => named === undefined || named.some((each) => each === name || each.startsWith(`${name}.`)),
  );
  const within = new Set(own.flatMap((label) => [label.name, ...label.within]));
  return JSON.stringify(
    labels.filter(({ name }) => within.has(name)).toSorted((a, b) => compareText(a.name, b.name)),
    (key, value: unknown) => (key === "span" || key === "doc" ? undefined : value),
  );
}

function labelNames(type: Exclude<HeadType, { kind: "score" }>): readonly string[] {
  const events = type.kind === "probability" ? [...type.event, ...type.given] : type.given;
  const ofEvents = events.flatMap((literal) => (literal.kind === "label" ? [literal.label] : literal.labels));
  return type.kind === "probability" ? ofEvents : [type.label, ...ofEvents];
}

/**
 * The rows of a head for each truth that its metrics go by: truth, weights and groups are the base's, predictions each model's own. Throws MTL7421
 * or MTL7422 where the models were measured on other rows.
 */
export function rowsOfHead(
  { head, metrics }: SharedHead,
  models: readonly MeasuredModel[],
  base: number,
): readonly (ComparedRows & { readonly isOwn: boolean })[] {
  const first = models[base]!;
  for (const other of models)
    if (other.predictions.rows !== first.predictions.rows)
      throw createFailure("MTL7421", {
        base: first.name,
        other: other.name,
        baseRows: first.predictions.rows,
        otherRows: other.predictions.rows,
      });
  return truthsOfHead(head, metrics, first.model.loss).flatMap(({ relevance, metrics: asked }) => {
    const sample = relevantRows(relevance, head.type, first.predictions);
    if (sample === undefined) return [];
    for (const other of models) if (other !== first) checkTruth(head, relevance, sample, first, other);
    const rows = models.flatMap(({ predictions }) => {
      const outputs = outputsOf(head, predictions);
      return outputs === undefined
        ? []
        : [metricRows(sample, outputs, first.predictions.weights, (column) => first.groups(column))];
    });
    if (rows.length < models.length) return [];
    return [
      {
        isOwn: relevance.kind === "own",
        metrics: asked,
        rows,
        hasGroup: first.model.data.group !== undefined,
      },
    ];
  });
}

function checkTruth(
  head: HeadModel,
  relevance: Relevance,
  sample: RelevantRows,
  base: MeasuredModel,
  other: MeasuredModel,
): void {
  const known = new Set(other.predictions.labels.map(({ name }) => name));
  // Labels that only metrics of the base read: heads of one type have theirs in both.
  if (labelsOf(relevance).some((label) => !known.has(label))) return;
  const same = relevantRows(relevance, head.type, other.predictions);
  if (same === undefined) return;
  const differing = firstDifference(sample, same);
  if (differing !== undefined)
    throw createFailure("MTL7422", { head: head.name, row: differing + 1, base: base.name, other: other.name });
}

function labelsOf(relevance: Relevance): readonly string[] {
  switch (relevance.kind) {
    case "own":
      return [];
    case "any":
      return relevance.labels;
    case "gains":
      return Object.keys(relevance.gains);
    case "order":
      return relevance.chains.flat();
  }
}

/** The first row of the data, from 0, that is in one sample only, or has another truth in it. */
function firstDifference(one: RelevantRows, other: RelevantRows): number | undefined {
  const least = Math.min(one.rows.length, other.rows.length);
  for (let i = 0; i < least; i++) {
    if (one.rows[i] !== other.rows[i]) return Math.min(one.rows[i]!, other.rows[i]!);
    if (one.targets[i] !== other.targets[i]) return one.rows[i];
    if (one.preference?.classes[i] !== other.preference?.classes[i]) return one.rows[i];
  }
  return one.rows.length === other.rows.length ? undefined : (one.rows[least] ?? other.rows[least]);
}
