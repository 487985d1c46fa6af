/** Where the elements of a value lie: strides of its axes, in numbers. */
import { sizeOfShape, stridesOf } from "../../graph/tensor.js";

export type Strides = readonly number[];

/** Axes of a walk at most. */
export const mostAxes = 5;

/** Something that no instruction does. */
export class Unsupported extends Error {}

/** Shapes of instructions have an axis at least. */
export const atLeastOne = (shape: readonly number[]): readonly number[] => (shape.length === 0 ? [1] : shape);

export function isPacked(shape: readonly number[], strides: Strides): boolean {
  const packed = stridesOf(shape);
  return shape.every((size, axis) => size === 1 || strides[axis] === packed[axis]);
}

/** The strides of the same elements in another shape; undefined: they would have to be copied. */
export function reshapeStrides(
  from: readonly number[],
  strides: Strides,
  to: readonly number[],
): readonly number[] | undefined {
  if (sizeOfShape(from) === 0) return undefined;
  const axes = from.flatMap((size, axis) => (size === 1 ? [] : [{ size, stride: strides[axis] ?? 0 }]));
  const result: number[] = to.map(() => 0);
  let next = 0;
  let axis = 0;
  while (axis < to.length) {
    if (to[axis] === 1) {
      axis += 1;
      continue;
    }
    // A run of axes before and one after of as many elements.
    const [firstNew, firstOld] = [axis, next];
    let [made, had] = [to[axis] ?? 1, axes[next]?.size ?? 1];
    axis += 1;
    next += 1;
    while (made !== had) {
      if (made < had) {
        made *= to[axis] ?? 1;
        axis += 1;
      } else {
        had *= axes[next]?.size ?? 1;
        next += 1;
      }
    }
    for (let old = firstOld; old + 1 < next; old += 1)
      if (axes[old]?.stride !== (axes[old + 1]?.stride ?? 0) * (axes[old + 1]?.size ?? 1)) return undefined;
    let stride = axes[next - 1]?.stride ?? 0;
    for (let at = axis - 1; at >= firstNew; at -= 1) {
      if (to[at] !== 1) result[at] = stride;
      stride *= to[at] ?? 1;
    }
  }
  return result;
}

/** Strides that read a value in a larger shape: 0 where it is stretched. */
export function stretchStrides(shape: readonly number[], strides: Strides, to: readonly number[]): readonly number[] {
  return to.map((size, axis) => {
    const own = axis - to.length + shape.length;
    return own < 0 || (shape[own] === 1 && size !== 1) ? 0 : (strides[own] ?? 0);
  });
}

/** Axes that all operands walk as one are made one. The first stays the first. */
export function collapse(
  sizes: readonly number[],
  strides: readonly Strides[],
): { readonly sizes: readonly number[]; readonly strides: readonly Strides[] } {
  const kept: { size: number; strides: number[] }[] = [];
  sizes.forEach((size, axis) => {
    const own = strides.map((each) => each[axis] ?? 0);
    const last = kept.at(-1);
    if (last === undefined) kept.push({ size, strides: own });
    else if (size === 1) return;
    else if (own.every((stride, operand) => last.strides[operand] === stride * size)) {
      last.size *= size;
      last.strides = own;
    } else kept.push({ size, strides: own });
  });
  return {
    sizes: kept.map(({ size }) => size),
    strides: strides.map((_, operand) => kept.map((axis) => axis.strides[operand] ?? 0)),
  };
}
