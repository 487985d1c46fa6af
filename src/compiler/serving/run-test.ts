import { createEvaluator, type LeftOut, readInputs } from "../formulas/index.js";
import { operandsOf } from "../model/formula.js";
import type {
  CandidateValue,
  FormulaExpression,
  ServingInput,
  ServingModel,
  TestExpression,
  TestLeaf,
  TestModel,
} from "../model/index.js";
import type { ExplainedCandidate, Relaxed, PermitSnapshot } from "../ranking/index.js";
import type { Span } from "../text/index.js";
import { evaluateExpectation, type ExpectationValue, type ObservedValue } from "./evaluate-expectation.js";
import { formulaInputs } from "./formula-inputs.js";
import { createRanker, type RankResult } from "./ranker.js";

/** The clock of a test that sets none: 2000-01-01T00:00:00Z. */
export const testEpoch = 946_684_800;

/** A ranking that a failed expectation reads. */
export interface RankingReport {
  readonly name: string;
  /** Why there is no list. */
  readonly refused?: string;
  readonly candidates: readonly ExplainedCandidate[];
  readonly leftOut: readonly { readonly id: string; readonly input: string; readonly reason: LeftOut["reason"] }[];
  /** Candidates that no source of the ranking provided. */
  readonly unsourced: readonly string[];
  /** Candidates that are not among the first of any of their sources. */
  readonly outranked: readonly string[];
  readonly relaxed: readonly Relaxed[];
  readonly searchTruncated: boolean;
}

export interface ExpectationResult {
  readonly span: Span;
  readonly passed: boolean;
  /** Of a failed one: the value of every part, the parts before the whole. */
  readonly values: readonly ObservedValue[];
  /** Of a failed one. */
  readonly rankings: readonly RankingReport[];
}

export interface TestResult {
  readonly title: string;
  readonly span: Span;
  readonly passed: boolean;
  readonly expectations: readonly ExpectationResult[];
}

/** Runs a test: an expectation holds when it is true; one that is unknown does not. Caps hold all that is asked for. */
export function runTest(serving: ServingModel, test: TestModel, permits?: PermitSnapshot): TestResult {
  const now = test.at ?? testEpoch;
  const ids = test.candidates.map(({ name }) => name);
  const candidates = test.candidates.map(({ fields }) => withTimeTexts(serving, fields));
  const request = withTimeTexts(serving, test.request);
  const isInput = serving.inputs.some(({ name }) => name === "source");
  const sources = isInput ? undefined : candidates.map(({ source }) => sourcesOf(source));
  const inputs = [...serving.inputs, ...inputsOfTestOnly(serving, test)];
  /** An input that the spec calls `id` is not the candidate's identifier. */
  const hasOwnId = inputs.some(({ name, origin }) => name === "id" && origin !== "id");
  const rankings = new Map<string, RankResult>();
  const rank = (name: string): RankResult | undefined => {
    const model = serving.ranks.find((each) => each.name === name);
    if (model === undefined) return undefined;
    const known = rankings.get(name);
    if (known !== undefined) return known;
    const result = createRanker(serving, model).rank({
      request: test.title,
      ids,
      candidates,
      values: request,
      ...(sources === undefined ? {} : { sources }),
      now,
      seed: 0,
      ...(permits === undefined ? {} : { permits }),
    });
    rankings.set(name, result);
    return result;
  };

  /** A formula or an input of one candidate, computed over all of them. */
  const valueOf = ({ value, candidate }: Extract<TestLeaf, { kind: "of" }>): ExpectationValue => {
    const reads = formulaInputs(serving, [value]);
    const read = readInputs(
      { ...serving, inputs },
      { candidates: candidates.map((row, i) => (hasOwnId ? row : { ...row, id: ids[i] })), request, now },
      ({ name }) => reads.has(name),
    );
    const at = read.kind === "frame" ? read.kept.indexOf(ids.indexOf(candidate)) : -1;
    if (read.kind !== "frame" || at < 0) return undefined;
    const evaluator = createEvaluator(read.frame);
    if (value.type === "text") return evaluator.texts(value)[at];
    if (value.type === "texts" && value.kind === "input") return read.frame.lists.get(value.name)?.[at];
    const found = evaluator.numbers(value as FormulaExpression)[at]!;
    if (!Number.isFinite(found)) return undefined;
    return value.type === "bool" ? found === 1 : found;
  };

  const leaf = (node: Exclude<TestLeaf, { kind: "constant" }>): ExpectationValue => {
    switch (node.kind) {
      case "param":
        return serving.params.find(({ name }) => name === node.name)?.value;
      case "of":
        return valueOf(node);
      case "ranking": {
        const result = rank(node.name);
        return result?.kind === "ranked" ? result.items.map(({ id }) => id) : undefined;
      }
      case "candidates":
        return node.names;
    }
  };

  const expectations = test.expectations.map(({ condition, span }): ExpectationResult => {
    const values = evaluateExpectation(condition, leaf, now);
    const passed = values.at(-1)?.value === true;
    if (passed) return { span, passed, values: [], rankings: [] };
    const names = new Set(values.flatMap(({ node }) => (node.kind === "ranking" ? [node.name] : [])));
    return { span, passed, values, rankings: [...names].map((name) => report(name, rank(name))) };
  });
  return { title: test.title, span: test.span, passed: expectations.every(({ passed }) => passed), expectations };
}

/** Features that expectations read and the serving stage does not: the model has no inputs for them. */
function inputsOfTestOnly({ inputs }: ServingModel, { expectations }: TestModel): readonly ServingInput[] {
  const known = new Set(inputs.map(({ name }) => name));
  const found: ServingInput[] = [];
  const walk = (node: TestExpression): void => {
    if (node.kind === "of" && node.value.kind === "input" && !known.has(node.value.name)) {
      const { name, type, span } = node.value;
      known.add(name);
      found.push({ name, origin: "feature", type, missing: { kind: "keep" }, outside: "drop", span });
    }
    operandsOf(node).forEach(walk);
  };
  for (const { condition } of expectations) walk(condition);
  return found;
}

/** Times as texts: a date of a spec is one in any year, where a request's number has to look like seconds. */
function withTimeTexts(
  { inputs }: ServingModel,
  fields: Readonly<Record<string, CandidateValue>>,
): Readonly<Record<string, CandidateValue>> {
  const times = new Set(inputs.flatMap(({ name, type }) => (type === "time" ? [name] : [])));
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      times.has(name) && typeof value === "number" ? new Date(value * 1000).toISOString() : value,
    ]),
  );
}

/** `source: "i2i"`, or several in a list. */
function sourcesOf(value: CandidateValue | undefined): readonly string[] {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  return given.filter((each) => typeof each === "string");
}

function report(name: string, result: RankResult | undefined): RankingReport {
  if (result?.kind !== "ranked")
    return {
      name,
      refused: refusal(result),
      candidates: [],
      leftOut: [],
      unsourced: [],
      outranked: [],
      relaxed: [],
      searchTruncated: false,
    };
  const candidates = result.considered.flatMap((id) => result.explain(id) ?? []);
  // Those in the list by their position, then the others.
  const placed = candidates.toSorted((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity) || 0);
  const { leftOut, unsourced, outranked, relaxed, searchTruncated } = result;
  return { name, candidates: placed, leftOut, unsourced, outranked, relaxed, searchTruncated };
}

function refusal(result: Exclude<RankResult, { kind: "ranked" }> | undefined): string {
  if (result === undefined) return "there is no such ranking";
  if (result.kind === "duplicate") return `two candidates are called \`${result.id}\``;
  const whose = result.id === undefined ? "the request" : `\`${result.id}\``;
  return `\`${result.input}\` of ${whose} has to be ${result.expected}`;
}
