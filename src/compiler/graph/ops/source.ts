/** Ops that introduce values: what a call is fed, the state, constants and random numbers. */
import { elementCount, formatType, isDim } from "../dims.js";
import { GraphError } from "../graph-error.js";
import type { Dim, Shape, TensorType } from "../graph.js";
import { philoxUniform } from "../philox.js";
import { createTensor, filledTensor, sizeOfShape } from "../tensor.js";
import { at, noFlops, type OpRow } from "./op.js";

function requireShape(shape: Shape): void {
  const odd = shape.find((dim) => !isDim(dim));
  if (odd !== undefined)
    throw new GraphError(`has \`${odd}\` as a size; a size is a whole number ≥ 0, a name or a product`);
}

const mapType = <A extends { readonly type: TensorType }>(attributes: A, map: (dim: Dim) => Dim): A => ({
  ...attributes,
  type: { dtype: attributes.type.dtype, shape: attributes.type.shape.map(map) },
});

export const sourceOps = {
  input: {
    arity: 0,
    flops: noFlops,
    compilable: false,
    foldable: false,
    infer: (_inputs, { type }) => {
      requireShape(type.shape);
      return type;
    },
    gradient: () => [],
    evaluate: (_inputs, { name }, context) => context.input(name),
    mapDims: mapType,
  } satisfies OpRow<"input">,

  state: {
    arity: 0,
    flops: noFlops,
    compilable: false,
    foldable: false,
    infer: (_inputs, { name }, stateType) => stateType(name),
    gradient: () => [],
    evaluate: (_inputs, { name }, context) => context.state(name),
  } satisfies OpRow<"state">,

  constant: {
    arity: 0,
    flops: noFlops,
    compilable: true,
    foldable: false,
    infer: (_inputs, { type, value }) => {
      requireShape(type.shape);
      if (typeof value !== "number" && elementCount(type.shape) !== value.length) {
        throw new GraphError(`needs a value for each element of ${formatType(type)}, has ${value.length}`);
      }
      return type;
    },
    gradient: () => [],
    evaluate: (_inputs, { type, value }, context) => {
      const shape = context.sizes(type.shape);
      return typeof value === "number"
        ? filledTensor(type.dtype, shape, value)
        : createTensor(type.dtype, shape, value);
    },
    mapDims: mapType,
  } satisfies OpRow<"constant">,

  random: {
    arity: 2,
    flops: noFlops,
    compilable: false,
    foldable: false,
    missingIn: ["tfjs", "onnx", "simd"],
    infer: (inputs, { shape }) => {
      for (const [index, name] of ["step", "seed"].entries()) {
        const given = at(inputs, index);
        if (given.dtype !== "int32" || given.shape.length > 0)
          throw new GraphError(`needs the ${name}, int32[], has ${formatType(given)}`);
      }
      requireShape(shape);
      return { dtype: "float32", shape };
    },
    gradient: () => [undefined, undefined],
    evaluate: (inputs, { stream, shape }, context) => {
      const sizes = context.sizes(shape);
      const step = at(inputs, 0).data[0] ?? 0;
      const seed = at(inputs, 1).data[0] ?? 0;
      return createTensor("float32", sizes, philoxUniform(seed, stream, step, sizeOfShape(sizes)));
    },
    mapDims: (attributes, map) => ({ ...attributes, shape: attributes.shape.map(map) }),
  } satisfies OpRow<"random">,
};
