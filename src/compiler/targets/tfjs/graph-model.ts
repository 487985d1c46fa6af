import type { DType, GraphFunction, Program, TensorType } from "../../graph/graph.js";
import { joinedBytes } from "../protobuf.js";
import { functionNamed, opRefusals, type StateBytes } from "../target.js";
import { type Endpoint, lowerFunction, type StateAccess } from "../tensorflow/lower-function.js";
import { type ConstantData, NodeGraph } from "../tensorflow/node-graph.js";
import { type AttrValue, DataType, type NodeDef, type TensorProto } from "../tensorflow/proto.js";

export interface GraphModelFile {
  readonly name: string;
  /** Pieces in their order; a file of weights is made as it is written. */
  readonly content: () => Iterable<Uint8Array>;
}

export interface GraphModelOptions {
  /** Written into `generatedBy`. */
  readonly generator: string;
  /** Largest weight file, in bytes; browsers cache files of up to 4 MiB. */
  readonly shardBytes?: number;
}

/**
 * The files of a GraphModel that computes the function: `model.json` first, then the weight shards. Same program and
 * values, same bytes. Throws when the function updates state or uses an op missing from tfjs's executor, by its name.
 */
export function createGraphModel(
  program: Program,
  functionName: string,
  values: StateBytes,
  options: GraphModelOptions,
): readonly GraphModelFile[] {
  const fn = functionNamed(program, functionName);
  checkExecutable(fn);
  const graph = new NodeGraph("graph");
  const reads = new Map<string, string>();
  const lowered = lowerFunction(graph, constantState(program, reads), fn, { compiled: new Set(), library: [] });
  const nodes = reachableNodes(graph.nodes, lowered.outputs);
  const weights = nodes
    .filter((node) => node.op === "Const")
    .map((node) => weightOf(node, reads.get(node.name), values));
  const shards = splitWeights(weights, options.shardBytes ?? 4 << 20);
  const shardName = (index: number): string => `group1-shard${index + 1}of${shards.length}.bin`;
  const model = {
    format: "graph-model",
    generatedBy: options.generator,
    convertedBy: options.generator,
    signature: { inputs: endpointsToJson(lowered.inputs), outputs: endpointsToJson(lowered.outputs) },
    modelTopology: { node: nodes.map(nodeToJson), library: {}, versions: { producer: 1645 } },
    weightsManifest: [
      {
        paths: shards.map((_, index) => shardName(index)),
        weights: weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
      },
    ],
  };
  return [
    { name: "model.json", content: () => [new TextEncoder().encode(JSON.stringify(model))] },
    ...shards.map((content, index) => ({ name: shardName(index), content })),
  ];
}

function checkExecutable(fn: GraphFunction): void {
  if (fn.updates.length > 0) throw new Error(`\`${fn.name}\` updates state, which a GraphModel cannot`);
  const [refusal] = opRefusals("tfjs", fn);
  if (refusal !== undefined) throw new Error(`a GraphModel cannot compute ${refusal.what}`);
}

/** State that is part of the model; `reads` gets the state variable of each constant that is made, by the constant's name. */
function constantState(program: Program, reads: Map<string, string>): StateAccess {
  const types = new Map(program.state.map((variable) => [variable.name, variable.type]));
  const type = (name: string): TensorType => {
    const found = types.get(name);
    if (found === undefined) throw new Error(`the program has no state \`${name}\``);
    return found;
  };
  return {
    type,
    read: (graph, name) => {
      const { dtype, shape } = type(name);
      // The one number represents the elements, which are in the weight files.
      const value: ConstantData = { dtype, shape: shape.filter((size) => typeof size === "number"), data: 0 };
      const made = graph.constant(value, `state/${name}`);
      reads.set(made.node, name);
      return made;
    },
    handle: (name) => {
      throw new Error(`state \`${name}\` of a GraphModel cannot change`);
    },
  };
}

function reachableNodes(nodes: readonly NodeDef[], outputs: readonly Endpoint[]): readonly NodeDef[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const reached = new Set<string>();
  const open = outputs.map((output) => output.tensor);
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    const name = tensor.replace(/:\d+$/, "");
    if (reached.has(name)) continue;
    reached.add(name);
    open.push(...(byName.get(name)?.input ?? []));
  }
  return nodes.filter((node) => reached.has(node.name) || node.op === "Placeholder");
}

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** In bytes. */
  readonly size: number;
  readonly bytes: (from: number, to: number) => Uint8Array;
}

function weightOf({ name, attr }: NodeDef, state: string | undefined, values: StateBytes): Weight {
  const tensor = attr["value"]?.tensor;
  if (tensor === undefined) throw new Error(`the constant \`${name}\` has no value`);
  const shape = tensor.tensorShape.dim.map((dim) => dim.size);
  const dtype = dtypeOf(tensor.dtype);
  if (state !== undefined) {
    const size = shape.reduce((product, side) => product * side, dtype === "bool" ? 1 : 4);
    return { name, shape, dtype, size, bytes: (from, to) => values(state, from, to) };
  }
  const bytes = tensorBytes(tensor, shape);
  return { name, shape, dtype, size: bytes.length, bytes: (from, to) => bytes.subarray(from, to) };
}

function tensorBytes(tensor: TensorProto, shape: readonly number[]): Uint8Array {
  if (tensor.tensorContent !== undefined) return joinedBytes(tensor.tensorContent);
  const size = shape.reduce((product, side) => product * side, 1);
  if (tensor.floatVal !== undefined) {
    return new Uint8Array(new Float32Array(size).fill(tensor.floatVal[0] ?? 0).buffer);
  }
  if (tensor.intVal !== undefined) return new Uint8Array(new Int32Array(size).fill(tensor.intVal[0] ?? 0).buffer);
  return new Uint8Array(size).fill(tensor.boolVal?.[0] === true ? 1 : 0);
}

function dtypeOf(code: number): DType {
  switch (code) {
    case DataType.float32:
      return "float32";
    case DataType.int32:
      return "int32";
    case DataType.bool:
      return "bool";
    default:
      throw new Error(`a GraphModel has no element type ${code}`);
  }
}

const typeNames: Readonly<Record<number, string>> = {
  [DataType.float32]: "DT_FLOAT",
  [DataType.int32]: "DT_INT32",
  [DataType.bool]: "DT_BOOL",
};

/** All weights one after the other, cut every `size` bytes: what each of the files holds. */
function splitWeights(weights: readonly Weight[], size: number): readonly (() => Iterable<Uint8Array>)[] {
  let end = 0;
  const places = weights.map((weight) => {
    const begin = end;
    end += weight.size;
    return { weight, begin, end };
  });
  const count = Math.max(1, Math.ceil(end / size));
  return Array.from({ length: count }, (_, index) => {
    const [from, to] = [index * size, (index + 1) * size];
    return function* () {
      for (const { weight, begin, end: last } of places)
        if (begin < to && last > from) yield weight.bytes(Math.max(0, from - begin), Math.min(last, to) - begin);
    };
  });
}

/** Protocol buffers' JSON form: 64-bit integers as text, bytes in base 64. */
function nodeToJson({ name, op, input, attr }: NodeDef): unknown {
  return {
    name,
    op,
    input,
    attr: Object.fromEntries(Object.entries(attr).map(([key, value]) => [key, attributeToJson(value)])),
  };
}

function attributeToJson(value: AttrValue): unknown {
  if (value.tensor !== undefined) {
    // The elements are in the weight files.
    return { tensor: { dtype: typeNames[value.tensor.dtype], tensorShape: shapeToJson(value.tensor.tensorShape) } };
  }
  if (value.type !== undefined) return { type: typeNames[value.type] };
  if (value.shape !== undefined) return { shape: shapeToJson(value.shape) };
  if (value.i !== undefined) return { i: String(value.i) };
  if (value.b !== undefined) return { b: value.b };
  throw new Error("a GraphModel has no such attribute");
}

function shapeToJson({ dim }: { readonly dim: readonly { readonly size: number }[] }): unknown {
  return { dim: dim.map(({ size }) => ({ size: String(size) })) };
}

function endpointsToJson(endpoints: readonly Endpoint[]): unknown {
  return Object.fromEntries(
    endpoints.map(({ name, tensor, type }) => [
      name,
      {
        name: tensor,
        dtype: typeNames[DataType[type.dtype]],
        tensorShape: shapeToJson({ dim: type.shape.map((size) => ({ size: typeof size === "number" ? size : -1 })) }),
      },
    ]),
  );
}
