import { bestOfStage, type RankInput, type RankPlan } from "../ranking/index.js";
import type { RankedList } from "./ranked-list.js";
import { keepRows, stageInput, type Stage, type StageContext } from "./stages.js";

/** The candidates that a ranking's sources provide, and those that go no further. */
export interface SourcedStage extends Pick<RankedList, "unsourced" | "outranked"> {
  readonly stage: Stage;
}

/** Each source's best, together; all candidates for a ranking without sources. */
export function takeFromSources(plan: RankPlan, context: StageContext, all: Stage): SourcedStage {
  if (plan.sources.length === 0) return { stage: all, unsourced: [], outranked: [] };
  const stage = keepRows(all, bestOfSources(plan, context, stageInput(context, all)));
  return { stage, ...untakenOf(plan, context, stage) };
}

function bestOfSources(plan: RankPlan, { request, kept }: StageContext, input: RankInput): Int32Array {
  const taken = new Set<number>();
  const count = input.ids.length;
  for (const { name, top, by } of plan.sources) {
    const own = Array.from({ length: count }, (_, at) => at).filter(
      (at) => request.sources?.[kept?.[at] ?? at]?.includes(name) === true,
    );
    if (by === undefined || top === undefined) for (const at of own.slice(0, top)) taken.add(at);
    else {
      const isOwn = new Set(own);
      const order = bestOfStage(plan, input, by, count);
      for (const at of order.filter((each) => isOwn.has(each)).slice(0, top)) taken.add(at);
    }
  }
  return Int32Array.from(taken).sort();
}

/** Candidates that no source took: those that none provided, and those that others of their sources kept out. */
function untakenOf(
  { sources }: RankPlan,
  { request, kept }: StageContext,
  { at: taken = new Int32Array(0) }: Stage,
): Pick<RankedList, "unsourced" | "outranked"> {
  const names = new Set(sources.map(({ name }) => name));
  const isTaken = new Set(taken);
  const all = kept ?? Int32Array.from(request.ids.keys());
  const untaken = Array.from(all).filter((_, at) => !isTaken.has(at));
  const hasSource = (row: number): boolean => request.sources?.[row]?.some((name) => names.has(name)) === true;
  const ids = (rows: readonly number[]): readonly string[] => rows.map((row) => request.ids[row] as string);
  return {
    unsourced: ids(untaken.filter((row) => !hasSource(row))),
    outranked: ids(untaken.filter(hasSource)),
  };
}
