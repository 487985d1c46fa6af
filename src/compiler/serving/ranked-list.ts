import type { FormulaExplanation, LeftOut } from "../formulas/index.js";
import {
  createExplainer,
  type ExplainedCandidate,
  type RankInput,
  type RankOutcome,
  type RankPlan,
  type Relaxed,
  type SpentPermits,
  spentPermits,
} from "../ranking/index.js";
import type { FrameRequest } from "./rank-request.js";

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
  /** The part of a candidate of the last stage in `spent`, were it in the list. */
  readonly spentBy: (id: string) => readonly SpentPermits[];
  /** How many candidates each rule took out; rules that took out none are not there. */
  readonly removed: () => ReadonlyMap<string, number>;
  /** Of candidates of the last stage; undefined for others. */
  readonly explain: (id: string) => ExplainedCandidate | undefined;
  /** What each part of the ranking's formula did for a candidate of the last stage, before any rule; undefined for others. */
  readonly explainScore: (id: string) => FormulaExplanation | undefined;
  /** Ids of the last stage's candidates. */
  readonly considered: readonly string[];
}

/** The last stage of a request, ranked. */
export interface RankedStage {
  readonly plan: RankPlan;
  readonly input: RankInput;
  readonly outcome: RankOutcome;
  /** Explains the formula for a row of the stage. */
  readonly explainScore: (row: number) => FormulaExplanation | undefined;
}

/** What became of candidates before the last stage. */
export interface EarlierStages extends Pick<RankedList, "alreadyShown" | "unsourced" | "outranked" | "clamped"> {
  readonly leftOut: readonly LeftOut[];
}

/** The list in the words of its request: rows by their identifiers. */
export function describeList(
  { ids }: Pick<FrameRequest, "ids">,
  { leftOut, alreadyShown, unsourced, outranked, clamped }: EarlierStages,
  stage: RankedStage,
): RankedList {
  const { input, outcome } = stage;
  const rowOf = createRowFinder(input.ids);
  return {
    unsourced,
    outranked,
    kind: "ranked",
    items: itemsOf(input, outcome),
    relaxed: outcome.relaxed,
    searchTruncated: outcome.searchTruncated,
    leftOut: leftOut.map(({ index, ...rest }) => ({ id: ids[index] as string, ...rest })),
    alreadyShown,
    clamped,
    nonFinite: outcome.nonFinite.map((row) => input.ids[row] as string),
    spent: outcome.spent,
    considered: input.ids,
    spentBy: (id) => {
      const row = rowOf(id);
      return row === undefined ? [] : spentPermits(stage.plan, input, outcome.masks, Int32Array.of(row));
    },
    removed: () => countRemoved(stage),
    ...createExplanations(stage, rowOf),
  };
}

/** Finds the first row that has an identifier, by a map that is made when somebody asks. */
function createRowFinder(ids: readonly string[]): (id: string) => number | undefined {
  const mapOf = (): ReadonlyMap<string, number> => {
    const made = new Map<string, number>();
    for (let row = ids.length - 1; row >= 0; row--) made.set(ids[row] as string, row);
    return made;
  };
  let rows: ReadonlyMap<string, number> | undefined;
  return (id) => (rows ??= mapOf()).get(id);
}

function countRemoved({ plan, outcome }: RankedStage): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const rule of outcome.removedBy) {
    const name = plan.rules[rule]?.name;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function itemsOf({ ids }: RankInput, { list, scores, explored }: RankOutcome): readonly RankedItem[] {
  const propensities = new Map(explored.map(({ row, propensity }) => [row, propensity]));
  const items: RankedItem[] = [];
  for (let p = 0; p < list.length; p++) {
    const row = list[p]!;
    const id = ids[row]!;
    const propensity = propensities.size === 0 ? undefined : propensities.get(row);
    items.push(propensity === undefined ? { id, score: scores[row]! } : { id, score: scores[row]!, propensity });
  }
  return items;
}

/** Explanations by identifier; what they all need is made for the first. */
function createExplanations(
  { plan, input, outcome, explainScore }: RankedStage,
  rowOf: (id: string) => number | undefined,
): Pick<RankedList, "explain" | "explainScore"> {
  let explainer: ReturnType<typeof createExplainer> | undefined;
  return {
    explain: (id) => {
      const row = rowOf(id);
      if (row === undefined) return undefined;
      explainer ??= createExplainer(plan, input, outcome);
      return explainer(row);
    },
    explainScore: (id) => {
      const row = rowOf(id);
      return row === undefined ? undefined : explainScore(row);
    },
  };
}
