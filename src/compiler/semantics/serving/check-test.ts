import type { CandidateValue } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { suggest, type Span } from "../../text/index.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { inferFormula } from "../formulas/formula.js";
import { createFormulaScope, type FormulaValues } from "../formulas/formula-scope.js";
import { checkCondition } from "./check-rules.js";
import { holds, showInterval } from "../values/intervals.js";
import { literalValue } from "./resolve-test.js";
import { resolveName } from "../names/resolve.js";
import { describeKind } from "../names/symbols.js";
import { errorType, showType, type ValueType } from "../values/types.js";

type Candidate = Extract<ast.TestStep, { kind: "TestCandidate" }>;

/** A `test`: its time, its candidates and what is expected of them. */
export function checkTest(context: CheckContext, test: ast.TestDeclaration, values: FormulaValues): void {
  const { reporter } = context;
  const candidates = new Map<string, Candidate>();
  const scope = createFormulaScope(context, values);
  for (const step of test.steps) {
    switch (step.kind) {
      case "TestAt":
        if (step.time.kind !== "Date" && step.time.kind !== "Missing")
          reporter.report(
            "MTL3002",
            { callee: "test", parameter: "at", expected: "a date", found: describeValue(step.time) },
            step.time.span,
          );
        break;
      case "TestRequest":
        for (const field of step.fields) checkField(context, field, scope, true);
        break;
      case "TestCandidate": {
        const { text, span } = step.name;
        const first = candidates.get(text);
        if (first !== undefined)
          reporter.report("MTL2002", { name: text, kind: "a candidate", first: "a candidate" }, span, {
            labels: [{ span: first.name.span, message: "declared here first" }],
          });
        if (step.like !== undefined) findCandidate(context, step.like, candidates);
        for (const field of step.fields) checkField(context, field, scope, false);
        if (text !== "" && first === undefined) candidates.set(text, step);
        break;
      }
      case "TestExpect":
        checkCondition(context, step.condition, createExpectScope(context, values, candidates, test.span), "expect");
        break;
      case "TestMissing":
        break;
    }
  }
}

function findCandidate(
  context: CheckContext,
  name: ast.Name,
  candidates: ReadonlyMap<string, Candidate>,
): Candidate | undefined {
  const found = candidates.get(name.text);
  if (found !== undefined)
    context.references.set(name, { kind: "candidate", name: name.text, at: found.name, declaration: found });
  else if (name.text !== "" && !context.incomplete && !context.reported.has(name.text)) {
    context.reported.add(name.text);
    context.reporter.report(
      "MTL2001",
      { name: name.text, what: "a candidate of this test", suggestion: suggest(name.text, candidates.keys()) },
      name.span,
    );
  }
  return found;
}

/** `ctr: 0.10`: a score, a signal, an attribute or a feature with a value of its type, inside its range. */
function checkField(
  context: CheckContext,
  field: ast.Entry,
  scope: ReturnType<typeof createFormulaScope>,
  ofRequest: boolean,
): void {
  if (field.key.text === "") return;
  if (!ofRequest && isSourceField(context, field)) return checkSources(context, field);
  const wanted = scope.resolve({ kind: "NameExpression", name: field.key, span: field.key.span });
  const { within } = context;
  if (wanted.kind === "error") return;
  const symbol = context.references.get(field.key);
  const isComputed = symbol === undefined || symbol.kind === "fusion" || symbol.kind === "param";
  if (isComputed || (symbol.kind === "request") !== ofRequest) {
    const labels =
      symbol === undefined ? [] : [{ span: symbol.at.span, message: `${describeKind(symbol.kind)}, declared here` }];
    context.reporter.report("MTL5055", { name: field.key.text, ofRequest }, field.key.span, { labels });
    return;
  }
  const literal = literalValue(field.value);
  if (isListOf(wanted, literal)) return;
  const isList = wanted.kind === "texts" || wanted.kind === "vector";
  const found = isList || literal === undefined ? undefined : inferFormula(scope, field.value);
  if (found?.kind === "error" || field.value.kind === "Missing") return;
  if (found?.kind !== wanted.kind) {
    context.reporter.report(
      "MTL3047",
      { name: field.key.text, expected: showType(wanted, within), found: describeValue(field.value) },
      field.value.span,
    );
    return;
  }
  const constant = constantOf(field.value);
  if (wanted.kind !== "number" || constant.kind !== "value" || holds(wanted.range, constant.value)) return;
  context.reporter.report(
    "MTL5005",
    { name: field.key.text, value: constant.value, range: showInterval(wanted.range) },
    field.value.span,
  );
}

/** `source: i2i` says which sources of a ranking brought the candidate, unless the spec has an input of that name. */
function isSourceField({ scope }: CheckContext, { key }: ast.Entry): boolean {
  return key.text === "source" && scope.names.get("source") === undefined;
}

function checkSources(context: CheckContext, { key, value }: ast.Entry): void {
  if (value.kind === "Missing") return;
  const literal = literalValue(value);
  const given: readonly unknown[] = Array.isArray(literal) ? literal : [literal];
  const known = context.spec.declarations.flatMap((node) =>
    node.kind === "Rank" ? node.sources.map(({ name }) => name.text) : [],
  );
  for (const name of given) {
    if (typeof name !== "string") {
      const expected = "the name of a ranking's source as a text, or a list of them";
      context.reporter.report("MTL3047", { name: key.text, expected, found: describeValue(value) }, value.span);
      return;
    }
    if (!known.includes(name) && !context.incomplete)
      context.reporter.report("MTL2001", { name, what: "a source", suggestion: suggest(name, known) }, value.span);
  }
}

/** `["a", "b"]` for several texts, numbers for a vector. */
function isListOf(wanted: ValueType, literal: CandidateValue | undefined): boolean {
  if (literal === undefined || typeof literal !== "object") return false;
  if (wanted.kind === "texts") return literal.every((each) => typeof each === "string");
  return (
    wanted.kind === "vector" &&
    literal.length === wanted.width &&
    literal.every((each) => typeof each === "number" && Number.isFinite(each))
  );
}

/** In `expect`: rankings are lists of candidates, and `score(plain)` is a formula's value for one of them. */
function createExpectScope(
  context: CheckContext,
  values: FormulaValues,
  candidates: ReadonlyMap<string, Candidate>,
  test: Span,
): ReturnType<typeof createFormulaScope> {
  // What a macro brings from elsewhere sees the names of the spec, and no candidate.
  const isOwn = ({ span }: ast.Name): boolean =>
    span.file === test.file && test.start <= span.start && span.end <= test.end;
  const isCandidate = (name: ast.Name): boolean => isOwn(name) && candidates.has(name.text);
  const scope = createFormulaScope(context, values, (call) => {
    const symbol = context.scope.names.get(call.callee.text);
    const [argument] = call.arguments;
    if (argument === undefined || call.arguments.length !== 1) return undefined;
    const isOfCandidate = argument.value.kind === "NameExpression" && isCandidate(argument.value.name);
    if (symbol === undefined) {
      // `score(plain)` of a formula that is not there: no function takes a candidate.
      if (!isOfCandidate) return undefined;
      resolveName(context, call.callee, { kinds: ["fusion"], what: "a formula" });
      return errorType;
    }
    if (symbol.kind === "rank") return undefined;
    context.references.set(call.callee, symbol);
    if (argument.name !== undefined && argument.name.text !== "candidate") {
      const { text: name, span } = argument.name;
      context.reporter.report("MTL2005", { callee: call.callee.text, name, known: ["candidate"] }, span);
      return errorType;
    }
    if (argument.value.kind === "NameExpression" && !isOwn(argument.value.name)) return scope.resolve(argument.value);
    if (argument.value.kind === "NameExpression") findCandidate(context, argument.value.name, candidates);
    return scope.resolve({ kind: "NameExpression", name: call.callee, span: call.callee.span });
  });
  const resolve: typeof scope.resolve = (node) => {
    const symbol = context.scope.names.get(node.name.text);
    if (symbol?.kind === "rank") {
      context.references.set(node.name, symbol);
      return { kind: "candidates" };
    }
    return isCandidate(node.name) ? reference(context, node.name, candidates) : scope.resolve(node);
  };
  return { ...scope, resolve, list: (list) => candidateList(context, list, candidates, resolve, isOwn) };
}

function reference(context: CheckContext, name: ast.Name, candidates: ReadonlyMap<string, Candidate>): ValueType {
  findCandidate(context, name, candidates);
  return { kind: "candidates" };
}

/** `[promo, plain]`. */
function candidateList(
  context: CheckContext,
  list: ast.ListExpression,
  candidates: ReadonlyMap<string, Candidate>,
  resolve: (node: ast.NameExpression) => ValueType,
  isOwn: (name: ast.Name) => boolean,
): ValueType {
  for (const item of list.items) {
    if (item.kind === "NameExpression" && !isOwn(item.name)) resolve(item);
    else if (item.kind === "NameExpression") findCandidate(context, item.name, candidates);
    else if (item.kind !== "Missing") {
      context.reporter.report("MTL3042", { found: describeValue(item) }, item.span);
      return errorType;
    }
  }
  return { kind: "candidates" };
}
