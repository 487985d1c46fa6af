import { setImmediate as nextTurn } from "node:timers/promises";
import type { GraphFunction } from "../../compiler/graph/graph.js";
import type { Dataset } from "../data/batches/dataset.js";
import type { Session } from "../engine/engine.js";
import { createFailure } from "../failure.js";
import { createFeeds } from "../measure/feeds.js";
import { meanLosses, type Position } from "./position.js";

/** How the steps go; see {@link runLoop}. */
export interface LoopOptions {
  readonly session: Session;
  /** The program's training function; its scalar outputs are the losses. */
  readonly train: GraphFunction;
  readonly data: Dataset;
  readonly batch: number;
  readonly epochs: number;
  /** Absent: rows come in file order. */
  readonly shuffleSeed?: number;
  readonly start: Position;
  /**
   * Ends the loop after the step that is under way; where `onEpoch` rejects with its reason, before the end of that epoch, which
   * is then done again.
   */
  readonly signal?: AbortSignal;
  /** Told before the first step of this process, in which the engine compiles, and after it with the seconds that it took. */
  readonly onFirstStep?: (seconds: number | undefined) => void;
  /** Called some ten times per second. */
  readonly onProgress: (progress: StepProgress) => void;
  /** Called after each step with the steps done and the clock; true asks for a checkpoint. */
  readonly isCheckpointDue: (step: number, now: number) => boolean;
  readonly onCheckpoint: (position: Position) => Promise<void>;
  /** Called when an epoch is done, with its mean losses; `position.batch` is 0. */
  readonly onEpoch: (position: Position, losses: Readonly<Record<string, number>>) => Promise<"continue" | "stop">;
}

/** What a progress bar shows. */
export interface StepProgress {
  readonly step: number;
  /** The epoch under way, from 1. */
  readonly epoch: number;
  readonly batch: number;
  readonly batches: number;
  /** Rows per second; evaluations, checkpoints and the first step, which waits for the compiler, are left out. */
  readonly rowsPerSecond: number;
  /** Mean losses of the epoch so far. */
  readonly losses: Readonly<Record<string, number>>;
  /** Mean losses of the steps since the report before. */
  readonly recent: Readonly<Record<string, number>>;
  /** For the steps that remain if no epoch is cut; seconds. */
  readonly remainingSeconds: number;
}

export interface LoopResult {
  readonly ended: "done" | "stopped" | "interrupted";
  readonly position: Position;
  /**
   * Time in steps, without evaluations, checkpoints and the first step, which waits for the compiler; of a run of one step, that
   * step's.
   */
  readonly seconds: number;
  /** Rows of these steps per second. */
  readonly rowsPerSecond: number;
}

const reportMilliseconds = 100;
/** How long steps may hold the event loop: signals and timers wait for it. */
const turnMilliseconds = 50;

/** The names of a training function's losses: its scalar outputs. */
export function lossNames(train: GraphFunction): readonly string[] {
  return train.outputs.flatMap(({ name, value }) => (train.nodes[value]?.type.shape.length === 0 ? [name] : []));
}

/**
 * Steps through the epochs from a position. Throws a {@link Failure} that names step and head when a loss is not finite.
 */
export async function runLoop(options: LoopOptions): Promise<LoopResult> {
  const { session, data, batch: size, epochs, signal } = options;
  const isAborted = (): boolean => signal?.aborted === true;
  const names = lossNames(options.train);
  const feeds = createFeeds(options.train, data.layout);
  const batches = Math.ceil(data.rows / size);
  const sums = Float64Array.from(options.start.sums);
  let { step, epoch, batch, rows } = options.start;
  const position = (): Position => ({ step, epoch, batch, rows, sums: [...sums] });

  let seconds = 0;
  let rowsHere = 0;
  /** What the first step of this process took: the engine compiles in it. */
  let first: { readonly rows: number; readonly seconds: number } | undefined;
  const times = (elapsed: number): Pick<LoopResult, "seconds" | "rowsPerSecond"> => {
    const skipped = first === undefined || first.rows === rowsHere ? { rows: 0, seconds: 0 } : first;
    const counted = elapsed - skipped.seconds;
    return { seconds: counted, rowsPerSecond: counted > 0 ? (rowsHere - skipped.rows) / counted : 0 };
  };
  let mark = performance.now();
  let lastReport = -Infinity;
  let lastTurn = mark;
  const pause = (): void => {
    seconds += (performance.now() - mark) / 1000;
  };
  let reported: Pick<Position, "rows" | "sums"> = position();
  const report = (now: number): void => {
    lastReport = now;
    const here = position();
    const recent = {
      rows: here.rows - reported.rows,
      sums: here.sums.map((sum, i) => sum - (reported.sums[i] ?? 0)),
    };
    reported = here;
    const elapsed = seconds + (now - mark) / 1000;
    const speed = times(elapsed).rowsPerSecond;
    const remaining = (epochs - epoch) * data.rows - rows;
    options.onProgress({
      step,
      epoch: epoch + 1,
      batch,
      batches,
      rowsPerSecond: speed,
      losses: meanLosses(names, here),
      recent: meanLosses(names, recent),
      remainingSeconds: speed > 0 ? remaining / speed : Infinity,
    });
  };

  while (epoch < epochs) {
    const order = options.shuffleSeed === undefined ? {} : { shuffle: { seed: options.shuffleSeed, epoch } };
    for (const encoded of data.batches({ size, pad: true, skip: batch, ...order })) {
      if (first === undefined && options.onFirstStep !== undefined) {
        signal?.throwIfAborted();
        options.onFirstStep(undefined);
        await nextTurn();
        mark = performance.now();
      }
      const outputs = session.run(options.train.name, feeds(encoded));
      step += 1;
      batch += 1;
      rows += encoded.rows;
      rowsHere += encoded.rows;
      for (let i = 0; i < names.length; i++) {
        const loss = outputs[names[i] ?? ""]?.data[0] ?? NaN;
        if (!Number.isFinite(loss)) throw lossFailure(names, outputs, step, epoch + 1);
        sums[i] = (sums[i] ?? 0) + loss * encoded.rows;
      }
      const now = performance.now();
      if (first === undefined) {
        first = { rows: encoded.rows, seconds: seconds + (now - mark) / 1000 };
        options.onFirstStep?.(first.seconds);
      }
      if (now - lastReport >= reportMilliseconds && first.rows < rowsHere) report(now);
      if (now - lastTurn >= turnMilliseconds) {
        await nextTurn();
        lastTurn = performance.now();
      }
      if (isAborted()) {
        pause();
        return { ended: "interrupted", position: position(), ...times(seconds) };
      }
      if (batch < batches && options.isCheckpointDue(step, now)) {
        pause();
        await options.onCheckpoint(position());
        if (isAborted()) return { ended: "interrupted", position: position(), ...times(seconds) };
        mark = performance.now();
      }
    }
    const losses = meanLosses(names, position());
    report(performance.now());
    pause();
    const before = position();
    epoch += 1;
    batch = 0;
    rows = 0;
    sums.fill(0);
    reported = position();
    let verdict: "continue" | "stop";
    try {
      verdict = await options.onEpoch(position(), losses);
    } catch (error) {
      if (!isAborted()) throw error;
      return { ended: "interrupted", position: before, ...times(seconds) };
    }
    mark = performance.now();
    lastTurn = mark;
    if (verdict === "stop") return { ended: "stopped", position: position(), ...times(seconds) };
    if (isAborted() && epoch < epochs) return { ended: "interrupted", position: position(), ...times(seconds) };
  }
  return { ended: "done", position: position(), ...times(seconds) };
}

/** Names the head whose loss went first: the total is not finite whenever one of them is. */
function lossFailure(
  names: readonly string[],
  outputs: Readonly<Record<string, { readonly data: ArrayLike<number> }>>,
  step: number,
  epoch: number,
): Error {
  const bad = names.filter((name) => !Number.isFinite(outputs[name]?.data[0] ?? NaN));
  const head = bad.find((name) => name !== totalLoss) ?? totalLoss;
  return createFailure(
    "MTL7301",
    { loss: outputs[head]?.data[0] ?? NaN, head: head.replace(/^loss\//, ""), step, epoch },
    undefined,
    { help: "lower the learning rate, add `clip: norm(1.0)` to `train`, or check the label's range" },
  );
}

/** The output that holds the sum of all losses and penalties. */
const totalLoss = "loss";
