/** Which raw columns a model reads, and for what. */
import { isListFeature } from "../../compiler/model/feature-lists.js";
import type { ColumnExpression, FeatureModel, LabelModel, Model } from "../../compiler/model/model.js";
import { metricArguments } from "../../compiler/metrics/index.js";
import { compareText } from "../../compiler/text/index.js";
import type { ColumnUse } from "./files/columns.js";

/** The parts of a model that the data pipeline reads; without `metrics`, nothing is measured. */
export type DataSpec = Pick<Model, "data" | "features" | "labels"> & Partial<Pick<Model, "metrics">>;

/** The columns that metrics group rows by, besides the group of the data. */
export function metricColumns({ data, metrics = [] }: DataSpec): readonly string[] {
  const columns = metrics.flatMap(({ metrics: measured }) =>
    measured.flatMap((metric) => {
      const column = metricArguments(metric)["by"];
      return typeof column === "string" && column !== data.group ? [column] : [];
    }),
  );
  return [...new Set(columns)].toSorted(compareText);
}

/** The columns of the features and labels given, of the group, the sample weight and the split. */
export function columnUses(
  features: readonly FeatureModel[],
  labels: readonly LabelModel[],
  columns: readonly (Pick<ColumnUse, "column" | "user" | "span"> & Partial<Pick<ColumnUse, "needs">>)[],
): readonly ColumnUse[] {
  const uses: ColumnUse[] = [];
  for (const feature of features) {
    const needs = isListFeature(feature) && feature.source.kind === "column" ? "list" : "value";
    collect(feature.source, `feature \`${feature.name}\``, needs, uses);
  }
  for (const label of labels) collect(label.source, `label \`${label.name}\``, "value", uses);
  for (const { column, user, span, needs = "value" } of columns) uses.push({ column, user, needs, span });
  return uses;
}

/** The names of the columns used, each once. */
export function usedColumns(uses: readonly ColumnUse[]): readonly string[] {
  return [...new Set(uses.map(({ column }) => column))];
}

function collect(expression: ColumnExpression, user: string, needs: ColumnUse["needs"], uses: ColumnUse[]): void {
  switch (expression.kind) {
    case "column":
      uses.push({ column: expression.name, user, needs, span: expression.span });
      return;
    case "literal":
      return;
    case "unary":
    case "in":
      return collect(expression.operand, user, "value", uses);
    case "binary":
      collect(expression.left, user, "value", uses);
      return collect(expression.right, user, "value", uses);
    case "call":
      for (const operand of expression.arguments)
        collect(operand, user, expression.name === "missing" ? "list" : "value", uses);
  }
}
