import { omitUndefined } from "../../compiler/text/index.js";
import type { TrainEvent } from "../events.js";
import { openPool, type Pool } from "../pool/pool.js";
import type { TrialJob, TrialOutcome, TrialSetup } from "./trial.js";

/** Where trials are trained: workers that are there from the first training on. */
export interface Workshop {
  readonly train: (job: TrialJob, onEvent: (event: TrainEvent) => void) => Promise<TrialOutcome | undefined>;
  readonly close: () => Promise<void>;
}

export function createWorkshop(setup: TrialSetup, workers: number, signal: AbortSignal | undefined): Workshop {
  type Trials = Pool<TrialJob, TrialOutcome | undefined, TrainEvent>;
  let opened: Promise<Trials> | undefined;
  const open = async (): Promise<Trials> =>
    openPool({ service: "trials", setup, workers, ...omitUndefined({ signal }) });
  return {
    train: async (job, onEvent) => (await (opened ??= open())).submit(job, onEvent),
    // One that could not be opened has nothing to close.
    close: async () => void (await opened?.then(async (pool) => pool.close()).catch(() => undefined)),
  };
}
