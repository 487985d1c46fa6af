import { setImmediate as nextTurn } from "node:timers/promises";
import type { GraphFunction } from "../../compiler/graph/graph.js";
import type { ListBatching } from "../../compiler/model/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import type { BatchOptions, Dataset } from "../data/batches/dataset.js";
import type { Session } from "../engine/engine.js";
import { createFailure } from "../failure.js";
import { observedOutput } from "../../compiler/lower/index.js";
import { createFeeds } from "../measure/feeds.js";
import { createPace, type Pace, type StepTimes } from "./pace.js";
import {
  countBatch,
  meanLosses,
  type MovingPosition,
  movingFrom,
  type Position,
  positionAt,
  startEpoch,
} from "./position.js";
import { createStepper, type StepOutputs, type Stepper } from "./stepper.js";

/** How the steps go; see {@link runLoop}. */
export interface LoopOptions {
  readonly session: Session;
  /** The program's training function; its scalar outputs are the losses. */
  readonly train: GraphFunction;
  readonly data: Dataset;
  readonly batch: number;
  /** The loop ends after as many epochs or steps, whichever comes first; either may be infinite. */
  readonly epochs: number;
  readonly steps: number;
  /** Absent: rows come in file order. */
  readonly shuffleSeed?: number;
  /** Batches of a step: after as many, and at the end of an epoch, the function `apply` takes it. Absent: each batch is a step. */
  readonly accumulate?: number;
  /** Whether rows that fill no batch are left out; default false. */
  readonly dropLast?: boolean;
  /** How batches treat lists; absent: there are none. */
  readonly lists?: ListBatching;
  readonly start: Position;
  /**
   * Ends the loop after the step that is under way; where `onEpoch` or `onEvaluation` rejects with its reason, before that, which is
   * then done again.
   */
  readonly signal?: AbortSignal;
  /** Told before the first step of this process, in which the engine compiles, and after it with the seconds that it took. */
  readonly onFirstStep?: (seconds: number | undefined) => void;
  /** Called some ten times per second. */
  readonly onProgress: (progress: StepProgress) => void;
  /** Called after each step with the steps done and the clock; true asks for a checkpoint. */
  readonly isCheckpointDue: (step: number, now: number) => boolean;
  readonly onCheckpoint: (position: Position) => Promise<void>;
  /** Called after each step within an epoch, and where a run begins within one; true asks for an evaluation. Default: never. */
  readonly isEvaluationDue?: (step: number) => boolean;
  /** Called within an epoch with the mean losses of it so far. */
  readonly onEvaluation?: (
    position: Position,
    losses: Readonly<Record<string, number>>,
  ) => Promise<"continue" | "stop">;
  /** Called with the mean losses when an epoch is done (`position.batch` is 0), and where steps end within one. */
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
  /** What the last step weighted the loss of each head with; empty where no balance does. */
  readonly balance: Readonly<Record<string, number>>;
  /** What the last step tells besides, by name, where the program has it: see `observedOutputs`. */
  readonly observed: Readonly<Record<string, readonly number[]>>;
  /** For the steps that remain without early stopping; seconds. */
  readonly remainingSeconds: number;
}

export interface LoopResult extends LoopEnd, StepTimes {}

/** How a loop ended, and where. */
interface LoopEnd {
  readonly ended: "done" | "stopped" | "interrupted";
  readonly position: Position;
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
  const at = movingFrom(options.start);
  const pace = createPace();
  const watched = {
    options,
    names: lossNames(options.train),
    batches: createBatchCount(options, at),
    at,
    pace,
  };
  const loop: Loop = {
    ...watched,
    stepper: createStepper(options, createFeeds(options.train, options.data.layout)),
    reports: createReports(watched),
  };
  while (!isDone(options, at)) {
    const end = (await runSteps(loop)) ?? (await endEpoch(loop));
    if (end !== undefined) return { ...end, ...pace.times() };
  }
  return { ended: "done", position: positionAt(at), ...pace.times() };
}

/** A position within an epoch at which the steps are done has still to be measured. */
function isDone({ epochs, steps }: LoopOptions, { epoch, step, batch }: MovingPosition): boolean {
  return epoch >= epochs || (step >= steps && batch === 0);
}

/** A loop under way, as reports see it. */
interface WatchedLoop {
  readonly options: LoopOptions;
  readonly names: readonly string[];
  /** Batches of the epoch under way. */
  readonly batches: () => number;
  readonly at: MovingPosition;
  readonly pace: Pace;
}

interface Loop extends WatchedLoop {
  readonly stepper: Stepper;
  readonly reports: Reports;
}

function orderOf(
  { batch, shuffleSeed, dropLast, lists }: LoopOptions,
  epoch: number,
): Pick<BatchOptions, "size" | "shuffle" | "dropLast" | "lists"> {
  const shuffle = shuffleSeed === undefined ? undefined : { seed: shuffleSeed, epoch };
  return { size: batch, ...omitUndefined({ shuffle, dropLast, lists }) };
}

/** Batches that keep lists whole are as many as the epoch's order needs. */
function createBatchCount(options: LoopOptions, at: Pick<MovingPosition, "epoch">): () => number {
  let known: { readonly epoch: number; readonly batches: number } | undefined;
  return () => {
    const { epoch } = at;
    if (known?.epoch !== epoch) known = { epoch, batches: options.data.batchCount(orderOf(options, epoch)) };
    return known.batches;
  };
}

/** Does the steps that remain of the epoch; undefined when they are done. */
async function runSteps(loop: Loop): Promise<LoopEnd | undefined> {
  const { options, stepper, at, pace } = loop;
  const { data, signal } = options;
  const order = orderOf(options, at.epoch);
  const turn = { last: pace.start() };
  if (at.step >= options.steps && endsStep(loop)) return undefined;
  const resumed = endsStep(loop) ? await evaluateWithin(loop) : undefined;
  if (resumed !== undefined) return resumed;
  for (const encoded of data.batches({ ...order, pad: true, skip: at.batch })) {
    if (!pace.hasStepped() && options.onFirstStep !== undefined) {
      // A signal that came meanwhile is heard before nobody listens.
      await nextTurn();
      signal?.throwIfAborted();
      options.onFirstStep(undefined);
      await nextTurn();
      pace.start();
    }
    stepper.add(encoded, at.epoch);
    if (!isCallDue(loop)) continue;
    const end = await callSteps(loop, turn);
    if (end !== undefined) return end === "done" ? undefined : end;
  }
  if (stepper.waiting() === 0) return undefined;
  const end = await callSteps(loop, turn);
  return end === "done" ? undefined : end;
}

/** Whether the batches that wait are trained on now: no more fit, or something is due after the last of them. */
function isCallDue({ options, stepper, at, pace }: Loop): boolean {
  const waiting = stepper.waiting();
  // The first step waits for the compiler, and the second says how long one takes.
  if (waiting >= stepper.most || !pace.isKnown()) return true;
  const last = at.step + waiting;
  if (last >= options.steps || options.isEvaluationDue?.(last) === true) return true;
  if (options.isCheckpointDue(last, -Infinity)) return true;
  const { rowsPerSecond } = pace.times(performance.now());
  return (1000 * waiting * options.batch) / rowsPerSecond >= turnMilliseconds;
}

/** Trains on the batches that wait, and does what is due after the last of them. `done`: the loop's steps are. */
async function callSteps(loop: Loop, turn: { last: number }): Promise<LoopEnd | "done" | undefined> {
  const { options, names, stepper, batches, at, pace, reports } = loop;
  const { signal } = options;
  let isStep = false;
  let rows = 0;
  for (const each of stepper.run()) {
    countBatch(at, each.rows, finiteLosses(names, each.outputs, at));
    isStep = endsStep(loop);
    if (isStep) takeStep(loop);
    rows += each.rows;
    reports.see(each.outputs);
  }
  const now = performance.now();
  const first = pace.count(rows, now);
  if (first !== undefined) options.onFirstStep?.(first);
  if (reports.isDue(now)) reports.send(now);
  if (now - turn.last >= turnMilliseconds) {
    await nextTurn();
    turn.last = performance.now();
  }
  if (isAborted(signal)) {
    pace.pause();
    return { ended: "interrupted", position: positionAt(at) };
  }
  if (!isStep) return undefined;
  if (at.step >= options.steps) return "done";
  const evaluated = await evaluateWithin(loop);
  if (evaluated !== undefined) return evaluated;
  if (at.batch < batches() && options.isCheckpointDue(at.step, now)) {
    pace.pause();
    await options.onCheckpoint(positionAt(at));
    if (isAborted(signal)) return { ended: "interrupted", position: positionAt(at) };
    pace.start();
  }
  return undefined;
}

/** Whether the batch that is done was the last of its step. */
function endsStep({ options: { accumulate = 1 }, batches, at }: Loop): boolean {
  return at.batch % accumulate === 0 || at.batch >= batches();
}

/** Counts a step, of which `train` has taken all but what several batches have added up. */
function takeStep({ options: { accumulate, session }, at }: Loop): void {
  if (accumulate !== undefined) session.run("apply", {});
  at.step += 1;
}

/** Evaluates within an epoch, where that is due; undefined when the loop goes on. */
async function evaluateWithin(loop: Loop): Promise<LoopEnd | undefined> {
  const { options, names, batches, at, pace } = loop;
  const isWithin = at.batch > 0 && at.batch < batches();
  if (!isWithin || options.isEvaluationDue?.(at.step) !== true || options.onEvaluation === undefined) return undefined;
  const position = positionAt(at);
  pace.pause();
  try {
    const verdict = await options.onEvaluation(position, meanLosses(names, position));
    if (verdict === "stop") return { ended: "stopped", position };
  } catch (error) {
    if (!isAborted(options.signal)) throw error;
    return { ended: "interrupted", position };
  }
  if (isAborted(options.signal)) return { ended: "interrupted", position };
  pace.start();
  return undefined;
}

/** Ends an epoch whose steps, or the loop's, are done; undefined when the loop goes on. */
async function endEpoch({ options, names, batches, at, pace, reports }: Loop): Promise<LoopEnd | undefined> {
  const { signal } = options;
  const before = positionAt(at);
  reports.send(performance.now());
  pace.pause();
  const isWhole = at.batch >= batches();
  if (isWhole) startEpoch(at);
  reports.restart();
  let verdict: "continue" | "stop";
  try {
    verdict = await options.onEpoch(positionAt(at), meanLosses(names, before));
  } catch (error) {
    if (!isAborted(signal)) throw error;
    return { ended: "interrupted", position: before };
  }
  if (verdict === "stop") return { ended: "stopped", position: positionAt(at) };
  if (!isWhole) return { ended: "done", position: before };
  if (isAborted(signal) && !isDone(options, at)) return { ended: "interrupted", position: positionAt(at) };
  return undefined;
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** What `onProgress` is told, and when. */
interface Reports {
  readonly isDue: (now: number) => boolean;
  /** What the last step gave out. */
  readonly see: (outputs: StepOutputs) => void;
  readonly send: (now: number) => void;
  /** An epoch begins: what is recent begins with it. */
  readonly restart: () => void;
}

function createReports({ options, names, batches, at, pace }: WatchedLoop): Reports {
  const { data, epochs, steps } = options;
  let last = -Infinity;
  let reported: Pick<Position, "rows" | "sums"> = positionAt(at);
  const balanced = options.train.outputs.map(({ name }) => name).filter((name) => name.startsWith(balanceOutput));
  let seen: StepOutputs = {};
  return {
    see: (outputs) => {
      seen = outputs;
    },
    isDue: (now) => now - last >= reportMilliseconds && pace.isKnown(),
    send: (now) => {
      last = now;
      const here = positionAt(at);
      const recent = {
        rows: here.rows - reported.rows,
        sums: here.sums.map((sum, i) => sum - (reported.sums[i] ?? 0)),
      };
      reported = here;
      const { rowsPerSecond } = pace.times(now);
      const perBatch = data.rows / batches();
      const stepRows = perBatch * (options.accumulate ?? 1);
      const remaining = Math.min((epochs - at.epoch) * data.rows - at.rows, (steps - at.step) * stepRows);
      options.onProgress({
        step: at.step,
        epoch: at.epoch + 1,
        batch: at.batch,
        batches: batches(),
        rowsPerSecond,
        losses: meanLosses(names, here),
        recent: meanLosses(names, recent),
        balance: Object.fromEntries(
          balanced.map((name) => [name.slice(balanceOutput.length), seen[name]?.data[0] ?? NaN]),
        ),
        observed: Object.fromEntries(
          Object.entries(seen).flatMap(([name, { data: values }]) =>
            name.startsWith(observedOutput) ? [[name.slice(observedOutput.length), Array.from(values)]] : [],
          ),
        ),
        remainingSeconds: rowsPerSecond > 0 ? remaining / rowsPerSecond : Infinity,
      });
    },
    restart: () => {
      reported = positionAt(at);
    },
  };
}

/** What outputs begin with that say what a balance does. */
const balanceOutput = "balance/";

/** The losses of the step after a position, by `names`. Throws a {@link Failure} when one is not finite. */
function finiteLosses(
  names: readonly string[],
  outputs: StepOutputs,
  { step, epoch }: MovingPosition,
): readonly number[] {
  return names.map((name) => {
    const loss = outputs[name]?.data[0] ?? NaN;
    if (!Number.isFinite(loss)) throw lossFailure(names, outputs, step + 1, epoch + 1);
    return loss;
  });
}

/** Names the head whose loss went first: the total is not finite whenever one of them is. */
function lossFailure(names: readonly string[], outputs: StepOutputs, step: number, epoch: number): Error {
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
