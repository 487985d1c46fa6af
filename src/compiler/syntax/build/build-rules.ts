import type { IToken } from "chevrotain";
import { findRuleVerb, ruleWords } from "../../rules/index.js";
import { suggest } from "../../text/index.js";
import type * as ast from "../ast.js";
import { buildExpression, buildRecordEntries, buildSum } from "./build-expression.js";
import type * as cst from "../cst.js";
import {
  buildLists,
  buildName,
  checkSeparators,
  docAbove,
  first,
  parts,
  real,
  spanOfNode,
  spanOfToken,
  type BuildContext,
} from "./tree-builder.js";

/** The lines of a rules block. Several lists when recovery parsed them apart. */
export function buildRules(
  context: BuildContext,
  lists: readonly cst.RuleEntriesCstNode[] | undefined,
): readonly (ast.Rule | ast.MissingRule)[] {
  return buildLists(context, lists, (inner, list) => {
    const { rule, Comma } = parts(list);
    const rules = (rule ?? []).map((each, i) => {
      const previous = i === 0 ? undefined : rule?.[i - 1];
      const continues = previous !== undefined && isOnOneLine(inner, previous, each, real(Comma));
      return buildRule(inner, each, continues);
    });
    // A misspelt word was reported as such; that no comma precedes it is not a second mistake.
    if (rules.every((each) => each.kind === "Rule"))
      checkSeparators(inner, rules, Comma, { items: "rules", newline: true });
    return rules;
  });
}

/** Whether nothing separates a rule from the one before: it is then likelier a misspelt clause. */
function isOnOneLine(
  context: BuildContext,
  previous: cst.RuleCstNode,
  rule: cst.RuleCstNode,
  commas: readonly IToken[],
): boolean {
  const { end } = spanOfNode(context, previous, 0);
  const { start } = spanOfNode(context, rule, end);
  return (
    !/[\r\n]/.test(context.source.text.slice(end, start)) &&
    !commas.some((comma) => comma.startOffset >= end && comma.startOffset < start)
  );
}

/** Words that begin a rule's clauses. */
export const ruleClauseWords = ["when", "by", "during", "at", "of", "in", "top", "per"] as const;

function buildRule(context: BuildContext, node: cst.RuleCstNode, continues: boolean): ast.Rule | ast.MissingRule {
  const { verb: verbs, name, ruleClause } = parts(node);
  const span = spanOfNode(context, node, 0);
  const token = first(verbs);
  if (token === undefined) return { kind: "MissingRule", span };
  const verb = findRuleVerb(token.image);
  if (verb === undefined) {
    const what = continues ? "a clause of a rule" : "a rule";
    const known: readonly string[] = continues ? ruleClauseWords : ruleWords;
    if (context.sound) {
      const at = spanOfToken(context, token);
      const suggestion = suggest(token.image, known);
      context.reporter.report("MTL1014", { found: token.image, what, known, suggestion }, at, {
        suggest: { span: at, word: suggestion },
      });
    }
    return { kind: "MissingRule", span };
  }
  return {
    kind: "Rule",
    verb,
    name: buildName(context, name, token.startOffset + token.image.length),
    clauses: (ruleClause ?? []).map((clause) => buildClause(context, clause)),
    ...docAbove(context, span.start),
    span,
  };
}

function buildClause(context: BuildContext, node: cst.RuleClauseCstNode): ast.RuleClause {
  const children = parts(node);
  const span = spanOfNode(context, node, 0);
  const end = span.end;
  const count = (): ast.Expression => buildSum(context, children.sum, end);
  if (first(children.option) !== undefined) {
    const key = buildName(context, children.option, span.start);
    return { kind: "OptionClause", key, value: buildExpression(context, children.expression, end), span };
  }
  if (first(children.WhenKeyword) !== undefined)
    return { kind: "WhenClause", condition: buildExpression(context, children.expression, end), span };
  if (first(children.ByKeyword) !== undefined) return { kind: "ByClause", amount: count(), span };
  if (first(children.DuringKeyword) !== undefined)
    return {
      kind: "DuringClause",
      from: buildSum(context, children.from, end),
      to: buildSum(context, children.to, end),
      span,
    };
  if (first(children.MostKeyword) !== undefined) return { kind: "BoundClause", bound: "most", count: count(), span };
  if (first(children.LeastKeyword) !== undefined) return { kind: "BoundClause", bound: "least", count: count(), span };
  if (first(children.OfKeyword) !== undefined) return { kind: "OfClause", key: count(), span };
  if (first(children.TopKeyword) !== undefined) return { kind: "TopClause", count: count(), span };
  if (first(children.PerKeyword) !== undefined)
    return { kind: "PerClause", unit: buildName(context, children.unit, end), span };
  if (first(children.InKeyword) !== undefined)
    return { kind: "WindowClause", size: buildSum(context, children.window, end), span };
  return { kind: "AtClause", place: buildSum(context, children.place, end), span };
}

/** The steps of a test. Several lists when recovery parsed them apart. */
export function buildSteps(
  context: BuildContext,
  lists: readonly cst.TestStepsCstNode[] | undefined,
): readonly ast.TestStep[] {
  return buildLists(context, lists, (inner, list) => {
    const { testStep, Comma } = parts(list);
    const steps = (testStep ?? []).map((each) => buildStep(inner, each));
    checkSeparators(inner, steps, Comma, { items: "steps of a test", newline: true });
    return steps;
  });
}

function buildStep(context: BuildContext, node: cst.TestStepCstNode): ast.TestStep {
  const children = parts(node);
  const span = spanOfNode(context, node, 0);
  const end = span.end;
  if (first(children.AtKeyword) !== undefined)
    return { kind: "TestAt", time: buildSum(context, children.sum, end), span };
  if (first(children.CandidateKeyword) !== undefined) {
    const record = first(children.record);
    return {
      kind: "TestCandidate",
      name: buildName(context, children.name, end),
      ...(first(children.LikeKeyword) === undefined ? {} : { like: buildName(context, children.like, end) }),
      fields: record === undefined ? [] : buildRecordEntries(context, record),
      span,
    };
  }
  if (first(children.RequestKeyword) !== undefined) {
    const record = first(children.record);
    return { kind: "TestRequest", fields: record === undefined ? [] : buildRecordEntries(context, record), span };
  }
  if (first(children.ExpectKeyword) !== undefined)
    return { kind: "TestExpect", condition: buildExpression(context, children.expression, end), span };
  return { kind: "TestMissing", span };
}
