/** What the engine `fused` makes of a training step, counted on the plan that it runs. */
import {
  alignColumns,
  bindDims,
  type GraphFunction,
  isStatic,
  joinTables,
  type Program,
  repeatedStep,
  rowsOf,
  stackTraining,
  type WatchPass,
} from "../graph/index.js";
import { type Columns, fusedPlan } from "../targets/fused/index.js";

/** What threads do in a step, and the memory that they do it in. */
export interface FusedSteps {
  /** After each phase all threads meet. */
  readonly phases: number;
  /** Each thread takes its rows through a loop, as many at a time as its memory has room for. */
  readonly loops: number;
  /** Of all loops; each is done once for every load of rows. */
  readonly instructions: number;
  /** Bytes of the rows at hand, of a thread. */
  readonly localBytes: number;
  /** Bytes in which a thread adds up what its rows say of weights. */
  readonly sumBytes: number;
  /** Bytes of values that go from loop to loop, of all threads, besides state, inputs and outputs. */
  readonly sharedBytes: number;
}

export interface FusedCount {
  readonly steps: FusedSteps;
  /** The step that is planned. */
  readonly fn: GraphFunction;
}

/** Undefined where the engine does not run the step; `watch` is told of the passes over it. The step is planned as a session of the engine plans it. */
export function countFused({ state, functions }: Program, batch: number, watch: WatchPass): FusedCount | undefined {
  const bound = functions
    .filter(({ name }) => name !== "predict")
    .map((fn) => (fn.updates.length > 0 ? bindDims(fn, { B: batch }) : fn));
  const { program: stacked } = stackTraining({ state, functions: bound });
  const aligned = stacked.functions.map((fn) => (fn.updates.length > 0 ? alignColumns(fn) : fn));
  const trainOf = (all: readonly GraphFunction[]): GraphFunction | undefined =>
    all.find(({ name }) => name === "train");
  const [written, whole, train] = [bound, stacked.functions, aligned].map(trainOf);
  if (written === undefined || whole === undefined || train === undefined) return undefined;
  watch("stacked", written, whole);
  watch("aligned", whole, train);
  const { joined } = joinTables({ state: stacked.state, functions: aligned });
  const layout = new Map(
    joined.flatMap(({ table, parts }) =>
      parts.map(({ variable, begin }): readonly [string, Columns] => [
        variable.name,
        { array: table.name, begin, stride: rowsOf(table).width },
      ]),
    ),
  );
  const fn = repeatedStep(train, watch, { readsAgain: false, mostIds: Infinity })?.fn;
  if (fn === undefined || !fn.nodes.every(({ type }) => isStatic(type.shape))) return undefined;
  const plan = fusedPlan(fn, batch, layout);
  if (plan === undefined) return undefined;
  const loops = plan.phases.flat();
  const bytesOf = (kind: "own" | "perThread"): number =>
    plan.buffers.reduce((sum, buffer) => sum + (buffer.kind === kind ? 4 * buffer.elements : 0), 0);
  return {
    fn,
    steps: {
      phases: plan.phases.length,
      loops: loops.length,
      instructions: loops.reduce((sum, { instructions }) => sum + instructions.length, 0),
      localBytes: 4 * plan.local,
      sumBytes: bytesOf("perThread"),
      sharedBytes: bytesOf("own"),
    },
  };
}
