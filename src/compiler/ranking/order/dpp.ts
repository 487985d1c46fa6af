import type { Diversity, Similarity } from "../list/problem.js";
import { scratchInts, scratchNumbers } from "../list/scratch.js";
import { type Gains, roundGain } from "./gain.js";
import { columnRoom } from "./lanes.js";
import { ownSimilarity, sharedShare } from "./similarity.js";
import { tile } from "./tile-kernels.js";
import { Tiles } from "./tiles.js";

/** Share of a candidate's variance under which it is within the span of those before it: what is left then is the arithmetic's noise. */
const leastShare = 1e-9;

/**
 * The greedy MAP of a determinantal point process (Chen, Zhang & Zhou, NeurIPS 2018) for the kernel L = Q S Q,
 * Q = diag(exp(α r)), α = θ / (2 (1 − θ)). The factors of Q come out of the determinant, so the gain is
 * θ/(1 − θ)·r + ln(residual of S), and the incremental Cholesky rows are only those of S: no overflow for any θ < 1.
 */
export function createDpp(diversity: Diversity, count: number): Gains {
  return new DppGains(diversity, count);
}

/** The rows are computed a tile of candidates at a time, where one of the tile is asked for: those far behind may never be. */
class DppGains implements Gains {
  readonly bounds: Float64Array;
  readonly #slope: number;
  readonly #relevance: Float64Array;
  readonly #similarity: Similarity;
  /** The computed columns are the rows. */
  readonly #tiles: Tiles;
  /** Of each tile, how many of those added are within its rows and residuals. */
  readonly #depths: Int32Array;
  readonly #own: Float64Array;
  readonly #residual: Float64Array;
  /** Of each candidate, for how long a list its bound is the gain itself; −1: for none. */
  readonly #known: Int32Array;
  readonly #added: number[] = [];
  /** What the row of each of those added is multiplied by; 0 where it was within the span of those before. */
  readonly #scales: number[] = [];
  readonly #scale: Float64Array;

  constructor({ weight, relevance, similarity, top }: Diversity, count: number) {
    this.#slope = weight / (1 - weight);
    this.#relevance = relevance;
    this.#similarity = similarity;
    const depth = Math.min(top, count);
    const more = columnRoom(count) + columnRoom(1);
    this.#tiles = new Tiles(similarity, count, { computed: depth, factors: depth, more });
    this.#residual = this.#tiles.lanes.take(count);
    this.#scale = this.#tiles.lanes.take(1);
    this.#depths = scratchInts(this.#tiles.number);
    this.#own = scratchNumbers(count);
    for (let i = 0; i < count; i++) this.#own[i] = ownSimilarity(similarity, i);
    this.bounds = scratchNumbers(count);
    this.#known = scratchInts(count);
    this.reset();
  }

  reset(): void {
    this.#added.length = 0;
    this.#depths.fill(0);
    this.#residual.set(this.#own);
    this.bounds.fill(Infinity);
    this.#known.fill(-1);
  }

  at(candidate: number): number {
    const depth = this.#added.length;
    if (this.#known[candidate] === depth) return this.bounds[candidate]!;
    this.#catchUp(this.#tiles.of(candidate));
    const left = this.#residual[candidate]!;
    this.#known[candidate] = depth;
    return (this.bounds[candidate] = this.#isWithin(candidate)
      ? -Infinity
      : roundGain(this.#slope * this.#relevance[candidate]! + Math.log(left)));
  }

  /** Whether a candidate, whose tile has all rows, is within the span of those added. */
  #isWithin(candidate: number): boolean {
    return !(this.#residual[candidate]! > leastShare * this.#own[candidate]!);
  }

  add(candidate: number): void {
    this.#catchUp(this.#tiles.of(candidate));
    this.#scales[this.#added.length] = this.#isWithin(candidate) ? 0 : 1 / Math.sqrt(this.#residual[candidate]!);
    this.#added.push(candidate);
  }

  remove(): void {
    this.#added.pop();
    for (let t = 0; t < this.#depths.length; t++) if (this.#depths[t]! > this.#added.length) this.#goBack(t);
  }

  /** Residuals of a tile as they were before those that are taken back. */
  #goBack(t: number): void {
    const depth = this.#added.length;
    const [from, to] = this.#tiles.range(t);
    const block = this.#tiles.block(t);
    for (let i = from; i < to; i++) {
      let left = this.#own[i]!;
      for (let k = 0, at = this.#tiles.at(0) + i - from; k < depth; k++, at += tile) left -= block[at]! * block[at]!;
      this.#residual[i] = left;
    }
    this.bounds.fill(Infinity, from, to);
    this.#known.fill(-1, from, to);
    this.#depths[t] = depth;
  }

  /** Computes the rows of a tile that are not there yet. */
  #catchUp(t: number): void {
    const depth = this.#added.length;
    for (let k = this.#depths[t]!; k < depth; k++) this.#addRow(k, t);
    this.#depths[t] = depth;
  }

  #addRow(depth: number, t: number): void {
    const tiles = this.#tiles;
    const [from, to] = tiles.range(t);
    const [candidate, scale] = [this.#added[depth]!, this.#scales[depth]!];
    const block = tiles.block(t);
    const row = tiles.at(depth);
    if (scale === 0) {
      for (let i = row; i < row + to - from; i++) block[i] = 0;
      return;
    }
    if (this.#similarity.kind === "vectors") tiles.fillProducts(candidate, t, depth);
    else for (let i = from; i < to; i++) block[row + i - from] = sharedShare(this.#similarity.keys, candidate, i);
    if (candidate >= from && candidate < to) block[row + candidate - from] = this.#own[candidate]!;
    tiles.takeEarlier(candidate, t, depth);
    this.#scale[0] = scale;
    tiles.lanes.takeSquares(block, row, this.#scale, this.#residual, from, to - from);
  }
}
