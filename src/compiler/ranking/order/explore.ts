import { drawUniform } from "./hash-text.js";
import { scratchInts, scratchNumbers } from "../list/scratch.js";
import type { ExploreDraw } from "../plan.js";
import { drawThompsonMembers } from "./thompson.js";

export interface ExploreInput {
  readonly seed: number;
  readonly request: string;
  readonly rule: string;
  readonly least: number;
  readonly draw: ExploreDraw;
  /** Members of the class, the best first, and the identifier of each. */
  readonly count: number;
  readonly idOf: (member: number) => string;
  /** Of each member. */
  readonly successes: (member: number) => number;
  readonly trials: (member: number) => number;
}

/** Members in the order in which they take the positions of their class, while one list is made. */
export interface ExploreOutcome {
  readonly order: Int32Array;
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
      return { order: numbersTo(input.count), propensity: new Map() };
    case "epsilon":
      return drawEpsilon(input, input.draw.epsilon);
    case "thompson":
      return drawThompson(input);
  }
}

/** For each position: the best member that is left, or with probability ε any of those left, all alike. */
function drawEpsilon({ seed, request, rule, least, count, idOf }: ExploreInput, epsilon: number): ExploreOutcome {
  // What is drawn comes before what is left, which stays in its order.
  const order = numbersTo(count);
  const propensity = new Map<number, number>();
  let lots: Float64Array | undefined;
  for (let place = 0; place < least && place < count; place++) {
    let at = place;
    if (drawUniform(seed, request, rule, "place", place) < epsilon) {
      // Only a position that explores needs them.
      lots ??= lotsOf(count, (member) => drawUniform(seed, request, rule, idOf(member)));
      for (let i = place + 1; i < count; i++) if (lots[order[i]!]! < lots[order[at]!]!) at = i;
    }
    const member = order[at]!;
    propensity.set(member, (at === place ? 1 - epsilon : 0) + epsilon / (count - place));
    order.copyWithin(place + 1, place, at);
    order[place] = member;
  }
  return { order, propensity };
}

function lotsOf(count: number, draw: (member: number) => number): Float64Array {
  const lots = scratchNumbers(count);
  for (let member = 0; member < count; member++) lots[member] = draw(member);
  return lots;
}

function numbersTo(count: number): Int32Array {
  const numbers = scratchInts(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}

function drawThompson({ seed, request, rule, least, count, successes, trials }: ExploreInput): ExploreOutcome {
  const draws = drawThompsonMembers(
    count,
    least,
    (member) => {
      const won = countOf(successes(member));
      return { a: 1 + won, b: 1 + countOf(trials(member) - won) };
    },
    (what, position) => drawUniform(seed, request, rule, what, position),
  );
  const order = scratchInts(count);
  const propensity = new Map<number, number>();
  for (const each of draws) {
    order[propensity.size] = each.member;
    propensity.set(each.member, each.propensity);
  }
  let next = propensity.size;
  for (let member = 0; member < count; member++) if (!propensity.has(member)) order[next++] = member;
  return { order, propensity };
}

/** Nothing is known where a count is missing. */
function countOf(value: number): number {
  return Number.isFinite(value) ? Math.max(0, value) : 0;
}
