/** Trials as the work of a pool: a worker trains those that come, from data that are encoded by then. */
import type { TrainEvent } from "../events.js";
import type { Service } from "../pool/service.js";
import { runTrial } from "./run-trial.js";
import type { TrialJob, TrialOutcome, TrialSetup } from "./trial.js";

/** Of a trial that a signal ended, nothing. */
export const trialsService: Service<TrialSetup, TrialJob, TrialOutcome | undefined, TrainEvent> = {
  open: async (setup) =>
    Promise.resolve({
      work: async (job, onEvent, signal) => runTrial(setup, job, { signal, onEvent }),
      close: () => undefined,
    }),
};
