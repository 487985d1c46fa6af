/**
 * A step that XLA can compute as a whole, as a loop over a queue of its inputs in one compiled call: a call into TensorFlow costs more than a small
 * step, and a table is read and written in its place.
 */
import type { RepeatedStep } from "../../graph/passes/repeat.js";
import type { GraphFunction, ValueId } from "../../graph/graph.js";
import { liveValues } from "../../graph/passes/eliminate-dead-code.js";
import { lowerBody, type Places, type StateAccess } from "./lower-function.js";
import type { LoopOptions } from "./lower-loop.js";
import { NodeGraph, textAttr, type TensorRef, typeAttr } from "./node-graph.js";
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

/** The variables of a graph, for a function that takes them as arguments. */
export interface Variables {
  handle(name: string): TensorRef;
  /** A variable of its own, int32[rows], that no one reads from outside. */
  scratch(rows: number): TensorRef;
  /** Access through other handles than those of the graph. */
  through(handle: (name: string) => TensorRef): StateAccess;
}

/** A loop whose turns take variables, and beside them where ids are noted. */
interface StateLoop extends Loop {
  readonly variables: readonly Carried[];
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
  const loop: StateLoop = {
    ...loopOf(fn, most),
    variables: [...names, ...distinct.map(({ ids }) => `places/${ids}`)].map(resource),
  };
  const turn = { condition: `${prefix}_condition`, body: `${prefix}_body`, whole: `${prefix}_compiled` };
  const body = new NodeGraph("function", labels?.compiled);
  const places = (handles: readonly TensorRef[]): ReadonlyMap<ValueId, Places> =>
    new Map(
      distinct.flatMap(({ ids, rows }, at) => {
        const handle = handles[names.length + at];
        return handle === undefined ? [] : [[ids, { handle, rows }] as const];
      }),
    );
  library.push(
    conditionOf(turn.condition, loop, loop.variables),
    bodyOf(turn.body, body, loop, (inputs, handles) => {
      const handle = (name: string): TensorRef => found(handles[names.indexOf(name)], name);
      const xla = { places: places(handles) };
      return lowerBody(body, variables.through(handle), fn, { compiled: new Set(), library, inputs, xla });
    }),
    wholeOf(turn, loop),
  );

  const feeds = feedsOf(graph, prefix, loop);
  const handles = [
    ...names.map((name) => variables.handle(name)),
    ...distinct.map(({ rows }) => variables.scratch(rows)),
  ];
  const call = graph.add(
    "StatefulPartitionedCall",
    [feeds.count, ...feeds.queues, ...handles],
    {
      Tin: { list: { type: [bound, ...loop.queues, ...loop.variables].map(({ type }) => DataType[type.dtype]) } },
      Tout: { list: { type: [DataType.float32] } },
      f: { func: { name: turn.whole } },
      config: textAttr(""),
      config_proto: textAttr(""),
      executor_type: textAttr(""),
      _XlaMustCompile: { b: true },
    },
    { name: `${prefix}/call` },
  );
  const outputs = graph.add("Identity", [call], { T: typeAttr("float32") }, { name: `${prefix}/outputs` });
  return loweredSteps(loop, feeds, outputs);
}

const resource = (name: string): Carried => ({ name, type: { dtype: "resource", shape: [] } });

function found(ref: TensorRef | undefined, name: string): TensorRef {
  if (ref === undefined) throw new Error(`the loop has no \`${name}\``);
  return ref;
}

/** State that the function reads or writes. */
function variablesOf(fn: GraphFunction): readonly string[] {
  const live = liveValues(fn);
  const read = fn.nodes.flatMap((node, id) => (node.op === "state" && live.has(id) ? [node.attributes.name] : []));
  return [...new Set([...fn.updates.map((update) => update.state), ...read])];
}

type LowerTurn = (
  inputs: ReadonlyMap<string, TensorRef>,
  handles: readonly TensorRef[],
) => ReturnType<typeof lowerBody>;

/** One step: the function on the i-th entry of each queue. */
function bodyOf(name: string, body: NodeGraph, loop: StateLoop, lowerTurn: LowerTurn): FunctionDef {
  const carried = carriedOf(loop, loop.variables);
  const { defs, refs } = argumentsOf(body, carried);
  const [i, n, rows, ...others] = refs;
  if (i === undefined || n === undefined || rows === undefined)
    throw new Error("a loop has a counter, a bound and outputs");
  const handles = others.slice(loop.queues.length);
  const inputs = new Map(
    loop.queues.map(({ name: input, type }, at) => [input, entryOf(body, found(others[at], input), type, i)]),
  );
  const { outputs, ends } = lowerTurn(inputs, handles);
  const results = [nextOf(body, i, ends), n, withRow(body, rows, rowOf(body, outputs, loop), i, loop), ...others];
  return turnFunction(name, body, defs, carried, results);
}

/** The loop from its first values on, which is what XLA compiles: count, queues and variables in, outputs out. */
function wholeOf(
  names: { readonly condition: string; readonly body: string; readonly whole: string },
  loop: StateLoop,
): FunctionDef {
  const body = new NodeGraph("function");
  const { defs, refs } = argumentsOf(body, [bound, ...loop.queues, ...loop.variables]);
  const [n, ...others] = refs;
  if (n === undefined) throw new Error("a loop has a bound");
  const types = carriedOf(loop, loop.variables).map(({ type }) => DataType[type.dtype]);
  const outputs = body.constant({ dtype: "float32", shape: [loop.most, loop.width], data: 0 }, "outputs");
  const start = body.constant({ dtype: "int32", shape: [], data: 0 }, "start");
  const loopNode = body.add(
    "While",
    [start, n, outputs, ...others],
    {
      T: { list: { type: types } },
      cond: { func: { name: names.condition } },
      body: { func: { name: names.body } },
      parallel_iterations: { i: 1 },
    },
    { name: "loop" },
  );
  return {
    signature: {
      name: names.whole,
      inputArg: defs,
      outputArg: [{ name: "result_0", type: DataType.float32 }],
    },
    attr: { _XlaMustCompile: { b: true } },
    nodeDef: body.nodes,
    ret: { result_0: body.spell({ ...loopNode, port: 2 }) },
  };
}
