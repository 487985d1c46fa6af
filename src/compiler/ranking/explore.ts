import { drawUniform } from "./hash-text.js";
import type { ExploreDraw } from "./plan.js";

/** Redraws behind the propensity of a Thompson draw. */
export const thompsonRedraws = 200;

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

/** Members in the order in which they take the places of their class. */
export interface ExploreOutcome {
  readonly order: readonly number[];
  /** Of each member that was drawn, the probability with which this one would be; by its index. */
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

/** For each place: the best member that is left, or with probability ε any of those left, all alike. */
function drawEpsilon({ seed, request, rule, least, ids }: ExploreInput, epsilon: number): ExploreOutcome {
  const left = ids.map((_, i) => i);
  const lots = ids.map((id) => drawUniform(seed, request, rule, id));
  const order: number[] = [];
  const propensity = new Map<number, number>();
  while (order.length < least && left.length > 0) {
    const explores = drawUniform(seed, request, rule, "place", order.length) < epsilon;
    const at = explores
      ? left.reduce(
          (best, member, i) => ((lots[member] as number) < (lots[left[best] as number] as number) ? i : best),
          0,
        )
      : 0;
    const member = left[at] as number;
    propensity.set(member, (at === 0 ? 1 - epsilon : 0) + epsilon / left.length);
    order.push(member);
    left.splice(at, 1);
  }
  return { order: [...order, ...left], propensity };
}

/** The members with the greatest draws; the propensity is the share of redraws that would show the member as well. */
function drawThompson(input: ExploreInput): ExploreOutcome {
  const { seed, request, rule, least, ids, successes, trials } = input;
  const sample = (member: number, round: number): number => {
    const won = countOf(successes(member));
    const lost = countOf(trials(member) - won);
    let draws = 0;
    return betaSample(1 + won, 1 + lost, () => drawUniform(seed, request, rule, ids[member] as string, round, draws++));
  };
  const first = (round: number): number[] => {
    const samples = ids.map((_, member) => sample(member, round));
    return ids.map((_, i) => i).sort((a, b) => (samples[b] as number) - (samples[a] as number) || a - b);
  };
  const drawn = first(0).slice(0, least);
  const shown = new Map(drawn.map((member) => [member, 0]));
  for (let round = 1; round <= thompsonRedraws; round++)
    for (const member of first(round).slice(0, least)) {
      const times = shown.get(member);
      if (times !== undefined) shown.set(member, times + 1);
    }
  return {
    order: [...drawn, ...ids.map((_, i) => i).filter((member) => !shown.has(member))],
    // One more of each: what was drawn has a propensity above 0.
    propensity: new Map([...shown].map(([member, times]) => [member, (times + 1) / (thompsonRedraws + 1)])),
  };
}

/** Nothing is known where a count is missing. */
function countOf(value: number): number {
  return Number.isFinite(value) ? Math.max(0, value) : 0;
}

/** Beta(a, b) for a, b ≥ 1 as X / (X + Y) of two gamma draws. */
export function betaSample(a: number, b: number, uniform: () => number): number {
  const x = gammaSample(a, uniform);
  return x / (x + gammaSample(b, uniform));
}

/** Gamma(shape, 1) for shape ≥ 1 (Marsaglia & Tsang, ACM TOMS 2000), normals by Box and Muller. */
function gammaSample(shape: number, uniform: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    const v = (1 + c * normal) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}
