import {
  multipliesScore,
  type FormulaExpression,
  type RankModel,
  type RankSource,
  type RankStage,
  type RuleSetModel,
  type TieKey,
} from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { readArgument } from "../arguments/arguments.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import { inferFormula } from "../formulas/infer-formula.js";
import type { FormulaScope } from "../formulas/typed-formula.js";
import { declared } from "../names/declared.js";
import { describeTyped } from "../names/describe.js";
import { resolveName } from "../names/resolve.js";
import { showInterval } from "../../functions/intervals.js";
import { showType } from "../values/types.js";

/**
 * `rank feed_page = from i2i top 300 by match, hot then top 50 by score with home ties listed_at`; undefined when
 * something is wrong with it. `sets` are the sets of rules by their names, those with errors left out.
 */
export function inferRank(
  context: CheckContext,
  rank: ast.RankDeclaration,
  scope: FormulaScope,
  sets: ReadonlyMap<string, RuleSetModel>,
): RankModel | undefined {
  const sources = inferSources(context, rank, scope);
  const stages = rank.stages.map((stage) => inferStage(context, rank, stage, scope));
  rank.stages.forEach((stage, i) => checkOrder(context, rank.stages[i - 1], stage));
  checkRuleSets(context, rank);
  const ties = rank.ties.map(({ by, ascending, span }): TieKey | undefined => {
    const value = inferTie(context, by, scope);
    return value && { by: value, ascending, span };
  });
  const model: RankModel = {
    ...declared(rank),
    sources: sources.filter((source) => source !== undefined),
    stages: stages.filter((stage) => stage !== undefined),
    rules: rank.rules.map(({ text }) => text),
    ties: ties.filter((tie) => tie !== undefined),
  };
  if ([...sources, ...stages, ...ties].includes(undefined)) return undefined;
  checkFactors(context, model, sets);
  return model;
}

function inferSources(
  context: CheckContext,
  rank: ast.RankDeclaration,
  scope: FormulaScope,
): readonly (RankSource | undefined)[] {
  const names = new Map<string, ast.Name>();
  return rank.sources.map(({ name, count, by, span }) => {
    const first = names.get(name.text);
    if (first !== undefined)
      context.reporter.report("MTL2002", { name: name.text, kind: "a source", first: "a source" }, name.span, {
        labels: [{ span: first.span, message: "named here first" }],
      });
    else if (name.text !== "") names.set(name.text, name);
    const top = count === undefined ? undefined : inferCount(context, rank, count);
    const score = by === undefined ? undefined : inferScore(context, rank, by, scope);
    if ((count !== undefined && top === undefined) || (by !== undefined && score === undefined)) return undefined;
    return {
      name: name.text,
      ...(top === undefined ? {} : { top }),
      ...(score === undefined ? {} : { by: score }),
      span,
    };
  });
}

function inferStage(
  context: CheckContext,
  rank: ast.RankDeclaration,
  { count, by, span }: ast.RankStage,
  scope: FormulaScope,
): RankStage | undefined {
  const top = inferCount(context, rank, count);
  const score = inferScore(context, rank, by, scope);
  return top === undefined || score === undefined ? undefined : { top, by: score, span };
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

function inferCount(context: CheckContext, { name }: ast.RankDeclaration, count: ast.Expression): number | undefined {
  const value = readArgument(
    context,
    { name: "rank", span: name.span },
    { name: "top", type: { kind: "number", min: 1, max: 10_000, integer: true } },
    count,
  );
  return typeof value === "number" ? value : undefined;
}

function inferScore(
  context: CheckContext,
  { name }: ast.RankDeclaration,
  by: ast.Expression,
  scope: FormulaScope,
): FormulaExpression | undefined {
  const { type, value } = inferFormula(scope, by);
  if (type.kind === "error" || (type.kind === "number" && !type.optional)) return value;
  context.reporter.report(
    "MTL3046",
    { name: name.text, found: describeTyped(by, showType(type, context.within)) },
    by.span,
  );
  return undefined;
}

/** A later stage chooses among what the one before it left. */
function checkOrder(context: CheckContext, before: ast.RankStage | undefined, stage: ast.RankStage): void {
  if (before === undefined) return;
  const [most, wanted] = [constantOf(before.count), constantOf(stage.count)];
  if (most.kind !== "value" || wanted.kind !== "value" || wanted.value <= most.value) return;
  context.reporter.report("MTL5054", { wanted: wanted.value, left: most.value }, stage.count.span, {
    labels: [{ span: before.count.span, message: `leaves ${most.value}` }],
  });
}

function inferTie(context: CheckContext, by: ast.Expression, scope: FormulaScope): FormulaExpression | undefined {
  const { type, value } = inferFormula(scope, by);
  if (["error", "number", "time", "duration", "bool"].includes(type.kind)) return value;
  context.reporter.report(
    "MTL3024",
    { operator: "ties", expected: "a number or a time", found: describeTyped(by, showType(type, context.within)) },
    by.span,
  );
  return undefined;
}

/** A factor above 1 lifts a score only if that is not negative. */
function checkFactors(context: CheckContext, rank: RankModel, sets: ReadonlyMap<string, RuleSetModel>): void {
  const last = rank.stages.at(-1);
  const range = last?.by.range;
  if (range?.low !== undefined && range.low >= 0) return;
  const shown = showInterval({ low: range?.low ?? -Infinity, high: range?.high ?? Infinity });
  for (const name of new Set(rank.rules)) {
    const rule = sets.get(name)?.rules.find(multipliesScore);
    if (rule === undefined) continue;
    context.reporter.report("MTL5045", { verb: rule.verb, rule: rule.name, range: shown }, rule.span, {
      labels: [{ span: last?.by.span ?? rank.span, message: shown }],
      help: "rank by a score that is never negative: `exp(…)`, `sigmoid(…)` or `max(…, 0)`",
    });
  }
}
