/** Warnings about formulas, rules and rankings that are sound and do nothing. */
import { ruleVerbs } from "../../rules/index.js";
import type { RankDeclaration, Rule, RulesBlock, TestDeclaration } from "../../syntax/index.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import { lintCondition } from "./conditions.js";

/** Conditions that are always the same, places that no list of a ranking reaches, tests that expect nothing. */
export function lintServing(context: CheckContext): void {
  for (const node of context.spec.declarations) {
    if (node.kind === "Rules") for (const rule of node.rules) if (rule.kind === "Rule") lintRule(context, rule);
    if (node.kind === "Rank") {
      lintPlaces(context, node);
      lintVariety(context, node);
    }
    if (node.kind === "Test") lintTest(context, node);
  }
}

function lintTest({ reporter }: CheckContext, { title, steps }: TestDeclaration): void {
  // What is missing may be the expectation.
  if (steps.some(({ kind }) => kind === "TestExpect" || kind === "TestMissing")) return;
  reporter.report("MTL6046", { title: title.value }, title.span, {
    help: "say what must be true: `expect feed == [a, b]`, `expect score(a) > score(b)`",
  });
}

function lintRule(context: CheckContext, rule: Rule): void {
  for (const clause of rule.clauses) if (clause.kind === "WhenClause") lintCondition(context, clause.condition);
}

/** One rule chooses for variety; further ones are not looked at. */
function lintVariety(context: CheckContext, rank: RankDeclaration): void {
  let first: Rule | undefined;
  for (const name of rank.rules) {
    const symbol = context.scope.names.get(name.text);
    if (symbol?.kind !== "rules") continue;
    for (const rule of symbol.declaration.rules) {
      if (rule.kind !== "Rule" || !choosesForVariety(rule)) continue;
      if (first === undefined) first = rule;
      else
        context.reporter.report(
          "MTL6030",
          { rule: rule.name.text, first: first.name.text, rank: rank.name.text },
          rule.name.span,
          { labels: [{ span: first.name.span, message: "chooses for variety" }] },
        );
    }
  }
}

function choosesForVariety({ verb }: Rule): boolean {
  const { of } = ruleVerbs[verb].clauses;
  return of?.kind === "key" && of.compares === "items";
}

/** `explore … in top 50` and `pin … at 50` under a ranking of 20. */
function lintPlaces(context: CheckContext, rank: RankDeclaration): void {
  const last = rank.stages.at(-1);
  const size = last === undefined ? undefined : constantOf(last.count);
  if (last === undefined || size?.kind !== "value") return;
  for (const name of rank.rules) {
    const symbol = context.scope.names.get(name.text);
    if (symbol?.kind !== "rules") continue;
    for (const { clause, place } of placesOf(symbol.declaration))
      if (place > size.value)
        context.reporter.report("MTL6013", { place, rank: rank.name.text, size: size.value }, clause.span, {
          labels: [{ span: last.count.span, message: `a list of ${size.value}` }],
          help: "only a request for a later page reaches it; name a place of this list, or ignore the warning",
        });
  }
}

function placesOf(block: RulesBlock): readonly { readonly clause: Rule["clauses"][number]; readonly place: number }[] {
  return block.rules.flatMap((rule) =>
    rule.kind !== "Rule"
      ? []
      : rule.clauses.flatMap((clause) => {
          const node =
            clause.kind === "TopClause" ? clause.count : clause.kind === "AtClause" ? clause.place : undefined;
          const value = node === undefined ? undefined : constantOf(node);
          return value?.kind === "value" ? [{ clause, place: value.value }] : [];
        }),
  );
}
