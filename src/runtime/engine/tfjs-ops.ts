/** How each op of the tensor IR is computed by tfjs: one row per op. A row's result is a tensor of its own to dispose. */
import * as tf from "@tensorflow/tfjs-core";
import { philoxUniform } from "../../compiler/graph/philox.js";
import type { DType, NodeOf, OpName, Shape, ValueId } from "../../compiler/graph/graph.js";
import { memoryOf } from "./tfjs-backend.js";
import { gatherRows, segmentSum, sumAll, sumRows, type UniqueIds } from "./tfjs-kernels.js";

/** What a row may ask for besides its inputs. */
export interface TfjsContext {
  feed(name: string): tf.Tensor;
  state(name: string): tf.Tensor;
  /** The shape with this call's sizes. */
  sizes(shape: Shape): number[];
  /** Binds the size of a dimension that a value decided. */
  bind(dimension: string, size: number): void;
  /** The distinct values of the value `id`, found once a call. */
  unique(id: ValueId, ids: Int32Array): UniqueIds;
}

type Row<K extends OpName> = (inputs: Inputs, node: NodeOf<K>, context: TfjsContext) => tf.Tensor;
type Rows = { readonly [K in OpName]: Row<K> };

/** The inputs of an op; the op table guarantees that they are there. */
interface Inputs {
  readonly all: readonly tf.Tensor[];
  at(index: number): tf.Tensor;
}

const unary =
  (compute: (x: tf.Tensor) => tf.Tensor) =>
  (inputs: Inputs): tf.Tensor =>
    compute(inputs.at(0));

const binary =
  (compute: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) =>
  (inputs: Inputs): tf.Tensor =>
    compute(inputs.at(0), inputs.at(1));

/** tfjs takes a typed array of 0 and 1 for booleans. */
function fromNumbers(data: Float32Array | Int32Array, shape: number[], dtype: DType): tf.Tensor {
  return tf.tensor(dtype === "bool" ? Uint8Array.from(data) : data, shape, dtype);
}

function numbers(value: readonly number[], dtype: DType): Float32Array | Int32Array {
  return dtype === "float32" ? Float32Array.from(value) : Int32Array.from(value);
}

const rows: Rows = {
  input: (_inputs, node, context) => context.feed(node.attributes.name).clone(),
  state: (_inputs, node, context) => context.state(node.attributes.name).clone(),
  constant: (_inputs, node, context) => {
    const { type, value } = node.attributes;
    const shape = context.sizes(type.shape);
    return typeof value === "number"
      ? tf.fill(shape, value, type.dtype)
      : fromNumbers(numbers(value, type.dtype), shape, type.dtype);
  },
  random: (inputs, node, context) => {
    const { stream, shape } = node.attributes;
    const sizes = context.sizes(shape);
    const step = memoryOf(inputs.at(0))[0] ?? 0;
    const seed = memoryOf(inputs.at(1))[0] ?? 0;
    return tf.tensor(philoxUniform(seed, stream, step, tf.util.sizeFromShape(sizes)), sizes, "float32");
  },

  neg: unary(tf.neg),
  abs: unary(tf.abs),
  sign: unary(tf.sign),
  exp: unary(tf.exp),
  expm1: unary(tf.expm1),
  log: unary(tf.log),
  log1p: unary(tf.log1p),
  sqrt: unary(tf.sqrt),
  cos: unary(tf.cos),
  erf: unary(tf.erf),
  sigmoid: unary(tf.sigmoid),
  softplus: unary(tf.softplus),
  tanh: unary(tf.tanh),
  relu: unary(tf.relu),
  not: unary(tf.logicalNot),
  stopGradient: unary((x) => x.clone()),
  // The wasm backend's cast to booleans copies the bytes.
  cast: (inputs, node) =>
    node.attributes.dtype === "bool"
      ? tf.tidy(() => tf.notEqual(inputs.at(0), tf.zerosLike(inputs.at(0))))
      : tf.cast(inputs.at(0), node.attributes.dtype),

  add: binary(tf.add),
  sub: binary(tf.sub),
  mul: binary(tf.mul),
  div: binary(tf.div),
  pow: binary(tf.pow),
  maximum: binary(tf.maximum),
  minimum: binary(tf.minimum),
  less: binary(tf.less),
  lessEqual: binary(tf.lessEqual),
  equal: binary(tf.equal),
  and: binary(tf.logicalAnd),
  reluGrad: binary((gradient, input) => tf.tidy(() => tf.mul(tf.step(input), gradient))),
  select: (inputs) => tf.where(inputs.at(0), inputs.at(1), inputs.at(2)),

  matmul: (inputs, node) => {
    const { transposeA, transposeB } = node.attributes;
    const [a, b] = [inputs.at(0), inputs.at(1)];
    if (a.rank > 2) return tf.matMul(a, b, transposeA, transposeB);
    // The wasm backend multiplies plain matrices ten times as fast as transposed ones.
    return tf.tidy(() => tf.matMul(transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b));
  },
  softmax: unary((x) => tf.softmax(x)),
  sum: (inputs, node, context) => {
    const { axes, keepDims } = node.attributes;
    const [x, count] = [inputs.at(0), node.attributes.axes.length];
    // Float32 additions one after another lose three digits over a million squares.
    if (x.dtype === "float32" && count === x.rank)
      return tf.tensor([sumAll(memoryOf(x) as Float32Array)], context.sizes(node.type.shape), "float32");
    const leading = x.dtype === "float32" && count < x.rank && axes.every((axis) => axis < count);
    if (!leading) return tf.sum(x, [...axes], keepDims);
    const width = tf.util.sizeFromShape(x.shape.slice(count));
    return tf.tensor(sumRows(memoryOf(x) as Float32Array, width), context.sizes(node.type.shape), "float32");
  },
  max: (inputs, node) => tf.max(inputs.at(0), [...node.attributes.axes], node.attributes.keepDims),

  reshape: (inputs, node, context) => tf.reshape(inputs.at(0), context.sizes(node.attributes.shape)),
  transpose: (inputs, node) => tf.transpose(inputs.at(0), [...node.attributes.permutation]),
  broadcast: (inputs, node, context) => tf.broadcastTo(inputs.at(0), context.sizes(node.attributes.shape)),
  concat: (inputs, node) => tf.concat([...inputs.all], node.attributes.axis),
  slice: (inputs, node) => {
    const { axis, begin, size } = node.attributes;
    const { shape } = inputs.at(0);
    const begins = shape.map((_, index) => (index === axis ? begin : 0));
    return tf.slice(
      inputs.at(0),
      begins,
      shape.map((whole, index) => (index === axis ? size : whole)),
    );
  },
  pad: (inputs, node) => {
    const { axis, before, after } = node.attributes;
    return tf.pad(
      inputs.at(0),
      inputs.at(0).shape.map((_, index): [number, number] => (index === axis ? [before, after] : [0, 0])),
    );
  },

  gather: (inputs, node) => {
    const [table, ids] = [inputs.at(0), inputs.at(1)];
    const inner = table.shape.slice(1);
    if (node.type.dtype === "bool") return tf.gather(table, ids as tf.Tensor1D);
    const values = memoryOf(table) as Float32Array | Int32Array;
    const rowsOf = gatherRows(values, memoryOf(ids) as Int32Array, tf.util.sizeFromShape(inner));
    return tf.tensor(rowsOf, [...ids.shape, ...inner], node.type.dtype);
  },
  segmentSum: (inputs, node, context) => {
    const [count = 0] = context.sizes([node.attributes.count]);
    const inner = inputs.at(0).shape.slice(1);
    const values = memoryOf(inputs.at(0)) as Float32Array | Int32Array;
    const segments = memoryOf(inputs.at(1)) as Int32Array;
    const sums = segmentSum(values, segments, count, tf.util.sizeFromShape(inner));
    return tf.tensor(sums, [count, ...inner], node.type.dtype);
  },
  unique: (inputs, node, context) => {
    const { values } = context.unique(node.inputs[0] ?? -1, memoryOf(inputs.at(0)) as Int32Array);
    context.bind(node.attributes.dim, values.length);
    return tf.tensor1d(values, "int32");
  },
  uniqueIndex: (inputs, node, context) =>
    tf.tensor1d(context.unique(node.inputs[0] ?? -1, memoryOf(inputs.at(0)) as Int32Array).index, "int32"),
};

/** Computes one node by its row. */
export function computeNode<K extends OpName>(
  node: NodeOf<K>,
  inputs: readonly tf.Tensor[],
  context: TfjsContext,
): tf.Tensor {
  const row: Row<K> = rows[node.op];
  const at = (index: number): tf.Tensor => {
    const input = inputs[index];
    if (input === undefined) throw new Error(`\`${node.op}\` is missing its input ${index}`);
    return input;
  };
  return row({ all: inputs, at }, node, context);
}
