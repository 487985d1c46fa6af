/**
 * A function whose updates XLA can compute, as a loop over a queue of its inputs in one compiled call: a call into TensorFlow costs
 * more than a small step. State goes in and comes out once; every step reads what the one before it assigned.
 */
import type { GraphFunction } from "../../graph/graph.js";
import { liveValues } from "../../graph/passes/eliminate-dead-code.js";
import { lowerScope, type StateAccess } from "./lower-function.js";
import type { LoopOptions } from "./lower-loop.js";
import { argumentOp, NodeGraph, textAttr, type TensorRef, typeAttr } from "./node-graph.js";
import { DataType, type FunctionDef } from "./proto.js";
import {
  argumentsOf,
  bound,
  type Carried,
  carriedOf,
  conditionOf,
  entryOf,
  feedsOf,
  loweredSteps,
  type LoweredSteps,
  type Loop,
  loopOf,
  nextOf,
  rowOf,
  turnFunction,
  withRow,
} from "./queue.js";

/** A loop over a queue whose state goes round in it. */
interface StateLoop extends Loop {
  readonly states: readonly Carried[];
}

/** Appends the loop of a function that `isRepeatable`; `most` is at least 1. */
export function lowerSteps(
  graph: NodeGraph,
  state: StateAccess,
  fn: GraphFunction,
  { most, library, labels }: Pick<LoopOptions, "most" | "library" | "labels">,
): LoweredSteps {
  const prefix = graph.uniqueName(`${fn.name}_steps`);
  const loop: StateLoop = { ...loopOf(fn, most), states: statesOf(fn, state) };
  const names = { condition: `${prefix}_condition`, body: `${prefix}_body`, whole: `${prefix}_compiled` };
  const body = bodyOf(names.body, fn, loop, labels?.compiled);
  library.push(conditionOf(names.condition, loop, loop.states), body, wholeOf(names, loop));

  const feeds = feedsOf(graph, prefix, loop);
  const reads = loop.states.map(({ name }) => state.read(graph, name));
  const call = graph.add(
    "StatefulPartitionedCall",
    [feeds.count, ...feeds.queues, ...reads],
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
  return loweredSteps(loop, feeds, outputs);
}

/** State that the function reads or assigns. */
function statesOf(fn: GraphFunction, state: StateAccess): readonly Carried[] {
  const live = liveValues(fn);
  const read = fn.nodes.flatMap((node, id) => (node.op === "state" && live.has(id) ? [node.attributes.name] : []));
  const names = new Set([...fn.updates.map((update) => update.state), ...read]);
  return [...names].map((name) => ({ name, type: state.type(name) }));
}

/** One step: the function on the i-th entry of each queue, over the state that goes round. */
function bodyOf(name: string, fn: GraphFunction, loop: StateLoop, labels?: Map<string, string>): FunctionDef {
  const body = new NodeGraph("function", labels);
  const carried = carriedOf(loop, loop.states);
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
  const results = [
    nextOf(body, i),
    n,
    withRow(body, outputs, row, i, loop),
    ...loop.queues.map((_, at) => refOf(firstQueue + at)),
    ...loop.states.map(({ name: variable }, at) => renewed.get(variable) ?? refOf(firstState + at)),
  ];
  return turnFunction(name, body, defs, carried, results);
}

/** The loop from its first values on, which is what XLA compiles: count, queues and state in, outputs and state out. */
function wholeOf(
  names: { readonly condition: string; readonly body: string; readonly whole: string },
  loop: StateLoop,
): FunctionDef {
  const body = new NodeGraph("function");
  const { defs, refs } = argumentsOf(body, [bound, ...loop.queues, ...loop.states]);
  const [n, ...others] = refs;
  if (n === undefined) throw new Error("a loop has a bound");
  const carried = carriedOf(loop, loop.states);
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
