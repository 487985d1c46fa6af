/** When a run writes checkpoints, and the newest of them. */
import type { Position } from "./position.js";
import { type Checkpoint, writeCheckpoint } from "./checkpoint.js";
import type { Program } from "../../compiler/graph/graph.js";

export interface CheckpointOptions {
  readonly directory: string;
  readonly everySteps?: number;
  readonly everySeconds: number;
  /** How many are kept. */
  readonly keep: number;
}

export interface CheckpointSchedule {
  /** Whether one is due after a step; `now` is what `performance.now()` shows. */
  readonly isDue: (step: number, now: number) => boolean;
  /** Writes one of the run as it is. Returns its directory; undefined where none are written. */
  readonly save: (position: Position) => Promise<string | undefined>;
  /** The directory of the newest one that this schedule wrote. */
  readonly newest: () => string | undefined;
}

/** What a run has to say for its checkpoints. */
export interface CheckpointSource {
  /** All state variables. */
  readonly variables: Program["state"];
  readonly record: (position: Position) => Checkpoint;
  readonly onSaved: (step: number, directory: string) => void;
}

/** A schedule that begins now; without options it never writes. */
export function scheduleCheckpoints(
  options: CheckpointOptions | undefined,
  { variables, record, onSaved }: CheckpointSource,
): CheckpointSchedule {
  let last = performance.now();
  let saved: { readonly step: number; readonly batch: number; readonly directory: string } | undefined;
  if (options === undefined)
    return { isDue: () => false, save: () => Promise.resolve(undefined), newest: () => undefined };
  const { everySteps, everySeconds, keep } = options;
  return {
    isDue: (step, now) => (everySteps !== undefined && step % everySteps === 0) || now - last >= everySeconds * 1000,
    save: async (position) => {
      const { step, batch } = position;
      // What is there already need not be written twice when a run ends at it.
      if (saved?.step === step && saved.batch === batch) return saved.directory;
      const directory = await writeCheckpoint(options.directory, record(position), variables, keep);
      saved = { step, batch, directory };
      last = performance.now();
      onSaved(step, directory);
      return directory;
    },
    newest: () => saved?.directory,
  };
}
