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
  /**
   * Asked before one is written. True: it is not, and `write` does it as long as the session has the state of now, for a run that does not come to
   * leave anything better. Absent: all are written.
   */
  readonly postpone?: (position: Position, write: () => Promise<string>) => boolean;
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
  let saved: { readonly at: Position; readonly directory: string } | undefined;
  let postponed: { readonly at: Position; readonly checkpoint: Checkpoint } | undefined;
  if (options === undefined)
    return { isDue: () => false, save: () => Promise.resolve(undefined), newest: () => undefined };
  const { everySteps, everySeconds, keep, postpone } = options;
  const write = async (at: Position, checkpoint: Checkpoint): Promise<string> => {
    const directory = await writeCheckpoint(options.directory, checkpoint, variables, keep);
    saved = { at, directory };
    last = performance.now();
    onSaved(at.step, directory);
    return directory;
  };
  return {
    isDue: (step, now) => (everySteps !== undefined && step % everySteps === 0) || now - last >= everySeconds * 1000,
    save: async (position) => {
      // What is there already need not be written twice when a run ends at it.
      if (isSame(saved?.at, position)) return saved?.directory;
      const due = isSame(postponed?.at, position) ? postponed : undefined;
      const { at, checkpoint } = due ?? { at: position, checkpoint: asNow(record(position)) };
      const isPostponed = postpone?.(at, () => write(at, checkpoint)) === true;
      postponed = isPostponed ? { at, checkpoint } : undefined;
      return isPostponed ? undefined : write(at, checkpoint);
    },
    newest: () => saved?.directory,
  };
}

/** A record whose history does not grow any more. */
function asNow(checkpoint: Checkpoint): Checkpoint {
  return { ...checkpoint, history: [...checkpoint.history] };
}

function isSame(one: Position | undefined, other: Position): boolean {
  return one?.step === other.step && one.batch === other.batch;
}
