import type * as ast from "../../syntax/index.js";
import { readArgument } from "../arguments/arguments.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import { describeTyped } from "../names/describe.js";
import { inferFormula, type FormulaScope } from "../formulas/formula.js";
import { resolveName } from "../names/resolve.js";
import { showType } from "../values/types.js";

/** `rank feed_page = from i2i top 300 by match, hot then top 50 by score with home ties listed_at`. */
export function checkRank(context: CheckContext, rank: ast.RankDeclaration, scope: FormulaScope): void {
  const names = new Map<string, ast.Name>();
  for (const { name, count, by } of rank.sources) {
    const first = names.get(name.text);
    if (first !== undefined)
      context.reporter.report("MTL2002", { name: name.text, kind: "a source", first: "a source" }, name.span, {
        labels: [{ span: first.span, message: "named here first" }],
      });
    else if (name.text !== "") names.set(name.text, name);
    if (count !== undefined) checkCount(context, rank, count);
    if (by !== undefined) checkScore(context, rank, by, scope);
  }
  let before: ast.RankStage | undefined;
  for (const stage of rank.stages) {
    checkCount(context, rank, stage.count);
    checkScore(context, rank, stage.by, scope);
    if (before !== undefined) checkOrder(context, before, stage);
    before = stage;
  }
  checkRuleSets(context, rank);
  for (const { by } of rank.ties) checkTie(context, by, scope);
}

/** Each set of rules is attached once. */
function checkRuleSets(context: CheckContext, rank: ast.RankDeclaration): void {
  const attached = new Map<string, ast.Name>();
  for (const rules of rank.rules) {
    resolveName(context, rules, { kinds: ["rules"], what: "a set of rules" });
    const first = attached.get(rules.text);
    if (first !== undefined && rules.text !== "")
      context.reporter.report("MTL5060", { rules: rules.text, rank: rank.name.text }, rules.span, {
        labels: [{ span: first.span, message: "attached here first" }],
        help: "take one of them out",
      });
    else attached.set(rules.text, rules);
  }
}

function checkCount(context: CheckContext, { name }: ast.RankDeclaration, count: ast.Expression): void {
  readArgument(
    context,
    { name: "rank", span: name.span },
    { name: "top", type: { kind: "number", min: 1, max: 10_000, integer: true } },
    count,
  );
}

function checkScore(
  context: CheckContext,
  { name }: ast.RankDeclaration,
  by: ast.Expression,
  scope: FormulaScope,
): void {
  const type = inferFormula(scope, by);
  if (type.kind === "error" || (type.kind === "number" && !type.optional)) return;
  context.reporter.report(
    "MTL3046",
    { name: name.text, found: describeTyped(by, showType(type, context.within)) },
    by.span,
  );
}

/** A later stage chooses among what the one before it left. */
function checkOrder(context: CheckContext, before: ast.RankStage, stage: ast.RankStage): void {
  const [most, wanted] = [constantOf(before.count), constantOf(stage.count)];
  if (most.kind !== "value" || wanted.kind !== "value" || wanted.value <= most.value) return;
  context.reporter.report("MTL5054", { wanted: wanted.value, left: most.value }, stage.count.span, {
    labels: [{ span: before.count.span, message: `leaves ${most.value}` }],
  });
}

function checkTie(context: CheckContext, by: ast.Expression, scope: FormulaScope): void {
  const type = inferFormula(scope, by);
  if (["error", "number", "time", "duration", "bool"].includes(type.kind)) return;
  context.reporter.report(
    "MTL3024",
    { operator: "ties", expected: "a number or a time", found: describeTyped(by, showType(type, context.within)) },
    by.span,
  );
}
