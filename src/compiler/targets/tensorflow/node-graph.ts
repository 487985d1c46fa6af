/**
 * A TensorFlow node list under construction: unique readable names, typed attributes, constants made once. One scope is
 * either the main graph or the body of a function; the two spell a reference to a tensor differently.
 */
import type { DType, Shape } from "../../graph/graph.js";
import type { ByteSource } from "../protobuf.js";
import { type AttrValue, DataType, type DataTypeName, type NodeDef, type TensorProto } from "./proto.js";

/** One output of one node. `argument` names an argument of the function instead. */
export interface TensorRef {
  readonly node: string;
  readonly op: string;
  readonly port: number;
}

/** TensorFlow's name for each output of an op, where it is not `output`: references inside a function use it. */
const outputNames: Readonly<Record<string, readonly string[]>> = {
  ...names(["z"], ["AddV2", "Sub", "Mul", "RealDiv", "Pow", "Maximum", "Minimum"]),
  ...names(["z"], ["Less", "LessEqual", "Equal", "NotEqual", "LogicalAnd", "BitwiseAnd", "BitwiseOr"]),
  ...names(["y"], ["Neg", "Abs", "Sign", "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Cos", "Erf", "Sigmoid", "Tanh"]),
  ...names(["y"], ["LogicalNot", "Cast", "Transpose"]),
  Relu: ["activations"],
  Softplus: ["activations"],
  ReluGrad: ["backprops"],
  Softmax: ["softmax"],
  MatMul: ["product"],
  SparseTensorDenseMatMul: ["product"],
  Unique: ["y", "idx"],
  DeepCopy: ["y"],
  ReadVariableOp: ["value"],
  VarHandleOp: ["resource"],
};

/** Ops with a list of outputs under one name. */
const listOps: ReadonlySet<string> = new Set(["StatefulPartitionedCall", "While"]);

function names(outputs: readonly string[], ops: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(ops.map((op) => [op, outputs]));
}

export interface NodeOptions {
  /** Wanted name; a number is appended when it is taken. */
  readonly name?: string;
  /** Nodes that must have run before this one. */
  readonly after?: readonly string[];
}

/** Which part of the program the nodes of a graph are of: the label of the program's node, by the name of TensorFlow's. */
export interface NodeLabels {
  /** Of nodes that the executor runs: of the main graph and of bodies that become part of it. */
  readonly graph: Map<string, string>;
  /** Of nodes of functions that XLA compiles. */
  readonly compiled: Map<string, string>;
}

export class NodeGraph {
  readonly #nodes: NodeDef[] = [];
  readonly #names = new Set<string>();
  readonly #constants = new Map<string, TensorRef>();

  #label: string | undefined;

  /** @param labels receives the labels of the nodes that {@link labelled} adds */
  constructor(
    readonly scope: "graph" | "function",
    readonly labels?: Map<string, string>,
  ) {}

  get nodes(): readonly NodeDef[] {
    return this.#nodes;
  }

  /** Appends a node and returns its first output. */
  add(
    op: string,
    inputs: readonly TensorRef[],
    attributes: Readonly<Record<string, AttrValue>>,
    options: NodeOptions = {},
  ): TensorRef {
    const node = this.uniqueName(options.name ?? op);
    if (this.#label !== undefined) this.labels?.set(node, this.#label);
    this.#nodes.push({
      name: node,
      op,
      input: [...inputs.map((input) => this.spell(input)), ...(options.after ?? []).map((name) => `^${name}`)],
      attr: attributes,
    });
    return { node, op, port: 0 };
  }

  /** What `make` returns; the nodes that it adds are of this label, those under another label within it excepted. */
  labelled<T>(label: string | undefined, make: () => T): T {
    const outer = this.#label;
    this.#label = label;
    try {
      return make();
    } finally {
      this.#label = outer;
    }
  }

  /** A name not used in this scope yet, made of characters that TensorFlow allows. */
  uniqueName(wanted: string): string {
    const base = wanted.replace(/[^A-Za-z0-9_./]/g, "_").replace(/^[^A-Za-z0-9]/, "x$&");
    let name = base;
    for (let count = 1; this.#names.has(name); count += 1) name = `${base}_${count}`;
    this.#names.add(name);
    return name;
  }

  /** How a node's input list names the tensor. */
  spell(ref: TensorRef): string {
    if (this.scope === "graph") return ref.port === 0 ? ref.node : `${ref.node}:${ref.port}`;
    if (ref.op === argumentOp) return ref.node;
    if (listOps.has(ref.op)) return `${ref.node}:output:${ref.port}`;
    return `${ref.node}:${outputNames[ref.op]?.[ref.port] ?? "output"}:0`;
  }

  /** A small vector (or scalar, when `values` is a number) of integers; equal ones share a node. */
  integers(values: number | readonly number[]): TensorRef {
    const key = JSON.stringify(values);
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const list = typeof values === "number" ? [values] : values;
    const shape = typeof values === "number" ? [] : [values.length];
    const made = this.constant({ dtype: "int32", shape, data: Int32Array.from(list) }, "const");
    this.#constants.set(key, made);
    return made;
  }

  constant(value: ConstantData, name: string): TensorRef {
    return this.add("Const", [], { dtype: typeAttr(value.dtype), value: { tensor: tensorProto(value) } }, { name });
  }
}

/** Marks a {@link TensorRef} to an argument of the enclosing function. */
export const argumentOp = "_Arg";

/** Elements in row-major order, as little-endian bytes too, or one number that fills the shape. */
export interface ConstantData {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | ByteSource | number;
}

export function tensorProto({ dtype, shape, data }: ConstantData): TensorProto {
  const head = { dtype: DataType[dtype], tensorShape: { dim: shape.map((size) => ({ size })) } };
  if (typeof data === "number") {
    switch (dtype) {
      case "float32":
        return { ...head, floatVal: [data] };
      case "int32":
        return { ...head, intVal: [data] };
      case "bool":
        return { ...head, boolVal: [data !== 0] };
    }
  }
  if ("pieces" in data) return { ...head, tensorContent: data };
  if (dtype === "bool") return { ...head, tensorContent: Uint8Array.from(data, (element) => (element === 0 ? 0 : 1)) };
  return { ...head, tensorContent: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** A constant list of texts. */
export function textsTensor(texts: readonly string[]): TensorProto {
  const encoder = new TextEncoder();
  return {
    dtype: DataType.string,
    tensorShape: { dim: [{ size: texts.length }] },
    stringVal: texts.map((text) => encoder.encode(text)),
  };
}

export const typeAttr = (dtype: DataTypeName): AttrValue => ({ type: DataType[dtype] });
export const shapeAttr = (shape: Shape): AttrValue => ({
  shape: { dim: shape.map((size) => ({ size: typeof size === "number" ? size : -1 })) },
});
export const textAttr = (text: string): AttrValue => ({ s: new TextEncoder().encode(text) });
