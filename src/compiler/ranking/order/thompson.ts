/**
 * Thompson sampling without samples: with what probability each member of a class has the greatest draw from its Beta
 * posterior, by numerical integration, and draws from just these probabilities. So a draw's propensity is the probability
 * that it was made with, bit for bit, and the work is bounded whatever the size of the class.
 */

/** Members of one posterior, which no draw tells apart. */
interface PosteriorGroup {
  /** Of Beta(a, b). */
  readonly a: number;
  readonly b: number;
  /** Indexes of members that are left, the best first. */
  readonly members: number[];
}

export interface ThompsonDraw {
  readonly member: number;
  /** The probability of this member, given those drawn before, in (0, 1]. */
  readonly propensity: number;
}

/** Posteriors that one draw is among: of more, those that reach highest (mean and two standard deviations). */
export const posteriorLimit = 32;

/** Densities that one integration computes at most. */
const densityLimit = 2 ** 15;

/**
 * Draws `least` members one after the other, each with the probability that of all left it has the greatest draw.
 * @param uniform A number in [0, 1) for each name.
 */
export function drawThompsonMembers(
  count: number,
  least: number,
  posteriorOf: (member: number) => { readonly a: number; readonly b: number },
  uniform: (what: string, position: number) => number,
): readonly ThompsonDraw[] {
  const groups = groupMembers(count, posteriorOf);
  const draws: ThompsonDraw[] = [];
  let chances: WinChances | undefined;
  while (draws.length < Math.min(least, count)) {
    if (chances === undefined || chances.groups.every(({ members }) => members.length === 0))
      chances = createWinChances(reachingHighest(groups.filter(({ members }) => members.length > 0)));
    const position = draws.length;
    const weights = chances.weights();
    const at = pick(weights, uniform("place", position));
    const group = chances.groups[at] as PosteriorGroup;
    const left = group.members.length;
    const [member] = group.members.splice(Math.floor(uniform("member", position) * left), 1);
    draws.push({ member: member as number, propensity: weights[at]! / left });
    chances.remove(at);
  }
  return draws;
}

function groupMembers(
  count: number,
  posteriorOf: (member: number) => { readonly a: number; readonly b: number },
): readonly PosteriorGroup[] {
  const byA = new Map<number, Map<number, PosteriorGroup>>();
  const groups: PosteriorGroup[] = [];
  for (let member = 0; member < count; member++) {
    const { a, b } = posteriorOf(member);
    const byB = byA.get(a) ?? new Map<number, PosteriorGroup>();
    byA.set(a, byB);
    const found = byB.get(b);
    if (found !== undefined) found.members.push(member);
    else {
      const group = { a, b, members: [member] };
      byB.set(b, group);
      groups.push(group);
    }
  }
  return groups;
}

function reachingHighest(groups: readonly PosteriorGroup[]): readonly PosteriorGroup[] {
  if (groups.length <= posteriorLimit) return groups;
  const reach = Float64Array.from(groups, ({ a, b }) => {
    const sum = a + b;
    return a / sum + 2 * Math.sqrt((a * b) / (sum * sum * (sum + 1)));
  });
  const order = groups.map((_, i) => i).sort((i, j) => reach[j]! - reach[i]! || i - j);
  const chosen = new Set(order.slice(0, posteriorLimit));
  return groups.filter((_, i) => chosen.has(i));
}

/** The first index whose share of the weights' sum ends above `draw`. */
function pick(weights: Float64Array, draw: number): number {
  let end = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (!(weights[i]! > 0)) continue;
    end += weights[i]!;
    last = i;
    if (draw < end) return i;
  }
  // The shares' sum may fall a rounding short of 1.
  return last;
}

interface WinChances {
  readonly groups: readonly PosteriorGroup[];
  /** Of each group, the probability that one of its members has the greatest draw; they sum to 1. */
  readonly weights: () => Float64Array;
  /** One member fewer in a group. */
  readonly remove: (group: number) => void;
}

/** Of the logarithm of a probability: below, e^x is 0 in sums of doubles. */
const leastLog = -700;

/**
 * Integrates over cells of the logit: a member wins in a cell with its own mass there times the others' mass below. The
 * cells' ends lie where the posteriors do.
 */
function createWinChances(groups: readonly PosteriorGroup[]): WinChances {
  const nodes = logitNodes(groups);
  const cells = nodes.length - 1;
  const logX = nodes.map((t) => -softplus(-t));
  const logRest = nodes.map((t) => -softplus(t));
  // Of each group its mass in a cell over the probability to lie below it: at most 2; in the place of the mass.
  const ratios: Float64Array[] = [];
  const logBelow: Float64Array[] = [];
  const logAll = new Float64Array(cells);
  for (const { a, b, members } of groups) {
    const density = new Float64Array(nodes.length);
    let top = -Infinity;
    for (let i = 0; i <= cells; i++) {
      density[i] = a * logX[i]! + b * logRest[i]!;
      top = Math.max(top, density[i]!);
    }
    for (let i = 0; i <= cells; i++) density[i] = exponential(density[i]! - top);
    const own = new Float64Array(cells);
    let total = 0;
    for (let c = 0; c < cells; c++) {
      const width = nodes[c + 1]! - nodes[c]!;
      own[c] = (width * (density[c]! + density[c + 1]!)) / 2;
      total += own[c]!;
    }
    const below = new Float64Array(cells);
    let sum = 0;
    let [known, logOfKnown] = [0, -Infinity];
    for (let c = 0; c < cells; c++) {
      const mass = own[c]! / total;
      const middle = sum + mass / 2;
      // Most cells are far from the posterior, and the logarithm is the one before.
      if (middle !== known) [known, logOfKnown] = [middle, Math.log(middle)];
      const log = Math.max(leastLog, logOfKnown);
      below[c] = log;
      sum += mass;
      logAll[c]! += members.length * log;
      own[c] = mass === 0 ? 0 : mass * Math.exp(-log);
    }
    ratios.push(own);
    logBelow.push(below);
  }
  return {
    groups,
    weights: () => {
      const allBelow = new Float64Array(cells);
      for (let c = 0; c < cells; c++) allBelow[c] = exponential(logAll[c]!);
      const weights = Float64Array.from(groups, ({ members }, g) => {
        if (members.length === 0) return 0;
        const ratio = ratios[g] as Float64Array;
        let sum = 0;
        for (let c = 0; c < cells; c++) sum += ratio[c]! * allBelow[c]!;
        return sum * members.length;
      });
      const total = weights.reduce((sum, each) => sum + each, 0);
      if (total > 0) return weights.map((each) => each / total);
      const left = groups.reduce((sum, { members }) => sum + members.length, 0);
      return Float64Array.from(groups, ({ members }) => members.length / left);
    },
    remove: (group) => {
      const below = logBelow[group] as Float64Array;
      for (let c = 0; c < cells; c++) logAll[c]! -= below[c]!;
    },
  };
}

/** e^x, without the work where it is 0 in doubles. */
function exponential(x: number): number {
  return x < -746 ? 0 : Math.exp(x);
}

/** Steps around each posterior, six standard deviations of its logit to both sides. */
function logitNodes(groups: readonly PosteriorGroup[]): Float64Array {
  const each = Math.max(12, Math.min(64, Math.floor(densityLimit / groups.length ** 2)));
  const nodes = Float64Array.from({ length: each * groups.length }, (_, i) => {
    const { a, b } = groups[Math.floor(i / each)] as PosteriorGroup;
    const z = (12 * (i % each)) / (each - 1) - 6;
    return Math.log(a / b) + z * Math.sqrt(1 / a + 1 / b);
  }).sort();
  return nodes.filter((node, i) => i === 0 || node > nodes[i - 1]!);
}

/** ln(1 + e^t). */
function softplus(t: number): number {
  return Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
}
