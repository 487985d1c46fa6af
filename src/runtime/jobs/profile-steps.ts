/** Where the time of a training step goes: some steps of a spec on its data, of which the engine says what it does. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { stepParts } from "../../compiler/cost/index.js";
import type { GraphFunction, Program } from "../../compiler/graph/index.js";
import { hasTrees, type Model } from "../../compiler/model/index.js";
import { replaceFile } from "../artifact/directory.js";
import type { Dataset, EncodedBatch } from "../data/index.js";
import { chooseEngine, engineOf } from "../engine/choose-engine.js";
import { createProgram, functionOf } from "../engine/create-program.js";
import type { Session, TraceSpan } from "../engine/engine.js";
import { fillSession, initialReader } from "../engine/state.js";
import { withDumpedModules } from "../engine/trace/compiled-labels.js";
import { createFailure } from "../failure.js";
import { checkWritable, refuseOverwrite } from "../outputs.js";
import { createFeeds } from "../measure/feeds.js";
import { chromeTrace, type StepTimes, timeParts, type WatchedSteps } from "../step-times/index.js";
import { epochOrder, trainingLength } from "../train/length.js";
import { createStepper } from "../train/stepper.js";
import { closeData, loadTrainable, openTrainingData } from "./train.js";
import type { TrainOptions } from "./train-options.js";

export interface ProfileOptions extends Pick<
  TrainOptions,
  "spec" | "texts" | "train" | "seed" | "engine" | "products" | "cacheLimit" | "signal" | "onEvent"
> {
  /** File of the trace, in the trace event format of Chrome. */
  readonly trace: string;
}

/** Of a measurement, whichever comes last. */
const enough = { milliseconds: 500, steps: 10, calls: 3 } as const;
/** Of what one call holds, so that a call is as those of a training. */
const callMilliseconds = 50;

/**
 * Takes steps as `train` does, from its first weights, and measures them; then traces some, and writes the trace. Nothing else is
 * written. Throws a {@link Failure} for what the user can fix; rejects with the reason of `signal`.
 */
export async function profileSteps(options: ProfileOptions): Promise<StepTimes> {
  return withDumpedModules(async () => {
    const { onEvent = () => undefined, trace } = options;
    await checkWritable(trace);
    const spec = await loadTrainable(options, onEvent);
    refuseOverwrite(trace, [options.spec, ...spec.sources.map(({ path }) => path)]);
    const { model } = spec;
    if (hasTrees(model)) throw createFailure("MTL7451", { name: model.name });
    const engine = await chooseEngine(options.engine, onEvent, "training", options.products);
    const data = await openTrainingData({ ...options, roles: ["train"] }, spec, trace);
    try {
      if (data.train === undefined) throw createFailure("MTL7302", { role: "train", option: "--train" });
      if (trainingLength(model, data.train).steps === 0) throw createFailure("MTL7309", { role: "train" });
      const program = createProgram(model, data.fitted);
      const session = await engine.open(program, {
        trainBatch: model.train.batch,
        functions: ["train", "apply"],
        traced: true,
      });
      const runs = engineOf(session, engine, onEvent);
      try {
        await fillSession(session, program.state, initialReader(model.train.seed));
        if (runs.compiles) onEvent({ kind: "compiling" });
        const began = performance.now();
        const caller = createCaller(session, model, program, data.train);
        caller.call(1);
        if (runs.compiles) onEvent({ kind: "compiled", seconds: (performance.now() - began) / 1000 });
        return await measureSteps(caller, { options, model, program, session, engine: runs.description });
      } finally {
        session.close();
      }
    } finally {
      closeData(data);
    }
  });
}

interface Measured {
  readonly options: ProfileOptions;
  readonly model: Model;
  readonly program: Program;
  readonly session: Session;
  readonly engine: string;
}

async function measureSteps(
  caller: Caller,
  { options, model, program, session, engine }: Measured,
): Promise<StepTimes> {
  const { signal } = options;
  const first = caller.call(1);
  const size = Math.max(1, Math.min(caller.most, Math.floor(callMilliseconds / (first.running + first.feeding))));
  caller.call(size);
  const plain = await repeat(() => caller.call(size), signal);
  const trace = session.trace;
  if (trace === undefined) throw new Error("the session was not opened to be traced");
  const spans: TraceSpan[] = [];
  const began = performance.now();
  const watch = (work: () => void): void => {
    const before = 1e6 * (performance.now() - began);
    for (const span of trace(work)) spans.push({ ...span, start: span.start + before, end: span.end + before });
  };
  const watched = await repeat(() => caller.call(size, watch), signal);
  const partOf = stepParts(model, program);
  await replaceFile(options.trace, chromeTrace(spans, partOf, `${model.name}: ${watched.steps} steps`));
  return {
    batch: model.train.batch,
    batches: model.train.accumulate ?? 1,
    steps: watched.steps,
    engine,
    step: (plain.running + plain.feeding) / plain.steps,
    ...timeParts({ ...watched, spans }, partOf),
  };
}

type Timed = Omit<WatchedSteps, "spans">;

/** Calls until there is enough to go by. */
async function repeat(call: () => Timed, signal: AbortSignal | undefined): Promise<Timed> {
  let sum: Timed = { steps: 0, running: 0, feeding: 0 };
  for (let calls = 0; ; calls++) {
    signal?.throwIfAborted();
    const isEnough = sum.running >= enough.milliseconds && sum.steps >= enough.steps && calls >= enough.calls;
    if (isEnough) return sum;
    const { steps, running, feeding } = call();
    sum = { steps: sum.steps + steps, running: sum.running + running, feeding: sum.feeding + feeding };
    await nextTurn();
  }
}

/** Takes steps, over epoch after epoch. */
interface Caller {
  /** Steps that one call into the engine may be. */
  readonly most: number;
  /** @param watch does the work that it is given, which is what the engine does */
  readonly call: (steps: number, watch?: (work: () => void) => void) => Timed;
}

function createCaller(session: Session, model: Model, program: Program, rows: Dataset): Caller {
  const { accumulate } = model.train;
  const stepping = { session, train: functionOf(program, "train"), accumulate };
  const { most, pieces } = createPieces(stepping, batchesOf(model, rows), rows);
  return {
    most,
    call: (steps, watch = (work) => work()) => {
      let [running, feeding] = [0, 0];
      let from = performance.now();
      for (const run of pieces(steps)) {
        feeding += performance.now() - from;
        watch(() => {
          const started = performance.now();
          run();
          running += performance.now() - started;
        });
        from = performance.now();
      }
      return { steps, running, feeding };
    },
  };
}

/** Steps in pieces. To get the next piece reads, encodes and feeds its rows; to call it is the engine's part. */
interface Pieces {
  readonly most: number;
  readonly pieces: (steps: number) => Iterable<() => void>;
}

interface Stepping {
  readonly session: Session;
  readonly train: GraphFunction;
  readonly accumulate: number | undefined;
}

function createPieces(
  { session, train, accumulate }: Stepping,
  batches: Iterator<Drawn, never>,
  { layout }: Dataset,
): Pieces {
  const feeds = createFeeds(train, layout);
  const most = accumulate === undefined ? (session.stepsPerCall?.(train.name) ?? 1) : 1;
  if (most === 1)
    return {
      most,
      *pieces(steps) {
        for (let step = 0; step < steps; step++) {
          for (let batch = 0; batch < (accumulate ?? 1); batch++) {
            const fed = feeds(...drawn(batches));
            yield () => void session.run(train.name, fed);
          }
          if (accumulate !== undefined) yield () => void session.run("apply", {});
        }
      },
    };
  const stepper = createStepper({ session, train }, feeds);
  return {
    most,
    *pieces(steps) {
      for (let step = 0; step < steps; step++) stepper.add(...drawn(batches));
      yield () => void stepper.run();
    },
  };
}

type Drawn = readonly [batch: EncodedBatch, epoch: number];

function drawn(batches: Iterator<Drawn, never>): Drawn {
  return batches.next().value;
}

/** The batches of a training, without an end. */
function* batchesOf(model: Model, rows: Dataset): Generator<Drawn, never> {
  for (let epoch = 0; ; epoch++)
    for (const encoded of rows.batches({ ...epochOrder(model, epoch), pad: true })) yield [encoded, epoch];
}
