import { visit, type FusionDeclaration } from "../../syntax/index.js";
import { setType, type CheckContext } from "../context.js";
import { orderByReads } from "../names/cycles.js";
import { describeTyped } from "../names/describe.js";
import { inferFormula } from "./formula.js";
import { createFormulaScope, type FormulaValues } from "./formula-scope.js";
import type { SymbolOf } from "../names/symbols.js";
import { errorType, showType, type ValueType } from "../values/types.js";

/** The formulas of a spec, checked. */
export interface CheckedFusions {
  readonly types: ReadonlyMap<string, ValueType>;
  /** Each after those it reads. */
  readonly order: readonly FusionDeclaration[];
}

/** Every `fusion` formula, each after those it reads; all are numbers. */
export function checkFusions(context: CheckContext, values: FormulaValues): CheckedFusions {
  const fusions = new Map<string, ValueType>();
  const symbols = context.scope.symbols.filter((symbol) => symbol.kind === "fusion");
  const { order, cycles } = orderByReads(symbols, (symbol) => readsOf(context, symbol));
  for (const cycle of cycles) {
    const [first, ...rest] = cycle;
    if (first === undefined) continue;
    for (const { name } of cycle) fusions.set(name, errorType);
    context.reporter.report("MTL2009", { path: cycle.map(({ name }) => name), how: "reads" }, first.at.span, {
      labels: rest.map(({ at, name }) => ({ span: at.span, message: `\`${name}\` is on the way` })),
    });
  }
  const scope = createFormulaScope(context, { ...values, fusions });
  for (const { name, declaration } of order) {
    if (fusions.has(name)) continue;
    const type = inferFormula(scope, declaration.value);
    const isNumber = type.kind === "number" || type.kind === "error";
    if (!isNumber)
      context.reporter.report(
        "MTL3046",
        { name, found: describeTyped(declaration.value, showType(type, context.within)) },
        declaration.value.span,
      );
    fusions.set(name, setType(context, declaration, isNumber ? type : errorType));
  }
  return { types: fusions, order: order.map(({ declaration }) => declaration) };
}

function readsOf(context: CheckContext, symbol: SymbolOf<"fusion">): readonly SymbolOf<"fusion">[] {
  const reads: SymbolOf<"fusion">[] = [];
  visit(symbol.declaration.value, (node) => {
    if (node.kind !== "NameExpression") return;
    const found = context.scope.names.get(node.name.text);
    if (found?.kind === "fusion") reads.push(found);
  });
  return reads;
}
