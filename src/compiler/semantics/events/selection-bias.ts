import { headsReadBy } from "../../builtins/index.js";
import type { HeadExpression, HeadModel, LossModel, LossTerm } from "../../model/index.js";
import type { CheckContext } from "../context.js";
import { sameEvent, showEvent, showHeadType } from "./events.js";

/**
 * A probability trained only where its condition holds, and applied everywhere: the rows it learns from are not the rows
 * it predicts for (Ma et al.: Entire Space Multi-Task Model, 2018). Said once a loss, unless a chain over all rows is
 * trained too or the loss states its space.
 */
export function checkSelectionBias(context: CheckContext, models: readonly HeadModel[], loss: LossModel): void {
  const trained = new Set(loss.terms.map((term) => term.head));
  const byName = new Map(models.map((model) => [model.name, model]));
  for (const term of loss.terms) {
    const head = byName.get(term.head);
    if (head?.type.kind !== "probability" || head.type.given.length === 0) continue;
    if (!sameEvent(term.space, head.type.given) || isCorrected(term)) continue;
    const { given } = head.type;
    const wider = models.filter(
      (model) =>
        model.keyword === "chain" &&
        model.type.kind !== "score" &&
        model.type.given.length < given.length &&
        isFactor(model.value, head.name),
    );
    const [user] = wider;
    if (user === undefined || wider.some((model) => trained.has(model.name))) continue;
    const condition = showEvent(head.type.given, context.within);
    context.reporter.report(
      "MTL4009",
      { head: head.name, type: showHeadType(head.type, context.within), condition, user: user.name },
      term.span,
      {
        labels: [{ span: user.span, message: `applies \`${head.name}\` beyond \`${condition}\`` }],
        help: `train \`${user.name}\` instead: its loss sees every row (ESMM); or state the choice with \`space: all\``,
      },
    );
  }
}

/** Whether its rows are weighted by the probability that the condition holds. */
function isCorrected(term: LossTerm): boolean {
  return headsReadBy(term).some(({ type }) => type.is === "condition");
}

/** Whether a head is multiplied into an expression; dividing by it, or into it, is another matter. */
function isFactor(value: HeadExpression, head: string): boolean {
  switch (value.kind) {
    case "head":
      return value.name === head;
    case "product":
      return value.factors.some((factor) => isFactor(factor, head));
    case "complement":
      return isFactor(value.operand, head);
    case "class":
      return value.head === head;
    case "quotient":
    case "activation":
      return false;
  }
}
