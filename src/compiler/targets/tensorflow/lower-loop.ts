/**
 * A function as a loop over a queue of its inputs in one call of the session. Every step is what it is by itself, compiled parts and
 * updates of variables and of rows of tables; what a call costs is paid once.
 */
import type { GraphFunction } from "../../graph/graph.js";
import { lowerBody, type LowerFunctionOptions, type StateAccess } from "./lower-function.js";
import { NodeGraph, typeAttr } from "./node-graph.js";
import { DataType } from "./proto.js";
import { carriedOf, conditionOf, feedsOf, loweredSteps, type LoweredSteps, loopOf, turnOf } from "./queue.js";

export interface LoopOptions extends LowerFunctionOptions {
  /** Turns at most. */
  readonly most: number;
}

/** Appends the loop of a function whose inputs have known sizes; `stateOf` gives access from a function's body. */
export function lowerLoop(
  graph: NodeGraph,
  stateOf: (body: NodeGraph) => StateAccess,
  fn: GraphFunction,
  options: LoopOptions,
): LoweredSteps {
  const { most, library } = options;
  const prefix = graph.uniqueName(`${fn.name}_steps`);
  const loop = loopOf(fn, most);
  const names = { condition: `${prefix}_condition`, body: `${prefix}_body` };
  const body = new NodeGraph("function", options.labels?.graph);
  library.push(
    conditionOf(names.condition, loop),
    turnOf(names.body, body, loop, (inputs) => lowerBody(body, stateOf(body), fn, { ...options, inputs })),
  );

  const feeds = feedsOf(graph, prefix, loop);
  const start = graph.constant({ dtype: "int32", shape: [], data: 0 }, `${prefix}/start`);
  const none = graph.constant({ dtype: "float32", shape: [most, loop.width], data: 0 }, `${prefix}/none`);
  const call = graph.add(
    "While",
    [start, feeds.count, none, ...feeds.queues],
    {
      T: { list: { type: carriedOf(loop).map(({ type }) => DataType[type.dtype]) } },
      cond: { func: { name: names.condition } },
      body: { func: { name: names.body } },
      parallel_iterations: { i: 1 },
      // As nodes of the graph, which the executor runs as they are ready, and not as calls of the body.
      _lower_using_switch_merge: { b: true },
    },
    { name: `${prefix}/loop` },
  );
  const outputs = graph.add(
    "Identity",
    [{ ...call, port: 2 }],
    { T: typeAttr("float32") },
    { name: `${prefix}/outputs` },
  );
  return loweredSteps(loop, feeds, outputs);
}
