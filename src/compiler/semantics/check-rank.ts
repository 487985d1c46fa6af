import type * as ast from "../syntax/index.js";
import { readArgument } from "./arguments.js";
import type { CheckContext } from "./context.js";
import { describeTyped } from "./describe.js";
import { inferFormula, type FormulaScope } from "./formula.js";
import { resolveName } from "./resolve.js";
import { showType } from "./types.js";

/** `rank feed_page = top 50 by score with home`. */
export function checkRank(context: CheckContext, rank: ast.RankDeclaration, scope: FormulaScope): void {
  readArgument(
    context,
    { name: "rank", span: rank.name.span },
    { name: "top", type: { kind: "number", min: 1, max: 10_000, integer: true } },
    rank.count,
  );
  const type = inferFormula(scope, rank.by);
  if (type.kind !== "number" && type.kind !== "error")
    context.reporter.report(
      "MTL3046",
      { name: rank.name.text, found: describeTyped(rank.by, showType(type, context.within)) },
      rank.by.span,
    );
  for (const rules of rank.rules) resolveName(context, rules, { kinds: ["rules"], what: "a set of rules" });
}
