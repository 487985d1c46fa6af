/** How each op of the tensor IR is said in ONNX's ops (opset 18): one row per op. */
import type { GraphNode, NodeOf, OpName, Shape, ValueId } from "../../graph/graph.js";
import { elementTypeOf, intAttribute, intsAttribute, type NodeList, type TensorName } from "./node-list.js";

/** What a row may ask for. */
export interface LoweringContext {
  readonly list: NodeList;
  /** The node that made a value. */
  definition(id: ValueId): GraphNode;
  /** The whole value of a state variable. */
  readState(name: string): TensorName;
}

type Row<K extends OpName> = (
  context: LoweringContext,
  node: NodeOf<K>,
  inputs: readonly TensorName[],
  name: string,
) => TensorName;

type PlainRow = (context: LoweringContext, node: GraphNode, inputs: readonly TensorName[], name: string) => TensorName;

/** An op of ONNX without attributes. */
const plain =
  (opType: string): PlainRow =>
  ({ list }, _node, inputs, name) =>
    list.add(opType, inputs, [], { name });

const first = (inputs: readonly TensorName[]): TensorName => {
  const [input] = inputs;
  if (input === undefined) throw new Error("the op has no input");
  return input;
};

const reduction =
  (opType: string): Row<"sum" | "max"> =>
  ({ list }, { attributes: { axes, keepDims } }, inputs, name) => {
    if (axes.length === 0) return first(inputs);
    const operands = [...inputs, list.constant("int64", axes)];
    return list.add(opType, operands, [intAttribute("keepdims", keepDims ? 1 : 0)], { name });
  };

/** `Reshape` may find one size out by itself. */
function reshapeTensor(list: NodeList, shape: Shape): TensorName {
  const symbolic = shape.filter((size) => typeof size === "string").length;
  if (symbolic > 1) return list.shape(shape);
  return list.constant(
    "int64",
    shape.map((size) => (typeof size === "string" ? -1 : size)),
  );
}

/** log(1 + u) for 0 ≤ u ≤ 1, to the last bits of a small u too: 2·atanh(u / (u + 2)). */
function log1pOfUnit(list: NodeList, u: TensorName, name: string): TensorName {
  const part = list.add("Div", [u, list.add("Add", [u, list.constant("float32", 2)], [], { name })], [], { name });
  return list.add("Mul", [list.add("Atanh", [part], [], { name }), list.constant("float32", 2)], [], { name });
}

/** Swaps the last two axes. */
function swapped(list: NodeList, tensor: TensorName, rank: number, name: string): TensorName {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const perm = [...axes.slice(0, -2), rank - 1, rank - 2];
  return list.add("Transpose", [tensor], [intsAttribute("perm", perm)], { name });
}

/** Absent: ONNX cannot say it. */
export const rows: { readonly [K in OpName]: Row<K> | undefined } = {
  input: (_context, { attributes }) => attributes.name,
  state: (context, { attributes }) => context.readState(attributes.name),
  constant: ({ list }, { attributes: { type, value } }, _inputs, name) => {
    const shape = type.shape.filter((size) => typeof size === "number");
    if (shape.length === type.shape.length) {
      const count = shape.reduce((product, size) => product * size, 1);
      const values = typeof value === "number" ? Array<number>(count).fill(value) : value;
      return list.constantOf(type.dtype, shape, values);
    }
    if (typeof value !== "number") throw new Error("a constant of several values has a known shape");
    return list.add("Expand", [list.constant(type.dtype, value), list.shape(type.shape)], [], { name });
  },
  random: undefined,

  neg: plain("Neg"),
  abs: plain("Abs"),
  sign: plain("Sign"),
  exp: plain("Exp"),
  // tanh(x/2)·(eˣ + 1) loses nothing of a small x, where eˣ − 1 would.
  expm1: ({ list }, _node, inputs, name) => {
    const x = first(inputs);
    const half = list.add("Mul", [x, list.constant("float32", 0.5)], [], { name });
    const above = list.add("Add", [list.add("Exp", [x], [], { name }), list.constant("float32", 1)], [], { name });
    return list.add("Mul", [list.add("Tanh", [half], [], { name }), above], [], { name });
  },
  log: plain("Log"),
  log1p: ({ list }, _node, inputs, name) => {
    const x = first(inputs);
    const one = list.constant("float32", 1);
    const isUnit = list.add("LessOrEqual", [list.add("Abs", [x], [], { name }), list.constant("float32", 0.5)], [], {
      name,
    });
    const far = list.add("Log", [list.add("Add", [x, one], [], { name })], [], { name });
    return list.add("Where", [isUnit, log1pOfUnit(list, x, name), far], [], { name });
  },
  sqrt: plain("Sqrt"),
  cos: plain("Cos"),
  erf: plain("Erf"),
  sigmoid: plain("Sigmoid"),
  // `Softplus` of onnxruntime is 0 for what is below −17, where this is eˣ.
  softplus: ({ list }, _node, inputs, name) => {
    const x = first(inputs);
    const away = list.add("Neg", [list.add("Abs", [x], [], { name })], [], { name });
    const tail = log1pOfUnit(list, list.add("Exp", [away], [], { name }), name);
    return list.add("Add", [list.add("Relu", [x], [], { name }), tail], [], { name });
  },
  tanh: plain("Tanh"),
  relu: plain("Relu"),
  not: plain("Not"),
  stopGradient: (_context, _node, inputs) => first(inputs),
  cast: ({ list }, { attributes }, inputs, name) =>
    list.add("Cast", inputs, [intAttribute("to", elementTypeOf(attributes.dtype))], { name }),

  add: plain("Add"),
  sub: plain("Sub"),
  mul: plain("Mul"),
  div: plain("Div"),
  pow: plain("Pow"),
  maximum: plain("Max"),
  minimum: plain("Min"),
  less: plain("Less"),
  lessEqual: plain("LessOrEqual"),
  equal: plain("Equal"),
  and: plain("And"),
  reluGrad: ({ list }, _node, [gradient = "", x = ""], name) => {
    const zero = list.constant("float32", 0);
    const isAbove = list.add("Greater", [x, zero], [], { name });
    return list.add("Where", [isAbove, gradient, zero], [], { name });
  },
  select: plain("Where"),

  matmul: ({ list }, { type, attributes: { transposeA, transposeB } }, inputs, name) => {
    const rank = type.shape.length;
    if (rank === 2 && (transposeA || transposeB)) {
      const attributes = [intAttribute("transA", Number(transposeA)), intAttribute("transB", Number(transposeB))];
      return list.add("Gemm", inputs, attributes, { name });
    }
    const isTransposed = [transposeA, transposeB];
    const operands = inputs.map((input, i) => (isTransposed[i] === true ? swapped(list, input, rank, name) : input));
    return list.add("MatMul", operands, [], { name });
  },
  softmax: ({ list }, _node, inputs, name) => list.add("Softmax", inputs, [intAttribute("axis", -1)], { name }),
  sum: reduction("ReduceSum"),
  max: reduction("ReduceMax"),

  reshape: ({ list }, { attributes }, inputs, name) =>
    list.add("Reshape", [...inputs, reshapeTensor(list, attributes.shape)], [], { name }),
  transpose: ({ list }, { attributes }, inputs, name) =>
    list.add("Transpose", inputs, [intsAttribute("perm", attributes.permutation)], { name }),
  broadcast: ({ list }, { attributes }, inputs, name) =>
    list.add("Expand", [...inputs, list.shape(attributes.shape)], [], { name }),
  concat: ({ list }, { attributes }, inputs, name) =>
    inputs.length === 1 ? first(inputs) : list.add("Concat", inputs, [intAttribute("axis", attributes.axis)], { name }),
  slice: ({ list }, { attributes: { axis, begin, size } }, inputs, name) => {
    const bounds = [begin, begin + size, axis].map((value) => list.constant("int64", [value]));
    return list.add("Slice", [...inputs, ...bounds], [], { name });
  },
  pad: ({ list }, { type, attributes: { axis, before, after } }, inputs, name) => {
    const zero = list.constant(type.dtype, 0);
    const operands = [...inputs, list.constant("int64", [before, after]), zero, list.constant("int64", [axis])];
    return list.add("Pad", operands, [], { name });
  },

  gather: ({ list }, _node, inputs, name) => list.add("Gather", inputs, [intAttribute("axis", 0)], { name }),
  segmentSum: undefined,
  unique: undefined,
  uniqueIndex: undefined,
};

/** Lowers one node by its row. Throws for an op that ONNX cannot say. */
export function lowerNode<K extends OpName>(
  context: LoweringContext,
  node: NodeOf<K>,
  inputs: readonly TensorName[],
  name: string,
): TensorName {
  const row: Row<K> | undefined = rows[node.op];
  if (row === undefined) throw new Error(`ONNX cannot compute \`${node.op}\``);
  return row(context, node, inputs, name);
}
