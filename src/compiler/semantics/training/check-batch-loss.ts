/** What a loss that compares vectors across a batch needs: a head that is an inner product, and a feature that is one id. */
import { type LossBuiltin, sidesOf } from "../../builtins/index.js";
import { hasIds, isListFeature, type HeadModel, type LossTerm } from "../../model/index.js";
import type { Span } from "../../text/index.js";
import type { NetworkContext } from "../network/network.js";

/** Whether the term fits its head; what does not is reported. True of every other loss. */
export function checkBatchLoss(
  { context, network }: NetworkContext,
  span: Span,
  builtin: LossBuiltin,
  term: LossTerm,
  models: readonly HeadModel[],
): boolean {
  const model = models.find(({ name }) => name === term.head);
  // A head that is wrong is reported.
  if (builtin.per !== "batch" || model === undefined) return true;
  const report = (problem: string, help: string): false => {
    context.reporter.report("MTL3121", { loss: builtin.name, head: term.head, problem }, span, { help });
    return false;
  };
  if (sidesOf(network.nodes, model) === undefined)
    return report(
      "needs a head that is the inner product of two tensors",
      `write \`task ${term.head}: score = dot(user, item)\`; a bias is one more unit of a side, \`concat(item, bias)\``,
    );
  for (const { name, type } of builtin.parameters) {
    const value = term.arguments[name];
    if (type.kind !== "reference" || type.to !== "feature" || typeof value !== "string") continue;
    const feature = network.features.get(value);
    if (feature !== undefined && (!hasIds(feature) || isListFeature(feature)))
      return report(
        `needs one id per row as \`${name}\`, and \`${value}\` is ${hasIds(feature) ? "a list" : "a number"}`,
        "name a categorical feature",
      );
  }
  return true;
}
