import {
  createEvaluator,
  explainFormula,
  type Evaluator,
  type FormulaExplanation,
  type Frame,
} from "../formulas/index.js";
import type { FormulaExpression, RankModel, ServingInput, ServingModel } from "../model/index.js";
import { bestOfStage, planRank, rankCandidates, type RankPlan } from "../ranking/index.js";
import { inputsOf } from "./formula-inputs.js";
import { guardPermits } from "./guard-permits.js";
import type { FrameRequest, RankRequest } from "./rank-request.js";
import { describeList, type RankedList } from "./ranked-list.js";
import { readCandidates, type ReadCandidates } from "./read-candidates.js";
import type { Refusal } from "./refusal.js";
import { firstPage, readPages, withoutShown, type ReadPages } from "./shown-items.js";
import { takeFromSources } from "./sources.js";
import { boundless, keepRows, type Stage, type StageContext, stageInput } from "./stages.js";

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
  };
  return {
    plan,
    inputs,
    rank: (request) => rankRequest(ranking, request),
    rankFrame: (request, frame) =>
      rankRows(ranking, request, {
        frame,
        kept: Int32Array.from(request.ids.keys()),
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
}

/** The candidates of a request that its stages start from. */
interface RequestRows extends Omit<ReadCandidates, "kind"> {
  readonly pages: ReadPages;
  readonly alreadyShown: readonly string[];
}

function rankRequest(ranking: PreparedRanking, whole: RankRequest): RankResult {
  const { serving, plan, isRead } = ranking;
  const twin = firstTwin(whole.ids);
  if (twin !== undefined) return { kind: "duplicate", id: twin };
  const pages = readPages(serving, whole, whole, { length: plan.top, isRead, formulas: plan.formulas });
  if ("kind" in pages) return pages;
  const alreadyShown = whole.ids.filter((id) => pages.ids.has(id));
  const request = alreadyShown.length === 0 ? whole : withoutShown(whole, pages.ids);
  const read = readCandidates(serving, request, isRead);
  if (read.kind === "refused") return read;
  const guarded = guardPermits(request.permits ?? boundless);
  const list = rankRows(ranking, { ...request, permits: guarded.permits }, { ...read, pages, alreadyShown });
  return guarded.refusal() ?? list;
}

/** The first identifier that an earlier candidate has. */
function firstTwin(ids: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) return id;
    seen.add(id);
  }
  return undefined;
}

function rankRows({ plan, inputs }: PreparedRanking, request: FrameRequest, read: RequestRows): RankedList {
  const { frame, kept, pages } = read;
  const evaluator = createEvaluator(frame);
  const context: StageContext = { request, pages, inputs, kept, column: createColumns(plan, evaluator) };
  const all: Stage = { frame, at: Int32Array.from(kept.keys()) };
  const { stage: sourced, unsourced, outranked } = takeFromSources(plan, context, all);
  const last = plan.stages.reduce(
    (stage, { top, by }) => keepRows(stage, bestOfStage(plan, stageInput(context, stage), by, top)),
    sourced,
  );
  const input = stageInput(context, last);
  const outcome = rankCandidates(plan, input);
  const explainScore = (row: number): FormulaExplanation | undefined => {
    const formula = plan.formulas[plan.score];
    return formula === undefined ? undefined : explainFormula(frame, evaluator, formula, last.at[row]!);
  };
  return describeList(request, { ...read, unsourced, outranked }, { plan, input, outcome, explainScore });
}

/** The columns of a plan's formulas over all candidates, each computed once. */
function createColumns(
  { formulas }: RankPlan<FormulaExpression>,
  evaluator: Evaluator,
): (formula: number) => Float64Array {
  const columns = new Map<number, Float64Array>();
  return (formula) => {
    const column = columns.get(formula) ?? evaluator.numbers(formulas[formula] as FormulaExpression);
    columns.set(formula, column);
    return column;
  };
}
