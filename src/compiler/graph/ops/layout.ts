/** Ops that move elements and compute nothing. */
import { addDims, broadcastShapes, elementCount, formatShape, formatType, sameShape } from "../dims.js";
import { GraphError } from "../graph-error.js";
import type { Dim, Shape, TensorType } from "../graph.js";
import { broadcastIndices, indices, sizeOfShape, stridesOf, type Tensor } from "../tensor.js";
import { at, noFlops, type InputGradient, type OpRow, requireAxis, requireDType, requireSameDType } from "./op.js";

const movable = ["float32", "int32"] as const;

function knownSize(type: TensorType, axis: number): number {
  requireAxis(type, axis);
  const size = type.shape[axis];
  if (typeof size !== "number") throw new GraphError(`needs a known size on axis ${axis}, has ${formatType(type)}`);
  return size;
}

function withSize<D extends Dim>(shape: readonly D[], axis: number, size: D): D[] {
  return shape.map((dim, index) => (index === axis ? size : dim));
}

function requireCount(value: number, what: string): void {
  if (!Number.isInteger(value) || value < 0)
    throw new GraphError(`needs a ${what} that is a whole number ≥ 0, has ${value}`);
}

/** A run of `size` from `begin` on one axis as rows: outer rows of `width · step` elements each. */
function copyRun(
  from: Tensor,
  to: { readonly shape: readonly number[]; readonly data: Float64Array },
  axis: number,
  run: { readonly begin: number; readonly size: number; readonly at: number },
): void {
  const step = sizeOfShape(from.shape.slice(axis + 1));
  const outer = sizeOfShape(from.shape.slice(0, axis));
  const [fromRow, toRow] = [(from.shape[axis] ?? 0) * step, (to.shape[axis] ?? 0) * step];
  for (let row = 0; row < outer; row += 1) {
    const start = row * fromRow + run.begin * step;
    to.data.set(from.data.subarray(start, start + run.size * step), row * toRow + run.at * step);
  }
}

const mapShape = <A extends { readonly shape: Shape }>(attributes: A, map: (dim: Dim) => Dim): A => ({
  ...attributes,
  shape: attributes.shape.map(map),
});

export const layoutOps = {
  reshape: {
    arity: 1,
    flops: noFlops,
    compilable: true,
    foldable: true,
    infer: (inputs, { shape }) => {
      const x = at(inputs, 0);
      if (elementCount(x.shape) !== elementCount(shape)) {
        throw new GraphError(
          `needs as many elements before as after, has ${formatType(x)} (${elementCount(x.shape)}) and ${formatShape(shape)} (${elementCount(shape)})`,
        );
      }
      return { dtype: x.dtype, shape };
    },
    gradient: ({ builder, inputs, upstream }) => [() => builder.reshape(upstream, builder.type(at(inputs, 0)).shape)],
    evaluate: (inputs, { shape }, context) => ({ ...at(inputs, 0), shape: context.sizes(shape) }),
    mapDims: mapShape,
  } satisfies OpRow<"reshape">,

  transpose: {
    arity: 1,
    flops: noFlops,
    compilable: true,
    foldable: true,
    infer: (inputs, { permutation }) => {
      const x = at(inputs, 0);
      if (
        permutation.length !== x.shape.length ||
        !permutation.toSorted((a, b) => a - b).every((axis, i) => axis === i)
      ) {
        throw new GraphError(`needs each axis of ${formatType(x)} once, has [${permutation.join(", ")}]`);
      }
      return { dtype: x.dtype, shape: permutation.map((axis) => at(x.shape, axis)) };
    },
    gradient: ({ builder, attributes: { permutation }, upstream }) => [
      () =>
        builder.transpose(
          upstream,
          permutation.map((_, axis) => permutation.indexOf(axis)),
        ),
    ],
    evaluate: (inputs, { permutation }) => {
      const x = at(inputs, 0);
      const strides = stridesOf(x.shape);
      const shape = permutation.map((axis) => at(x.shape, axis));
      const from = indices(
        shape,
        permutation.map((axis) => at(strides, axis)),
      );
      return { dtype: x.dtype, shape, data: Float64Array.from(from, (index) => x.data[index] ?? 0) };
    },
  } satisfies OpRow<"transpose">,

  broadcast: {
    arity: 1,
    flops: noFlops,
    compilable: true,
    foldable: true,
    infer: (inputs, { shape }) => {
      const x = at(inputs, 0);
      requireDType(x, ...movable);
      const stretched = broadcastShapes(x.shape, shape);
      if (stretched === undefined || !sameShape(stretched, shape)) {
        throw new GraphError(`cannot stretch ${formatType(x)} to ${formatShape(shape)}`);
      }
      return { dtype: x.dtype, shape };
    },
    gradient: ({ builder, inputs, upstream }) => [() => builder.sumTo(upstream, builder.type(at(inputs, 0)).shape)],
    evaluate: (inputs, attributes, context) => {
      const x = at(inputs, 0);
      const shape = context.sizes(attributes.shape);
      const from = broadcastIndices(x.shape, shape);
      return { dtype: x.dtype, shape, data: Float64Array.from(from, (index) => x.data[index] ?? 0) };
    },
    mapDims: mapShape,
  } satisfies OpRow<"broadcast">,

  concat: {
    arity: "variadic",
    flops: noFlops,
    compilable: true,
    foldable: true,
    infer: (inputs, { axis }) => {
      const first = at(inputs, 0);
      requireAxis(first, axis);
      requireSameDType(inputs);
      requireDType(first, ...movable);
      const size = inputs.reduce<Dim>((total, input) => {
        const sum = addDims(total, input.shape[axis] ?? 0);
        const fits =
          input.shape.length === first.shape.length &&
          sameShape(withSize(input.shape, axis, 0), withSize(first.shape, axis, 0));
        if (!fits || sum === undefined) {
          throw new GraphError(
            `needs inputs that differ only on axis ${axis}, in sizes that add up, has ${inputs.map(formatType).join(", ")}`,
          );
        }
        return sum;
      }, 0);
      return { dtype: first.dtype, shape: withSize(first.shape, axis, size) };
    },
    gradient: ({ builder, inputs, attributes: { axis }, upstream }) => {
      let end = 0;
      return inputs.map((input): InputGradient => {
        const size = knownSize(builder.type(input), axis);
        const begin = end;
        end += size;
        return () => builder.slice(upstream, { axis, begin, size });
      });
    },
    evaluate: (inputs, { axis }) => {
      const first = at(inputs, 0);
      const size = inputs.reduce((total, input) => total + (input.shape[axis] ?? 0), 0);
      const shape = withSize(first.shape, axis, size);
      const result = { dtype: first.dtype, shape, data: new Float64Array(sizeOfShape(shape)) };
      let end = 0;
      for (const input of inputs) {
        const width = input.shape[axis] ?? 0;
        copyRun(input, result, axis, { begin: 0, size: width, at: end });
        end += width;
      }
      return result;
    },
  } satisfies OpRow<"concat">,

  slice: {
    arity: 1,
    flops: noFlops,
    compilable: true,
    foldable: true,
    infer: (inputs, { axis, begin, size }) => {
      const x = at(inputs, 0);
      requireDType(x, ...movable);
      const whole = knownSize(x, axis);
      requireCount(begin, "begin");
      requireCount(size, "size");
      if (begin + size > whole) {
        throw new GraphError(`has no [${begin}, ${begin + size}) on axis ${axis} of ${formatType(x)}`);
      }
      return { dtype: x.dtype, shape: withSize<Dim>(x.shape, axis, size) };
    },
    gradient: ({ builder, inputs, attributes: { axis, begin, size }, upstream }) => [
      () => {
        const whole = knownSize(builder.type(at(inputs, 0)), axis);
        return builder.pad(upstream, { axis, before: begin, after: whole - begin - size });
      },
    ],
    evaluate: (inputs, { axis, begin, size }) => {
      const x = at(inputs, 0);
      const shape = withSize(x.shape, axis, size);
      const result = { dtype: x.dtype, shape, data: new Float64Array(sizeOfShape(shape)) };
      copyRun(x, result, axis, { begin, size, at: 0 });
      return result;
    },
  } satisfies OpRow<"slice">,

  pad: {
    arity: 1,
    flops: noFlops,
    compilable: true,
    foldable: true,
    infer: (inputs, { axis, before, after }) => {
      const x = at(inputs, 0);
      requireDType(x, "float32");
      requireCount(before, "number of zeros before");
      requireCount(after, "number of zeros after");
      return { dtype: x.dtype, shape: withSize<Dim>(x.shape, axis, before + knownSize(x, axis) + after) };
    },
    gradient: ({ builder, inputs, attributes: { axis, before }, upstream }) => [
      () => builder.slice(upstream, { axis, begin: before, size: knownSize(builder.type(at(inputs, 0)), axis) }),
    ],
    evaluate: (inputs, { axis, before, after }) => {
      const x = at(inputs, 0);
      const size = x.shape[axis] ?? 0;
      const shape = withSize(x.shape, axis, before + size + after);
      const result = { dtype: x.dtype, shape, data: new Float64Array(sizeOfShape(shape)) };
      copyRun(x, result, axis, { begin: 0, size, at: before });
      return result;
    },
  } satisfies OpRow<"pad">,
};
