/** What expectations of tests read: rankings as lists of candidates, and values of one candidate. */
import { formulaCallWords, isListFunction } from "../../functions/index.js";
import type { TestCandidate, TestLeaf } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { suggest, type Span } from "../../text/index.js";
import { placeArguments } from "../arguments/place-arguments.js";
import { isCandidateId } from "../formulas/formula-scope.js";
import { errorFormula, typed, type FormulaScope, type TypedFormula } from "../formulas/typed-formula.js";
import { describeValue, withoutParentheses } from "../names/describe.js";
import { resolveName } from "../names/resolve.js";
import type { ValueType } from "../values/types.js";

export type CandidateStep = Extract<ast.TestStep, { kind: "TestCandidate" }>;

/** What a test has said so far. */
export interface TestState {
  /** What its fields name. */
  readonly scope: FormulaScope;
  readonly test: ast.TestDeclaration;
  /** Its candidates by name, as the text has them and as the model does. */
  readonly steps: Map<string, CandidateStep>;
  readonly candidates: Map<string, TestCandidate>;
}

type TestFormula = TypedFormula<TestLeaf>;

/** The candidate of that name; one that is not there is reported. */
export function findCandidate({ scope, steps }: TestState, name: ast.Name): CandidateStep | undefined {
  const { context } = scope;
  const found = steps.get(name.text);
  if (found !== undefined)
    context.references.set(name, { kind: "candidate", name: name.text, at: found.name, declaration: found });
  else if (name.text !== "" && !context.incomplete && !context.reported.has(name.text)) {
    context.reported.add(name.text);
    const suggestion = suggest(name.text, steps.keys());
    context.reporter.report("MTL2001", { name: name.text, what: "a candidate of this test", suggestion }, name.span, {
      suggest: { span: name.span, word: suggestion },
    });
  }
  return found;
}

/** In `expect`: rankings are lists of candidates, and `score(plain)` is a formula's value for one of them. */
export function createExpectScope(state: TestState): FormulaScope<TestLeaf> {
  const { scope } = state;
  const { context } = scope;
  const name = (node: ast.NameExpression): TestFormula => {
    const symbol = context.scope.names.get(node.name.text);
    if (symbol?.kind === "rank") {
      context.references.set(node.name, symbol);
      return typed(candidateType, { kind: "ranking", type: "candidates", name: symbol.name, span: node.span });
    }
    if (isCandidate(state, node.name)) {
      findCandidate(state, node.name);
      return candidatesOf([node.name.text], node.span);
    }
    const { type, value } = scope.name(node);
    if (type.kind === "error") return errorFormula;
    if (value?.kind === "param") return typed(type, value);
    const [candidate = "…"] = state.steps.keys();
    context.reporter.report("MTL5056", { what: "value", name: node.name.text, candidate }, node.span);
    return errorFormula;
  };
  return {
    context,
    name,
    call: (call) => inferValueOf(state, call),
    list: (list) => inferCandidateList(state, list, name),
  };
}

/** What a macro provides from elsewhere sees the names of the spec, and no candidate. */
function isOwn({ test: { span: test } }: TestState, { span }: ast.Name): boolean {
  return span.file === test.file && test.start <= span.start && span.end <= test.end;
}

function isCandidate(state: TestState, name: ast.Name): boolean {
  return isOwn(state, name) && state.steps.has(name.text);
}

const candidateType: ValueType = { kind: "candidates" };

function candidatesOf(names: readonly string[], span: Span): TestFormula {
  return typed(candidateType, { kind: "candidates", type: "candidates", names, span });
}

/** `score(plain)`: a formula or an input of one candidate; undefined for a call of a function. */
function inferValueOf(state: TestState, call: ast.CallExpression): TestFormula | undefined {
  const { scope, candidates } = state;
  const { context } = scope;
  const { callee, arguments: given, span } = call;
  const { text: name } = callee;
  const [only] = given;
  const ofCandidate = given.length === 1 && only !== undefined && isCandidateNode(state, only.value);
  const isFunction = formulaCallWords.includes(name);
  const isValue = context.scope.names.has(name) || context.scope.attributes.has(name) || isCandidateId(context, name);
  if (!ofCandidate && (isFunction || !isValue)) {
    if (!isListFunction(name)) return undefined;
    context.reporter.report("MTL5056", { what: "list function", name }, span);
    return errorFormula;
  }
  if (!isValue) {
    // `score(plain)` of a formula that is not there: no function takes a candidate.
    resolveName(context, callee, { kinds: ["fusion"], what: "a formula" });
    return errorFormula;
  }
  const { type, value } = scope.name({ kind: "NameExpression", name: callee, span: callee.span });
  if (type.kind === "error") return errorFormula;
  const placed = placeArguments(context, { name, span: callee.span }, ["candidate"], given, call);
  const candidate = placed?.[0] && candidateIn(state, name, withoutParentheses(placed[0].value));
  if (candidate === undefined || !candidates.has(candidate) || value === undefined || !("name" in value))
    return typed<TestLeaf>(type, undefined);
  // A candidate's name is its id.
  if (isCandidateId(context, name))
    return typed<TestLeaf>(type, { kind: "constant", type: "text", value: candidate, span });
  return typed<TestLeaf>(type, { kind: "of", type: value.type, value, candidate, span });
}

function isCandidateNode(state: TestState, argument: ast.Expression): boolean {
  const node = withoutParentheses(argument);
  return node.kind === "NameExpression" && isCandidate(state, node.name);
}

/** The candidate that the argument of `callee` names; undefined, and reported, when it names none. */
function candidateIn(state: TestState, callee: string, node: ast.Expression): string | undefined {
  const { scope } = state;
  if (node.kind === "NameExpression" && isOwn(state, node.name)) return findCandidate(state, node.name)?.name.text;
  if (node.kind === "NameExpression" && scope.name(node).type.kind === "error") return undefined;
  scope.context.reporter.report(
    "MTL3002",
    { callee, parameter: "candidate", expected: "a candidate of this test", found: describeValue(node) },
    node.span,
  );
  return undefined;
}

/** `[promo, plain]`. */
function inferCandidateList(
  state: TestState,
  list: ast.ListExpression,
  resolve: (node: ast.NameExpression) => TestFormula,
): TestFormula {
  const names: string[] = [];
  for (const item of list.items) {
    if (item.kind === "Missing") continue;
    if (item.kind === "NameExpression" && isOwn(state, item.name)) {
      names.push(item.name.text);
      findCandidate(state, item.name);
    } else if (item.kind !== "NameExpression" || resolve(item).type.kind !== "error") {
      state.scope.context.reporter.report("MTL3042", { found: describeValue(item) }, item.span);
      return errorFormula;
    }
  }
  return candidatesOf(names, list.span);
}
