/**
 * The code of a generated serving module: the build bundles this file, with all that it imports, into the one text that
 * every module carries. Its types are those that the module declares (`api.ts`, `rank-api.ts`).
 */
import { createEvaluator, explainFormula } from "../../formulas/index.js";
import type { FormulaExpression, ServingInput, ServingModel } from "../../model/index.js";
import { createRanker, type Ranker } from "../ranker.js";
import { readCandidates, type ReadCandidates } from "../read-candidates.js";
import { readRequest } from "../read-request.js";
import { oneOf, refuse, type Refusal } from "../refusal.js";
import type * as api from "./api.js";
import type * as rankApi from "./rank-api.js";
import type { AnswerArms } from "./spec-types.js";

export { calledFunctions } from "../../formulas/index.js";

/** What a generated module holds of its spec. */
export interface ModuleContent {
  /** Without source locations; each part of a formula has its `text`. */
  readonly serving: ServingModel;
  /** Names by slot: the tables that generated code points into. */
  readonly slots: Readonly<Record<"params" | "numbers" | "texts" | "lists" | "constants", readonly string[]>>;
  /** Generated: a column per formula, from the count of candidates, the clock and the slots' values. */
  readonly evaluateFormulas: (
    count: number,
    now: number,
    params: readonly unknown[],
    numbers: readonly unknown[],
    texts: readonly unknown[],
    lists: readonly unknown[],
    constants: readonly string[],
  ) => readonly Float64Array[];
}

export interface ModuleFunctions {
  readonly score: typeof api.score;
  readonly explain: typeof api.explain;
  readonly rank: typeof rankApi.rank;
}

type ValidInputs = ReadCandidates & {
  readonly ids: readonly string[];
  readonly arms: Readonly<Record<string, string>>;
};

/** The functions that the module exports. They are pure, and nothing that a caller gives makes them throw. */
export function createModuleFunctions({ serving, slots, evaluateFormulas }: ModuleContent): ModuleFunctions {
  const isRead = ({ name }: ServingInput): boolean =>
    [slots.numbers, slots.texts, slots.lists].some((names) => names.includes(name));
  const armsOf = (arms: ValidInputs["arms"]): AnswerArms => (serving.experiments.length === 0 ? {} : { arms });
  const formulaNames = serving.fusions.map(({ name }) => name);
  const rankers = new Map<string | undefined, Ranker>();

  return { score, explain, rank };

  function read(given: unknown): ValidInputs | Refusal {
    const checked = readRequest(serving, given);
    if (checked.kind === "refused") return checked;
    const result = readCandidates(serving, checked.request, isRead);
    return result.kind === "refused" ? result : { ...result, ids: checked.request.ids, arms: checked.arms };
  }

  function score(request: unknown): api.Scored | api.Refused {
    const result = read(request);
    if (result.kind === "refused") return result;
    const { frame, kept, leftOut, clamped, ids, arms } = result;
    const columns = evaluateFormulas(
      frame.count,
      frame.now,
      slots.params.map((name) => frame.params.get(name)),
      slots.numbers.map((name) => frame.numbers.get(name)),
      slots.texts.map((name) => frame.texts.get(name)),
      slots.lists.map((name) => frame.lists.get(name) ?? frame.vectors.get(name)),
      slots.constants,
    );
    const scoresOf = (row: number): Readonly<Record<string, number>> =>
      Object.fromEntries(formulaNames.map((name, i) => [name, columns[i]?.[row] as number]));
    return {
      kind: "scored",
      items: Array.from(kept, (index, row) => ({ id: ids[index] as string, scores: scoresOf(row) })),
      leftOut: leftOut.map(({ index, ...rest }) => ({ id: ids[index] as string, ...rest })),
      clamped,
      ...armsOf(arms),
    };
  }

  function explain(request: unknown, id: string | number, formula: string): api.Explanation | api.Refused | undefined {
    const result = read(request);
    if (result.kind === "refused") return result;
    const { frame, kept, ids } = result;
    const declared = serving.fusions.find(({ name }) => name === formula);
    if (declared === undefined) return refuse("formula", "unknown", oneOf(formulaNames, "formula"));
    const row = kept.findIndex((index) => ids[index] === String(id));
    if (row < 0) return undefined;
    const { kind, score: value, parts } = explainFormula(frame, createEvaluator(frame), declared.value, row);
    return {
      kind,
      score: value,
      parts: parts.map(({ expression, ...part }) => ({ part: textOf(expression), ...part })),
    };
  }

  function rank(
    request: unknown,
    ranking: string | undefined = serving.ranks[0]?.name,
  ): ReturnType<typeof rankApi.rank> {
    const ranker = rankerOf(ranking);
    if (ranker === undefined) {
      const names = serving.ranks.map(({ name }) => name);
      return refuse("ranking", "unknown", oneOf(names, "ranking"));
    }
    const checked = readRequest(serving, request);
    if (checked.kind === "refused") return checked;
    const result = ranker.rank(checked.request);
    return result.kind === "ranked" ? { ...result, ...armsOf(checked.arms) } : result;
  }

  function rankerOf(ranking: string | undefined): Ranker | undefined {
    const known = rankers.get(ranking);
    if (known !== undefined) return known;
    const declared = serving.ranks.find(({ name }) => name === ranking);
    if (declared === undefined) return undefined;
    const ranker = createRanker(serving, declared);
    rankers.set(ranking, ranker);
    return ranker;
  }
}

/** A part of a formula as the spec would write it: generated modules keep it beside the part. */
function textOf(expression: FormulaExpression & { readonly text?: string }): string {
  return expression.text ?? "";
}
