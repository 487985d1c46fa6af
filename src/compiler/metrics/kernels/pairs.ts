/** How many pairs of rows are in the right order, in O(n log n). */

/** Weights of pairs: of those whose truths differ, and of those among them that the scores order alike, ties counting half. */
export interface PairCount {
  readonly pairs: number;
  readonly right: number;
}

/**
 * Counts the pairs of some rows whose truths differ. `ascending` has the rows by their scores, the smallest first; a pair
 * has the product of its weights as its weight. A row of weight 0 may hold anything.
 */
export function countPairs(
  ascending: Int32Array,
  scores: Float32Array,
  truths: Float32Array,
  weights: Float32Array,
): PairCount {
  const ranks = denseRanks(ascending, truths, weights);
  const seen = new Float64Array(ranks.count + 1);
  let total = 0;
  let pairs = 0;
  let right = 0;
  for (let i = 0; i < ascending.length;) {
    let end = i + 1;
    while (end < ascending.length && scores[ascending[end]!] === scores[ascending[i]!]) end += 1;
    // Against rows of lower scores: the higher truth should be here.
    for (let at = i; at < end; at++) {
      const weight = weights[ascending[at]!]!;
      if (weight === 0) continue;
      const rank = ranks.of[at]!;
      const below = sumBelow(seen, rank);
      const differing = total - (sumBelow(seen, rank + 1) - below);
      pairs += weight * differing;
      right += weight * below;
    }
    const tied = end - i > 1 ? tiedPairs(ascending, i, end, ranks.of, weights) : 0;
    pairs += tied;
    right += tied / 2;
    for (let at = i; at < end; at++) {
      const weight = weights[ascending[at]!]!;
      if (weight === 0) continue;
      add(seen, ranks.of[at]!, weight);
      total += weight;
    }
    i = end;
  }
  return { pairs, right };
}

/** Which rows go before which, by their classes. */
export interface Preference {
  /** The class of each row, from 0. */
  readonly classes: Int32Array;
  readonly count: number;
  readonly isAbove: (first: number, second: number) => boolean;
}

/** Counts the pairs of some rows of which one goes before the other, as {@link countPairs}; in O(n · classes). */
export function countPreferred(
  ascending: Int32Array,
  scores: Float32Array,
  { classes, count, isAbove }: Preference,
  weights: Float32Array,
): PairCount {
  // Weights by class: of rows of lower scores, and of those of the score at hand.
  const below = new Float64Array(count);
  const beside = new Float64Array(count);
  let pairs = 0;
  let right = 0;
  for (let i = 0; i < ascending.length;) {
    const score = scores[ascending[i]!]!;
    beside.fill(0);
    do {
      const row = ascending[i++]!;
      if (weights[row] !== 0) beside[classes[row]!]! += weights[row]!;
    } while (i < ascending.length && scores[ascending[i]!] === score);
    for (let own = 0; own < count; own++) {
      if (beside[own] === 0) continue;
      for (let other = 0; other < count; other++) {
        if (isAbove(own, other)) {
          right += beside[own]! * (below[other]! + beside[other]! / 2);
          pairs += beside[own]! * (below[other]! + beside[other]!);
        } else if (isAbove(other, own)) pairs += beside[own]! * below[other]!;
      }
    }
    for (let own = 0; own < count; own++) below[own]! += beside[own]!;
  }
  return { pairs, right };
}

/** The weight of pairs of different ranks among places [from, to). */
function tiedPairs(ascending: Int32Array, from: number, to: number, ranks: Int32Array, weights: Float32Array): number {
  const places = Int32Array.from({ length: to - from }, (_, i) => from + i).sort((a, b) => ranks[a]! - ranks[b]!);
  let before = 0;
  let pairs = 0;
  for (let i = 0; i < places.length;) {
    let same = 0;
    const rank = ranks[places[i]!]!;
    while (i < places.length && ranks[places[i]!] === rank) same += weights[ascending[places[i++]!]!]!;
    pairs += before * same;
    before += same;
  }
  return pairs;
}

/** The rank of the truth of each place among the different truths, from 0. */
function denseRanks(
  ascending: Int32Array,
  truths: Float32Array,
  weights: Float32Array,
): { readonly of: Int32Array; readonly count: number } {
  const counted = Float32Array.from(ascending, (row) => (weights[row] === 0 ? 0 : truths[row]!));
  const sorted = counted.toSorted();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i]!;
  const of = Int32Array.from(counted, (truth) => {
    let low = 0;
    let high = count;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! <= truth) low = middle;
      else high = middle;
    }
    return low;
  });
  return { of, count };
}

/** A Fenwick tree: element i of the sums is at index i + 1. */
function add(tree: Float64Array, index: number, weight: number): void {
  for (let i = index + 1; i < tree.length; i += i & -i) tree[i]! += weight;
}

/** Σ of the elements before `index`. */
function sumBelow(tree: Float64Array, index: number): number {
  let sum = 0;
  for (let i = index; i > 0; i -= i & -i) sum += tree[i]!;
  return sum;
}
