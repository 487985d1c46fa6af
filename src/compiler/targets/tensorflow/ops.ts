/** How each op of the tensor IR is said in TensorFlow's ops: one row per op. */
import type { DType, GraphNode, NodeOf, OpName, Shape, ValueId } from "../../graph/graph.js";
import type { AttrValue } from "./proto.js";
import { type NodeGraph, type TensorRef, typeAttr } from "./node-graph.js";

/** The inputs of the node being lowered. A value enters the graph when a row first asks for it. */
export interface Operands {
  readonly ids: readonly ValueId[];
  at(index: number): TensorRef;
  all(): readonly TensorRef[];
}

/** What a row may ask for besides its inputs. */
export interface LoweringContext {
  readonly graph: NodeGraph;
  /** The node that made a value, for rows that match a pattern. */
  definition(id: ValueId): GraphNode;
  /** A scalar int32: the size of a symbolic dimension in this call. */
  dimension(name: string): TensorRef;
  /** The whole value of a state variable as it was before the call. */
  readState(name: string): TensorRef;
  /** Some rows of a state variable as it was before the call; absent when state can only be read whole. */
  readonly gatherState: ((name: string, ids: TensorRef) => TensorRef) | undefined;
  /** Rows of state that are read once for several gathers, in the shape of this one; undefined: it reads its own. */
  rowsRead(node: NodeOf<"gather">): TensorRef | undefined;
  /** Whether XLA compiles what is lowered, which knows no sparse matrices. */
  readonly isInXla: boolean;
  /** The feed of a function's input. */
  input(node: NodeOf<"input">): TensorRef;
  /** Both outputs of TensorFlow's `Unique`, shared by `unique` and `uniqueIndex` of the same ids. */
  unique(ids: Operands): { readonly values: TensorRef; readonly index: TensorRef };
}

type Row<K extends OpName> = (context: LoweringContext, node: NodeOf<K>, inputs: Operands, name: string) => TensorRef;

export type Rows = { readonly [K in OpName]: Row<K> };

function inputType(context: LoweringContext, node: GraphNode, index: number): { dtype: DType; shape: Shape } {
  return context.definition(node.inputs[index] ?? -1).type;
}

/** An op whose only attribute is the element type of its first input. */
const plain =
  (op: string, extra: Readonly<Record<string, AttrValue>> = {}) =>
  (context: LoweringContext, node: GraphNode, inputs: Operands, name: string): TensorRef =>
    context.graph.add(op, inputs.all(), { T: typeAttr(inputType(context, node, 0).dtype), ...extra }, { name });

/** An op on booleans, which has no type attribute. */
const logical =
  (op: string) =>
  (context: LoweringContext, _node: GraphNode, inputs: Operands, name: string): TensorRef =>
    context.graph.add(op, inputs.all(), {}, { name });

const reduction =
  (op: string) =>
  (context: LoweringContext, node: NodeOf<"sum" | "max">, inputs: Operands, name: string): TensorRef =>
    context.graph.add(
      op,
      [inputs.at(0), context.graph.integers(node.attributes.axes)],
      { T: typeAttr(node.type.dtype), Tidx: typeAttr("int32"), keep_dims: { b: node.attributes.keepDims } },
      { name },
    );

/** A shape as a tensor: a constant, or packed from the sizes of this call. */
function shapeTensor(context: LoweringContext, shape: Shape, name: string): TensorRef {
  const { graph } = context;
  const sizes = shape.filter((size) => typeof size === "number");
  if (sizes.length === shape.length) return graph.integers(sizes);
  const parts = shape.map((size) => (typeof size === "number" ? graph.integers(size) : context.dimension(size)));
  return graph.add(
    "Pack",
    parts,
    { N: { i: parts.length }, T: typeAttr("int32"), axis: { i: 0 } },
    { name: `${name}/shape` },
  );
}

/** `reshape` may leave one size to TensorFlow. */
function reshapeTensor(context: LoweringContext, shape: Shape, name: string): TensorRef {
  const symbolic = shape.filter((size) => typeof size === "string").length;
  if (symbolic > 1) return shapeTensor(context, shape, name);
  return context.graph.integers(shape.map((size) => (typeof size === "string" ? -1 : size)));
}

export const rows: Rows = {
  input: (context, node) => context.input(node),
  state: (context, node) => context.readState(node.attributes.name),
  constant: (context, node, _inputs, name) => {
    const { graph } = context;
    const { type, value } = node.attributes;
    const shape = type.shape.filter((size) => typeof size === "number");
    if (shape.length === type.shape.length) {
      const data =
        typeof value === "number"
          ? value
          : type.dtype === "float32"
            ? Float32Array.from(value)
            : Int32Array.from(value);
      return graph.constant({ dtype: type.dtype, shape, data }, name);
    }
    if (typeof value !== "number") throw new Error("a constant of several values has a known shape");
    return graph.add(
      "Fill",
      [shapeTensor(context, type.shape, name), graph.constant({ dtype: type.dtype, shape: [], data: value }, name)],
      { T: typeAttr(type.dtype), index_type: typeAttr("int32") },
      { name },
    );
  },
  random: (context, node, inputs, name) => {
    const { graph } = context;
    const { stream, shape } = node.attributes;
    // Pairs of int32 words, low word first, seen as 64-bit numbers.
    const words = (parts: readonly TensorRef[]): TensorRef =>
      graph.add(
        "Bitcast",
        [graph.add("Pack", parts, { N: { i: parts.length }, T: typeAttr("int32"), axis: { i: 0 } }, { name })],
        { T: typeAttr("int32"), type: typeAttr("uint64") },
        { name },
      );
    const vector = (values: readonly TensorRef[]): TensorRef =>
      graph.add("Pack", values, { N: { i: values.length }, T: typeAttr("uint64"), axis: { i: 0 } }, { name });
    const zero = graph.integers(0);
    const key = vector([words([inputs.at(1), graph.integers(stream | 0)])]);
    const counter = vector([words([zero, zero]), words([inputs.at(0), zero])]);
    const philox = graph.integers(1);
    const drawn = (op: string, dtype: "float32" | "uint32"): TensorRef => {
      const attributes = { dtype: typeAttr(dtype), Tshape: typeAttr("int32") };
      return graph.add(op, [shapeTensor(context, shape, name), key, counter, philox], attributes, { name });
    };
    if (!context.isInXla) return drawn("StatelessRandomUniformV2", "float32");
    return fractionOf(graph, drawn("StatelessRandomUniformFullIntV2", "uint32"), name);
  },

  neg: plain("Neg"),
  abs: plain("Abs"),
  sign: plain("Sign"),
  exp: plain("Exp"),
  expm1: plain("Expm1"),
  log: plain("Log"),
  log1p: plain("Log1p"),
  sqrt: plain("Sqrt"),
  cos: plain("Cos"),
  erf: plain("Erf"),
  sigmoid: plain("Sigmoid"),
  softplus: plain("Softplus"),
  tanh: plain("Tanh"),
  relu: plain("Relu"),
  not: logical("LogicalNot"),
  stopGradient: (_context, _node, inputs) => inputs.at(0),
  cast: (context, node, inputs, name) => {
    const { graph } = context;
    const { dtype } = inputType(context, node, 0);
    const to = node.attributes.dtype;
    if (to === "bool" && dtype !== "bool") {
      // What `Cast` does in TensorFlow; tfjs's wasm backend has its own idea of it.
      const zero = graph.constant({ dtype, shape: [], data: 0 }, `${name}/zero`);
      return graph.add("NotEqual", [inputs.at(0), zero], { T: typeAttr(dtype) }, { name });
    }
    return graph.add(
      "Cast",
      inputs.all(),
      { SrcT: typeAttr(dtype), DstT: typeAttr(to), Truncate: { b: false } },
      { name },
    );
  },

  add: (context, node, inputs, name) => {
    const { graph } = context;
    // TensorFlow fuses a matrix product with `BiasAdd`, not with `AddV2`.
    for (const [product, bias] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const isProduct = context.definition(inputs.ids[product] ?? -1).op === "matmul" && node.type.shape.length === 2;
      if (!isProduct) continue;
      const { shape } = inputType(context, node, bias);
      if (shape.length === 1 && typeof shape[0] === "number" && shape[0] === node.type.shape[1]) {
        const type = typeAttr(node.type.dtype);
        return graph.add("BiasAdd", [inputs.at(product), inputs.at(bias)], { T: type }, { name });
      }
    }
    return plain("AddV2")(context, node, inputs, name);
  },
  sub: plain("Sub"),
  mul: plain("Mul"),
  div: plain("RealDiv"),
  pow: plain("Pow"),
  maximum: plain("Maximum"),
  minimum: plain("Minimum"),
  less: plain("Less"),
  lessEqual: plain("LessEqual"),
  equal: plain("Equal"),
  and: logical("LogicalAnd"),
  reluGrad: plain("ReluGrad"),
  select: (context, node, inputs, name) =>
    context.graph.add("SelectV2", inputs.all(), { T: typeAttr(node.type.dtype) }, { name }),

  matmul: (context, node, inputs, name) => {
    const { transposeA, transposeB } = node.attributes;
    const type = typeAttr(node.type.dtype);
    return node.type.shape.length === 2
      ? context.graph.add(
          "MatMul",
          inputs.all(),
          { T: type, transpose_a: { b: transposeA }, transpose_b: { b: transposeB } },
          { name },
        )
      : context.graph.add(
          "BatchMatMulV2",
          inputs.all(),
          { T: type, adj_x: { b: transposeA }, adj_y: { b: transposeB } },
          { name },
        );
  },
  softmax: plain("Softmax"),
  sum: reduction("Sum"),
  max: reduction("Max"),

  reshape: (context, node, inputs, name) =>
    context.graph.add(
      "Reshape",
      [inputs.at(0), reshapeTensor(context, node.attributes.shape, name)],
      { T: typeAttr(node.type.dtype), Tshape: typeAttr("int32") },
      { name },
    ),
  transpose: (context, node, inputs, name) =>
    context.graph.add(
      "Transpose",
      [inputs.at(0), context.graph.integers(node.attributes.permutation)],
      { T: typeAttr(node.type.dtype), Tperm: typeAttr("int32") },
      { name },
    ),
  broadcast: (context, node, inputs, name) =>
    context.graph.add(
      "BroadcastTo",
      [inputs.at(0), shapeTensor(context, node.attributes.shape, name)],
      { T: typeAttr(node.type.dtype), Tidx: typeAttr("int32") },
      { name },
    ),
  concat: (context, node, inputs, name) => {
    if (inputs.ids.length === 1) return inputs.at(0);
    return context.graph.add(
      "ConcatV2",
      [...inputs.all(), context.graph.integers(node.attributes.axis)],
      { N: { i: inputs.ids.length }, T: typeAttr(node.type.dtype), Tidx: typeAttr("int32") },
      { name },
    );
  },
  slice: (context, node, inputs, name) => {
    const { axis, begin, size } = node.attributes;
    const along = (value: number, other: number): TensorRef =>
      context.graph.integers(node.type.shape.map((_, index) => (index === axis ? value : other)));
    return context.graph.add(
      "Slice",
      [inputs.at(0), along(begin, 0), along(size, -1)],
      { T: typeAttr(node.type.dtype), Index: typeAttr("int32") },
      { name },
    );
  },
  pad: (context, node, inputs, name) => {
    const { axis, before, after } = node.attributes;
    const widths = node.type.shape.flatMap((_, index) => (index === axis ? [before, after] : [0, 0]));
    const shape = [node.type.shape.length, 2];
    const paddings = context.graph.constant({ dtype: "int32", shape, data: Int32Array.from(widths) }, `${name}/widths`);
    return context.graph.add(
      "Pad",
      [inputs.at(0), paddings],
      { T: typeAttr(node.type.dtype), Tpaddings: typeAttr("int32") },
      { name },
    );
  },

  gather: (context, node, inputs, name) => {
    const table = context.definition(inputs.ids[0] ?? -1);
    const rows = context.rowsRead(node);
    if (rows !== undefined) return rows;
    if (table.op === "state" && context.gatherState !== undefined) {
      return context.gatherState(table.attributes.name, inputs.at(1));
    }
    return context.graph.add(
      "GatherV2",
      [inputs.at(0), inputs.at(1), context.graph.integers(0)],
      {
        Tparams: typeAttr(node.type.dtype),
        Tindices: typeAttr("int32"),
        Taxis: typeAttr("int32"),
        batch_dims: { i: 0 },
      },
      { name },
    );
  },
  segmentSum: (context, node, inputs, name) => {
    const { count } = node.attributes;
    const [, width] = node.type.shape;
    const isNarrow = node.type.shape.length === 2 && typeof width === "number" && width > 1 && width < wideRows;
    if (isNarrow && !context.isInXla) return sparseProduct(context, node, inputs, name);
    const segments = typeof count === "number" ? context.graph.integers(count) : context.dimension(count);
    return context.graph.add(
      "UnsortedSegmentSum",
      [inputs.at(0), inputs.at(1), segments],
      { T: typeAttr(node.type.dtype), Tindices: typeAttr("int32"), Tnumsegments: typeAttr("int32") },
      { name },
    );
  },
  unique: (context, _node, inputs) => context.unique(inputs).values,
  uniqueIndex: (context, _node, inputs) => context.unique(inputs).index,
};

/** The number in [0, 1) of a word's low 23 bits, as TensorFlow makes it; XLA's own uniform numbers are of the high bits. */
function fractionOf(graph: NodeGraph, words: TensorRef, name: string): TensorRef {
  const ofType = (dtype: "float32" | "int32"): { readonly T: AttrValue } => ({ T: typeAttr(dtype) });
  const signed = graph.add("Bitcast", [words], { T: typeAttr("uint32"), type: typeAttr("int32") }, { name });
  const fraction = graph.add("BitwiseAnd", [signed, graph.integers(0x7fffff)], ofType("int32"), { name });
  const oneAndMore = graph.add("BitwiseOr", [fraction, graph.integers(0x3f800000)], ofType("int32"), { name });
  const floats = graph.add("Bitcast", [oneAndMore], { ...ofType("int32"), type: typeAttr("float32") }, { name });
  const one = graph.constant({ dtype: "float32", shape: [], data: 1 }, `${name}/one`);
  return graph.add("Sub", [floats, one], ofType("float32"), { name });
}

/** Rows of at least so many numbers TensorFlow's product with a sparse matrix adds one by one, as its sum by segment does. */
const wideRows = 32;

/**
 * The sum by segment as a product with the sparse matrix of ones that says which row goes where, of the same terms in the same
 * order: TensorFlow's own sum sets up a vector operation for each row, which for rows of 8 numbers takes three times as long.
 */
function sparseProduct(
  context: LoweringContext,
  node: NodeOf<"segmentSum">,
  inputs: Operands,
  name: string,
): TensorRef {
  const { graph } = context;
  const [rows = 0] = inputType(context, node, 0).shape;
  const size = typeof rows === "number" ? graph.integers(rows) : context.dimension(rows);
  const attributes = { Tidx: typeAttr("int32") };
  const places = graph.add("Range", [graph.integers(0), size, graph.integers(1)], attributes, { name: `${name}/rows` });
  const indices = graph.add(
    "Pack",
    [places, inputs.at(1)],
    { N: { i: 2 }, T: typeAttr("int32"), axis: { i: 1 } },
    { name: `${name}/indices` },
  );
  const ones = graph.add(
    "Fill",
    [
      shapeTensor(context, [rows], `${name}/ones`),
      graph.constant({ dtype: "float32", shape: [], data: 1 }, `${name}/one`),
    ],
    { T: typeAttr("float32"), index_type: typeAttr("int32") },
    { name: `${name}/ones` },
  );
  const shape = graph.add(
    "Cast",
    [shapeTensor(context, [rows, node.attributes.count], `${name}/matrix`)],
    { SrcT: typeAttr("int32"), DstT: typeAttr("int64"), Truncate: { b: false } },
    { name: `${name}/matrix` },
  );
  return graph.add(
    "SparseTensorDenseMatMul",
    [indices, ones, shape, inputs.at(0)],
    { T: typeAttr("float32"), Tindices: typeAttr("int32"), adjoint_a: { b: true }, adjoint_b: { b: false } },
    { name },
  );
}

/** Lowers one node by its row. */
export function lowerNode<K extends OpName>(
  context: LoweringContext,
  node: NodeOf<K>,
  inputs: Operands,
  name: string,
): TensorRef {
  const row: Row<K> = rows[node.op];
  return row(context, node, inputs, name);
}
