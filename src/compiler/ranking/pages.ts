import type { PlannedCount, PlannedRule, RankInput, ShownItems } from "./plan.js";

type Explore = Extract<PlannedRule, { readonly verb: "explore" }>;

/** Of a request for the first page. */
export const noneShown: ShownItems = { count: 0, values: () => [], condition: () => new Float64Array(0) };

/** A count of a rule for this request; without candidates, which are all that carry the request's values, it does not matter. */
export function countFor(count: PlannedCount, input: RankInput): number {
  if (typeof count === "number") return count;
  const value = input.number(count.formula)[0] ?? 1;
  return value >= 1 ? Math.min(Math.round(value), greatestCount) : 1;
}

const greatestCount = 10_000;

/** Positions of the pages before that a rule counts: none where it counts again on each page. */
export function positionsBefore({ eachPage }: { readonly eachPage: boolean }, { offset }: RankInput): number {
  return eachPage ? 0 : offset;
}

/**
 * What a quota still asks of this page: `least` members among its first `top` positions; 0 of 0 once its positions are behind.
 * Members that the pages before showed count. Where the request does not say what was on their positions, the quota counts
 * as kept there, as far as they had room for it.
 */
export function quotaPositions(rule: Explore, input: RankInput): { readonly least: number; readonly top: number } {
  const [least, top] = [countFor(rule.least, input), countFor(rule.top, input)];
  const before = positionsBefore(rule, input);
  if (before === 0) return { least, top };
  if (before >= top) return { least: 0, top: 0 };
  const { shown } = input;
  let have = 0;
  if (rule.when !== undefined) for (const holds of shown.condition(rule.when)) if (holds === 1) have++;
  const unsaid = Math.max(0, before - shown.count);
  return { least: Math.max(0, least - have - unsaid), top: top - before };
}
