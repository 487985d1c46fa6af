/** What loops over a queue of batches have in common: what goes round, an entry of a queue, a row of outputs. */
import type { GraphFunction, Shape, TensorType } from "../../graph/graph.js";
import { liveValues } from "../../graph/passes/eliminate-dead-code.js";
import { sizeOfShape } from "../../graph/tensor.js";
import type { Endpoint, LoweredBody } from "./lower-function.js";
import { argumentOp, NodeGraph, shapeAttr, type TensorRef, typeAttr } from "./node-graph.js";
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

/** A loop variable: its name in the functions, and its type; a variable of the state goes round as its handle. */
export interface Carried {
  readonly name: string;
  readonly type: TensorType | Handle;
}

/** A loop variable that holds numbers. */
interface Held extends Carried {
  readonly type: TensorType;
}

interface Handle {
  readonly dtype: "resource";
  readonly shape: readonly [];
}

export interface Loop {
  readonly most: number;
  readonly queues: readonly Held[];
  /** State whose handles a turn takes as arguments. */
  readonly variables: readonly Carried[];
  readonly columns: readonly OutputColumns[];
  readonly width: number;
}

const counter = { name: "i", type: { dtype: "int32", shape: [] } } as const satisfies Held;
export const bound = { name: "n", type: { dtype: "int32", shape: [] } } as const satisfies Held;

/** The inputs as queues of `most` entries, the outputs as a row, and the handles that turns take. */
export function loopOf(fn: GraphFunction, most: number, variables: readonly string[] = []): Loop {
  const queues = new Map<string, Held>();
  const live = liveValues(fn);
  fn.nodes.forEach((node, id) => {
    if (node.op !== "input" || !live.has(id)) return;
    const { name } = node.attributes;
    queues.set(name, { name, type: { dtype: node.type.dtype, shape: [most, ...node.type.shape] } });
  });
  let width = 0;
  const columns = fn.outputs.map(({ name, value }): OutputColumns => {
    const shape = (fn.nodes[value]?.type.shape ?? []).map(Number);
    const first = width;
    width += sizeOfShape(shape);
    return { name, shape, first, width: width - first };
  });
  const handles = variables.map((name): Carried => ({ name, type: { dtype: "resource", shape: [] } }));
  return { most, queues: [...queues.values()], variables: handles, columns, width };
}

/** Where a call of several steps is fed. */
export interface StepFeeds {
  readonly count: TensorRef;
  readonly queues: readonly TensorRef[];
}

export function feedsOf(graph: NodeGraph, prefix: string, { queues }: Loop): StepFeeds {
  return { count: feedOf(graph, prefix, bound), queues: queues.map((queue) => feedOf(graph, prefix, queue)) };
}

/** What a caller has to know of a loop that is in the graph. */
export function loweredSteps(loop: Loop, { count, queues }: StepFeeds, outputs: TensorRef): LoweredSteps {
  return {
    most: loop.most,
    inputs: loop.queues.map(({ name, type }, at) => ({ name, type, tensor: `${queues[at]?.node ?? ""}:0` })),
    count: `${count.node}:0`,
    outputs: `${outputs.node}:0`,
    columns: loop.columns,
  };
}

/** What a turn makes of the entries of the queues, by input, and of the handles. */
export type LowerTurn = (inputs: ReadonlyMap<string, TensorRef>, handles: readonly TensorRef[]) => LoweredBody;

/** The function of one turn: a step on the i-th entry of each queue. */
export function turnOf(name: string, body: NodeGraph, loop: Loop, lowerTurn: LowerTurn): FunctionDef {
  const { defs, refs } = argumentsOf(body, carriedOf(loop));
  const [i, n, rows, ...others] = refs;
  if (i === undefined || n === undefined || rows === undefined)
    throw new Error("a loop has a counter, a bound and outputs");
  const inputs = new Map(
    loop.queues.flatMap(({ name: input, type }, at) => {
      const queue = others[at];
      return queue === undefined ? [] : [[input, entryOf(body, queue, type, i)] as const];
    }),
  );
  const { outputs, ends } = lowerTurn(inputs, others.slice(loop.queues.length));
  const results = [nextOf(body, i, ends), n, withRow(body, rows, rowOf(body, outputs, loop), i, loop), ...others];
  return {
    signature: {
      name,
      inputArg: defs,
      outputArg: defs.map(({ type }, at) => ({ name: `result_${at}`, type })),
    },
    attr: {},
    nodeDef: body.nodes,
    ret: Object.fromEntries(results.map((ref, at) => [`result_${at}`, body.spell(ref)])),
  };
}

/** The place of a queue or of the number of steps, to feed. */
function feedOf(graph: NodeGraph, prefix: string, { name, type }: Held): TensorRef {
  const attributes = { dtype: typeAttr(type.dtype), shape: shapeAttr(type.shape) };
  return graph.add("Placeholder", [], attributes, { name: `${prefix}/${name}` });
}

/** What goes round: the counter, its bound, the outputs so far, the queues, and handles. */
export function carriedOf({ most, queues, width, variables }: Loop): readonly Carried[] {
  const outputs: Carried = { name: "outputs", type: { dtype: "float32", shape: [most, width] } };
  return [counter, bound, outputs, ...queues, ...variables];
}

/** The arguments of a function with these variables, under names that a function may use. */
export function argumentsOf(
  body: NodeGraph,
  carried: readonly Carried[],
): { readonly defs: readonly ArgDef[]; readonly refs: readonly TensorRef[] } {
  const names = carried.map((_, at) => body.uniqueName(`argument_${at}`));
  return {
    defs: carried.map(({ type }, at) => ({ name: names[at] ?? "", type: DataType[type.dtype] })),
    refs: names.map((node) => ({ node, op: argumentOp, port: 0 })),
  };
}

export function conditionOf(name: string, loop: Loop): FunctionDef {
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

/** The counter after a step, once its updates took place. */
function nextOf(body: NodeGraph, i: TensorRef, after: readonly string[] = []): TensorRef {
  return body.add("AddV2", [i, body.integers(1)], { T: typeAttr("int32") }, { name: "next", after });
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
