/**
 * A function whose updates XLA can compute, as a loop over a queue of its inputs in one compiled call: a call into TensorFlow costs
 * more than a small step. State goes in and comes out once; every step reads what the one before it assigned.
 */
import type { GraphFunction, Shape, TensorType } from "../../graph/graph.js";
import { liveValues } from "../../graph/passes/eliminate-dead-code.js";
import { sizeOfShape } from "../../graph/tensor.js";
import { type Endpoint, lowerScope, type StateAccess } from "./lower-function.js";
import { argumentOp, NodeGraph, textAttr, type TensorRef, typeAttr } from "./node-graph.js";
import { type ArgDef, DataType, type FunctionDef } from "./proto.js";

/** What a call of several steps is fed and gives. */
export interface LoweredSteps {
  /** Steps of a call at most. */
  readonly most: number;
  /** Each input of the function with an axis of `most` before its own. */
  readonly inputs: readonly Endpoint[];
  /** int32[]: the steps to take, from the first of the queue on. */
  readonly count: string;
  /** float32[most, …]: a row per step with the outputs of the function one after another; rows that were not taken are 0. */
  readonly outputs: string;
  /** Where each output is in a row. */
  readonly columns: readonly OutputColumns[];
}

export interface OutputColumns {
  readonly name: string;
  readonly shape: readonly number[];
  readonly first: number;
  readonly width: number;
}

/** A loop variable: its name in the functions, and its type. */
interface Carried {
  readonly name: string;
  readonly type: TensorType;
}

interface Loop {
  readonly most: number;
  readonly queues: readonly Carried[];
  readonly states: readonly Carried[];
  readonly columns: readonly OutputColumns[];
  readonly width: number;
}

const counter = { name: "i", type: { dtype: "int32", shape: [] } } as const satisfies Carried;
const bound = { name: "n", type: { dtype: "int32", shape: [] } } as const satisfies Carried;

/** Appends the loop of a function that `isRepeatable`; `most` is at least 1. */
export function lowerSteps(
  graph: NodeGraph,
  state: StateAccess,
  fn: GraphFunction,
  { most, library }: { readonly most: number; readonly library: FunctionDef[] },
): LoweredSteps {
  const prefix = graph.uniqueName(`${fn.name}_steps`);
  const loop = loopOf(fn, state, most);
  const names = { condition: `${prefix}_condition`, body: `${prefix}_body`, whole: `${prefix}_compiled` };
  library.push(conditionOf(names.condition, loop), bodyOf(names.body, fn, loop), wholeOf(names, loop));

  const feed = ({ name, type }: Carried): TensorRef =>
    graph.add(
      "Placeholder",
      [],
      { dtype: typeAttr(type.dtype), shape: { shape: { dim: type.shape.map((size) => ({ size: Number(size) })) } } },
      { name: `${prefix}/${name}` },
    );
  const count = feed(bound);
  const queues = loop.queues.map(feed);
  const reads = loop.states.map(({ name }) => state.read(graph, name));
  const call = graph.add(
    "StatefulPartitionedCall",
    [count, ...queues, ...reads],
    {
      Tin: { list: { type: [bound, ...loop.queues, ...loop.states].map(({ type }) => DataType[type.dtype]) } },
      Tout: { list: { type: [DataType.float32, ...loop.states.map(({ type }) => DataType[type.dtype])] } },
      f: { func: { name: names.whole } },
      config: textAttr(""),
      config_proto: textAttr(""),
      executor_type: textAttr(""),
      _XlaMustCompile: { b: true },
    },
    { name: `${prefix}/call` },
  );
  const assigned = new Set(fn.updates.map((update) => update.state));
  const ends = loop.states.flatMap(({ name, type }, at) => {
    if (!assigned.has(name)) return [];
    const attributes = { dtype: typeAttr(type.dtype), validate_shape: { b: false } };
    const value = { ...call, port: at + 1 };
    return [
      graph.add("AssignVariableOp", [state.handle(name), value], attributes, { name: `${prefix}/update/${name}` }).node,
    ];
  });
  const outputs = graph.add("Identity", [call], { T: typeAttr("float32") }, { name: `${prefix}/outputs`, after: ends });
  return {
    most,
    inputs: loop.queues.map(({ name, type }, at) => ({ name, type, tensor: `${queues[at]?.node ?? ""}:0` })),
    count: `${count.node}:0`,
    outputs: `${outputs.node}:0`,
    columns: loop.columns,
  };
}

function loopOf(fn: GraphFunction, state: StateAccess, most: number): Loop {
  const queues = new Map<string, Carried>();
  const live = liveValues(fn);
  const states = new Set(fn.updates.map((update) => update.state));
  fn.nodes.forEach((node, id) => {
    if (node.op === "input" && live.has(id))
      queues.set(node.attributes.name, {
        name: node.attributes.name,
        type: { dtype: node.type.dtype, shape: [most, ...node.type.shape] },
      });
    if (node.op === "state" && live.has(id)) states.add(node.attributes.name);
  });
  let width = 0;
  const columns = fn.outputs.map(({ name, value }): OutputColumns => {
    const shape = (fn.nodes[value]?.type.shape ?? []).map(Number);
    const first = width;
    width += sizeOfShape(shape);
    return { name, shape, first, width: width - first };
  });
  return {
    most,
    queues: [...queues.values()],
    states: [...states].map((name) => ({ name, type: state.type(name) })),
    columns,
    width,
  };
}

/** What goes round: the counter, its bound, the outputs so far, the queues, the state. */
function carriedOf({ most, queues, states, width }: Loop): readonly Carried[] {
  const outputs: Carried = { name: "outputs", type: { dtype: "float32", shape: [most, width] } };
  return [counter, bound, outputs, ...queues, ...states];
}

/** The arguments of a function with these variables, under names that a function may use. */
function argumentsOf(
  body: NodeGraph,
  carried: readonly Carried[],
): { readonly defs: readonly ArgDef[]; readonly refs: readonly TensorRef[] } {
  const names = carried.map((_, at) => body.uniqueName(`argument_${at}`));
  return {
    defs: carried.map(({ type }, at) => ({ name: names[at] ?? "", type: DataType[type.dtype] })),
    refs: names.map((node) => ({ node, op: argumentOp, port: 0 })),
  };
}

function conditionOf(name: string, loop: Loop): FunctionDef {
  const body = new NodeGraph("function");
  const { defs, refs } = argumentsOf(body, carriedOf(loop));
  const [i, n] = refs;
  if (i === undefined || n === undefined) throw new Error("a loop has a counter and a bound");
  const less = body.add("Less", [i, n], { T: typeAttr("int32") }, { name: "less" });
  const outputArg = [{ name: "result_0", type: DataType.bool }];
  return {
    signature: { name, inputArg: defs, outputArg },
    attr: {},
    nodeDef: body.nodes,
    ret: { result_0: body.spell(less) },
  };
}

/** One step: the function on the i-th entry of each queue, over the state that goes round. */
function bodyOf(name: string, fn: GraphFunction, loop: Loop): FunctionDef {
  const body = new NodeGraph("function");
  const carried = carriedOf(loop);
  const { defs, refs } = argumentsOf(body, carried);
  const refOf = (at: number): TensorRef => refs[at] ?? { node: "", op: argumentOp, port: 0 };
  const [i, n, outputs] = [refOf(0), refOf(1), refOf(2)];
  const firstQueue = 3;
  const firstState = firstQueue + loop.queues.length;
  const queued = new Map(
    loop.queues.map(({ name: input, type }, at) => [input, entryOf(body, refOf(firstQueue + at), type, i)]),
  );
  const held = new Map(loop.states.map(({ name: variable }, at) => [variable, refOf(firstState + at)]));

  const live = liveValues(fn);
  const members = new Set(
    fn.nodes.flatMap(({ op }, id) => (live.has(id) && op !== "input" && op !== "state" ? [id] : [])),
  );
  const scope = lowerScope(body, fn, members, (id) => {
    const node = fn.nodes[id];
    const found =
      node?.op === "input"
        ? queued.get(node.attributes.name)
        : node?.op === "state"
          ? held.get(node.attributes.name)
          : undefined;
    if (found === undefined) throw new Error(`the loop of \`${fn.name}\` has no value ${id}`);
    return found;
  });
  const renewed = new Map(
    fn.updates.flatMap((update) => (update.kind === "assign" ? [[update.state, scope(update.value)] as const] : [])),
  );
  const row = rowOf(
    body,
    fn.outputs.map(({ value }) => scope(value)),
    loop,
  );
  const next = body.add("AddV2", [i, body.integers(1)], { T: typeAttr("int32") }, { name: "next" });
  const results = [
    next,
    n,
    withRow(body, outputs, row, i, loop),
    ...loop.queues.map((_, at) => refOf(firstQueue + at)),
    ...loop.states.map(({ name: variable }, at) => renewed.get(variable) ?? refOf(firstState + at)),
  ];
  return {
    signature: {
      name,
      inputArg: defs,
      outputArg: carried.map(({ type }, at) => ({ name: `result_${at}`, type: DataType[type.dtype] })),
    },
    attr: {},
    nodeDef: body.nodes,
    ret: Object.fromEntries(results.map((ref, at) => [`result_${at}`, body.spell(ref)])),
  };
}

/** The i-th entry along the first axis. */
function entryOf(body: NodeGraph, queue: TensorRef, { dtype, shape }: TensorType, i: TensorRef): TensorRef {
  const inner = shape.slice(1).map(Number);
  const zero = body.integers(0);
  const begin = body.add(
    "Pack",
    [i, ...inner.map(() => zero)],
    { N: { i: shape.length }, T: typeAttr("int32"), axis: { i: 0 } },
    { name: "begin" },
  );
  const attributes = { T: typeAttr(dtype), Index: typeAttr("int32") };
  const entry = body.add("Slice", [queue, begin, body.integers([1, ...inner])], attributes, { name: "entry" });
  return reshaped(body, entry, dtype, inner);
}

function reshaped(body: NodeGraph, ref: TensorRef, dtype: TensorType["dtype"], shape: Shape): TensorRef {
  const attributes = { T: typeAttr(dtype), Tshape: typeAttr("int32") };
  return body.add("Reshape", [ref, body.integers(shape.map(Number))], attributes, { name: "reshape" });
}

/** The outputs of a step as one row, [1, width]. */
function rowOf(body: NodeGraph, outputs: readonly TensorRef[], { columns, width }: Loop): TensorRef {
  const parts = outputs.map((ref, at) => reshaped(body, ref, "float32", [columns[at]?.width ?? 0]));
  const [first] = parts;
  if (first === undefined) throw new Error("a training function has outputs");
  const whole =
    parts.length === 1
      ? first
      : body.add(
          "ConcatV2",
          [...parts, body.integers(0)],
          { N: { i: parts.length }, T: typeAttr("float32"), Tidx: typeAttr("int32") },
          { name: "row" },
        );
  return reshaped(body, whole, "float32", [1, width]);
}

/** The outputs with the row of this step in its place. */
function withRow(body: NodeGraph, outputs: TensorRef, row: TensorRef, i: TensorRef, { most }: Loop): TensorRef {
  const data = Int32Array.from({ length: most }, (_, at) => at);
  const rows = body.constant({ dtype: "int32", shape: [most, 1], data }, "rows");
  const attributes = { T: typeAttr("int32"), incompatible_shape_error: { b: true } };
  const isThis = body.add("Equal", [rows, i], attributes, { name: "is_this" });
  return body.add("SelectV2", [isThis, row, outputs], { T: typeAttr("float32") }, { name: "rows_so_far" });
}

/** The loop from its first values on, which is what XLA compiles: count, queues and state in, outputs and state out. */
function wholeOf(
  names: { readonly condition: string; readonly body: string; readonly whole: string },
  loop: Loop,
): FunctionDef {
  const body = new NodeGraph("function");
  const { defs, refs } = argumentsOf(body, [bound, ...loop.queues, ...loop.states]);
  const [n, ...others] = refs;
  if (n === undefined) throw new Error("a loop has a bound");
  const carried = carriedOf(loop);
  const types = carried.map(({ type }) => DataType[type.dtype]);
  const outputs = body.constant({ dtype: "float32", shape: [loop.most, loop.width], data: 0 }, "outputs");
  const start = body.constant({ dtype: "int32", shape: [], data: 0 }, "start");
  const loopNode = body.add(
    "StatelessWhile",
    [start, n, outputs, ...others],
    {
      T: { list: { type: types } },
      cond: { func: { name: names.condition } },
      body: { func: { name: names.body } },
      parallel_iterations: { i: 1 },
    },
    { name: "loop" },
  );
  const firstState = 3 + loop.queues.length;
  const results = [2, ...loop.states.map((_, at) => firstState + at)];
  return {
    signature: {
      name: names.whole,
      inputArg: defs,
      outputArg: results.map((at, index) => ({ name: `result_${index}`, type: types[at] ?? DataType.float32 })),
    },
    attr: { _XlaMustCompile: { b: true } },
    nodeDef: body.nodes,
    ret: Object.fromEntries(results.map((port, index) => [`result_${index}`, body.spell({ ...loopNode, port })])),
  };
}
