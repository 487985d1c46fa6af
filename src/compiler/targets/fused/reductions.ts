/** What an instruction is told that sums or looks for the most along some axes. */
import { stridesOf } from "../../graph/tensor.js";
import type { Place } from "./places.js";
import { collapse, mostAxes, Unsupported } from "./views.js";

export interface Reduction {
  /** Two walks: of the axes that stay, in the result and the operand, and of those that go. */
  readonly numbers: readonly number[];
  /** Of the result, from a row of the loop to the next; 0 where rows go. */
  readonly rowStride: number;
}

/** `rows`: those of the loop, which the first axis is cut into. Throws {@link Unsupported} where the axes are too many. */
export function reductionOf(from: Place, axes: readonly number[], rows: number): Reduction {
  const sizes = from.shape.map((size, axis) => (axis === 0 ? size / rows : size));
  const stay = from.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const gone = axes.toSorted((a, b) => a - b);
  const results = stridesOf(stay.map((axis) => from.shape[axis] ?? 1));
  const staysFirst = stay[0] === 0;
  // The first axis of a walk is as many times the rows: where rows go, one of its own stays in their place.
  const staying = [
    ...(staysFirst ? [] : [{ size: 1, result: 0, from: 0 }]),
    ...stay.map((axis, at) => ({ size: sizes[axis] ?? 1, result: results[at] ?? 0, from: from.strides[axis] ?? 0 })),
  ];
  const kept = collapse(
    staying.map(({ size }) => size),
    [staying.map((axis) => axis.result), staying.map((axis) => axis.from)],
  );
  const summed = collapse(
    gone.map((axis) => sizes[axis] ?? 1),
    [gone.map((axis) => from.strides[axis] ?? 0)],
  );
  if (kept.sizes.length > mostAxes || summed.sizes.length > mostAxes) throw new Unsupported();
  return {
    numbers: [kept, summed].flatMap((walk) => [walk.sizes.length, ...walk.sizes, ...walk.strides.flat()]),
    rowStride: staysFirst ? ((results[0] ?? 0) * (from.shape[0] ?? 1)) / rows : 0,
  };
}
