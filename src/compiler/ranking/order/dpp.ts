import type { Diversity, Similarity } from "../list/problem.js";
import { scratchInts, scratchNumbers } from "../list/scratch.js";
import { type Gains, roundGain } from "./gain.js";
import { columnRoom, type Lanes, openLanes } from "./lanes.js";
import { plainLanes } from "./plain-lanes.js";
import { ownSimilarity, similarityBetween } from "./similarity.js";
import { tile } from "./tile-kernels.js";

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
  readonly #count: number;
  readonly #dimensions: number;
  readonly #lanes: Lanes;
  /** Columns of each tile: of the dimensions of its vectors, then of the rows. */
  readonly #blocks: Float64Array[] = [];
  readonly #blockLength: number;
  /** Of each tile, how many of those added are within its rows and residuals. */
  readonly #depths: Int32Array;
  readonly #own: Float64Array;
  readonly #residual: Float64Array;
  /** Of each candidate, for how long a list its bound is the gain itself; −1: for none. */
  readonly #known: Int32Array;
  readonly #added: number[] = [];
  /** What the row of each of those added is multiplied by; 0 where it was within the span of those before. */
  readonly #scales: number[] = [];
  readonly #factors: Float64Array;
  readonly #scale: Float64Array;

  constructor({ weight, relevance, similarity, top }: Diversity, count: number) {
    this.#slope = weight / (1 - weight);
    this.#relevance = relevance;
    this.#similarity = similarity;
    this.#count = count;
    this.#dimensions = similarity.kind === "keys" ? 0 : similarity.dimension;
    const depth = Math.min(top, count);
    const tiles = Math.ceil(count / tile);
    this.#blockLength = (this.#dimensions + depth) * tile;
    const factors = Math.max(this.#dimensions, depth);
    const room = tiles * this.#blockLength + columnRoom(count) + columnRoom(factors) + columnRoom(1);
    this.#lanes = openLanes(room) ?? plainLanes;
    this.#residual = this.#lanes.take(count);
    this.#factors = this.#lanes.take(factors);
    this.#scale = this.#lanes.take(1);
    this.#depths = scratchInts(tiles);
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
    this.#catchUp(Math.floor(candidate / tile));
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
    this.#catchUp(Math.floor(candidate / tile));
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
    const [from, to] = this.#rangeOf(t);
    const block = this.#blocks[t]!;
    for (let i = from; i < to; i++) {
      let left = this.#own[i]!;
      for (let k = 0, at = this.#rowAt(0) + i - from; k < depth; k++, at += tile) left -= block[at]! * block[at]!;
      this.#residual[i] = left;
    }
    this.bounds.fill(Infinity, from, to);
    this.#known.fill(-1, from, to);
    this.#depths[t] = depth;
  }

  #rangeOf(t: number): readonly [from: number, to: number] {
    return [t * tile, Math.min((t + 1) * tile, this.#count)];
  }

  /** Where a row begins in a block. */
  #rowAt(depth: number): number {
    return (this.#dimensions + depth) * tile;
  }

  /** Computes the rows of a tile that are not there yet. */
  #catchUp(t: number): void {
    const depth = this.#added.length;
    if (this.#depths[t] === depth) return;
    const block = this.#blockOf(t);
    for (let k = this.#depths[t]!; k < depth; k++) this.#addRow(k, t, block);
    this.#depths[t] = depth;
  }

  /** The columns of a tile; those of dimensions are filled. */
  #blockOf(t: number): Float64Array {
    const found = this.#blocks[t];
    if (found !== undefined) return found;
    const block = this.#lanes.take(this.#blockLength);
    this.#blocks[t] = block;
    if (this.#similarity.kind === "keys") return block;
    const { rows, dimension } = this.#similarity;
    const [from, to] = this.#rangeOf(t);
    for (let i = from, at = from * dimension; i < to; i++)
      for (let d = 0, own = i - from; d < dimension; d++, own += tile) block[own] = rows[at++]!;
    return block;
  }

  #addRow(depth: number, t: number, block: Float64Array): void {
    const [from, to] = this.#rangeOf(t);
    const [candidate, scale] = [this.#added[depth]!, this.#scales[depth]!];
    const [row, count] = [this.#rowAt(depth), to - from];
    const similarity = this.#similarity;
    if (scale === 0 || similarity.kind === "vectors") for (let i = 0; i < count; i++) block[row + i] = 0;
    if (scale === 0) return;
    const factors = this.#factors;
    if (similarity.kind === "keys")
      for (let i = 0; i < count; i++) block[row + i] = similarityBetween(similarity, candidate, from + i);
    else {
      const { rows, dimension } = similarity;
      for (let d = 0, at = candidate * dimension; d < dimension; d++) factors[d] = rows[at++]!;
      this.#lanes.addProducts(block, { first: 0, count: dimension }, factors, row, count);
    }
    if (candidate >= from && candidate < to) block[row + candidate - from] = this.#own[candidate]!;
    // Its tile has all rows before: they are what its residual was of.
    const ownBlock = this.#blocks[Math.floor(candidate / tile)]!;
    for (let k = 0, at = this.#rowAt(0) + (candidate % tile); k < depth; k++, at += tile) factors[k] = -ownBlock[at]!;
    this.#lanes.addProducts(block, { first: this.#rowAt(0), count: depth }, factors, row, count);
    this.#scale[0] = scale;
    this.#lanes.takeSquares(block, row, this.#scale, this.#residual, from, count);
  }
}
