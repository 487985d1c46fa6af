import type { CandidateValue, TestCandidate, TestExpectation, TestLeaf, TestModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { constantOf } from "../arguments/constants.js";
import { typeOf } from "../context.js";
import { secondsOfDate } from "../values/dates.js";
import { withoutParentheses } from "../names/describe.js";
import { formulaTypeOf, resolveLeaf, resolveTree, type FormulaNames } from "../formulas/resolve-formula.js";

/** A test of which nothing was reported. */
export function resolveTest(names: FormulaNames, test: ast.TestDeclaration): TestModel {
  const candidates = new Map<string, TestCandidate>();
  let request: Readonly<Record<string, CandidateValue>> = {};
  const expectations: TestExpectation[] = [];
  let at: number | undefined;
  for (const step of test.steps) {
    if (step.kind === "TestAt" && step.time.kind === "Date") at = secondsOfDate(step.time.text);
    if (step.kind === "TestRequest") request = { ...request, ...literalFields(step.fields) };
    if (step.kind === "TestCandidate") candidates.set(step.name.text, resolveCandidate(step, candidates));
    if (step.kind !== "TestExpect") continue;
    const condition = resolveTree<TestLeaf>(names.context, testLeaves(names, candidates), step.condition);
    if (condition !== undefined) expectations.push({ condition, span: step.span });
  }
  return {
    title: test.title.value,
    ...(at === undefined ? {} : { at }),
    request,
    candidates: [...candidates.values()],
    expectations,
    span: test.span,
  };
}

function resolveCandidate(
  step: Extract<ast.TestStep, { kind: "TestCandidate" }>,
  others: ReadonlyMap<string, TestCandidate>,
): TestCandidate {
  const like = step.like === undefined ? {} : others.get(step.like.text)?.fields;
  return { name: step.name.text, fields: { ...like, ...literalFields(step.fields) }, span: step.span };
}

function literalFields(entries: readonly ast.Entry[]): Readonly<Record<string, CandidateValue>> {
  return Object.fromEntries(
    entries.flatMap(({ key, value }) => {
      const literal = literalValue(value);
      return literal === undefined ? [] : [[key.text, literal] as const];
    }),
  );
}

/** A value as JSON has it; undefined where the expression is no literal. */
export function literalValue(expression: ast.Expression): CandidateValue | undefined {
  const node = withoutParentheses(expression);
  switch (node.kind) {
    case "String":
    case "Boolean":
      return node.value;
    case "Date":
      return secondsOfDate(node.text);
    case "Duration":
      return node.seconds;
    case "List": {
      const items = node.items.map(literalValue);
      const texts = items.filter((item) => typeof item === "string");
      const numbers = items.filter((item) => typeof item === "number");
      if (texts.length === items.length) return texts;
      return numbers.length === items.length ? numbers : undefined;
    }
    default: {
      const constant = constantOf(node);
      return constant.kind === "value" ? constant.value : undefined;
    }
  }
}

/** In expectations, names are rankings, candidates or parameters, and `score(plain)` is a formula of one candidate. */
function testLeaves(
  names: FormulaNames,
  candidates: ReadonlyMap<string, TestCandidate>,
): Parameters<typeof resolveTree<TestLeaf>>[1] {
  const { context } = names;
  const name = (node: ast.NameExpression): TestLeaf | undefined => {
    const symbol = context.references.get(node.name);
    const { span } = node;
    if (symbol?.kind === "rank") return { kind: "ranking", type: "candidates", name: symbol.name, span };
    if (symbol?.kind === "candidate") return { kind: "candidates", type: "candidates", names: [symbol.name], span };
    const leaf = resolveLeaf(names, node);
    return leaf?.kind === "param" ? leaf : undefined;
  };
  return {
    name,
    call: (node) => {
      const [argument] = node.arguments;
      const symbol = context.references.get(node.callee);
      const type = formulaTypeOf(typeOf(context, node));
      if (symbol === undefined || type === undefined || argument?.value.kind !== "NameExpression") return undefined;
      const value = resolveLeaf(names, { kind: "NameExpression", name: node.callee, span: node.callee.span }, node);
      const candidate = argument.value.name.text;
      return value === undefined || !candidates.has(candidate)
        ? undefined
        : { kind: "of", type, value, candidate, span: node.span };
    },
    list: (node) => ({
      kind: "candidates",
      type: "candidates",
      names: node.items.flatMap((item) => (item.kind === "NameExpression" ? [item.name.text] : [])),
      span: node.span,
    }),
  };
}
