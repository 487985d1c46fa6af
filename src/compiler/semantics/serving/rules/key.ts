import type { RuleKey } from "../../../model/index.js";
import type { RuleVerb } from "../../../rules/index.js";
import type * as ast from "../../../syntax/index.js";
import { inferFormula } from "../../formulas/infer-formula.js";
import { formulaTypeOf, type FormulaScope } from "../../formulas/typed-formula.js";
import { describeTyped, describeValue } from "../../names/describe.js";
import { showType } from "../../values/types.js";

/** What a key may be made of: values that items are counted by, or the one that items are compared by. */
const kindsOf = {
  values: {
    kinds: ["text", "texts", "number", "bool"],
    expected: "texts, numbers or conditions of the candidate or the request",
  },
  items: { kinds: ["vector", "text", "texts"], expected: "a vector or texts of the candidate" },
} as const;

/** What a rule goes by: `of brand`, `of [item_id, user_id]`, `of embedding`. Undefined when something is wrong with it. */
export function inferRuleKey(
  scope: FormulaScope,
  verb: RuleVerb,
  key: ast.Expression,
  compares: keyof typeof kindsOf,
): RuleKey | undefined {
  if (key.kind === "Missing") return undefined;
  const names = keyNames(key);
  if (names === undefined || names.length === 0 || (compares === "items" && names.length > 1)) {
    scope.context.reporter.report(
      "MTL3002",
      { callee: "of", parameter: "key", expected: "an attribute or a feature", found: describeValue(key) },
      key.span,
    );
    return undefined;
  }
  const parts = names.map((name) => inferKeyPart(scope, verb, name, compares));
  const valid = parts.filter((part) => part !== undefined);
  return valid.length === parts.length ? valid : undefined;
}

function inferKeyPart(
  scope: FormulaScope,
  verb: RuleVerb,
  name: ast.NameExpression,
  compares: keyof typeof kindsOf,
): RuleKey[number] | undefined {
  const { context } = scope;
  const { type, value } = inferFormula(scope, name);
  if (type.kind === "error") return undefined;
  const symbol = context.references.get(name.name);
  const isInput = symbol?.kind !== "param" && symbol?.kind !== "fusion";
  const { kinds, expected } = kindsOf[compares];
  if (isInput && kinds.some((kind) => kind === type.kind)) {
    const kind = formulaTypeOf(type);
    return kind === undefined || value === undefined ? undefined : { name: name.name.text, type: kind };
  }
  context.reporter.report(
    "MTL5048",
    { verb, found: describeTyped(name, showType(type, context.within)), expected },
    name.span,
  );
  return undefined;
}

function keyNames(key: ast.Expression): readonly ast.NameExpression[] | undefined {
  if (key.kind === "Parenthesized") return keyNames(key.inner);
  const items = key.kind === "List" ? key.items : [key];
  const names = items.filter((item) => item.kind === "NameExpression");
  return names.length === items.length ? names : undefined;
}
