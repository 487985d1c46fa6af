import type { Diversity, Similarity } from "../list/problem.js";
import { scratchInts, scratchNumbers } from "../list/scratch.js";
import { type Gains, roundGain } from "./gain.js";
import { ownSimilarity, sharedShare } from "./similarity.js";
import { Tiles } from "./tiles.js";

/** λ·r − (1 − λ)·max similarity (Carbonell & Goldstein, SIGIR 1998). */
export function createMmr(diversity: Diversity, count: number): Gains {
  return new MmrGains(diversity, count);
}

/** How near candidates are is computed a tile at a time, where one of the tile is asked for; of keys, one at a time. */
class MmrGains implements Gains {
  readonly bounds: Float64Array;
  readonly #weight: number;
  readonly #relevance: Float64Array;
  readonly #similarity: Similarity;
  /** The greatest similarity of each candidate to those added that its number counts. */
  readonly #nearest: Float64Array;
  /** Of each tile of vectors, or of each candidate: how many of those added are within its numbers. */
  readonly #known: Int32Array;
  readonly #added: number[] = [];
  /** Of vectors: the computed column is that of one candidate's similarities. */
  readonly #tiles: Tiles | undefined;

  constructor({ weight, relevance, similarity }: Diversity, count: number) {
    this.#weight = weight;
    this.#relevance = relevance;
    this.#similarity = similarity;
    const isVectors = similarity.kind === "vectors";
    this.#tiles = isVectors ? new Tiles(similarity, count, { computed: 1, factors: 0, more: 0 }) : undefined;
    this.#nearest = scratchNumbers(count);
    this.#known = scratchInts(this.#tiles?.number ?? count);
    this.bounds = scratchNumbers(count);
    this.reset();
  }

  reset(): void {
    this.#added.length = 0;
    for (let part = 0; part < this.#known.length; part++) this.#forget(part);
  }

  at(candidate: number): number {
    this.#catchUp(this.#tiles?.of(candidate) ?? candidate);
    return this.bounds[candidate]!;
  }

  add(candidate: number): void {
    this.#added.push(candidate);
    // Without any other, a candidate is near to none; the first may be as far from it as −1, so that gains grow.
    if (this.#added.length === 1) for (let part = 0; part < this.#known.length; part++) this.#catchUp(part);
  }

  remove(): void {
    this.#added.pop();
    const { length } = this.#added;
    // What was forgotten before has no gain of the empty list yet.
    for (let part = 0; part < this.#known.length; part++)
      if (length === 0 || this.#known[part]! > length) this.#forget(part);
  }

  /** The candidates of a part: a tile, or one candidate. */
  #range(part: number): readonly [from: number, to: number] {
    return this.#tiles?.range(part) ?? [part, part + 1];
  }

  #forget(part: number): void {
    const [from, to] = this.#range(part);
    this.#known[part] = 0;
    const isEmpty = this.#added.length === 0;
    for (let i = from; i < to; i++) {
      this.#nearest[i] = 0;
      this.bounds[i] = isEmpty ? this.#gainOf(i) : Infinity;
    }
  }

  #gainOf(candidate: number): number {
    return roundGain(this.#weight * this.#relevance[candidate]! - (1 - this.#weight) * this.#nearest[candidate]!);
  }

  #catchUp(part: number): void {
    const known = this.#known[part]!;
    if (known === this.#added.length) return;
    const [from, to] = this.#range(part);
    for (let k = known; k < this.#added.length; k++) this.#meetAll(this.#added[k]!, part, k === 0);
    this.#known[part] = this.#added.length;
    for (let i = from; i < to; i++) this.bounds[i] = this.#gainOf(i);
  }

  /** Counts one of those added for the candidates of a part. */
  #meetAll(other: number, part: number, isFirst: boolean): void {
    const similarity = this.#similarity;
    if (similarity.kind === "keys") {
      this.#meet(part, sharedShare(similarity.keys, other, part), isFirst);
      return;
    }
    const tiles = this.#tiles!;
    tiles.fillProducts(other, part, 0);
    const block = tiles.block(part);
    const row = tiles.at(0);
    const [from, to] = tiles.range(part);
    if (other >= from && other < to) block[row + other - from] = ownSimilarity(similarity, other);
    for (let i = from; i < to; i++) this.#meet(i, block[row + i - from]!, isFirst);
  }

  /** Counts one of those added, to which a candidate has a similarity. */
  #meet(candidate: number, near: number, isFirst: boolean): void {
    if (isFirst || near > this.#nearest[candidate]!) this.#nearest[candidate] = near;
  }
}
