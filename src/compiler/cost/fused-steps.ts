/** What the engine `fused` makes of a training step, counted on the plan that it runs. */
import { type GraphFunction, isStatic, joinTables, type Program, type WatchPass } from "../graph/index.js";
import { fusedPlan, layoutOf, plannedStep, stackedSteps } from "../targets/fused/index.js";

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
  const measured = functions.filter(({ name }) => name !== "predict");
  const { program: stacked } = stackedSteps({ state, functions: measured }, batch, watch);
  const train = stacked.functions.find(({ name }) => name === "train");
  const fn = train === undefined ? undefined : plannedStep(train, watch);
  if (fn === undefined || !fn.nodes.every(({ type }) => isStatic(type.shape))) return undefined;
  const layout = layoutOf(joinTables(stacked).joined);
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
