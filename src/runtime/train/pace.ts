/** How fast the steps of this process go. */
export interface Pace {
  /** Starts the clock: steps follow. Returns what it shows, in milliseconds, as do all moments here. */
  readonly start: () => number;
  /** Stops the clock: an evaluation or a checkpoint is left out of the time in steps. */
  readonly pause: () => void;
  readonly hasStepped: () => boolean;
  /** Counts a step that is done. Returns the seconds of the first one; undefined for all others. */
  readonly count: (rows: number, now: number) => number | undefined;
  /** Whether steps after the first are done: before them there is no speed. */
  readonly isKnown: () => boolean;
  /** The time in steps until `now`, while the clock runs; without it, until the last pause. */
  readonly times: (now?: number) => StepTimes;
}

export interface StepTimes {
  /**
   * Time in steps, without evaluations, checkpoints and the first step, which waits for the compiler; of a run of one step, that
   * step's.
   */
  readonly seconds: number;
  /** Rows of these steps per second. */
  readonly rowsPerSecond: number;
}

export function createPace(): Pace {
  let seconds = 0;
  let rows = 0;
  let mark = performance.now();
  /** What the first step of this process took: the engine compiles in it. */
  let first: { readonly rows: number; readonly seconds: number } | undefined;
  const elapsed = (now: number): number => seconds + (now - mark) / 1000;
  const isKnown = (): boolean => first !== undefined && first.rows < rows;

  return {
    start: () => (mark = performance.now()),
    pause: () => {
      seconds = elapsed(performance.now());
    },
    hasStepped: () => first !== undefined,
    count: (stepped, now) => {
      rows += stepped;
      if (first !== undefined) return undefined;
      first = { rows: stepped, seconds: elapsed(now) };
      return first.seconds;
    },
    isKnown,
    times: (now) => {
      const skipped = first !== undefined && isKnown() ? first : { rows: 0, seconds: 0 };
      const counted = (now === undefined ? seconds : elapsed(now)) - skipped.seconds;
      return { seconds: counted, rowsPerSecond: counted > 0 ? (rows - skipped.rows) / counted : 0 };
    },
  };
}
