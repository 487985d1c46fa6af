/** What expectations of tests read: rankings as lists of candidates, and values of one candidate. */
import type { TestCandidate, TestLeaf } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { suggest, type Span } from "../../text/index.js";
import { errorFormula, typed, type FormulaScope, type TypedFormula } from "../formulas/typed-formula.js";
import { describeValue } from "../names/describe.js";
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
    return typed(type, value?.kind === "param" ? value : undefined);
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
function inferValueOf(
  state: TestState,
  { callee, arguments: given, span }: ast.CallExpression,
): TestFormula | undefined {
  const { scope, candidates } = state;
  const { context } = scope;
  const symbol = context.scope.names.get(callee.text);
  const [argument] = given;
  if (argument === undefined || given.length !== 1 || symbol?.kind === "rank") return undefined;
  const node = argument.value.kind === "NameExpression" ? argument.value : undefined;
  if (symbol === undefined) {
    // `score(plain)` of a formula that is not there: no function takes a candidate.
    if (node === undefined || !isCandidate(state, node.name)) return undefined;
    resolveName(context, callee, { kinds: ["fusion"], what: "a formula" });
    return errorFormula;
  }
  context.references.set(callee, symbol);
  if (argument.name !== undefined && argument.name.text !== "candidate") {
    const { text: name, span: at } = argument.name;
    context.reporter.report("MTL2005", { callee: callee.text, name, known: ["candidate"] }, at);
    return errorFormula;
  }
  if (node !== undefined && !isOwn(state, node.name)) return typed<TestLeaf>(scope.name(node).type, undefined);
  if (node !== undefined) findCandidate(state, node.name);
  const { type, value } = scope.name({ kind: "NameExpression", name: callee, span: callee.span });
  const candidate = node?.name.text ?? "";
  const isKnown = candidates.has(candidate) && value !== undefined && "name" in value;
  return typed<TestLeaf>(type, isKnown ? { kind: "of", type: value.type, value, candidate, span } : undefined);
}

/** `[promo, plain]`. */
function inferCandidateList(
  state: TestState,
  list: ast.ListExpression,
  resolve: (node: ast.NameExpression) => TestFormula,
): TestFormula {
  const names: string[] = [];
  for (const item of list.items) {
    if (item.kind === "NameExpression") {
      names.push(item.name.text);
      if (isOwn(state, item.name)) findCandidate(state, item.name);
      else resolve(item);
    } else if (item.kind !== "Missing") {
      state.scope.context.reporter.report("MTL3042", { found: describeValue(item) }, item.span);
      return errorFormula;
    }
  }
  return candidatesOf(names, list.span);
}
