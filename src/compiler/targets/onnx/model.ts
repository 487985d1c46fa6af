/** One function of a program as an ONNX model. */
import type { GraphFunction, GraphNode, Program, StateVariable, ValueId } from "../../graph/graph.js";
import { stateBytes } from "../../graph/initialize.js";
import { liveValues } from "../../graph/passes/eliminate-dead-code.js";
import { functionInputs } from "../../graph/reads.js";
import { functionNamed } from "../target.js";
import { elementTypeOf, NodeList, type TensorName, valueInfo } from "./node-list.js";
import { lowerNode, rows } from "./ops.js";
import { encodeModel, type GraphProto, type TensorProto, type ValueInfoProto } from "./proto.js";

/** The operator sets that our models are written in, by domain. */
export const opsets = { "": 18, "ai.onnx.ml": 3 } as const;

/** The version of the file format that goes with {@link opsets}. */
const irVersion = 8;

/** Bytes [from, to) of a state variable, row-major and little-endian, to be used before the next call. Throws when it has no value. */
export type StateValue = (variable: StateVariable, from: number, to: number) => Uint8Array;

export interface FunctionGraphOptions {
  /** State that is fed with each call, under its name, instead of being in the file. */
  readonly fed?: ReadonlySet<string>;
}

/** A function's tensors in a {@link NodeList}. */
export interface LoweredFunction {
  /** By the name of the output. */
  readonly outputs: ReadonlyMap<string, TensorName>;
  /** State that is read, and the name of the tensor that is to hold it. */
  readonly state: ReadonlyMap<StateVariable, TensorName>;
}

/** A function by its name. Throws when there is none, when it updates state, or for an op that ONNX cannot say, by its name. */
export function pureFunction(program: Program, name: string): GraphFunction {
  const fn = functionNamed(program, name);
  if (fn.updates.length > 0) throw new Error(`\`${name}\` updates state, which a model in ONNX cannot`);
  for (const { op } of fn.nodes)
    if (rows[op] === undefined) throw new Error(`ONNX cannot compute \`${op}\`, which \`${name}\` uses`);
  return fn;
}

/**
 * Appends the nodes of a function. `feeds` has the tensor of each input; sizes that are not known are read from these. Throws for an op
 * that ONNX cannot say, by its name.
 */
export function lowerFunction(
  list: NodeList,
  program: Program,
  fn: GraphFunction,
  feeds: ReadonlyMap<string, TensorName>,
): LoweredFunction {
  const variables = new Map(program.state.map((variable) => [variable.name, variable]));
  const state = new Map<StateVariable, TensorName>();
  const readState = (name: string): TensorName => {
    const variable = variables.get(name);
    if (variable === undefined) throw new Error(`the program has no state \`${name}\``);
    const known = state.get(variable) ?? list.uniqueName(name);
    state.set(variable, known);
    return known;
  };
  const definition = (id: ValueId): GraphNode => {
    const node = fn.nodes[id];
    if (node === undefined) throw new Error(`\`${fn.name}\` has no value ${id}`);
    return node;
  };
  for (const node of fn.nodes) if (node.op === "input") bindSizes(list, node, feeds.get(node.attributes.name));
  const context = { list, definition, readState };
  const values = new Map<ValueId, TensorName>();
  for (const id of [...liveValues(fn)].sort((a, b) => a - b)) {
    const node = definition(id);
    const inputs = node.inputs.map((input) => values.get(input) ?? "");
    const value =
      node.op === "input"
        ? (feeds.get(node.attributes.name) ?? node.attributes.name)
        : lowerNode(context, node, inputs, node.label ?? node.op);
    values.set(id, value);
  }
  return { outputs: new Map(fn.outputs.map(({ name, value }) => [name, values.get(value) ?? ""])), state };
}

function bindSizes(list: NodeList, { type }: GraphNode, tensor: TensorName | undefined): void {
  if (tensor === undefined) return;
  type.shape.forEach((size, axis) => {
    if (typeof size === "string") list.bindSize(size, tensor, axis);
  });
}

/** A graph and the names of the state's tensors in it. */
export interface FunctionGraph {
  readonly graph: GraphProto;
  /** To be made initializers. */
  readonly state: ReadonlyMap<StateVariable, TensorName>;
  /** Inputs of the graph. */
  readonly fed: ReadonlyMap<StateVariable, TensorName>;
}

/** A function as a graph whose inputs are the program's, and behind them the state that is fed. */
export function functionGraph(
  program: Program,
  fn: GraphFunction,
  { fed = new Set() }: FunctionGraphOptions = {},
): FunctionGraph {
  const inputs = functionInputs(fn);
  const list = new NodeList([...inputs, ...fn.outputs].map(({ name }) => name));
  const lowered = lowerFunction(list, program, fn, new Map(inputs.map(({ name }) => [name, name])));
  const states = [...lowered.state];
  const feeds = new Map(states.filter(([{ name }]) => fed.has(name)));
  return {
    graph: finishGraph(list, fn, lowered, [
      ...inputs.map(({ name, type }) => valueInfo(name, type.dtype, type.shape)),
      ...[...feeds].map(([{ type }, name]) => valueInfo(name, type.dtype, type.shape)),
    ]),
    state: new Map(states.filter(([{ name }]) => !fed.has(name))),
    fed: feeds,
  };
}

/** The graph of a list, with the function's outputs under their names. */
export function finishGraph(
  list: NodeList,
  fn: GraphFunction,
  { outputs }: LoweredFunction,
  input: readonly ValueInfoProto[],
): GraphProto {
  for (const [name, tensor] of outputs) list.addNamed("Identity", [tensor], name);
  return {
    name: fn.name,
    node: list.nodes,
    initializer: list.initializers,
    input,
    output: fn.outputs.map(({ name, value }) => {
      const type = fn.nodes[value]?.type ?? { dtype: "float32", shape: [] };
      return valueInfo(name, type.dtype, type.shape);
    }),
  };
}

export interface OnnxFile {
  readonly name: string;
  /** Pieces in their order; made as they are written. */
  readonly content: () => Iterable<Uint8Array>;
}

export interface OnnxModelOptions {
  /** Version of the mtlc that writes it. */
  readonly version: string;
  /** Name of the model's file. */
  readonly name: string;
  /** Kept in the file for whoever reads it. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Bytes of weights up to which they are in the model's one file; default 64 MiB. A file of more than 2 GiB cannot be read. */
  readonly inline?: number;
  /** Name of the file of weights that are not in the model's; default: the model's with `.data` behind it. */
  readonly data?: string;
}

const largestInline = 1 << 26;

/** Bytes of weights that are written at once. */
const pieceBytes = 1 << 24;

/** The files of a graph with its state: the model, and beside it the file of large weights. Same values, same bytes. */
export function modelFiles(
  graph: GraphProto,
  state: ReadonlyMap<StateVariable, TensorName>,
  values: StateValue,
  { version, name, metadata = {}, inline = largestInline, data = `${name}.data` }: OnnxModelOptions,
): readonly OnnxFile[] {
  const states = [...state].map(([variable, tensor]) => ({ variable, tensor, bytes: stateBytes(variable) }));
  const total = states.reduce((sum, { bytes }) => sum + bytes, 0);
  const isExternal = total > inline;
  let offset = 0;
  const weights = states.map(({ variable, tensor, bytes }) => {
    const place = offset;
    offset += bytes;
    const head = { name: tensor, dims: variable.type.shape.map(Number), dataType: elementTypeOf(variable.type.dtype) };
    return (): TensorProto =>
      isExternal
        ? { ...head, dataLocation: 1, externalData: externalData(data, place, bytes) }
        : { ...head, rawData: values(variable, 0, bytes).slice() };
  });
  const encode = (): Uint8Array =>
    encodeModel({
      irVersion,
      producerName: "mtlc",
      producerVersion: version,
      graph: { ...graph, initializer: [...graph.initializer, ...weights.map((make) => make())] },
      opsetImport: Object.entries(opsets).map(([domain, number]) => ({ domain, version: number })),
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
  const model = { name, content: () => [encode()] };
  if (!isExternal) return [model];
  const pieces = function* (): Iterable<Uint8Array> {
    for (const { variable, bytes } of states)
      for (let from = 0; from < bytes; from += pieceBytes)
        yield values(variable, from, Math.min(bytes, from + pieceBytes));
  };
  return [model, { name: data, content: pieces }];
}

function externalData(
  location: string,
  offset: number,
  length: number,
): readonly { readonly key: string; readonly value: string }[] {
  return Object.entries({ location, offset, length }).map(([key, value]) => ({ key, value: String(value) }));
}
