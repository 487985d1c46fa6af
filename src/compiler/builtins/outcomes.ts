/** Which labels only the future tells, and which are conditions that are known before. */
import type { EventLiteral, HeadType } from "../model/heads.js";
import { labelOfEvent } from "../model/labels.js";
import type { LabelModel } from "../model/model.js";

/**
 * Labels that a head predicts or that a loss goes by, those that are a column of the log as it is, and what such a label lies within. A
 * label that is computed from columns, and only ever a condition, is known before.
 */
export function outcomesAmong(
  labels: readonly LabelModel[],
  types: readonly HeadType[],
  ofLosses: readonly string[],
): ReadonlySet<string> {
  const predicted = new Set([...types.flatMap(predictedBy), ...ofLosses]);
  const outcomes = labels.filter(({ name, source }) => source.kind === "column" || predicted.has(name));
  return new Set(outcomes.flatMap(({ name, within }) => [name, ...within]));
}

function predictedBy(type: HeadType): readonly string[] {
  switch (type.kind) {
    case "score":
      return [];
    case "expectation":
    case "classes":
      return [type.label];
    case "probability": {
      const given = new Set(type.given.flatMap(labelsOf));
      return type.event.flatMap(labelsOf).filter((label) => !given.has(label));
    }
  }
}

function labelsOf(literal: EventLiteral): readonly string[] {
  return (literal.kind === "label" ? [literal.label] : literal.labels).map(labelOfEvent);
}
