/** Many trainings of one spec: other seeds, other numbers; the data is encoded once, and runs go side by side. */
import { rm } from "node:fs/promises";
import { hasTrees } from "../../compiler/model/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import { loadWeights } from "../artifact/load-weights.js";
import { type Dataset, type OpenedData, sizesWithoutData } from "../data/index.js";
import { chooseEngine } from "../engine/choose-engine.js";
import { createProgram } from "../engine/create-program.js";
import type { TrainEvent } from "../events.js";
import { createFailure } from "../failure.js";
import { checkMemory, knownNeed, trainingNeed } from "../memory.js";
import { openPool } from "../pool/pool.js";
import { sideBySide } from "../pool/side-by-side.js";
import { withNumbers } from "../runs/numbers.js";
import { prepareRunsOutput, resultsOf, type RunsIdentity, type RunsRecord, writeRecord } from "../runs/record.js";
import { checkNumbers, type NumberedRun } from "../runs/runner.js";
import type { RunsSetup } from "../runs/service.js";
import { bestOf, type Choice, choiceOf, summarizeRuns } from "../runs/summary.js";
import {
  isTrained,
  type Keep,
  type RunResult,
  type RunsEvent,
  type RunSettings,
  type RunsResult,
} from "../runs/types.js";
import type { LoadedSpec } from "../specs/load-spec.js";
import { evaluationData, inspectOpened, runIdentity } from "./opened-job.js";
import { closeData, loadTrainable, openTrainingData } from "./train.js";
import type { TrainOptions } from "./train-options.js";

export interface TrainRunsOptions extends Omit<
  TrainOptions,
  "seed" | "continues" | "checkpoints" | "tensorboard" | "onEvent"
> {
  /** At least one; run k of the result is the k-th of these. */
  readonly runs: readonly RunSettings[];
  /** Which artifacts stay in `output`, each in `run-K`. Default "best". */
  readonly keep?: Keep;
  /** Runs side by side; default: as many as there are cores. */
  readonly workers?: number;
  readonly onEvent?: (event: RunsEvent) => void;
}

/**
 * Trains each of the runs as {@link train} would by itself with its seed and numbers, and says what they found together. In
 * `output`, `runs.json` is the result so far; with `resume`, runs that are in it are not trained again. When the signal fires, the
 * result is of the runs that are over. Throws a {@link Failure} for what the user can fix; a loss that is not finite ends its run only.
 */
export async function trainRuns(options: TrainRunsOptions): Promise<RunsResult> {
  const { runs, keep = "best", workers, onEvent = () => undefined, ...rest } = options;
  const shared: TrainOptions = { ...rest, onEvent };
  const spec = await loadTrainable(shared, onEvent);
  const { record, ...prepared } = await prepare(shared, spec, runs);
  const { output } = shared;
  const { identity } = prepared;
  const finished =
    output === undefined || record === undefined
      ? new Map<number, RunResult>()
      : resultsOf(output, record, { identity, runs });
  const found = createFindings({ choice: prepared.choice, runs, keep, identity, output }, finished);
  const waiting = runs.map((run, at): NumberedRun => ({ ...run, run: at + 1 })).filter(({ run }) => !finished.has(run));
  if (waiting.length > 0) {
    const { signal, onEvent: _, ...cloned } = shared;
    const side = sideBySide(workers, waiting.length, prepared.bytes);
    const setup: RunsSetup = { options: cloned, spec, keep, finished: [...finished.values()] };
    onEvent({ kind: "runsStarted", planned: runs.length, finished: finished.size, workers: side });
    await trainAll(waiting, { setup, workers: side, signal, found, onEvent });
  }
  return await found.close();
}

/** What is known before the first run. */
interface Prepared {
  readonly identity: RunsIdentity;
  readonly record: RunsRecord | undefined;
  readonly choice: Choice;
  /** What a run holds in memory. */
  readonly bytes: number;
}

/** Reads and encodes the data, and looks for all that would stop the runs. */
async function prepare(options: TrainOptions, spec: LoadedSpec, runs: readonly RunSettings[]): Promise<Prepared> {
  const { output, signal, warmStart: from, onEvent = () => undefined } = options;
  const { model } = spec;
  if (hasTrees(model)) throw createFailure("MTL7400", { what: "a task that is trees" });
  for (const { numbers = {} } of runs) withNumbers(model, numbers);
  const inputs = [...spec.sources.map(({ path }) => path), ...(from === undefined ? [] : [from])];
  const record = output === undefined ? undefined : await prepareRunsOutput(output, inputs, options);
  checkMemory(knownNeed(model, sizesWithoutData(model)));
  if (from !== undefined) await loadWeights(from, "start from", { onEvent, signal });
  await chooseEngine(options.engine, onEvent, "training", options.products);
  const data = await openTrainingData(options, spec);
  try {
    const rows = inspectOpened({ options, spec, start: "fresh", data, onEvent });
    checkNumbers(spec, data, runs);
    return {
      identity: identityOfRuns(options, spec, data, rows),
      record,
      choice: choiceOf(model, evaluationData(data) !== undefined),
      bytes: trainingNeed(model, createProgram(model, data.fitted)).total,
    };
  } finally {
    closeData(data);
  }
}

interface Work {
  readonly setup: RunsSetup;
  readonly workers: number;
  readonly signal: AbortSignal | undefined;
  readonly found: Findings;
  readonly onEvent: (event: RunsEvent) => void;
}

/** Trains the runs, as many at once as there are workers. The first that fails for all ends the others. */
async function trainAll(runs: readonly NumberedRun[], work: Work): Promise<void> {
  const { setup, workers, found, onEvent } = work;
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, ...(work.signal === undefined ? [] : [work.signal])]);
  const pool = await openPool<RunsSetup, NumberedRun, RunResult | undefined, TrainEvent>({
    service: "runs",
    setup,
    workers,
    signal,
  }).catch((error: unknown) => {
    if (work.signal?.aborted === true) return undefined;
    throw error;
  });
  if (pool === undefined) return;
  const trainOne = async (run: NumberedRun): Promise<void> => {
    const tell = (event: TrainEvent): void => onEvent({ kind: "run", run: run.run, seed: run.seed, event });
    const result = await pool.submit(run, tell);
    if (result === undefined) return;
    await found.add(result);
    onEvent({ kind: "runFinished", result });
  };
  try {
    const all = runs.map((run) =>
      trainOne(run).catch((error: unknown) => {
        ending.abort(error);
        throw error;
      }),
    );
    const failed = (await Promise.allSettled(all)).filter((each) => each.status === "rejected");
    if (failed.length > 0 && work.signal?.aborted !== true) throw ending.signal.reason;
  } finally {
    await pool.close();
  }
}

function identityOfRuns(options: TrainOptions, spec: LoadedSpec, data: OpenedData, rows: Dataset): RunsIdentity {
  const { seed: _, ...identity } = runIdentity(options, spec, data, rows);
  const { epochs = null, steps = null } = spec.model.train;
  return { ...identity, epochs, steps };
}

interface Planned {
  readonly choice: Choice;
  readonly runs: readonly RunSettings[];
  readonly keep: Keep;
  readonly identity: RunsIdentity;
  readonly output: string | undefined;
}

/** The runs that are over, in memory and on the disk. */
interface Findings {
  readonly add: (result: RunResult) => Promise<void>;
  readonly close: () => Promise<RunsResult>;
}

function createFindings(planned: Planned, finished: ReadonlyMap<number, RunResult>): Findings {
  const { choice, runs, keep, identity, output } = planned;
  /** Writes follow one another: runs that end together are two. */
  let last: Promise<unknown> = Promise.resolve();
  const byRun = new Map(finished);
  const resultNow = (): RunsResult => {
    const over = [...byRun.values()].sort((a, b) => a.run - b.run);
    return {
      ended: over.length === runs.length ? "done" : "interrupted",
      planned: runs.length,
      runs: over,
      settings: summarizeRuns(over),
      ...omitUndefined({ best: bestOf(over, choice), output }),
    };
  };
  /** Writes what is known, and then removes what is not kept: a process that dies in between leaves too much, not too little. */
  const write = async (): Promise<RunsResult> => {
    const dropped = keep === "best" ? dropOthers(byRun, choice) : [];
    const result = resultNow();
    if (output === undefined) return result;
    await writeRecord(output, { ...result, identity });
    for (const directory of dropped) await rm(directory, { recursive: true, force: true });
    return result;
  };
  return {
    add: async (result) => {
      byRun.set(result.run, result);
      const written = last.then(write);
      last = written.catch(() => undefined);
      await written;
    },
    close: write,
  };
}

/** Takes the artifact off every run but the best; returns their directories. */
function dropOthers(byRun: Map<number, RunResult>, choice: Choice): readonly string[] {
  const best = bestOf([...byRun.values()], choice);
  const dropped: string[] = [];
  for (const [number, run] of byRun) {
    if (number === best?.run || !isTrained(run) || run.artifact === undefined) continue;
    const { artifact, ...others } = run;
    dropped.push(artifact);
    byRun.set(number, others);
  }
  return dropped;
}
