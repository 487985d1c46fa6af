import { createDiagnostic } from "../../compiler/diagnostics/index.js";
import type { GraphFunction, Program } from "../../compiler/graph/graph.js";
import { greaterIsBetter, metricText, stopTerms } from "../../compiler/metrics/index.js";
import { listBatching } from "../../compiler/model/index.js";
import type { Model } from "../../compiler/model/model.js";
import { omitUndefined } from "../../compiler/text/index.js";
import type { Dataset } from "../data/batches/dataset.js";
import type { Session } from "../engine/engine.js";
import { fillSession, heldReader, holdState, sessionReader, type StateReader } from "../engine/state.js";
import { createFailure, noLocation } from "../failure.js";
import { averagedReader, fillAverages, withAverages } from "./average.js";
import { type Checkpoint, identityDifference, readLatestCheckpoint, type RunIdentity } from "./checkpoint.js";
import { type CheckpointOptions, type CheckpointSchedule, scheduleCheckpoints } from "./checkpoint-schedule.js";
import { type Moment, observeValue, type StopState } from "./early-stopping.js";
import type { EpochRecord, EvaluationRole, Measured, TrainEvent, TrainSummary } from "../events.js";
import { lossNames, type LoopOptions, type LoopResult, runLoop, type StepProgress } from "./loop.js";
import { trainingBounds, trainingLength } from "./length.js";
import { levelsAfter, measuredValue, watchedValue } from "./plateau.js";
import { type Position, startPosition } from "./position.js";
import { embeddingHistograms } from "./histograms.js";
import { createEventWriter, type EventWriter, type Scalar } from "./tensorboard.js";

/** A run on an open session; where the data and the program come from is the caller's business. */
export interface TrainingRun {
  readonly model: Model;
  readonly program: Program;
  readonly session: Session;
  readonly data: Dataset;
  readonly identity: RunIdentity;
  /** Every state variable as training starts. */
  readonly initial: StateReader;
  /** Whether the session holds it already. */
  readonly isFilled?: boolean;
  /** Whether the engine compiles in the first step. */
  readonly compiles: boolean;
  /** Measures the session as it is; absent when there is nothing to measure on. Rejects with the signal's reason. */
  readonly evaluation?: { readonly role: EvaluationRole; readonly measure: () => Promise<Measured> };
  /** Absent: none are written. */
  readonly checkpoints?: CheckpointOptions;
  readonly resume: boolean;
  /** Folder of event files. */
  readonly tensorboard?: string;
  readonly signal?: AbortSignal;
  readonly onEvent: (event: TrainEvent) => void;
  /** Called once, when it is known where the run starts. */
  readonly onStart: (resumed: { readonly step: number; readonly epoch: number } | undefined) => void;
}

export interface TrainingOutcome {
  readonly summary: TrainSummary;
  readonly history: readonly EpochRecord[];
  /** The record of the weights that are kept; absent when none was made of them. */
  readonly kept?: EpochRecord;
  /** The newest checkpoint, where checkpoints are written. */
  readonly checkpoint?: string;
}

/**
 * Trains until the epochs or steps are done, early stopping ends it, or the signal does. The session is left with the weights to
 * keep: the best ones measured under early stopping, else the last ones; when interrupted, the ones of that moment.
 */
export async function runTraining(run: TrainingRun): Promise<TrainingOutcome> {
  const { session, onEvent } = run;
  const { state } = run.program;
  const train = trainFunction(run.program);
  const start = run.resume ? await resumeFrom(run) : undefined;
  if (start !== undefined || run.isFilled !== true)
    await fillSession(session, state, start?.state ?? run.initial, run.signal);

  const progress: RunProgress = { history: [...(start?.history ?? [])], stop: start?.stop ?? { waited: 0 } };
  if (start?.best !== undefined) progress.best = start.best;
  run.onStart(start === undefined ? undefined : { step: start.position.step, epoch: start.position.epoch });
  const board = run.tensorboard === undefined ? undefined : createEventWriter(run.tensorboard, Date.now() / 1000);
  const checkpoints = scheduleCheckpoints(run.checkpoints, {
    variables: state,
    record: (position) => ({ run: run.identity, position, state: sessionReader(session, state), ...progress }),
    onSaved: (step, directory) => onEvent({ kind: "checkpoint", step, directory }),
  });
  const training: Training = {
    run,
    kept: state.filter(({ role }) => role === "parameter" || role === "statistic"),
    progress,
    checkpoints,
    board,
  };
  try {
    const from = start?.position ?? startPosition(lossNames(train).length);
    const result = await runLoop(loopOptions(training, train, from));
    return await finish(training, result);
  } finally {
    board?.close();
  }
}

/** What a run knows of its evaluations; a checkpoint keeps it. */
interface RunProgress {
  readonly history: EpochRecord[];
  stop: StopState;
  /** The best weights so far, when early stopping keeps them. */
  best?: NonNullable<Checkpoint["best"]>;
}

/** A run whose first state is in the session. */
interface Training {
  readonly run: TrainingRun;
  /** The variables that an artifact keeps: the optimizer's are not among them. */
  readonly kept: Program["state"];
  readonly progress: RunProgress;
  readonly checkpoints: CheckpointSchedule;
  readonly board: EventWriter | undefined;
}

function loopOptions(training: Training, train: GraphFunction, start: Position): LoopOptions {
  const { run, progress, checkpoints, board } = training;
  const { model, onEvent } = run;
  const { batch, shuffle, seed, dropLast } = model.train;
  const { epochs, steps } = trainingBounds(model.train);
  const planned = trainingLength(model, run.data).epochs;
  return {
    session: run.session,
    train,
    data: run.data,
    batch,
    // A run that early stopping had ended before it could write its artifact has no epoch left.
    epochs: hasWaitedEnough(model, progress.stop) ? start.epoch : epochs,
    steps,
    start,
    ...omitUndefined({ shuffleSeed: shuffle ? seed : undefined, dropLast, signal: run.signal }),
    ...omitUndefined({ accumulate: model.train.accumulate, lists: listBatching(model.loss) }),
    ...(run.compiles
      ? {
          onFirstStep: (seconds) =>
            onEvent(seconds === undefined ? { kind: "compiling" } : { kind: "compiled", seconds }),
        }
      : {}),
    onProgress: (reached) => {
      if (board !== undefined) writeProgress(board, reached);
      onEvent({ kind: "progress", epochs: Math.max(planned, reached.epoch), ...reached });
    },
    isCheckpointDue: checkpoints.isDue,
    onCheckpoint: async (position) => void (await checkpoints.save(position)),
    isEvaluationDue: (step) =>
      run.evaluation !== undefined &&
      model.train.validateEvery !== undefined &&
      step % model.train.validateEvery === 0 &&
      progress.history.at(-1)?.step !== step,
    onEvaluation: (position, losses) => evaluateWithin(training, position, losses, planned),
    onEpoch: (position, losses) => endEpoch(training, position, losses, planned),
  };
}

/**
 * Measures an epoch, or what training does of its last one, keeps its weights where they are the best, records and saves it.
 * Within an epoch the checkpoint is from before that, so that a longer run goes on from it as if it had not ended here.
 */
async function endEpoch(
  training: Training,
  position: Position,
  losses: EpochRecord["losses"],
  planned: number,
): Promise<"continue" | "stop"> {
  const { run, checkpoints, board } = training;
  if (position.batch > 0) await checkpoints.save(position);
  const { record, stop } = await measure(training, position, losses);
  if (board !== undefined) {
    writeEpoch(board, record);
    board.writeHistograms(record.step, Date.now() / 1000, embeddingHistograms(run.session, run.program));
  }
  run.onEvent({ kind: "epoch", record, epochs: Math.max(planned, record.epoch) });
  await checkpoints.save(position);
  return stop ? "stop" : "continue";
}

/** Measures within an epoch, and records that; the step's checkpoint, where one is due, comes after it. */
async function evaluateWithin(
  training: Training,
  position: Position,
  losses: EpochRecord["losses"],
  planned: number,
): Promise<"continue" | "stop"> {
  const { run, checkpoints, board } = training;
  const { record, stop } = await measure(training, position, losses);
  if (board !== undefined) writeScores(board, record);
  run.onEvent({ kind: "validated", record, epochs: Math.max(planned, record.epoch) });
  if (!stop) return "continue";
  await checkpoints.save(position);
  return "stop";
}

/** Measures the weights as they are, keeps them where they are the best, and adds the record to the history. */
async function measure(
  { run, kept, progress }: Training,
  position: Position,
  losses: EpochRecord["losses"],
): Promise<{ readonly record: EpochRecord; readonly stop: boolean }> {
  const { model, session, onEvent } = run;
  const { step } = position;
  const epoch = epochOf(position);
  const evaluation = run.evaluation === undefined ? undefined : await measureAverages(run, run.evaluation);
  const verdict = judge(model, progress.stop, evaluation, { epoch, step }, onEvent);
  if (verdict !== undefined) {
    progress.stop = verdict.state;
    if (verdict.improved) progress.best = holdState(kept, keptReader(run), progress.best);
  }
  const record: EpochRecord = { epoch, step, losses, ...omitUndefined({ evaluation, best: verdict?.improved }) };
  progress.history.push(record);
  const known = new Set(run.program.state.map(({ name }) => name));
  const levels = [...levelsAfter(model, progress.history)].filter(([name]) => known.has(name));
  if (levels.length > 0)
    session.set(new Map(levels.map(([name, level]) => [name, { shape: [], data: Float32Array.of(level) }])));
  return { record, stop: verdict?.stop === true };
}

/** Measures what would be kept: the averages of the weights, where the spec asks for them. */
async function measureAverages(
  { session, program, model }: TrainingRun,
  { role, measure: measureNow }: NonNullable<TrainingRun["evaluation"]>,
): Promise<NonNullable<EpochRecord["evaluation"]>> {
  return { role, ...(await withAverages(session, program, model.train.ema, measureNow)) };
}

/** The state with what would be kept of it. */
function keptReader({ session, program, model: { train } }: TrainingRun): StateReader {
  const state = sessionReader(session, program.state);
  return train.ema === undefined ? state : averagedReader(state, program, train.ema);
}

/** Leaves the weights to keep in the session, and a checkpoint of a run that was interrupted. */
async function finish({ run, kept, progress, checkpoints }: Training, result: LoopResult): Promise<TrainingOutcome> {
  const { history, stop, best } = progress;
  const { step, epoch } = result.position;
  const last = epochOf(result.position);
  const interrupted = result.ended === "interrupted";
  const checkpoint = interrupted ? await checkpoints.save(result.position) : checkpoints.newest();
  if (!interrupted && best !== undefined) await fillSession(run.session, kept, heldReader(best));
  else if (!interrupted && run.model.train.ema !== undefined)
    await fillAverages(run.session, run.program, run.model.train.ema);
  const summary: TrainSummary = {
    ended: result.ended === "done" && hasWaitedEnough(run.model, stop) ? "stopped" : result.ended,
    steps: step,
    epochs: epoch,
    keptEpoch: interrupted ? epoch : (stop.best?.epoch ?? last),
    keptStep: interrupted ? step : (stop.best?.step ?? step),
    rowsPerSecond: result.rowsPerSecond,
    seconds: result.seconds,
  };
  run.onEvent({ kind: "finished", summary });
  const measured = history.find((record) => record.step === (interrupted ? step : (stop.best?.step ?? step)));
  return { summary, history, ...omitUndefined({ checkpoint, kept: measured }) };
}

/** The epoch under way, from 1; between two, the one that is done. */
function epochOf({ epoch, batch }: Position): number {
  return batch > 0 ? epoch + 1 : epoch;
}

/** Whether early stopping has ended a run. */
export function hasWaitedEnough({ train: { stop } }: Model, { waited }: StopState): boolean {
  return waited >= (stop?.patience ?? Infinity);
}

function trainFunction(program: Program): GraphFunction {
  const train = program.functions.find(({ name }) => name === "train");
  if (train === undefined) throw new Error("the program has no function `train`");
  return train;
}

async function resumeFrom(run: TrainingRun): Promise<Checkpoint> {
  const directory = run.checkpoints?.directory ?? "";
  const { checkpoint, warnings } = await readLatestCheckpoint(directory, run.signal);
  for (const diagnostic of warnings) run.onEvent({ kind: "warning", diagnostic });
  if (checkpoint === undefined) throw createFailure("MTL7303", { directory });
  const what = identityDifference(checkpoint.run, run.identity);
  if (what !== undefined) throw createFailure("MTL7304", { directory, what });
  return checkpoint;
}

/** Early stopping's word on an epoch; nothing when the spec asks for none or the metric is undefined. */
export function judge(
  model: Model,
  state: StopState,
  measured: Measured | undefined,
  at: Moment,
  onEvent: (event: TrainEvent) => void,
): ReturnType<typeof observeValue> | undefined {
  const { stop } = model.train;
  if (stop === undefined || measured === undefined) return undefined;
  const value = watchedValue(stop, measured);
  if (value !== undefined)
    return observeValue(state, { value, greaterIsBetter: greaterIsBetter(stop) }, at, stop.patience);
  const missing = stopTerms(stop).find(
    ({ head, metric }) => measuredValue(measured, head, metricText(metric)) === undefined,
  );
  if (missing !== undefined) {
    const metric = metricText(missing.metric, missing.head);
    const reason =
      measured.undefinedMetrics?.find(
        ({ head, metrics }) => head === missing.head && metrics.includes(metricText(missing.metric)),
      )?.reason ?? "it was not measured";
    onEvent({
      kind: "warning",
      diagnostic: createDiagnostic("MTL7308", { metric, epoch: at.epoch, reason }, noLocation()),
    });
  }
  return undefined;
}

function writeProgress(board: EventWriter, progress: StepProgress): void {
  board.write(progress.step, Date.now() / 1000, [
    ...Object.entries(progress.recent).map(([name, value]) => ({ tag: `train/${name}`, value })),
    ...Object.entries(progress.balance).map(([head, value]) => ({ tag: `train/balance/${head}`, value })),
    ...Object.entries(progress.observed).flatMap(([name, values]) =>
      values.map((value, i) => ({ tag: `train/${name}${values.length === 1 ? "" : `/${i}`}`, value })),
    ),
    { tag: "rows_per_second", value: progress.rowsPerSecond },
  ]);
}

export function writeEpoch(board: EventWriter, record: EpochRecord): void {
  const means = Object.entries(record.losses).map(([name, value]) => ({ tag: `epoch/${name}`, value }));
  board.write(record.step, Date.now() / 1000, [...means, ...scoresOf(record)]);
}

function writeScores(board: EventWriter, record: EpochRecord): void {
  board.write(record.step, Date.now() / 1000, scoresOf(record));
}

function scoresOf({ evaluation }: EpochRecord): readonly Scalar[] {
  return Object.entries(evaluation?.heads ?? {}).flatMap(([task, { rows: _, ...metrics }]) =>
    Object.entries(metrics).map(([metric, value]) => ({ tag: `${evaluation?.role ?? ""}/${task}/${metric}`, value })),
  );
}
