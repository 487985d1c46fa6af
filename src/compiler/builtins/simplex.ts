/** The least of a convex function over shares w ≥ bounds, Σ w = 1, found along the lines between pairs of corners. */
import type { OpBuilder } from "../graph/op-builder.js";
import type { ValueId } from "../graph/graph.js";
import { diagonal, guarded, inner, sizeOf, times } from "./vectors.js";

/** The line from w along eᵢ − eⱼ, on which wᵀMw is square·t² + 2·slope·t + value; float32[] each. */
export interface Line {
  readonly square: ValueId;
  readonly slope: ValueId;
  readonly value: ValueId;
  /** eᵢ − eⱼ, [K]. */
  readonly direction: ValueId;
}

/** How often pairs are visited when there are more than two losses. */
const visits = 90;
const leastSweeps = 5;

/**
 * `matrix`: M [K, K], positive semidefinite. `least`: the t at which the function is least on a line, float32[]. `bounds`: of
 * each share, together less than 1. Returns w, [K]: for two losses the very minimum, else close to it.
 */
export function minimiseOverShares(
  builder: OpBuilder,
  matrix: ValueId,
  least: (line: Line) => ValueId,
  bounds?: readonly number[],
): ValueId {
  const count = sizeOf(builder, matrix);
  const low = bounds ?? Array.from({ length: count }, () => 0);
  const free = 1 - low.reduce((sum, bound) => sum + bound, 0);
  const vector = (values: readonly number[]): ValueId =>
    builder.constant({ dtype: "float32", shape: [values.length] }, values);
  const pairs = Array.from({ length: count }, (_, i) => i).flatMap((i) =>
    Array.from({ length: i }, (_, j) => {
      const one = (at: number): readonly number[] => low.map((_, k) => (k === at ? 1 : 0));
      const direction = vector(one(i).map((value, k) => value - (one(j)[k] ?? 0)));
      const square = inner(builder, times(builder, matrix, direction), direction);
      return { i: vector(one(i)), j: vector(one(j)), direction, square };
    }),
  );
  const sweeps = pairs.length === 1 ? 1 : Math.max(leastSweeps, Math.round(visits / pairs.length));
  const bound = vector(low);
  let shares = vector(low.map((each) => each + free / count));
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    for (const { i, j, direction, square } of pairs) {
      const product = times(builder, matrix, shares);
      const line = {
        square,
        slope: inner(builder, product, direction),
        value: inner(builder, product, shares),
        direction,
      };
      const above = builder.sub(shares, bound);
      const [back, forth] = [builder.neg(inner(builder, above, i)), inner(builder, above, j)];
      const move = builder.maximum(builder.minimum(least(line), forth), back);
      shares = builder.add(shares, builder.mul(direction, move));
    }
  }
  return shares;
}

/** Where wᵀMw itself is least on a line. */
export function leastSquare(builder: OpBuilder): (line: Line) => ValueId {
  return ({ square, slope }) => builder.neg(builder.div(slope, guarded(builder, square)));
}

/** M over the mean of its diagonal: what follows from relations only is the same, and no number is far from 1. */
export function relative(builder: OpBuilder, matrix: ValueId): ValueId {
  return builder.div(matrix, guarded(builder, builder.mean(diagonal(builder, matrix))));
}
