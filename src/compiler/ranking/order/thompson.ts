/**
 * Thompson sampling without samples: with what probability each member of a class has the greatest draw from its Beta
 * posterior, by numerical integration, and draws from just these probabilities. So a draw's propensity is the probability
 * that it was made with, bit for bit, and the work is bounded whatever the size of the class.
 */

import { mapPacked } from "../list/packed.js";

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
  /** Of each group, the probability that one of its members has the greatest draw; they sum to 1. Valid until asked for again. */
  readonly weights: () => Float64Array;
  /** To be called when a group has one member fewer. */
  readonly remove: (group: number) => void;
}

/** What a probability counts as at least, so that a ratio to it is finite. */
const leastBelow = Number.MIN_VALUE / Number.EPSILON;

/** Cells in which all members are below with less than this add nothing to a chance; what begins with less than the other is left out. */
const leastChance = 1e-60;
const leftOutChance = 1e-100;

/** What {@link createWinChances} computes in, used again by the next one. */
let space = new Float64Array(0);
let used = 0;

/** A column of that space, with any numbers; a space that is too small stays with the columns that it has given. */
function takeColumn(length: number): Float64Array {
  if (used + length > space.length) {
    space = new Float64Array(Math.max(2 * space.length, 64 * length));
    used = 0;
  }
  used += length;
  return space.subarray(used - length, used);
}

/**
 * Integrates over cells of the logit: a member wins in a cell with its own mass there times the others' mass below. The
 * cells' ends lie where the posteriors do. Valid until the next one is created.
 */
function createWinChances(groups: readonly PosteriorGroup[]): WinChances {
  used = 0;
  const nodes = logitNodes(groups);
  const cells = nodes.length - 1;
  const fillCells = createCells(nodes, groups);
  const allBelow = takeColumn(cells);
  const below = mapPacked(groups, () => takeColumn(cells));
  const ratios = mapPacked(groups, () => takeColumn(cells));
  for (let g = 0; g < groups.length; g++) fillBelow(fillCells(groups[g]!, ratios[g]!), ratios[g]!, below[g]!);
  let from = multiplyBelow(groups, below, allBelow);
  divideBelow(ratios, below, from, cells);
  const weights = takeColumn(groups.length);
  return {
    groups,
    weights: () => {
      productSums(ratios, allBelow, from, weights);
      for (let g = 0; g < weights.length; g++) {
        const { length } = groups[g]!.members;
        weights[g] = length === 0 ? 0 : weights[g]! * length;
      }
      let total = 0;
      for (let g = 0; g < weights.length; g++) total += weights[g]!;
      const left = total > 0 ? 0 : groups.reduce((sum, { members }) => sum + members.length, 0);
      for (let g = 0; g < weights.length; g++)
        weights[g] = total > 0 ? weights[g]! / total : groups[g]!.members.length / left;
      return weights;
    },
    remove: (group) => {
      const own = below[group]!;
      for (let c = Math.max(0, from - 1); c < cells; c++) allBelow[c]! /= own[c]!;
      // Of the cells that were left out, the last is that where it is the likeliest.
      if (from === 0 || allBelow[from - 1]! < leastChance) return;
      const divided = from;
      from = multiplyBelow(groups, below, allBelow);
      divideBelow(ratios, below, from, divided);
    },
  };
}

/** Sums of a and b up to here, both whole numbers, have densities that are products of few powers, and far from underflow. */
const powerLimit = 64;

/** Fills in the mass of a posterior in each cell between two nodes, to a constant factor, and gives their sum. */
function createCells(
  nodes: Float64Array,
  groups: readonly PosteriorGroup[],
): (group: PosteriorGroup, masses: Float64Array) => number {
  const count = nodes.length;
  const x = takeColumn(count);
  const rest = takeColumn(count);
  for (let i = 0; i < count; i++) {
    const small = Math.exp(-Math.abs(nodes[i]!));
    const [less, more] = [small / (1 + small), 1 / (1 + small)];
    x[i] = nodes[i]! < 0 ? less : more;
    rest[i] = nodes[i]! < 0 ? more : less;
  }
  const widths = takeColumn(count - 1);
  for (let c = 0; c < widths.length; c++) widths[c] = nodes[c + 1]! - nodes[c]!;
  const isSmall = ({ a, b }: PosteriorGroup): boolean =>
    a + b <= powerLimit && Number.isInteger(a) && Number.isInteger(b);
  const small = groups.filter(isSmall);
  const powersOfX = powersOf(x, new Set(small.map(({ a }) => a)));
  const powersOfRest = powersOf(rest, new Set(small.map(({ b }) => b)));
  let logs: { readonly x: Float64Array; readonly rest: Float64Array; readonly density: Float64Array } | undefined;
  return (group, masses) => {
    const { a, b } = group;
    if (isSmall(group)) return fillProducts(widths, powersOfX.get(a)!, powersOfRest.get(b)!, masses);
    logs ??= {
      x: nodes.map((t) => -softplus(-t)),
      rest: nodes.map((t) => -softplus(t)),
      density: takeColumn(count),
    };
    const { density } = logs;
    let top = -Infinity;
    for (let i = 0; i < count; i++) {
      const log = a * logs.x[i]! + b * logs.rest[i]!;
      density[i] = log;
      if (log > top) top = log;
    }
    for (let i = 0; i < count; i++) density[i] = exponential(density[i]! - top);
    return fillMasses(widths, density, masses);
  };
}

/** The mass of each cell under a density that is the product of two columns; their sum. */
function fillProducts(widths: Float64Array, left: Float64Array, right: Float64Array, masses: Float64Array): number {
  let total = 0;
  let density = left[0]! * right[0]!;
  for (let c = 0; c < masses.length; c++) {
    const next = left[c + 1]! * right[c + 1]!;
    const own = (widths[c]! * (density + next)) / 2;
    masses[c] = own;
    total += own;
    density = next;
  }
  return total;
}

/** The mass of each cell under a density; their sum. */
function fillMasses(widths: Float64Array, density: Float64Array, masses: Float64Array): number {
  let total = 0;
  for (let c = 0; c < masses.length; c++) {
    const own = (widths[c]! * (density[c]! + density[c + 1]!)) / 2;
    masses[c] = own;
    total += own;
  }
  return total;
}

/** The powers of a column to some whole numbers ≥ 1. */
function powersOf(column: Float64Array, exponents: ReadonlySet<number>): ReadonlyMap<number, Float64Array> {
  const powers = new Map<number, Float64Array>();
  const greatest = Math.max(0, ...exponents);
  const power = takeColumn(column.length);
  power.set(column);
  for (let exponent = 1; exponent <= greatest; exponent++) {
    if (exponents.has(exponent)) {
      const kept = takeColumn(column.length);
      kept.set(power);
      powers.set(exponent, kept);
    }
    if (exponent < greatest) for (let i = 0; i < power.length; i++) power[i]! *= column[i]!;
  }
  return powers;
}

/** Makes masses, of which the sum is known, probabilities, and fills in those to lie below the middle of each cell. */
function fillBelow(total: number, masses: Float64Array, below: Float64Array): void {
  const scale = 1 / total;
  let sum = 0;
  for (let c = 0; c < masses.length; c++) {
    const mass = masses[c]! * scale;
    masses[c] = mass;
    below[c] = Math.max(leastBelow, sum + mass / 2);
    sum += mass;
  }
}

/** Of the cells from one on up to another, makes the masses ratios to the probabilities to lie below: at most 2. The others need none. */
function divideBelow(masses: readonly Float64Array[], below: readonly Float64Array[], from: number, to: number): void {
  for (let g = 0; g < masses.length; g++) {
    const own = masses[g]!;
    const ofOwn = below[g]!;
    for (let c = from; c < to; c++) own[c]! /= ofOwn[c]!;
  }
}

/**
 * Fills in the probability that all members lie below each cell, which grows from cell to cell, and gives the first cell where it is not next
 * to 0; the cell before has a bound of it.
 */
function multiplyBelow(groups: readonly PosteriorGroup[], below: readonly Float64Array[], into: Float64Array): number {
  const cells = into.length;
  into.fill(1);
  let from = 0;
  for (let g = 0; g < groups.length; g++) {
    const count = groups[g]!.members.length;
    const own = below[g]!;
    if (count === 1) for (let c = from; c < cells; c++) into[c]! *= own[c]!;
    else multiplyPowers(into, own, count, from);
    while (from < cells && into[from]! < leftOutChance) from++;
  }
  if (from > 0) into[from - 1] = leftOutChance;
  return from;
}

/** The sums of the columns' products with another from a cell on: of four columns in one pass, so that one sum need not wait for another. */
function productSums(columns: readonly Float64Array[], other: Float64Array, from: number, sums: Float64Array): void {
  let g = 0;
  for (; g + 3 < columns.length; g += 4) {
    const [a, b, c, d] = [columns[g]!, columns[g + 1]!, columns[g + 2]!, columns[g + 3]!];
    let x = 0;
    let y = 0;
    let z = 0;
    let w = 0;
    for (let i = from; i < other.length; i++) {
      const each = other[i]!;
      x += a[i]! * each;
      y += b[i]! * each;
      z += c[i]! * each;
      w += d[i]! * each;
    }
    sums[g] = x;
    sums[g + 1] = y;
    sums[g + 2] = z;
    sums[g + 3] = w;
  }
  for (; g < columns.length; g++) {
    const column = columns[g]!;
    let sum = 0;
    for (let i = from; i < other.length; i++) sum += column[i]! * other[i]!;
    sums[g] = sum;
  }
}

/** Multiplies cells by powers, which are made by squaring: counts of members are small. */
function multiplyPowers(into: Float64Array, bases: Float64Array, exponent: number, from: number): void {
  for (let c = from; c < into.length; c++) {
    let result = 1;
    let square = bases[c]!;
    for (let left = exponent; left > 0; left >>= 1) {
      if ((left & 1) === 1) result *= square;
      square *= square;
    }
    into[c]! *= result;
  }
}

/** Of a density over its greatest: what is less adds nothing to the mass. */
const leastLog = -60;

/** e^x, without the work where it is next to 0. */
function exponential(x: number): number {
  return x < leastLog ? 0 : Math.exp(x);
}

/** Steps around each posterior, six standard deviations of its logit to both sides. */
function logitNodes(groups: readonly PosteriorGroup[]): Float64Array {
  const each = Math.max(12, Math.min(64, Math.floor(densityLimit / groups.length ** 2)));
  const nodes = takeColumn(each * groups.length);
  groups.forEach(({ a, b }, g) => {
    const middle = Math.log(a / b);
    const deviation = Math.sqrt(1 / a + 1 / b);
    for (let i = 0; i < each; i++) nodes[g * each + i] = middle + ((12 * i) / (each - 1) - 6) * deviation;
  });
  nodes.sort();
  let distinct = 0;
  for (let i = 0; i < nodes.length; i++) if (i === 0 || nodes[i]! > nodes[i - 1]!) nodes[distinct++] = nodes[i]!;
  return nodes.subarray(0, distinct);
}

/** ln(1 + e^t). */
function softplus(t: number): number {
  return Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
}
