/** Which raw columns a model reads, and for what. */
import type { ColumnExpression, FeatureModel, LabelModel, Model } from "../../compiler/model/model.js";
import type { ColumnUse } from "./files/columns.js";

/** The parts of a model that the data pipeline reads. */
export type DataSpec = Pick<Model, "data" | "features" | "labels">;

/** The columns of the features and labels given, of the group, the sample weight and the split. */
export function columnUses(
  features: readonly FeatureModel[],
  labels: readonly LabelModel[],
  columns: readonly (Pick<ColumnUse, "column" | "user" | "span"> & Partial<Pick<ColumnUse, "needs">>)[],
): readonly ColumnUse[] {
  const uses: ColumnUse[] = [];
  for (const feature of features) {
    const needs = feature.kind === "bag" && feature.source.kind === "column" ? "list" : "value";
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
