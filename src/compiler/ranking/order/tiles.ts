import type { Similarity } from "../list/problem.js";
import { type Columns, columnRoom, type Lanes, openLanes } from "./lanes.js";
import { plainLanes } from "./plain-lanes.js";
import { tile } from "./tile-kernels.js";

/** Columns of candidates by tiles: of the dimensions of their vectors, none of keys, and of what is computed of them. A tile's are made once they are asked for. */
export class Tiles {
  readonly number: number;
  readonly lanes: Lanes;
  readonly #similarity: Similarity;
  readonly #count: number;
  readonly #dimension: number;
  readonly #columns: number;
  readonly #blocks: Float64Array[] = [];
  readonly #factors: Float64Array;

  /** `computed`: columns besides the vectors'. `factors`: earlier columns of a call of {@link takeEarlier}, at most. `more`: numbers that are taken of {@link lanes} besides. */
  constructor(
    similarity: Similarity,
    count: number,
    { computed, factors, more }: { readonly computed: number; readonly factors: number; readonly more: number },
  ) {
    this.#similarity = similarity;
    this.#count = count;
    this.number = Math.ceil(count / tile);
    this.#dimension = similarity.kind === "keys" ? 0 : similarity.dimension;
    this.#columns = this.#dimension + computed;
    const most = Math.max(this.#dimension, factors);
    this.lanes = openLanes(this.number * this.#columns * tile + columnRoom(most) + more) ?? plainLanes;
    this.#factors = this.lanes.take(most);
  }

  /** The tile of a candidate. */
  of(candidate: number): number {
    return Math.floor(candidate / tile);
  }

  /** The candidates of a tile. */
  range(t: number): readonly [from: number, to: number] {
    return [t * tile, Math.min((t + 1) * tile, this.#count)];
  }

  /** Where a computed column begins in a block. */
  at(column: number): number {
    return (this.#dimension + column) * tile;
  }

  /** The columns of a tile one after the other, `tile` numbers each; what is not computed yet is any number. */
  block(t: number): Float64Array {
    const found = this.#blocks[t];
    if (found !== undefined) return found;
    const block = this.lanes.take(this.#columns * tile);
    this.#blocks[t] = block;
    if (this.#similarity.kind === "keys") return block;
    const { rows, dimension } = this.#similarity;
    const [from, to] = this.range(t);
    for (let i = from, at = from * dimension; i < to; i++)
      for (let d = 0, own = i - from; d < dimension; d++, own += tile) block[own] = rows[at++]!;
    return block;
  }

  /** Fills a computed column of a tile with the products of its vectors and a candidate's; zeros of keys. */
  fillProducts(candidate: number, t: number, column: number): void {
    const block = this.block(t);
    const [from, to] = this.range(t);
    const row = this.at(column);
    for (let i = 0; i < to - from; i++) block[row + i] = 0;
    if (this.#similarity.kind === "keys") return;
    const { rows, dimension } = this.#similarity;
    for (let d = 0, at = candidate * dimension; d < dimension; d++) this.#factors[d] = rows[at++]!;
    this.lanes.addProducts(block, { first: 0, count: dimension }, this.#factors, row, to - from);
  }

  /** Takes from a computed column of a tile the products of those before it, each times what a candidate, whose tile has them, has in it. */
  takeEarlier(candidate: number, t: number, column: number): void {
    const own = this.block(this.of(candidate));
    const [from, to] = this.range(t);
    for (let k = 0, at = this.at(0) + (candidate % tile); k < column; k++, at += tile) this.#factors[k] = -own[at]!;
    const earlier: Columns = { first: this.at(0), count: column };
    this.lanes.addProducts(this.block(t), earlier, this.#factors, this.at(column), to - from);
  }
}
