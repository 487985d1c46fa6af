/** What goes wrong, or is odd, when the rows of a role are read, as diagnostics. */
import { createDiagnostic, type Diagnostic } from "../../compiler/diagnostics/index.js";
import { isListFeature } from "../../compiler/model/feature-lists.js";
import type { FeatureModel, LabelModel } from "../../compiler/model/model.js";
import { type Failure, noLocation } from "../failure.js";
import { BadWeight, type Violation } from "./encode/encode.js";
import { BadSequence, findBadSequence } from "./encode/row-sequences.js";
import { ValueError } from "./expressions/values.js";
import type { Database } from "./files/database.js";
import { explainReadError, findBadWeight, type Reading } from "./files/diagnose.js";
import type { Relation } from "./files/relation.js";
import type { DataRole, RoleData } from "./roles.js";
import type { DataSpec } from "./uses.js";

/** What is to be thrown for an error that encoding a role ended with. */
export async function explainEncoding(
  error: unknown,
  database: Database,
  spec: DataSpec,
  { relation, labels, weight }: RoleData,
): Promise<unknown> {
  if (error instanceof BadWeight)
    return findBadWeight(database, relation.source, weight ?? "", spec.data.places?.weight?.span);
  const found = await badSequence(error, database, relation, spec);
  return found ?? explainReadError(database, relation.source, readingsOf(spec, labels, weight, relation), error);
}

/** The labels of a role that hold where one does not that they imply (MTL7108). */
export function violationWarnings(
  { labels }: DataSpec,
  role: DataRole,
  violations: readonly Violation[],
  rows: number,
): readonly Diagnostic[] {
  return violations.map(({ label, outer, count }) => {
    const span = labels.find(({ name }) => name === label)?.span ?? noLocation();
    return createDiagnostic("MTL7108", { label, outer, role, count, rows }, span, {
      help: `a row where \`${label}\` holds and \`${outer}\` does not is outside every task that is conditioned on \`${outer}\``,
    });
  });
}

/** What is wrong with a sequence of a row, where that is the error. */
export function badSequence(
  error: unknown,
  database: Database,
  { source }: Relation,
  { features }: DataSpec,
): Promise<Failure | undefined> {
  const isOfRow = error instanceof BadSequence || error instanceof ValueError;
  return isOfRow ? findBadSequence(database, source, features) : Promise.resolve(undefined);
}

function readingsOf(
  { features, data }: DataSpec,
  labels: readonly LabelModel[],
  weight: string | undefined,
  { source }: Relation,
): readonly Reading[] {
  const { span } = source;
  const place = data.places?.weight?.span;
  return [
    ...features.flatMap(featureReadings),
    ...labels.map((label): Reading => {
      const { name, base, source: expression, span: labelSpan } = label;
      const user = `label \`${name}\``;
      if (base === "classes") return { expression, as: "class", user, classes: label, span: labelSpan };
      return base === "amount"
        ? { expression, as: "number", user, span: labelSpan }
        : { expression, as: "boolean", user, event: name, span: labelSpan };
    }),
    ...(weight === undefined
      ? []
      : [
          {
            expression: { kind: "column", name: weight, span },
            as: "number",
            user: "the sample weight",
            isWeight: true,
            span: place ?? span,
          } as const,
        ]),
  ];
}

/** Nothing that a bag or a sequence of a column may hold is wrong: lists and texts are texts. */
export function featureReadings(feature: FeatureModel): readonly Reading[] {
  const { name, kind, source, span } = feature;
  if (isListFeature(feature) && source.kind === "column") return [];
  const as = kind === "numeric" || kind === "bucket" ? "number" : "text";
  return [{ expression: source, as, user: `feature \`${name}\``, span }];
}
