import {
  compileFormulas,
  createEvaluator,
  explainFormula,
  type Evaluator,
  type FormulaColumns,
  type FormulaExplanation,
  type Frame,
} from "../formulas/index.js";
import type { FormulaExpression, RankModel, ServingInput, ServingModel } from "../model/index.js";
import { bestOfStage, keptNumbers, planRank, rankCandidates, type RankPlan } from "../ranking/index.js";
import { inputsOf } from "./formula-inputs.js";
import { guardPermits } from "./guard-permits.js";
import type { FrameRequest, RankRequest } from "./rank-request.js";
import { describeList, type RankedList } from "./ranked-list.js";
import { readCandidates, type ReadCandidates } from "./read-candidates.js";
import type { Refusal } from "./refusal.js";
import { firstPage, readPages, withoutShown, type ReadPages } from "./shown-items.js";
import { takeFromSources } from "./sources.js";
import { keepRows, type StageContext, stageInput } from "./stages.js";

export type RankResult =
  | RankedList
  | Refusal
  /** Two candidates of one id. */
  | { readonly kind: "duplicate"; readonly id: string };

/** A ranking of a model, ready for requests. */
export interface Ranker {
  readonly plan: RankPlan<FormulaExpression>;
  /** Inputs that it reads. */
  readonly inputs: ReadonlySet<string>;
  readonly rank: (request: RankRequest) => RankResult;
  /** The same from columns that are validated already, a row an id: a first page. */
  readonly rankFrame: (request: FrameRequest, frame: Frame) => RankedList;
}

/** Prepares a ranking. The returned `rank` is a pure function of the request. */
export function createRanker(serving: ServingModel, rank: RankModel): Ranker {
  const plan = planRank(serving, rank);
  const inputs = inputsOf(serving, plan);
  const ranking: PreparedRanking = {
    serving,
    plan,
    isRead: ({ name }) => inputs.has(name),
    inputs: new Map(serving.inputs.map((input) => [input.name, input])),
    fusions: new Map(serving.fusions.map(({ name, value }) => [name, value])),
    idle: [],
  };
  return {
    plan,
    inputs,
    rank: (request) => rankRequest(ranking, request),
    rankFrame: (request, frame) =>
      rankRows(ranking, request, {
        frame,
        kept: undefined,
        leftOut: [],
        clamped: 0,
        alreadyShown: [],
        pages: firstPage,
      }),
  };
}

/** What all requests to a ranking share. */
interface PreparedRanking {
  readonly serving: ServingModel;
  readonly plan: RankPlan<FormulaExpression>;
  /** Whether the ranking reads an input. */
  readonly isRead: (input: ServingInput) => boolean;
  /** The inputs of the spec by name. */
  readonly inputs: ReadonlyMap<string, ServingInput>;
  readonly fusions: ReadonlyMap<string, FormulaExpression>;
  /** Compiled formulas that no request is using. */
  readonly idle: FormulaColumns[];
}

/** The candidates of a request that its stages start from. */
interface RequestRows extends Omit<ReadCandidates, "kind" | "kept"> {
  /** Indices in the request; undefined: all. */
  readonly kept: Int32Array | undefined;
  readonly pages: ReadPages;
  readonly alreadyShown: readonly string[];
}

function rankRequest(ranking: PreparedRanking, whole: RankRequest): RankResult {
  const { serving, plan, isRead } = ranking;
  const twin = firstTwin(whole.ids);
  if (twin !== undefined) return { kind: "duplicate", id: twin };
  const pages = readPages(serving, whole, whole, { length: plan.top, isRead, formulas: plan.formulas });
  if ("kind" in pages) return pages;
  const alreadyShown = pages.ids.size === 0 ? [] : whole.ids.filter((id) => pages.ids.has(id));
  const request = alreadyShown.length === 0 ? whole : withoutShown(whole, pages.ids);
  const read = readCandidates(serving, request, isRead);
  if (read.kind === "refused") return read;
  const kept = read.kept.length === request.ids.length ? undefined : read.kept;
  const rows = { ...read, kept, pages, alreadyShown };
  if (request.permits === undefined) return rankRows(ranking, request, rows);
  const guarded = guardPermits(request.permits);
  const list = rankRows(ranking, { ...request, permits: guarded.permits }, rows);
  return guarded.refusal() ?? list;
}

/** The first identifier that an earlier candidate has. */
function firstTwin(ids: readonly string[]): string | undefined {
  if (new Set(ids).size === ids.length) return undefined;
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) return id;
    seen.add(id);
  }
  return undefined;
}

function rankRows(ranking: PreparedRanking, request: FrameRequest, read: RequestRows): RankedList {
  const { plan, inputs, fusions, idle } = ranking;
  const { frame, kept, pages } = read;
  const compiled = idle.pop() ?? compileFormulas(plan.formulas, fusions);
  compiled.load(frame);
  const columns = createColumns(plan, frame, compiled);
  const context: StageContext = { request, pages, inputs, kept, ...columns };
  const { stage: sourced, unsourced, outranked } = takeFromSources(plan, context, { frame, at: undefined });
  const last = plan.stages.reduce(
    (stage, { top, by }) => keepRows(stage, bestOfStage(plan, stageInput(context, stage), by, top)),
    sourced,
  );
  const input = stageInput(context, last);
  const outcome = rankCandidates(plan, input);
  columns.release();
  idle.push(compiled);
  const explainScore = (row: number): FormulaExplanation | undefined => {
    const formula = plan.formulas[plan.score];
    const at = last.at?.[row] ?? row;
    return formula === undefined ? undefined : explainFormula(frame, columns.evaluator(), formula, at);
  };
  return describeList(request, { ...read, unsourced, outranked }, { plan, input, outcome, explainScore });
}

/** The columns of a plan's formulas over all candidates of a request. */
interface RequestColumns extends Pick<StageContext, "column" | "passing"> {
  /** What explains parts of formulas. */
  readonly evaluator: () => Evaluator;
  /** Ends the use of the compiled formulas; who asks for another column afterwards, to explain a list, gets it by the interpreter. */
  readonly release: () => void;
}

/** Columns by the compiled formulas; each that must stay is computed once. */
function createColumns(
  { formulas }: RankPlan<FormulaExpression>,
  frame: Frame,
  compiled: FormulaColumns,
): RequestColumns {
  const columns = new Map<number, Float64Array>();
  let isReleased = false;
  let made: Evaluator | undefined;
  const evaluator = (): Evaluator => (made ??= createEvaluator(frame));
  const column = (formula: number): Float64Array => {
    const known = columns.get(formula);
    if (known !== undefined) return known;
    const own = isReleased
      ? evaluator().numbers(formulas[formula] as FormulaExpression)
      : copyNumbers(compiled.passing(formula), frame.count);
    columns.set(formula, own);
    return own;
  };
  return {
    column,
    passing: (formula) => (isReleased ? column(formula) : (columns.get(formula) ?? compiled.passing(formula))),
    evaluator,
    release: () => (isReleased = true),
  };
}

function copyNumbers(numbers: Float64Array, count: number): Float64Array {
  const own = keptNumbers(count);
  for (let i = 0; i < count; i++) own[i] = numbers[i]!;
  return own;
}
