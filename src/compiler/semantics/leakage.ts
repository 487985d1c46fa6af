import type { DataModel, FeatureModel, LabelModel } from "../model/index.js";
import { columnUses } from "./column-expressions.js";
import type { CheckContext } from "./context.js";

/**
 * A feature must not read what it helps to predict: no column that a label is made from, and not the sample weight. The
 * group column may be a feature: users are known at serving.
 */
export function checkLeakage(
  context: CheckContext,
  features: readonly FeatureModel[],
  labels: readonly LabelModel[],
  data: DataModel,
): void {
  const owners = new Map<string, LabelModel>();
  for (const label of labels) for (const { column } of columnUses(label.source)) owners.set(column, label);
  for (const feature of features) {
    const uses = columnUses(feature.source);
    const leak = uses.find(({ column }) => owners.has(column));
    const label = leak === undefined ? undefined : owners.get(leak.column);
    if (leak !== undefined && label !== undefined)
      context.reporter.report("MTL4010", { feature: feature.name, column: leak.column, label: label.name }, leak.span, {
        labels: [{ span: label.span, message: `label \`${label.name}\` is made from \`${leak.column}\`` }],
        help: `leave \`${feature.name}\` out: serving does not know it, and training would only learn to copy it`,
      });
    const weight = uses.find(({ column }) => column === data.weight);
    if (leak === undefined && weight !== undefined)
      context.reporter.report("MTL4011", { feature: feature.name, column: weight.column }, weight.span, {
        help: `leave \`${feature.name}\` out, or \`weight\` in the \`data\` block`,
      });
  }
}
