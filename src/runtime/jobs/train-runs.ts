/** Many trainings of one spec: other seeds, other numbers; the data is read and encoded once. */
import { rm } from "node:fs/promises";
import { hasTrees } from "../../compiler/model/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import { loadWeights } from "../artifact/load-weights.js";
import { type OpenedData, sizesWithoutData } from "../data/index.js";
import { chooseEngine } from "../engine/choose-engine.js";
import { createFailure } from "../failure.js";
import { checkMemory, knownNeed } from "../memory.js";
import { withNumbers } from "../runs/numbers.js";
import { prepareRunsOutput, resultsOf, type RunsIdentity, writeRecord } from "../runs/record.js";
import { checkNumbers, createRunner, type NumberedRun } from "../runs/runner.js";
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
  const { runs, keep = "best", onEvent = () => undefined, ...rest } = options;
  const shared: TrainOptions = { ...rest, onEvent };
  const { output, signal, warmStart: from } = shared;
  const spec = await loadTrainable(shared, onEvent);
  const { model } = spec;
  if (hasTrees(model)) throw createFailure("MTL7400", { what: "a task that is trees" });
  for (const { numbers = {} } of runs) withNumbers(model, numbers);
  const inputs = [...spec.sources.map(({ path }) => path), ...(from === undefined ? [] : [from])];
  const record = output === undefined ? undefined : await prepareRunsOutput(output, inputs, shared);
  checkMemory(knownNeed(model, sizesWithoutData(model)));
  const old = from === undefined ? undefined : await loadWeights(from, "start from", { onEvent, signal });
  const engine = await chooseEngine(shared.engine, onEvent);
  const data = await openTrainingData(shared, spec);
  try {
    const rows = inspectOpened({ options: shared, spec, start: "fresh", data, onEvent });
    checkNumbers(spec, data, runs);
    const identity = identityOfRuns(spec, data, rows);
    const finished =
      output === undefined || record === undefined
        ? new Map<number, RunResult>()
        : resultsOf(output, record, { identity, runs });
    const found = createFindings({ spec, data, runs, keep, identity, output }, finished);
    const waiting = runs
      .map((run, at): NumberedRun => ({ ...run, run: at + 1 }))
      .filter(({ run }) => !finished.has(run));
    onEvent({ kind: "runsStarted", planned: runs.length, finished: finished.size, workers: 1 });
    const runner = createRunner({ options: shared, spec, data, rows, engine, old, keep }, [...finished.values()]);
    try {
      for (const run of waiting) {
        const result = await runner.train(
          run,
          (event) => onEvent({ kind: "run", run: run.run, seed: run.seed, event }),
          signal,
        );
        if (result === undefined) break;
        await found.add(result);
        onEvent({ kind: "runFinished", result });
      }
    } finally {
      runner.close();
    }
    return await found.close();
  } finally {
    closeData(data);
  }
}

function identityOfRuns(spec: LoadedSpec, data: OpenedData, rows: Parameters<typeof runIdentity>[2]): RunsIdentity {
  const { seed: _, ...identity } = runIdentity(spec, data, rows);
  const { epochs = null, steps = null } = spec.model.train;
  return { ...identity, epochs, steps };
}

interface Planned {
  readonly spec: LoadedSpec;
  readonly data: OpenedData;
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
  const { runs, keep, identity, output } = planned;
  const evaluation = evaluationData(planned.data);
  const choice = choiceOf(planned.spec.model, evaluation !== undefined);
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
      await write();
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
