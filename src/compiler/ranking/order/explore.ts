import { drawUniform } from "./hash-text.js";
import type { ExploreDraw } from "../plan.js";
import { drawThompsonMembers } from "./thompson.js";

export interface ExploreInput {
  readonly seed: number;
  readonly request: string;
  readonly rule: string;
  readonly least: number;
  readonly draw: ExploreDraw;
  /** Ids of the class's members, the best first. */
  readonly ids: readonly string[];
  /** Of each member. */
  readonly successes: (member: number) => number;
  readonly trials: (member: number) => number;
}

/** Members in the order in which they take the positions of their class. */
export interface ExploreOutcome {
  readonly order: readonly number[];
  /** Of each member that was drawn, by its index: the probability of this one at its draw, given those drawn before. */
  readonly propensity: ReadonlyMap<number, number>;
}

/**
 * Draws the `least` members that a quota shows first; the others follow in their order. Seeded by request and item, so
 * that a request replays, whatever the order of its candidates.
 */
export function drawMembers(input: ExploreInput): ExploreOutcome {
  switch (input.draw.kind) {
    case "best":
      return { order: input.ids.map((_, i) => i), propensity: new Map() };
    case "epsilon":
      return drawEpsilon(input, input.draw.epsilon);
    case "thompson":
      return drawThompson(input);
  }
}

/** For each position: the best member that is left, or with probability ε any of those left, all alike. */
function drawEpsilon({ seed, request, rule, least, ids }: ExploreInput, epsilon: number): ExploreOutcome {
  const left = ids.map((_, i) => i);
  let drawn: readonly number[] | undefined;
  // Only a position that explores needs them.
  const lotOf = (member: number): number => {
    drawn ??= ids.map((id) => drawUniform(seed, request, rule, id));
    return drawn[member]!;
  };
  const order: number[] = [];
  const propensity = new Map<number, number>();
  while (order.length < least && left.length > 0) {
    const explores = drawUniform(seed, request, rule, "place", order.length) < epsilon;
    const at = explores ? left.reduce((best, member, i) => (lotOf(member) < lotOf(left[best]!) ? i : best), 0) : 0;
    const member = left[at]!;
    propensity.set(member, (at === 0 ? 1 - epsilon : 0) + epsilon / left.length);
    order.push(member);
    left.splice(at, 1);
  }
  return { order: [...order, ...left], propensity };
}

function drawThompson({ seed, request, rule, least, ids, successes, trials }: ExploreInput): ExploreOutcome {
  const draws = drawThompsonMembers(
    ids.length,
    least,
    (member) => {
      const won = countOf(successes(member));
      return { a: 1 + won, b: 1 + countOf(trials(member) - won) };
    },
    (what, position) => drawUniform(seed, request, rule, what, position),
  );
  const drawn = new Set(draws.map(({ member }) => member));
  return {
    order: [...drawn, ...ids.map((_, i) => i).filter((member) => !drawn.has(member))],
    propensity: new Map(draws.map(({ member, propensity }) => [member, propensity])),
  };
}

/** Nothing is known where a count is missing. */
function countOf(value: number): number {
  return Number.isFinite(value) ? Math.max(0, value) : 0;
}
