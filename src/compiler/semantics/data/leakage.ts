import type { DataModel, FeatureModel, LabelModel, LossModel } from "../../model/index.js";
import { outcomeLabels } from "../../builtins/index.js";
import { columnUses } from "./column-expressions.js";
import type { CheckContext } from "../context.js";
import type { Heads } from "../heads/heads.js";

/**
 * A feature must not read what it helps to predict: no column that an outcome is made from, and not the sample weight. The
 * group column may be a feature: users are known at serving. So may the column of a label that only says which rows a head
 * is about, as `home: event = scene == "home"` in `P(click | home)`.
 */
export function checkLeakage(
  context: CheckContext,
  features: readonly FeatureModel[],
  labels: readonly LabelModel[],
  data: DataModel,
  heads: Heads,
  loss: Pick<LossModel, "terms">,
): void {
  const owners = new Map<string, LabelModel>();
  const types = [...heads.values()].flatMap(({ type }) => (type === undefined ? [] : [type]));
  const outcomes = outcomeLabels(labels, types, loss.terms);
  for (const label of labels.filter(({ name }) => outcomes.has(name)))
    for (const { column } of columnUses(label.source)) owners.set(column, label);
  for (const feature of features) {
    const uses = columnUses(feature.source);
    const leak = uses.find(({ column }) => owners.has(column));
    const label = leak === undefined ? undefined : owners.get(leak.column);
    if (leak !== undefined && label !== undefined)
      context.reporter.report("MTL4010", { feature: feature.name, column: leak.column, label: label.name }, leak.span, {
        labels: [{ span: label.span, message: `label \`${label.name}\` is made from \`${leak.column}\`` }],
        help: `leave \`${feature.name}\` out: serving does not know it, and training would only learn to copy it`,
        ...(label.source.kind === "column"
          ? {}
          : {
              notes: [
                `a label that is not an outcome, such as a scene, may be a feature too: it is a condition, \`P(… | ${label.name})\`, that nothing predicts and nothing lies within`,
              ],
            }),
      });
    const weight = uses.find(({ column }) => column === data.weight);
    if (leak === undefined && weight !== undefined)
      context.reporter.report("MTL4011", { feature: feature.name, column: weight.column }, weight.span, {
        help: `leave \`${feature.name}\` out, or \`weight\` in the \`data\` block`,
      });
  }
}
