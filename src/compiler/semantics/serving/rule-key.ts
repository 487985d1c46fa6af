import type { RuleKey } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import type { CheckContext } from "../context.js";
import { typeOf } from "../context.js";
import { describeTyped, describeValue } from "../names/describe.js";
import { inferFormula, type FormulaScope } from "../formulas/formula.js";
import { formulaTypeOf } from "../formulas/resolve-formula.js";
import { showType } from "../values/types.js";

/** What a rule goes by: values of the candidate or of the request, one or several: `of brand`, `of [item_id, user_id]`. */
export function checkRuleKey(
  context: CheckContext,
  verb: ast.RuleVerb,
  key: ast.Expression,
  scope: FormulaScope,
): void {
  if (key.kind === "Missing") return;
  const names = keyNames(key);
  if (names === undefined || names.length === 0 || (isVariety(verb) && names.length > 1)) {
    context.reporter.report(
      "MTL3002",
      { callee: "of", parameter: "key", expected: "an attribute or a feature", found: describeValue(key) },
      key.span,
    );
    return;
  }
  for (const name of names) {
    const type = inferFormula(scope, name);
    if (type.kind === "error") continue;
    const symbol = context.references.get(name.name);
    const isInput = symbol?.kind !== "param" && symbol?.kind !== "fusion";
    const kinds = isVariety(verb) ? ["vector", "text", "texts"] : ["text", "texts", "number", "bool"];
    if (isInput && kinds.includes(type.kind)) continue;
    context.reporter.report(
      "MTL5048",
      {
        verb,
        found: describeTyped(name, showType(type, context.within)),
        expected: isVariety(verb)
          ? "a vector or texts of the candidate"
          : "texts, numbers or conditions of the candidate or the request",
      },
      name.span,
    );
  }
}

function isVariety(verb: ast.RuleVerb): boolean {
  return verb === "mmr" || verb === "dpp";
}

function keyNames(key: ast.Expression): readonly ast.NameExpression[] | undefined {
  if (key.kind === "Parenthesized") return keyNames(key.inner);
  const items = key.kind === "List" ? key.items : [key];
  const names = items.filter((item) => item.kind === "NameExpression");
  return names.length === items.length ? names : undefined;
}

/** The key of a rule of which nothing was reported. */
export function resolveRuleKey(context: CheckContext, key: ast.Expression): RuleKey {
  return (keyNames(key) ?? []).map((node) => ({
    name: node.name.text,
    type: formulaTypeOf(typeOf(context, node)) ?? "text",
  }));
}
