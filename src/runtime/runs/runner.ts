/** Trains the runs that it is given, one after another, on data that is open and in sessions that they share. */
import { GraphError, type Program } from "../../compiler/graph/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import type { LoadedArtifact } from "../artifact/index.js";
import type { Dataset, OpenedData } from "../data/index.js";
import { createProgram } from "../engine/create-program.js";
import type { Engine } from "../engine/index.js";
import { shareSessions } from "../engine/sessions.js";
import type { TrainEvent } from "../events.js";
import { createFailure, Failure } from "../failure.js";
import { evaluationData } from "../jobs/opened-job.js";
import { trainNetwork } from "../jobs/train-network.js";
import type { TrainOptions } from "../jobs/train-options.js";
import type { LoadedSpec } from "../specs/load-spec.js";
import type { TrainResult } from "../train/result.js";
import { withNumbers } from "./numbers.js";
import { runDirectory } from "./record.js";
import { bestOf, choiceOf } from "./summary.js";
import type { Keep, RunResult, RunSettings } from "./types.js";

/** A run with its number among those that were asked for. */
export interface NumberedRun extends RunSettings {
  readonly run: number;
}

export interface RunnerOptions {
  /** What all runs share; `output` is the directory of all of them. */
  readonly options: TrainOptions;
  readonly spec: LoadedSpec;
  readonly data: OpenedData;
  /** The rows that are trained on. */
  readonly rows: Dataset;
  readonly engine: Engine;
  /** What each run starts from. */
  readonly old: LoadedArtifact | undefined;
  readonly keep: Keep;
}

export interface Runner {
  /** Undefined: the signal fired first. Throws a {@link Failure} for what the user can fix. */
  readonly train: (
    run: NumberedRun,
    onEvent: (event: TrainEvent) => void,
    signal?: AbortSignal,
  ) => Promise<RunResult | undefined>;
  readonly close: () => void;
}

/** The codes of what ends one run and says nothing of the others. */
const ownFailures: ReadonlySet<string> = new Set(["MTL7301"]);

/** `finished`: the runs that are over already, of which the best is kept. {@link Runner.close} frees the sessions, not the data. */
export function createRunner(made: RunnerOptions, finished: readonly RunResult[]): Runner {
  const { spec, data, rows, engine, old, keep } = made;
  const { output, ...shared } = made.options;
  const sessions = shareSessions(engine);
  const choice = choiceOf(spec.model, evaluationData(data) !== undefined);
  const over = [...finished];

  const isKept = (result: RunResult): boolean => {
    if (keep !== "best") return keep === "all";
    const best = bestOf([...over, result], choice);
    const own = bestOf([result], choice);
    // One that is as good as the best is kept too: it may come before it.
    return own !== undefined && own.value === best?.value;
  };

  return {
    train: async (run, onEvent, signal) => {
      const changed = withNumbers(spec.model, run.numbers ?? {});
      const model = { ...changed, train: { ...changed.train, seed: run.seed } };
      const options = { ...shared, onEvent, ...omitUndefined({ signal }) };
      const destination = (result: TrainResult): string | undefined =>
        output !== undefined && isKept(resultOf(run, result)) ? runDirectory(output, run.run) : undefined;
      try {
        const result = await trainNetwork({
          options,
          spec: { ...spec, model },
          start: "fresh",
          data,
          onEvent,
          old,
          engine,
          inspected: rows,
          sessions,
          destination,
        });
        if (result.summary.ended === "interrupted") return undefined;
        const done = resultOf(run, result);
        over.push(done);
        return done;
      } catch (error) {
        if (signal?.aborted === true && error === signal.reason) return undefined;
        const failure =
          error instanceof Failure ? error.diagnostics.find(({ code }) => ownFailures.has(code)) : undefined;
        if (failure === undefined) throw error;
        return { ...run, failure: { code: failure.code, message: failure.message } };
      }
    },
    close: sessions.close,
  };
}

function resultOf(run: NumberedRun, { summary, history, evaluation, artifact }: TrainResult): RunResult {
  return { ...run, summary, history, ...omitUndefined({ evaluation, artifact }) };
}

/**
 * Throws a {@link Failure} (MTL7403, MTL7404, MTL7409) unless the numbers of all runs are numbers of the model that change no shape:
 * its state is the same with and without them.
 */
export function checkNumbers({ model }: LoadedSpec, data: OpenedData, runs: readonly RunSettings[]): void {
  const shapes = (numbers: RunSettings["numbers"] = {}): string | undefined => {
    try {
      return shapesOf(createProgram(withNumbers(model, numbers), data.fitted));
    } catch (error) {
      // Shapes that do not fit those of the parts beside it.
      if (error instanceof GraphError) return undefined;
      throw error;
    }
  };
  let own: string | undefined;
  const seen = new Set<string>();
  for (const { numbers = {} } of runs)
    for (const [name, value] of Object.entries(numbers)) {
      const key = `${name}=${value}`;
      if (seen.has(key)) continue;
      seen.add(key);
      own ??= shapes();
      if (shapes({ [name]: value }) !== own) throw createFailure("MTL7409", { name });
    }
}

function shapesOf({ state }: Program): string {
  return JSON.stringify(state.map(({ name, type, role }) => [name, type, role]));
}
