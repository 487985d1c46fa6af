import type { PlannedRule, RankInput, RankPlan } from "./plan.js";
import { rankCandidates, type RankOutcome } from "./rank-candidates.js";

/** Which rules moved a candidate: see `ExplainedCandidate`. */
export interface Movers {
  readonly heldBackBy: readonly string[];
  readonly liftedBy: readonly string[];
}

/** Lists without several rules at once that one request's explanations may take; those without one rule come on top. */
const jointRuns = 128;

/**
 * What the list would be without some of its rules: the request ranked again, each set of rules once. A rule moved a
 * candidate when the position changes without it. Where two rules would each do it (two windows that both hold an item
 * back), no single one changes anything; then the smallest set is named that leaving out one by one arrives at.
 */
export function createCounterfactuals(
  plan: RankPlan,
  input: RankInput,
  { list, masks, factors }: RankOutcome,
): (row: number) => Movers {
  const { rules } = plan;
  const actual = positionsOf(list, input.ids.length);
  const known = new Map<string, Int32Array>();
  let runs = 0;

  const positionsWithout = (out: readonly number[]): Int32Array | undefined => {
    const key = out.join();
    const found = known.get(key);
    if (found !== undefined) return found;
    if (out.length > 1 && runs++ >= jointRuns) return undefined;
    const rest = rules.filter((_, r) => !out.includes(r));
    const positions = positionsOf(rankCandidates({ ...plan, rules: rest }, input).list, input.ids.length);
    known.set(key, positions);
    return positions;
  };
  const movers = rules.flatMap((rule, r) => (masks[r] !== undefined && movesPositions(rule) ? [r] : []));

  return (row) => {
    const position = actual[row]!;
    const isWithout = (out: readonly number[], test: (other: number) => boolean): boolean => {
      const positions = positionsWithout(out);
      return positions !== undefined && test(positions[row]!);
    };
    const lifting = movers.filter((r) => {
      const { verb } = rules[r] as PlannedRule;
      if (verb === "mmr" || verb === "dpp") return true;
      return (verb === "pin" || verb === "explore") && masks[r]?.[row] === 1 && factors.suppressed[row] === 0;
    });
    const heldBackBy = nameRules(movers, (out) => isWithout(out, (other) => other < position));
    const liftedBy =
      position === noPosition ? [] : nameRules(lifting, (out) => isWithout(out, (other) => other > position));
    const nameOf = (r: number): string => (rules[r] as PlannedRule).name;
    return { heldBackBy: heldBackBy.map(nameOf), liftedBy: liftedBy.map(nameOf) };
  };
}

/** Rules that work on the list as a whole; what others do to a candidate is in its own score and flags. */
function movesPositions({ verb }: PlannedRule): boolean {
  return ["spread", "explore", "pin", "mmr", "dpp", "cap"].includes(verb);
}

/** After every position. */
const noPosition = 1 << 30;

function positionsOf(list: Int32Array, count: number): Int32Array {
  const positions = new Int32Array(count).fill(noPosition);
  list.forEach((row, position) => (positions[row] = position));
  return positions;
}

/** Rules that together move, each by itself where there are such; else as few as leaving out one by one arrives at. */
function nameRules(rules: readonly number[], moves: (out: readonly number[]) => boolean): readonly number[] {
  const named = rules
    .filter((r) => moves([r]))
    .reduce<readonly number[]>((kept, r) => (kept.length === 0 || moves([...kept, r]) ? [...kept, r] : kept), []);
  if (named.length > 0 || rules.length < 2 || !moves(rules)) return named;
  return rules.reduce<readonly number[]>((kept, r) => {
    const fewer = kept.filter((each) => each !== r);
    return fewer.length > 0 && moves(fewer) ? fewer : kept;
  }, rules);
}
