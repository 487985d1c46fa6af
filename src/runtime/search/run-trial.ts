/** One trial: a training whose weights are measured on validation data, and never on test data. */
import type { EpochRecord, TrainEvent } from "../events.js";
import { Failure } from "../failure.js";
import { train } from "../jobs/train.js";
import type { TrainResult } from "../train/result.js";
import type { TrialJob, TrialOutcome, TrialSetup } from "./trial.js";

/**
 * Trains the spec with a trial's values. What the user could fix, such as a loss that is not finite, fails the trial; undefined
 * when the signal ended it. A bug is thrown.
 */
export async function runTrial(
  setup: TrialSetup,
  job: TrialJob,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onEvent?: (event: TrainEvent) => void;
  } = {},
): Promise<TrialOutcome | undefined> {
  const { signal, onEvent } = options;
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const pause = createPause(job.share);
  try {
    const result = await train({
      ...setup,
      texts: job.texts,
      roles: ["train", "validation"],
      ...(job.output === undefined ? {} : { output: job.output, resume: true }),
      signal: signal === undefined ? pause.signal : AbortSignal.any([signal, pause.signal]),
      onEvent: (event) => {
        pause.see(event);
        onEvent?.(event);
      },
    });
    const isPaused = result.summary.ended === "interrupted";
    // The signal of the search may come with the pause; the checkpoint is there for the next time.
    if (isPaused && !pause.signal.aborted) return undefined;
    return {
      ...outcomeOf(result, isPaused ? pause.step() : Infinity),
      state: isPaused ? "paused" : "done",
      seconds: seconds(),
    };
  } catch (error) {
    if (signal?.aborted === true) return undefined;
    const failed = failureOf(error);
    if (failed === undefined) throw error;
    return { state: "failed", ...failed, seconds: seconds() };
  }
}

/** Ends a training after the first evaluation at or after a share of its steps. */
function createPause(share: number | undefined): {
  readonly signal: AbortSignal;
  readonly see: (event: TrainEvent) => void;
  /** The step from which on an evaluation pauses. */
  readonly step: () => number;
} {
  const controller = new AbortController();
  let target = Infinity;
  return {
    signal: controller.signal,
    step: () => target,
    see: (event) => {
      if (share === undefined) return;
      if (event.kind === "started") target = Math.max(1, Math.round(share * event.steps));
      const isReached =
        event.kind === "epoch" || event.kind === "validated"
          ? event.record.step >= target
          : // It had paused, or was killed before that was noted.
            event.kind === "started" && (event.resumed?.step ?? 0) >= target;
      if (isReached) controller.abort();
    },
  };
}

/** What would be kept after the first evaluation at or after a step. */
function outcomeOf(
  { history, summary }: TrainResult,
  step: number,
): Pick<TrialOutcome & { readonly state: "done" }, "heads" | "epochs" | "steps"> {
  const last = history.findIndex((record) => record.step >= step);
  const seen = last < 0 ? history : history.slice(0, last + 1);
  const kept: EpochRecord | undefined = seen.findLast(({ best }) => best === true) ?? seen.at(-1);
  const end = seen.at(-1);
  return {
    heads: kept?.evaluation?.heads ?? {},
    epochs: last < 0 ? summary.epochs : (end?.epoch ?? 0),
    steps: last < 0 ? summary.steps : (end?.step ?? 0),
  };
}

/** What fails a trial and not the search. */
function failureOf(error: unknown): { readonly code: string; readonly reason: string } | undefined {
  if (error instanceof Failure) {
    const [first] = error.diagnostics.filter(({ severity }) => severity === "error");
    return { code: first?.code ?? "", reason: first?.message ?? error.message };
  }
  if (error instanceof Error && /out of memory|resource ?exhausted|allocation failed|oom\b/i.test(error.message))
    return { code: "MTL7320", reason: error.message.split("\n")[0] ?? "" };
  return undefined;
}
