/** Elementwise ops of two or three inputs that broadcast as NumPy does, and `reluGrad`. */
import { broadcastShapes, formatType } from "../dims.js";
import { GraphError } from "../graph-error.js";
import type { OpBuilder } from "../op-builder.js";
import type { DType, Shape, TensorType, ValueId } from "../graph.js";
import { broadcastIndices, sizeOfShape, type Tensor } from "../tensor.js";
import {
  at,
  flopsPerOutput,
  type InputGradient,
  noFlops,
  type OpRow,
  requireDType,
  requireSameDType,
  requireSameShape,
} from "./op.js";

/** Two inputs, no attributes: each of these ops. */
type BinaryOp = "add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum" | "less" | "lessEqual" | "equal" | "and";

/** The gradient before it is summed to an input's shape. */
type Derivative = (b: OpBuilder, up: ValueId, x: ValueId, y: ValueId, output: ValueId) => ValueId;

function broadcastType(inputs: readonly TensorType[]): Shape {
  const shape = broadcastShapes(...inputs.map((input) => input.shape));
  if (shape === undefined) {
    throw new GraphError(`needs shapes that broadcast together, has ${inputs.map(formatType).join(", ")}`);
  }
  return shape;
}

/** Each input read as if it had the result's shape. */
function combine(
  dtype: DType,
  inputs: readonly Tensor[],
  shape: readonly number[],
  compute: (values: (input: number) => number) => number,
): Tensor {
  const read = inputs.map((input) => ({ data: input.data, indices: broadcastIndices(input.shape, shape) }));
  const data = new Float64Array(sizeOfShape(shape));
  for (let element = 0; element < data.length; element += 1) {
    data[element] = compute((input) => {
      const { data, indices } = at(read, input);
      return data[indices[element] ?? 0] ?? 0;
    });
  }
  return { dtype, shape, data };
}

function evaluatedShape(inputs: readonly Tensor[]): readonly number[] {
  const shape = broadcastShapes(...inputs.map((input) => input.shape));
  if (shape === undefined) throw new GraphError("has inputs whose sizes of this call do not broadcast together");
  return shape.filter((side) => typeof side === "number");
}

function binary<K extends BinaryOp>(
  dtypes: readonly DType[],
  result: "same" | "bool",
  compute: (x: number, y: number) => number,
  derivatives: readonly [Derivative, Derivative] | undefined,
): OpRow<K> {
  return {
    arity: 2,
    flops: result === "bool" ? noFlops : flopsPerOutput,
    compilable: true,
    foldable: true,
    infer: (inputs) => {
      requireSameDType(inputs);
      requireDType(at(inputs, 0), ...dtypes);
      return { dtype: result === "bool" ? "bool" : at(inputs, 0).dtype, shape: broadcastType(inputs) };
    },
    gradient: ({ builder, inputs, output, upstream }) => {
      const [x, y] = [at(inputs, 0), at(inputs, 1)];
      return [0, 1].map((index): InputGradient => {
        const derivative = derivatives?.[index];
        if (derivative === undefined) return undefined;
        const { shape } = builder.type(at(inputs, index));
        return () => builder.sumTo(derivative(builder, upstream, x, y, output), shape);
      });
    },
    evaluate: (inputs) => {
      const dtype = result === "bool" ? "bool" : at(inputs, 0).dtype;
      return combine(dtype, inputs, evaluatedShape(inputs), (value) => compute(value(0), value(1)));
    },
  };
}

/** The upstream gradient where `keep` holds, else 0. */
function where(b: OpBuilder, keep: ValueId, up: ValueId): ValueId {
  return b.select(keep, up, b.scalar(0));
}

const numeric: readonly DType[] = ["float32", "int32"];

export const binaryOps = {
  add: binary<"add">(numeric, "same", (x, y) => x + y, [(_b, up) => up, (_b, up) => up]),
  sub: binary<"sub">(numeric, "same", (x, y) => x - y, [(_b, up) => up, (b, up) => b.neg(up)]),
  mul: binary<"mul">(numeric, "same", (x, y) => x * y, [(b, up, _x, y) => b.mul(up, y), (b, up, x) => b.mul(up, x)]),
  div: binary<"div">(["float32"], "same", (x, y) => x / y, [
    (b, up, _x, y) => b.div(up, y),
    (b, up, _x, y, output) => b.neg(b.div(b.mul(up, output), y)),
  ]),
  pow: binary<"pow">(["float32"], "same", Math.pow, [
    (b, up, x, y) => b.mul(up, b.mul(y, b.pow(x, b.sub(y, b.scalar(1))))),
    // log x exists only for x > 0; the result is 0 or not differentiable elsewhere.
    (b, up, x, _y, output) => {
      const positive = b.less(b.scalar(0), x);
      return b.mul(up, b.mul(output, where(b, positive, b.log(b.select(positive, x, b.scalar(1))))));
    },
  ]),
  // At a tie the first input takes the whole gradient.
  maximum: binary<"maximum">(numeric, "same", Math.max, [
    (b, up, x, y) => where(b, b.lessEqual(y, x), up),
    (b, up, x, y) => where(b, b.less(x, y), up),
  ]),
  minimum: binary<"minimum">(numeric, "same", Math.min, [
    (b, up, x, y) => where(b, b.lessEqual(x, y), up),
    (b, up, x, y) => where(b, b.less(y, x), up),
  ]),
  less: binary<"less">(numeric, "bool", (x, y) => (x < y ? 1 : 0), undefined),
  lessEqual: binary<"lessEqual">(numeric, "bool", (x, y) => (x <= y ? 1 : 0), undefined),
  equal: binary<"equal">(numeric, "bool", (x, y) => (x === y ? 1 : 0), undefined),
  and: binary<"and">(["bool"], "bool", (x, y) => x * y, undefined),
  reluGrad: {
    arity: 2,
    flops: flopsPerOutput,
    compilable: true,
    foldable: true,
    missingIn: ["tfjs"],
    infer: (inputs) => {
      requireDType(at(inputs, 0), "float32");
      requireDType(at(inputs, 1), "float32");
      requireSameShape(at(inputs, 0), at(inputs, 1));
      return at(inputs, 0);
    },
    gradient: ({ builder, inputs, upstream }) => [() => builder.reluGrad(upstream, at(inputs, 1)), undefined],
    evaluate: (inputs) => {
      const { shape } = at(inputs, 0);
      return combine("float32", inputs, shape, (value) => (value(1) > 0 ? value(0) : 0));
    },
  } satisfies OpRow<"reluGrad">,
  select: {
    arity: 3,
    flops: flopsPerOutput,
    compilable: true,
    foldable: true,
    infer: (inputs) => {
      requireDType(at(inputs, 0), "bool");
      requireSameDType(inputs.slice(1));
      requireDType(at(inputs, 1), ...numeric);
      return { dtype: at(inputs, 1).dtype, shape: broadcastType(inputs) };
    },
    gradient: ({ builder, inputs, upstream }) => {
      const [condition, x, y] = [at(inputs, 0), at(inputs, 1), at(inputs, 2)];
      const zero = builder.scalar(0);
      return [
        undefined,
        () => builder.sumTo(builder.select(condition, upstream, zero), builder.type(x).shape),
        () => builder.sumTo(builder.select(condition, zero, upstream), builder.type(y).shape),
      ];
    },
    evaluate: (inputs) =>
      combine(at(inputs, 1).dtype, inputs, evaluatedShape(inputs), (value) => (value(0) === 0 ? value(2) : value(1))),
  } satisfies OpRow<"select">,
};
