/**
 * A step that XLA can compute as a whole, as a loop over a queue of its inputs in one compiled call: a call into TensorFlow costs more than a small
 * step, and a table is read and written in its place.
 */
import type { RepeatedStep } from "../../graph/passes/repeat.js";
import type { GraphFunction, ValueId } from "../../graph/graph.js";
import { liveValues } from "../../graph/passes/eliminate-dead-code.js";
import { callCompiled, mustCompile } from "./compiled-call.js";
import { lowerBody, type Places, type StateAccess } from "./lower-function.js";
import type { LoopOptions } from "./lower-loop.js";
import { NodeGraph, type TensorRef, typeAttr } from "./node-graph.js";
import { DataType, type FunctionDef } from "./proto.js";
import {
  argumentsOf,
  bound,
  carriedOf,
  conditionOf,
  feedsOf,
  loweredSteps,
  type LoweredSteps,
  type Loop,
  loopOf,
  type LowerTurn,
  turnOf,
} from "./queue.js";

/** The variables of a graph, for a function that takes them as arguments. */
export interface Variables {
  handle(name: string): TensorRef;
  /** A variable of its own, int32[rows], that no one reads from outside. */
  scratch(rows: number): TensorRef;
  /** Access through other handles than those of the graph. */
  through(handle: (name: string) => TensorRef): StateAccess;
}

/** Appends the loop of a step; `most` is at least 1. */
export function lowerSteps(
  graph: NodeGraph,
  variables: Variables,
  { fn, distinct }: RepeatedStep,
  { most, library, labels }: Pick<LoopOptions, "most" | "library" | "labels">,
): LoweredSteps {
  const prefix = graph.uniqueName(`${fn.name}_steps`);
  const names = variablesOf(fn);
  const loop = loopOf(fn, most, [...names, ...distinct.map(({ ids }) => `places/${ids}`)]);
  const body = new NodeGraph("function", labels?.compiled);
  const lowerTurn: LowerTurn = (inputs, handles) => {
    const handleAt = (at: number): TensorRef => {
      const handle = handles[at];
      if (handle === undefined) throw new Error(`the loop has no variable ${at}`);
      return handle;
    };
    const state = variables.through((name) => handleAt(names.indexOf(name)));
    const places = new Map<ValueId, Places>(
      distinct.map(({ ids, rows }, at) => [ids, { handle: handleAt(names.length + at), rows }]),
    );
    return lowerBody(body, state, fn, { compiled: new Set(), library, inputs, xla: { places } });
  };
  const turn = { condition: `${prefix}_condition`, body: `${prefix}_body` };
  const whole = wholeOf(`${prefix}_compiled`, turn, loop);
  library.push(conditionOf(turn.condition, loop), turnOf(turn.body, body, loop, lowerTurn), whole);

  const feeds = feedsOf(graph, prefix, loop);
  const handles = [
    ...names.map((name) => variables.handle(name)),
    ...distinct.map(({ rows }) => variables.scratch(rows)),
  ];
  const operands = [feeds.count, ...feeds.queues, ...handles];
  const call = callCompiled(graph, whole.signature, operands, `${prefix}/call`);
  const outputs = graph.add("Identity", [call], { T: typeAttr("float32") }, { name: `${prefix}/outputs` });
  return loweredSteps(loop, feeds, outputs);
}

/** State that the function reads or writes. */
function variablesOf(fn: GraphFunction): readonly string[] {
  const live = liveValues(fn);
  const read = fn.nodes.flatMap((node, id) => (node.op === "state" && live.has(id) ? [node.attributes.name] : []));
  return [...new Set([...fn.updates.map((update) => update.state), ...read])];
}

/** The loop from its first values on, which is what XLA compiles: count, queues and variables in, outputs out. */
function wholeOf(name: string, turn: { readonly condition: string; readonly body: string }, loop: Loop): FunctionDef {
  const body = new NodeGraph("function");
  const { defs, refs } = argumentsOf(body, [bound, ...loop.queues, ...loop.variables]);
  const [n, ...others] = refs;
  if (n === undefined) throw new Error("a loop has a bound");
  const types = carriedOf(loop).map(({ type }) => DataType[type.dtype]);
  const outputs = body.constant({ dtype: "float32", shape: [loop.most, loop.width], data: 0 }, "outputs");
  const start = body.constant({ dtype: "int32", shape: [], data: 0 }, "start");
  const loopNode = body.add(
    "While",
    [start, n, outputs, ...others],
    {
      T: { list: { type: types } },
      cond: { func: { name: turn.condition } },
      body: { func: { name: turn.body } },
      parallel_iterations: { i: 1 },
    },
    { name: "loop" },
  );
  return {
    signature: {
      name,
      inputArg: defs,
      outputArg: [{ name: "result_0", type: DataType.float32 }],
    },
    attr: mustCompile,
    nodeDef: body.nodes,
    ret: { result_0: body.spell({ ...loopNode, port: 2 }) },
  };
}
