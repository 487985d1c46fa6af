import {
  createEvaluator,
  explainFormula,
  type FormulaExplanation,
  readInputs,
  type Frame,
  type InputRow,
  type LeftOut,
  type ReadResult,
} from "../formulas/index.js";
import type { FormulaExpression, RankModel, ServingModel } from "../model/index.js";
import {
  bestOfStage,
  createKeyTable,
  createExplainer,
  planRank,
  rankCandidates,
  type ExplainedCandidate,
  type Relaxed,
  type KeyTable,
  type PermitSnapshot,
  type RankInput,
  type RankOutcome,
  type RankPlan,
  type SpentPermits,
} from "../ranking/index.js";
import { inputsOf } from "./formula-inputs.js";
import { guardPermits } from "./guard-permits.js";
import { keyValues } from "./key-values.js";
import type { Refusal } from "./refusal.js";
import { firstPage, readPages, withoutShown, type EarlierPages, type ReadPages } from "./shown-items.js";
import { selectRows } from "./select-rows.js";

/** One request to a ranking: everything that its answer depends on. */
export interface RankRequest extends EarlierPages {
  readonly request: string;
  /** One per candidate, unique. */
  readonly ids: readonly string[];
  /** Values by name, as parsed JSON has them. */
  readonly candidates: readonly InputRow[];
  /** Values of the request itself. */
  readonly values?: InputRow;
  /** Of each candidate, the sources that provided it; for rankings that have sources. */
  readonly sources?: readonly (readonly string[])[];
  /** Seconds since 1970. */
  readonly now: number;
  /** An integer in [0, 2^32). */
  readonly seed: number;
  /** Replace the spec's values. */
  readonly params?: ReadonlyMap<string, number>;
  /** Absent: every cap has what it needs. */
  readonly permits?: PermitSnapshot;
}

export interface RankedItem {
  readonly id: string;
  readonly score: number;
  /** With what probability an exploration gave it its position; absent where none did. */
  readonly propensity?: number;
}

export interface RankedList {
  readonly kind: "ranked";
  readonly items: readonly RankedItem[];
  /** Rules that could not hold, and how far they did. */
  readonly relaxed: readonly Relaxed[];
  /** A search ended for its budget: a better list may exist. */
  readonly searchTruncated: boolean;
  /** Candidates that validation left out. */
  readonly leftOut: readonly (Omit<LeftOut, "index"> & { readonly id: string })[];
  /** Candidates that a page before showed: they are left out. */
  readonly alreadyShown: readonly string[];
  /** Candidates that none of the ranking's sources provided. */
  readonly unsourced: readonly string[];
  /** Candidates that a source provided, and that are not among the first of any of theirs. */
  readonly outranked: readonly string[];
  /** Values moved into their range. */
  readonly clamped: number;
  /** Candidates whose formula gave no finite number: they come after all others. */
  readonly nonFinite: readonly string[];
  readonly spent: readonly SpentPermits[];
  /** Of candidates of the last stage; undefined for others. */
  readonly explain: (id: string) => ExplainedCandidate | undefined;
  /** What each part of the ranking's formula did for a candidate of the last stage, before any rule; undefined for others. */
  readonly explainScore: (id: string) => FormulaExplanation | undefined;
  /** Ids of the last stage's candidates. */
  readonly considered: readonly string[];
}

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

type FrameRequest = Omit<RankRequest, "candidates" | "values" | keyof EarlierPages>;

/** What became of candidates before the last stage. */
interface Reading extends Pick<Extract<ReadResult, { kind: "frame" }>, "leftOut" | "clamped"> {
  readonly pages: ReadPages;
  readonly alreadyShown: readonly string[];
}

/** The candidates of one stage. */
interface StageCandidates {
  /** Their values. */
  readonly frame: Frame;
  /** A formula over all validated candidates. */
  readonly column: (formula: number) => Float64Array;
  /** Their indices among the validated candidates. */
  readonly at: Int32Array;
  /** Indices of the validated candidates in the request. */
  readonly kept: Int32Array;
}

const boundless: PermitSnapshot = { held: () => Infinity, pace: () => 1 };

/** Prepares a ranking. The returned `rank` is a pure function of the request. */
export function createRanker(serving: ServingModel, rank: RankModel): Ranker {
  const plan = planRank(serving, rank);
  const inputs = inputsOf(serving, plan);
  const types = new Map(serving.inputs.map((input) => [input.name, input]));
  return {
    plan,
    inputs,
    rank: rankRequest,
    rankFrame: (request, frame) =>
      rankRows(request, frame, Int32Array.from(request.ids.keys()), {
        leftOut: [],
        clamped: 0,
        alreadyShown: [],
        pages: firstPage,
      }),
  };

  function rankRequest(whole: RankRequest): RankResult {
    const seen = new Set<string>();
    for (const id of whole.ids) {
      if (seen.has(id)) return { kind: "duplicate", id };
      seen.add(id);
    }
    const isRead = ({ name }: { readonly name: string }): boolean => inputs.has(name);
    const pages = readPages(serving, whole, whole, { length: plan.top, isRead, formulas: plan.formulas });
    if ("kind" in pages) return pages;
    const alreadyShown = whole.ids.filter((id) => pages.ids.has(id));
    const request = alreadyShown.length === 0 ? whole : withoutShown(whole, pages.ids);
    const read = readInputs(
      serving,
      {
        candidates: inputs.has("id") ? withIds(serving, request.candidates, request.ids) : request.candidates,
        ...(request.values === undefined ? {} : { request: request.values }),
        now: request.now,
        ...(request.params === undefined ? {} : { params: request.params }),
      },
      isRead,
    );
    if (read.kind === "refused") {
      const { index, ...refusal } = read;
      return index === undefined ? refusal : { ...refusal, id: request.ids[index] as string };
    }
    const { leftOut, clamped } = read;
    const guarded = guardPermits(request.permits ?? boundless);
    const list = rankRows({ ...request, permits: guarded.permits }, read.frame, read.kept, {
      leftOut,
      clamped,
      pages,
      alreadyShown,
    });
    return guarded.refusal() ?? list;
  }

  function rankRows(request: FrameRequest, whole: Frame, kept: Int32Array, read: Reading): RankedList {
    const evaluator = createEvaluator(whole);
    const columns = new Map<number, Float64Array>();
    // Over all candidates, whichever stage asks: functions of the list see the same list in each.
    const column = (formula: number): Float64Array => {
      const found = columns.get(formula) ?? evaluator.numbers(plan.formulas[formula] as FormulaExpression);
      columns.set(formula, found);
      return found;
    };
    let at = Int32Array.from(kept.keys());
    let frame = whole;
    const inputNow = (): RankInput => createInput(request, { frame, column, at, kept }, read.pages);
    const keep = (chosen: Int32Array): void => {
      frame = selectRows(frame, chosen);
      at = chosen.map((row) => at[row]!);
    };
    let untaken: Pick<RankedList, "unsourced" | "outranked"> = { unsourced: [], outranked: [] };
    if (plan.sources.length > 0) {
      keep(fromSources(request, inputNow(), kept));
      untaken = untakenOf(request, kept, at);
    }
    for (const { top, by } of plan.stages) keep(bestOfStage(plan, inputNow(), by, top));
    const input = inputNow();
    const outcome = rankCandidates(plan, input);
    const explainScore = (row: number): FormulaExplanation | undefined => {
      const formula = plan.formulas[plan.score];
      return formula === undefined ? undefined : explainFormula(whole, evaluator, formula, at[row]!);
    };
    return { ...untaken, ...describe(request, read, input, outcome, explainScore) };
  }

  /** Candidates that no source took: those that none provided, and those that others of their sources kept out. */
  function untakenOf(
    request: FrameRequest,
    kept: Int32Array,
    taken: Int32Array,
  ): Pick<RankedList, "unsourced" | "outranked"> {
    const names = new Set(plan.sources.map(({ name }) => name));
    const isTaken = new Set(taken);
    const untaken = Array.from(kept).filter((_, at) => !isTaken.has(at));
    const hasSource = (row: number): boolean => request.sources?.[row]?.some((name) => names.has(name)) === true;
    const ids = (rows: readonly number[]): readonly string[] => rows.map((row) => request.ids[row] as string);
    return {
      unsourced: ids(untaken.filter((row) => !hasSource(row))),
      outranked: ids(untaken.filter(hasSource)),
    };
  }

  /** Each source's best, together. */
  function fromSources(request: Pick<RankRequest, "sources">, input: RankInput, rows: Int32Array): Int32Array {
    const kept = new Set<number>();
    for (const { name, top, by } of plan.sources) {
      const own = Array.from(rows.keys()).filter((at) => request.sources?.[rows[at]!]?.includes(name) === true);
      if (by === undefined || top === undefined) for (const at of own.slice(0, top)) kept.add(at);
      else {
        const isOwn = new Set(own);
        const order = bestOfStage(plan, input, by, input.ids.length);
        for (const at of order.filter((each) => isOwn.has(each)).slice(0, top)) kept.add(at);
      }
    }
    return Int32Array.from(kept).sort();
  }

  function createInput(
    request: FrameRequest,
    { frame, column, at, kept }: StageCandidates,
    pages: ReadPages,
  ): RankInput {
    const gathered = new Map<number, Float64Array>();
    const keys = new Map<string, KeyTable>();
    return {
      request: request.request,
      now: request.now,
      seed: request.seed,
      ids: Array.from(at, (row) => request.ids[kept[row]!] as string),
      number: (formula) => {
        const known = gathered.get(formula);
        if (known !== undefined) return known;
        const whole = column(formula);
        const own = Float64Array.from(at, (row) => whole[row]!);
        gathered.set(formula, own);
        return own;
      },
      key: (name) => {
        const known = keys.get(name);
        if (known !== undefined) return known;
        const table = createKeyTable(keyValues(frame, name, types.get(name)?.type === "bool"));
        keys.set(name, table);
        return table;
      },
      vectors: (name) => {
        const dimension = types.get(name)?.width ?? 0;
        const flat = new Float64Array(frame.count * dimension).fill(Number.NaN);
        frame.vectors.get(name)?.forEach((vector, i) => vector !== undefined && flat.set(vector, i * dimension));
        return { rows: flat, dimension };
      },
      offset: pages.offset,
      tail: pages.tail,
      shown: pages.shown,
      permits: request.permits ?? boundless,
    };
  }

  function describe(
    request: Pick<RankRequest, "ids">,
    read: Reading,
    input: RankInput,
    outcome: RankOutcome,
    explainScore: (row: number) => FormulaExplanation | undefined,
  ): Omit<RankedList, "unsourced" | "outranked"> {
    let explainer: ReturnType<typeof createExplainer> | undefined;
    const propensities = new Map(outcome.explored.map(({ row, propensity }) => [row, propensity]));
    return {
      kind: "ranked",
      items: Array.from(outcome.list, (row) => {
        const propensity = propensities.get(row);
        return {
          id: input.ids[row] as string,
          score: outcome.scores[row]!,
          ...(propensity === undefined ? {} : { propensity }),
        };
      }),
      relaxed: outcome.relaxed,
      searchTruncated: outcome.searchTruncated,
      leftOut: read.leftOut.map(({ index, ...rest }) => ({ id: request.ids[index] as string, ...rest })),
      alreadyShown: read.alreadyShown,
      clamped: read.clamped,
      nonFinite: outcome.nonFinite.map((row) => input.ids[row] as string),
      spent: outcome.spent,
      considered: input.ids,
      explain: (id) => {
        const row = input.ids.indexOf(id);
        if (row < 0) return undefined;
        explainer ??= createExplainer(plan, input, outcome);
        return explainer(row);
      },
      explainScore: (id) => {
        const row = input.ids.indexOf(id);
        return row < 0 ? undefined : explainScore(row);
      },
    };
  }
}

/** Candidates whose identifier is the value of `id`, where the spec reads it and declares no other value of that name. */
export function withIds(
  { inputs }: ServingModel,
  candidates: readonly InputRow[],
  ids: readonly string[],
): readonly InputRow[] {
  const reads = inputs.some(({ name, origin }) => name === "id" && origin === "id");
  return reads ? candidates.map((row, i) => ({ ...row, id: ids[i] })) : candidates;
}
