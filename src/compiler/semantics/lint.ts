/** Warnings about what a sound spec declares and does not use. */
import type { HeadExpression, HeadModel, LossModel } from "../model/index.js";
import type { CheckContext } from "./context.js";
import { describeKind, kindWord, type SpecSymbol } from "./symbols.js";

/** Declarations that nothing reads, and tasks that nothing trains. */
export function lint(context: CheckContext, models: readonly HeadModel[], loss: LossModel): void {
  const used = new Set(context.references.values());
  const hasRank = context.scope.symbols.some((symbol) => symbol.kind === "rank");
  for (const symbol of context.scope.symbols) if (!used.has(symbol)) reportUnused(context, symbol, hasRank);
  const trained = trainedHeads(models, loss);
  for (const head of models)
    if (head.keyword === "task" && !trained.has(head.name)) reportUntrained(context, head.name);
}

function reportUnused(context: CheckContext, symbol: SpecSymbol, hasRank: boolean): void {
  const { name, at } = symbol;
  const { reporter } = context;
  switch (symbol.kind) {
    case "feature":
      return reporter.report("MTL6001", { name }, at.span, {
        help: `add it to an input: \`input x = […, ${name}]\`, or leave it out`,
      });
    case "input":
    case "table":
    case "bottom":
    case "bottoms":
    case "experts":
    case "gate":
    case "tower":
      return reporter.report(
        "MTL6002",
        { name, kind: kindWord(symbol.kind) },
        at.span,
        symbol.kind === "experts" ? { help: `mix them: \`gate g = softmax(x) over ${name}\`` } : {},
      );
    case "label":
      return reporter.report("MTL6003", { name }, at.span, { help: "predict it with a task, or leave it out" });
    case "param":
    case "attribute":
    case "request":
    case "signal":
      return reporter.report("MTL6004", { name, kind: describeKind(symbol.kind) }, at.span);
    case "rules":
      if (hasRank)
        reporter.report("MTL6007", { name }, at.span, { help: `name them in a ranking: \`… with ${name}\`` });
      return;
    case "macro":
      return reporter.report("MTL6008", { name }, at.span);
    // What a spec offers to the outside is used there.
    case "event":
    case "task":
    case "chain":
    case "fusion":
    case "rank":
    case "experiment":
    case "candidate":
      return;
  }
}

/** Heads with a loss, and what they are computed from. */
function trainedHeads(models: readonly HeadModel[], loss: LossModel): ReadonlySet<string> {
  const trained = new Set<string>();
  const pending = loss.terms.map((term) => term.head);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (trained.has(name)) continue;
    trained.add(name);
    const model = models.find((each) => each.name === name);
    if (model !== undefined) pending.push(...headsIn(model.value));
  }
  return trained;
}

function headsIn(value: HeadExpression): readonly string[] {
  switch (value.kind) {
    case "activation":
      return [];
    case "head":
      return [value.name];
    case "product":
      return value.factors.flatMap(headsIn);
    case "quotient":
      return [...headsIn(value.numerator), ...headsIn(value.denominator)];
    case "complement":
      return headsIn(value.operand);
  }
}

function reportUntrained(context: CheckContext, name: string): void {
  const symbol = context.scope.names.get(name);
  if (symbol === undefined) return;
  context.reporter.report("MTL6006", { name }, symbol.at.span, {
    help: `give it a loss: \`loss { ${name}: bce }\`, or put one on a chain that reads it`,
  });
}
