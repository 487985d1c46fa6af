import type { Diversity } from "../list/problem.js";
import { scratchInts, scratchNumbers } from "../list/scratch.js";
import { type Gains, roundGain } from "./gain.js";
import { fillSimilarity, similarityBetween } from "./similarity.js";

/** λ·r − (1 − λ)·max similarity (Carbonell & Goldstein, SIGIR 1998). */
export function createMmr({ weight, relevance, similarity }: Diversity, count: number): Gains {
  const nearest = scratchNumbers(count);
  const bounds = scratchNumbers(count);
  /** How many of those added are within a candidate's number. */
  const known = scratchInts(count);
  const row = scratchNumbers(count);
  const added: number[] = [];
  const gainOf = (candidate: number): number =>
    roundGain(weight * relevance[candidate]! - (1 - weight) * nearest[candidate]!);
  /** Without any other, a candidate is near to none; the first may be as far from it as −1. */
  const forget = (candidate: number): void => {
    nearest[candidate] = 0;
    known[candidate] = 0;
    bounds[candidate] = added.length === 0 ? gainOf(candidate) : Infinity;
  };
  const reset = (): void => {
    added.length = 0;
    for (let i = 0; i < count; i++) forget(i);
  };
  reset();
  return {
    bounds,
    reset,
    at: (candidate) => {
      if (known[candidate] === added.length) return bounds[candidate]!;
      for (let k = known[candidate]!; k < added.length; k++) {
        const near = similarityBetween(similarity, added[k]!, candidate);
        if (k === 0 || near > nearest[candidate]!) nearest[candidate] = near;
      }
      known[candidate] = added.length;
      return (bounds[candidate] = gainOf(candidate));
    },
    add: (candidate) => {
      added.push(candidate);
      if (added.length > 1) return;
      fillSimilarity(similarity, candidate, count, row);
      for (let i = 0; i < count; i++) {
        nearest[i] = row[i]!;
        known[i] = 1;
        bounds[i] = gainOf(i);
      }
    },
    remove: () => {
      added.pop();
      for (let i = 0; i < count; i++) if (known[i]! > added.length) forget(i);
    },
  };
}
