import type { CandidateValue, TestExpectation, TestModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import { createFormulaScope, type FormulaValues } from "../formulas/formula-scope.js";
import { inferFormula } from "../formulas/infer-formula.js";
import { collectEntries } from "../names/blocks.js";
import { describeValue } from "../names/describe.js";
import { describeKind } from "../names/symbols.js";
import { holds, showInterval } from "../../functions/intervals.js";
import { showType, type ValueType } from "../values/types.js";
import { classFields } from "./class-fields.js";
import { createExpectScope, findCandidate, type CandidateStep, type TestState } from "./expect-scope.js";
import { inferDate, literalValue } from "./literal.js";
import { inferCondition } from "./rules/infer-clause.js";

/** A `test`: its time, its candidates and what is expected of them; parts that something is wrong with are left out. */
export function inferTest(context: CheckContext, test: ast.TestDeclaration, values: FormulaValues): TestModel {
  const scope = createFormulaScope(context, values);
  const state: TestState = { scope, test, steps: new Map(), candidates: new Map() };
  const expectations: TestExpectation[] = [];
  let request: TestModel["request"] = {};
  let at: number | undefined;
  let clock: ast.Node | undefined;
  for (const step of test.steps) {
    switch (step.kind) {
      case "TestAt":
        if (clock !== undefined)
          context.reporter.report("MTL2008", { block: "test", key: "at" }, step.span, {
            labels: [{ span: clock.span, message: "the first one" }],
          });
        clock ??= step;
        at ??= inferDate(context, step.time, { callee: "test", parameter: "at" });
        break;
      case "TestRequest":
        request = { ...request, ...inferFields(state, step.fields, true) };
        break;
      case "TestCandidate":
        inferCandidate(state, step);
        break;
      case "TestExpect": {
        const condition = inferCondition(createExpectScope(state), step.condition, "expect");
        if (condition !== undefined) expectations.push({ condition, span: step.span });
        break;
      }
      case "TestMissing":
        break;
    }
  }
  return {
    title: test.title.value,
    ...(at === undefined ? {} : { at }),
    request,
    candidates: [...state.candidates.values()],
    expectations,
    span: test.span,
  };
}

function inferCandidate(state: TestState, step: CandidateStep): void {
  const { steps, candidates, scope } = state;
  const { text, span } = step.name;
  const first = steps.get(text);
  if (first !== undefined)
    scope.context.reporter.report("MTL2002", { name: text, kind: "a candidate", first: "a candidate" }, span, {
      labels: [{ span: first.name.span, message: "declared here first" }],
    });
  const like = step.like === undefined ? undefined : findCandidate(state, step.like);
  const fields = inferFields(state, step.fields, false);
  if (text === "" || first !== undefined) return;
  steps.set(text, step);
  const base = like === undefined ? {} : candidates.get(like.name.text)?.fields;
  candidates.set(text, { name: text, fields: { ...base, ...fields }, span: step.span });
}

/** Values by name; the first of a repeated name, which is reported. */
function inferFields(
  state: TestState,
  fields: readonly ast.Entry[],
  ofRequest: boolean,
): Readonly<Record<string, CandidateValue>> {
  const { context } = state.scope;
  const entries = collectEntries(context, ofRequest ? "request" : "candidate", fields);
  return Object.fromEntries(
    [...entries.values()].flatMap((field) => {
      const classes = ofRequest ? undefined : classFields(context, field);
      if (classes !== undefined) return classes;
      const literal = literalValue(field.value);
      if (!ofRequest && isSourceField(context, field)) checkSources(context, field, literal);
      else checkField(state, field, literal, ofRequest);
      return literal === undefined ? [] : [[field.key.text, literal] as const];
    }),
  );
}

/** `ctr: 0.10`: a score, a signal, an attribute or a feature with a value of its type, inside its range. */
function checkField(
  { scope }: TestState,
  { key, value: node }: ast.Entry,
  literal: CandidateValue | undefined,
  ofRequest: boolean,
): void {
  const { type: wanted } = scope.name({ kind: "NameExpression", name: key, span: key.span });
  const { within, references, reporter } = scope.context;
  if (wanted.kind === "error") return;
  const symbol = references.get(key);
  const isComputed = symbol === undefined || symbol.kind === "fusion" || symbol.kind === "param";
  if (isComputed || (symbol.kind === "request") !== ofRequest) {
    const labels =
      symbol === undefined ? [] : [{ span: symbol.at.span, message: `${describeKind(symbol.kind)}, declared here` }];
    reporter.report("MTL5055", { name: key.text, ofRequest }, key.span, { labels });
    return;
  }
  if (isListOf(wanted, literal)) return;
  const isList = wanted.kind === "texts" || wanted.kind === "vector";
  const found = isList || literal === undefined ? undefined : inferFormula(scope, node).type;
  if (found?.kind === "error" || node.kind === "Missing") return;
  if (found?.kind !== wanted.kind) {
    const expected = showType(wanted, within);
    reporter.report("MTL3047", { name: key.text, expected, found: describeValue(node) }, node.span);
    return;
  }
  const constant = constantOf(node);
  if (wanted.kind !== "number" || constant.kind !== "value" || holds(wanted.range, constant.value)) return;
  reporter.report("MTL5005", { name: key.text, value: constant.value, range: showInterval(wanted.range) }, node.span);
}

/** `source: i2i` says which sources of a ranking provided the candidate, unless the spec has an input of that name. */
function isSourceField({ scope }: CheckContext, { key }: ast.Entry): boolean {
  return key.text === "source" && scope.names.get("source") === undefined;
}

function checkSources(context: CheckContext, { key, value }: ast.Entry, literal: CandidateValue | undefined): void {
  if (value.kind === "Missing") return;
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
