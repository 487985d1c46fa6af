/** Elementwise ops of one input. */
import { withDType } from "../dims.js";
import { erf, erfSlope } from "../erf.js";
import type { OpBuilder } from "../op-builder.js";
import type { DType, NoAttributes, OpAttributes, OpName, ValueId } from "../graph.js";
import type { Tensor } from "../tensor.js";
import { at, flopsPerOutput, noFlops, type OpRow, requireDType } from "./op.js";

/** How the derivative times the upstream gradient is made from the input x and the result y. */
type Derivative = (builder: OpBuilder, x: ValueId, y: ValueId, upstream: ValueId) => ValueId;

type PlainOp = { readonly [K in OpName]: NoAttributes extends OpAttributes[K] ? K : never }[OpName];

function mapTensor(x: Tensor, dtype: DType, compute: (value: number) => number): Tensor {
  return { dtype, shape: x.shape, data: x.data.map(compute) };
}

function unary<K extends PlainOp>(compute: (x: number) => number, derivative?: Derivative): OpRow<K> {
  return {
    arity: 1,
    flops: flopsPerOutput,
    compilable: true,
    foldable: true,
    infer: (inputs) => {
      requireDType(at(inputs, 0), "float32");
      return at(inputs, 0);
    },
    gradient: ({ builder, inputs, output, upstream }) =>
      derivative === undefined ? [undefined] : [() => derivative(builder, at(inputs, 0), output, upstream)],
    evaluate: (inputs) => mapTensor(at(inputs, 0), "float32", compute),
  };
}

/** Sums of the form log(1 + eˣ) without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

function castValue(from: DType, to: DType): (value: number) => number {
  if (to === "bool") return (value) => (value === 0 ? 0 : 1);
  if (to === "int32" && from === "float32") return Math.trunc;
  return (value) => value;
}

export const unaryOps = {
  neg: unary<"neg">(
    (x) => -x,
    (b, _x, _y, up) => b.neg(up),
  ),
  abs: unary<"abs">(Math.abs, (b, x, _y, up) => b.mul(up, b.sign(x))),
  sign: unary<"sign">((x) => (x > 0 ? 1 : x < 0 ? -1 : x)),
  exp: unary<"exp">(Math.exp, (b, _x, y, up) => b.mul(up, y)),
  expm1: unary<"expm1">(Math.expm1, (b, x, _y, up) => b.mul(up, b.exp(x))),
  log: unary<"log">(Math.log, (b, x, _y, up) => b.div(up, x)),
  log1p: unary<"log1p">(Math.log1p, (b, x, _y, up) => b.div(up, b.add(x, b.scalar(1)))),
  sqrt: unary<"sqrt">(Math.sqrt, (b, _x, y, up) => b.div(b.mul(up, b.scalar(0.5)), y)),
  // The IR has no sine: −sin x = cos(x + π/2).
  cos: unary<"cos">(Math.cos, (b, x, _y, up) => b.mul(up, b.cos(b.add(x, b.scalar(Math.PI / 2))))),
  erf: unary<"erf">(erf, (b, x, _y, up) => b.mul(up, b.scale(b.exp(b.neg(b.square(x))), erfSlope))),
  sigmoid: unary<"sigmoid">(sigmoid, (b, _x, y, up) => b.mul(up, b.mul(y, b.oneMinus(y)))),
  softplus: unary<"softplus">(softplus, (b, x, _y, up) => b.mul(up, b.sigmoid(x))),
  tanh: unary<"tanh">(Math.tanh, (b, _x, y, up) => b.mul(up, b.oneMinus(b.square(y)))),
  relu: unary<"relu">(
    (x) => Math.max(x, 0),
    (b, x, _y, up) => b.reluGrad(up, x),
  ),
  stopGradient: {
    arity: 1,
    flops: noFlops,
    compilable: true,
    foldable: true,
    infer: (inputs) => at(inputs, 0),
    gradient: () => [undefined],
    evaluate: (inputs) => at(inputs, 0),
  } satisfies OpRow<"stopGradient">,
  not: {
    arity: 1,
    flops: noFlops,
    compilable: true,
    foldable: true,
    infer: (inputs) => {
      requireDType(at(inputs, 0), "bool");
      return at(inputs, 0);
    },
    gradient: () => [undefined],
    evaluate: (inputs) => mapTensor(at(inputs, 0), "bool", (x) => 1 - x),
  } satisfies OpRow<"not">,
  cast: {
    arity: 1,
    flops: noFlops,
    compilable: true,
    foldable: true,
    infer: (inputs, { dtype }) => withDType(at(inputs, 0), dtype),
    gradient: ({ builder, inputs, attributes, upstream }) =>
      attributes.dtype === "float32" && builder.type(at(inputs, 0)).dtype === "float32"
        ? [() => upstream]
        : [undefined],
    evaluate: (inputs, { dtype }) => mapTensor(at(inputs, 0), dtype, castValue(at(inputs, 0).dtype, dtype)),
  } satisfies OpRow<"cast">,
};
