import type { FusionModel } from "../../model/index.js";
import { visit } from "../../syntax/index.js";
import { setType, type CheckContext } from "../context.js";
import { orderByReads } from "../names/cycles.js";
import { declared } from "../names/declared.js";
import { describeTyped } from "../names/describe.js";
import { inferFormula } from "./infer-formula.js";
import { createFormulaScope, type FormulaValues } from "./formula-scope.js";
import type { SymbolOf } from "../names/symbols.js";
import { errorType, showType, type ValueType } from "../values/types.js";

/** The formulas of a spec after checking. */
export interface TypedFusions {
  readonly types: ReadonlyMap<string, ValueType>;
  /** Each after those it reads; without those that something is wrong with. */
  readonly models: readonly FusionModel[];
}

/** Every `fusion` formula, each after those it reads; all are numbers. */
export function inferFusions(context: CheckContext, values: Omit<FormulaValues, "fusions">): TypedFusions {
  const fusions = new Map<string, ValueType>();
  const models: FusionModel[] = [];
  const symbols = context.scope.symbols.filter((symbol) => symbol.kind === "fusion");
  const { order, cycles } = orderByReads(symbols, (symbol) => readsOf(context, symbol));
  for (const cycle of cycles) {
    const [first, ...rest] = cycle;
    if (first === undefined) continue;
    for (const { name } of cycle) fusions.set(name, errorType);
    context.reporter.report("MTL2009", { path: cycle.map(({ name }) => name) }, first.at.span, {
      labels: rest.map(({ at, name }) => ({
        span: at.span,
        message: `\`${name}\` is part of the circular dependency`,
      })),
    });
  }
  const scope = createFormulaScope(context, { ...values, fusions });
  for (const { name, declaration } of order) {
    if (fusions.has(name)) continue;
    const { type, value } = inferFormula(scope, declaration.value);
    const isNumber = type.kind === "number" || type.kind === "error";
    if (!isNumber)
      context.reporter.report(
        "MTL3046",
        { name, found: describeTyped(declaration.value, showType(type, context.within)) },
        declaration.value.span,
      );
    fusions.set(name, setType(context, declaration, isNumber ? type : errorType));
    if (type.kind !== "number" || value === undefined) continue;
    models.push({ ...declared(declaration), value, ...(type.unit === undefined ? {} : { unit: type.unit }) });
  }
  return { types: fusions, models };
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
