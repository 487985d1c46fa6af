/** Arrays of the reference interpreter: row-major float64, whatever the element type; booleans are 0 and 1. */
import { GraphError } from "./graph-error.js";
import type { DType } from "./graph.js";

export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** Throws when the number of elements is not that of the shape. */
export function createTensor(dtype: DType, shape: readonly number[], values: ArrayLike<number>): Tensor {
  if (values.length !== sizeOfShape(shape)) {
    throw new GraphError(
      `a tensor of shape [${shape.join(", ")}] has ${sizeOfShape(shape)} elements, not ${values.length}`,
    );
  }
  return { dtype, shape, data: Float64Array.from(values) };
}

export function filledTensor(dtype: DType, shape: readonly number[], value: number): Tensor {
  return { dtype, shape, data: new Float64Array(sizeOfShape(shape)).fill(value) };
}

/** Distance in elements between neighbours on each axis. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1)
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  return strides;
}

/**
 * For each element of `shape` in row-major order its index in a tensor that is walked with `strides`: 0 stretches an axis.
 * It is what broadcasting, transposing and reducing have in common.
 */
export function indices(shape: readonly number[], strides: readonly number[]): Int32Array {
  const result = new Int32Array(sizeOfShape(shape));
  const at = shape.map(() => 0);
  let index = 0;
  for (let element = 0; element < result.length; element += 1) {
    result[element] = index;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const next = (at[axis] ?? 0) + 1;
      index += strides[axis] ?? 0;
      if (next < (shape[axis] ?? 0)) {
        at[axis] = next;
        break;
      }
      at[axis] = 0;
      index -= next * (strides[axis] ?? 0);
    }
  }
  return result;
}

/** {@link indices} of a smaller tensor that is broadcast to `shape`. */
export function broadcastIndices(from: readonly number[], shape: readonly number[]): Int32Array {
  const own = stridesOf(from);
  const missing = shape.length - from.length;
  return indices(
    shape,
    shape.map((_, axis) => ((from[axis - missing] ?? 1) === 1 ? 0 : (own[axis - missing] ?? 0))),
  );
}
