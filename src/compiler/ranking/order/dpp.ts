import type { Diversity, Similarity } from "../list/problem.js";
import { scratchFlags, scratchNumbers } from "../list/scratch.js";
import { type Gains, roundGain } from "./gain.js";
import { columnRoom, type Lanes, openLanes } from "./lanes.js";
import { kernelSizes } from "./lanes-module.js";
import { ownSimilarity, similarityBetween } from "./similarity.js";

/** Variance under which a candidate is within the span of those before it. */
const leastResidual = 1e-9;

/** Candidates whose entries are computed together: they stay in the nearest cache from one term to the next. */
const tile = 512;

/**
 * The greedy MAP of a determinantal point process (Chen, Zhang & Zhou, NeurIPS 2018) for the kernel L = Q S Q,
 * Q = diag(exp(α r)), α = θ / (2 (1 − θ)). The factors of Q come out of the determinant, so the gain is
 * θ/(1 − θ)·r + ln(residual of S), and the incremental Cholesky rows are only those of S: no overflow for any θ < 1.
 */
export function createDpp({ weight, relevance, similarity, top }: Diversity, count: number): Gains {
  const slope = weight / (1 - weight);
  const bounds = scratchNumbers(count);
  const isKnown = scratchFlags(count);
  const own = scratchNumbers(count);
  for (let i = 0; i < count; i++) own[i] = ownSimilarity(similarity, i);
  const lanes = openLanes(numbersOf(similarity, count, top));
  const columns = columnsOf(similarity, count, lanes);
  const residual = lanes?.take(count) ?? scratchNumbers(count);
  const scaleOf = lanes?.take(1) ?? scratchNumbers(1);
  const rows = new Columns(count, Math.min(top, count), lanes);
  let depth = 0;
  const reset = (): void => {
    depth = 0;
    residual.set(own);
    bounds.fill(Infinity);
    isKnown.fill(0);
  };
  reset();
  return {
    bounds,
    reset,
    at: (candidate) => {
      if (isKnown[candidate] === 1) return bounds[candidate]!;
      const left = residual[candidate]!;
      isKnown[candidate] = 1;
      return (bounds[candidate] =
        left > leastResidual ? roundGain(slope * relevance[candidate]! + Math.log(left)) : -Infinity);
    },
    add: (candidate) => {
      const row = rows.column(depth);
      const left = residual[candidate]!;
      if (left > leastResidual) {
        scaleOf[0] = 1 / Math.sqrt(left);
        const dimensions = columns?.factors(candidate, columns.used, 1);
        const earlier = rows.factors(candidate, depth, -1);
        for (let from = 0; from < count; from += tile) {
          const to = Math.min(from + tile, count);
          if (similarity.kind === "keys")
            for (let i = from; i < to; i++) row[i] = similarityBetween(similarity, candidate, i);
          else row.fill(0, from, to);
          if (dimensions !== undefined) columns?.addProducts(dimensions, columns.used, row, from, to);
          if (candidate >= from && candidate < to) row[candidate] = own[candidate]!;
          rows.addProducts(earlier, depth, row, from, to);
          if (lanes !== undefined) lanes.takeSquares(row, scaleOf, residual, from, to);
          else takeSquares(row, scaleOf[0], residual, from, to);
        }
        isKnown.fill(0);
      } else row.fill(0);
      depth++;
    },
    remove: () => {
      depth--;
      residual.set(own);
      for (let k = 0; k < depth; k++) {
        const row = rows.column(k);
        for (let i = 0; i < count; i++) residual[i]! -= row[i]! * row[i]!;
      }
      bounds.fill(Infinity);
      isKnown.fill(0);
    },
  };
}

/** What {@link takeSquares} of lanes does. */
function takeSquares(row: Float64Array, by: number, left: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const each = row[i]! * by;
    row[i] = each;
    left[i]! -= each * each;
  }
}

/** Columns that one pass reads. */
const together = 8;

/** Numbers that {@link createDpp} takes of a memory at most. */
function numbersOf(similarity: Similarity, count: number, top: number): number {
  const columnsIn = (columns: number): number =>
    Math.ceil(columns / together) * together * columnRoom(count) + columnRoom(Math.max(together, columns));
  const depth = Math.min(top, count);
  const dimensions = similarity.kind === "keys" ? 0 : similarity.dimension;
  return columnsIn(depth) + columnsIn(dimensions) + columnRoom(count) + columnRoom(1);
}

/**
 * Columns of a number for each candidate, made as they are asked for: {@link together} in one array, so that a pass over them has one
 * address and one length to hold.
 */
class Columns {
  used = 0;
  readonly #arrays: Float64Array[] = [];
  readonly #count: number;
  /** Numbers from one column of an array to the next. */
  readonly #stride: number;
  readonly #lanes: Lanes | undefined;
  #factors: Float64Array;

  /** @param most columns that there may come to be */
  constructor(count: number, most: number, lanes: Lanes | undefined) {
    this.#count = count;
    this.#stride = columnRoom(count);
    this.#lanes = lanes;
    this.#factors = lanes?.take(Math.max(together, most)) ?? new Float64Array(Math.max(together, most));
  }

  column(at: number): Float64Array {
    const stride = this.#stride;
    const array = (this.#arrays[Math.floor(at / together)] ??=
      this.#lanes?.take(together * stride) ?? scratchNumbers(together * stride));
    this.used = Math.max(this.used, at + 1);
    const from = (at % together) * stride;
    return array.subarray(from, from + this.#count);
  }

  /** What a candidate has in the first columns, each times `by`; valid until it is asked for again. */
  factors(candidate: number, columns: number, by: 1 | -1): Float64Array {
    for (let k = 0; k < columns; k++)
      this.#factors[k] = by * this.#arrays[Math.floor(k / together)]![(k % together) * this.#stride + candidate]!;
    return this.#factors;
  }

  /** Adds to the numbers of a row the factors times those of the first columns, in their order. */
  addProducts(factors: Float64Array, columns: number, row: Float64Array, from: number, to: number): void {
    const stride = this.#stride;
    for (let k = 0; k < columns;) {
      const left = Math.min(columns - k, together - (k % together));
      const size = kernelSizes.find((each) => each <= left)!;
      const array = this.#arrays[Math.floor(k / together)]!;
      const start = (k % together) * stride;
      if (this.#lanes !== undefined) this.#lanes.addProducts(size, array, start, stride, factors, k, row, from, to);
      else if (size === 8) addEight(array, stride, factors, k, row, from, to);
      else
        for (let c = 0; c < size; c++) {
          const factor = factors[k + c]!;
          for (let i = from, own = start + c * stride + from; i < to; i++) row[i]! += factor * array[own++]!;
        }
      k += size;
    }
  }
}

/** Adds the products of {@link together} columns of one array with the factors from `first` on. */
function addEight(
  columns: Float64Array,
  stride: number,
  factors: Float64Array,
  first: number,
  row: Float64Array,
  from: number,
  to: number,
): void {
  const [a, b, c, d] = [factors[first]!, factors[first + 1]!, factors[first + 2]!, factors[first + 3]!];
  const [e, f, g, h] = [factors[first + 4]!, factors[first + 5]!, factors[first + 6]!, factors[first + 7]!];
  // Sums that are cut to 32 bits need no check of their own.
  const [one, two, three, four] = [stride | 0, (2 * stride) | 0, (3 * stride) | 0, (4 * stride) | 0];
  const [five, six, seven] = [(5 * stride) | 0, (6 * stride) | 0, (7 * stride) | 0];
  for (let i = from | 0; i < to; i = (i + 1) | 0)
    row[i] =
      row[i]! +
      a * columns[i]! +
      b * columns[(i + one) | 0]! +
      c * columns[(i + two) | 0]! +
      d * columns[(i + three) | 0]! +
      e * columns[(i + four) | 0]! +
      f * columns[(i + five) | 0]! +
      g * columns[(i + six) | 0]! +
      h * columns[(i + seven) | 0]!;
}

/** The vectors a dimension after the other, those of all candidates together; undefined of keys. */
function columnsOf(similarity: Similarity, count: number, lanes: Lanes | undefined): Columns | undefined {
  if (similarity.kind === "keys") return undefined;
  const { rows, dimension } = similarity;
  const columns = new Columns(count, dimension, lanes);
  const all = Array.from({ length: dimension }, (_, d) => columns.column(d));
  for (let from = 0; from < count; from += tile) {
    const to = Math.min(from + tile, count);
    for (let d = 0; d < dimension; d++) {
      const column = all[d]!;
      for (let i = from, at = from * dimension + d; i < to; i++, at += dimension) column[i] = rows[at]!;
    }
  }
  return columns;
}
