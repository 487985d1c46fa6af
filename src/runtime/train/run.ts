import { createDiagnostic } from "../../compiler/diagnostics/index.js";
import type { GraphFunction, Program } from "../../compiler/graph/graph.js";
import { greaterIsBetter, metricText, stopTerms, stopValue } from "../../compiler/metrics/index.js";
import type { Model } from "../../compiler/model/model.js";
import { own } from "../../compiler/text/index.js";
import type { Dataset } from "../data/batches/dataset.js";
import type { Session } from "../engine/engine.js";
import { fillSession, heldReader, holdState, sessionReader, type StateReader } from "../engine/state.js";
import { createFailure, noLocation } from "../failure.js";
import {
  type Checkpoint,
  identityDifference,
  readLatestCheckpoint,
  type RunIdentity,
  writeCheckpoint,
} from "./checkpoint.js";
import { observeValue, type StopState } from "./early-stopping.js";
import type { EpochRecord, EvaluationRole, Measured, TrainEvent, TrainSummary } from "../events.js";
import { lossNames, runLoop, type StepProgress } from "./loop.js";
import { startPosition } from "./position.js";
import { createEventWriter, type EventWriter } from "./tensorboard.js";

/** A run on an open session; where the data and the program come from is the caller's business. */
export interface TrainingRun {
  readonly model: Model;
  readonly program: Program;
  readonly session: Session;
  readonly data: Dataset;
  readonly identity: RunIdentity;
  /** Every state variable as training starts. */
  readonly initial: StateReader;
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

export interface CheckpointOptions {
  readonly directory: string;
  readonly everySteps?: number;
  readonly everySeconds: number;
  /** How many are kept. */
  readonly keep: number;
}

export interface TrainingOutcome {
  readonly summary: TrainSummary;
  readonly history: readonly EpochRecord[];
  /** The newest checkpoint, where checkpoints are written. */
  readonly checkpoint?: string;
}

/**
 * Trains until the epochs are done, early stopping ends it, or the signal does. The session is left with the weights to
 * keep: those of the best epoch under early stopping, else the last ones; when interrupted, the ones of that moment.
 */
export async function runTraining(run: TrainingRun): Promise<TrainingOutcome> {
  const { model, session, onEvent } = run;
  const train = trainFunction(run.program);
  const names = lossNames(train);
  const start = run.resume ? await resumeFrom(run) : undefined;
  const { state } = run.program;
  await fillSession(session, state, start?.state ?? run.initial, run.signal);

  const kept = state.filter(({ role }) => role === "parameter" || role === "statistic");
  const history: EpochRecord[] = [...(start?.history ?? [])];
  let stop: StopState = start?.stop ?? { waited: 0 };
  let best = start?.best;
  run.onStart(start === undefined ? undefined : { step: start.position.step, epoch: start.position.epoch });
  const board = run.tensorboard === undefined ? undefined : createEventWriter(run.tensorboard, Date.now() / 1000);

  let lastCheckpoint = performance.now();
  let saved: { readonly step: number; readonly batch: number; readonly directory: string } | undefined;
  const save = async (position: Checkpoint["position"]): Promise<string | undefined> => {
    if (run.checkpoints === undefined) return undefined;
    const { step, batch } = position;
    // What is there already need not be written twice when a run ends at it.
    if (saved?.step === step && saved.batch === batch) return saved.directory;
    const now = { state: sessionReader(session, state), ...(best === undefined ? {} : { best }) };
    const record = { run: run.identity, position, history, stop, ...now };
    const directory = await writeCheckpoint(run.checkpoints.directory, record, state, run.checkpoints.keep);
    saved = { step, batch, directory };
    lastCheckpoint = performance.now();
    onEvent({ kind: "checkpoint", step: position.step, directory });
    return directory;
  };
  const isCheckpointDue = (step: number, now: number): boolean => {
    if (run.checkpoints === undefined) return false;
    const { everySteps, everySeconds } = run.checkpoints;
    return (everySteps !== undefined && step % everySteps === 0) || now - lastCheckpoint >= everySeconds * 1000;
  };

  try {
    const patience = model.train.stop?.patience ?? Infinity;
    const from = start?.position ?? startPosition(names.length);
    const result = await runLoop({
      session,
      train,
      data: run.data,
      batch: model.train.batch,
      // A run that early stopping had ended before it could write its artifact has no epoch left.
      epochs: stop.waited >= patience ? from.epoch : model.train.epochs,
      ...(model.train.shuffle ? { shuffleSeed: model.train.seed } : {}),
      start: from,
      ...(run.signal === undefined ? {} : { signal: run.signal }),
      ...(run.compiles
        ? {
            onFirstStep: (seconds) =>
              onEvent(seconds === undefined ? { kind: "compiling" } : { kind: "compiled", seconds }),
          }
        : {}),
      onProgress: (progress) => {
        if (board !== undefined) writeProgress(board, progress);
        onEvent({ kind: "progress", epochs: model.train.epochs, ...progress });
      },
      isCheckpointDue,
      onCheckpoint: async (position) => void (await save(position)),
      onEpoch: async (position, losses) => {
        const evaluation =
          run.evaluation === undefined ? undefined : { role: run.evaluation.role, ...(await run.evaluation.measure()) };
        const verdict = judge(model, stop, evaluation, position.epoch, onEvent);
        if (verdict !== undefined) {
          stop = verdict.state;
          if (verdict.improved) best = holdState(kept, sessionReader(session, kept), best);
        }
        const record: EpochRecord = {
          epoch: position.epoch,
          step: position.step,
          losses,
          ...(evaluation === undefined ? {} : { evaluation }),
          ...(verdict === undefined ? {} : { best: verdict.improved }),
        };
        history.push(record);
        if (board !== undefined) writeEpoch(board, record);
        onEvent({ kind: "epoch", record, epochs: model.train.epochs });
        await save(position);
        return verdict?.stop === true ? "stop" : "continue";
      },
    });
    const interrupted = result.ended === "interrupted";
    const checkpoint = interrupted ? await save(result.position) : saved?.directory;
    if (!interrupted && best !== undefined) await fillSession(session, kept, heldReader(best));
    const summary: TrainSummary = {
      ended: result.ended === "done" && stop.waited >= patience ? "stopped" : result.ended,
      steps: result.position.step,
      epochs: result.position.epoch,
      keptEpoch: interrupted ? result.position.epoch : (stop.best?.epoch ?? result.position.epoch),
      rowsPerSecond: result.rowsPerSecond,
      seconds: result.seconds,
    };
    onEvent({ kind: "finished", summary });
    return { summary, history, ...(checkpoint === undefined ? {} : { checkpoint }) };
  } finally {
    board?.close();
  }
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
function judge(
  model: Model,
  state: StopState,
  measured: Measured | undefined,
  epoch: number,
  onEvent: (event: TrainEvent) => void,
): ReturnType<typeof observeValue> | undefined {
  const { stop } = model.train;
  if (stop === undefined || measured === undefined) return undefined;
  const valueOf = (head: string, metric: string): number | undefined =>
    own(own(measured.heads, head) ?? { rows: 0 }, metric);
  const value = stopValue(stop, valueOf);
  if (value !== undefined)
    return observeValue(state, { value, greaterIsBetter: greaterIsBetter(stop) }, epoch, stop.patience);
  const missing = stopTerms(stop).find(({ head, metric }) => valueOf(head, metricText(metric)) === undefined);
  if (missing !== undefined) {
    const metric = metricText(missing.metric, missing.head);
    const reason =
      measured.undefinedMetrics?.find(
        ({ head, metrics }) => head === missing.head && metrics.includes(metricText(missing.metric)),
      )?.reason ?? "it was not measured";
    onEvent({ kind: "warning", diagnostic: createDiagnostic("MTL7308", { metric, epoch, reason }, noLocation()) });
  }
  return undefined;
}

function writeProgress(board: EventWriter, progress: StepProgress): void {
  board.write(progress.step, Date.now() / 1000, [
    ...Object.entries(progress.recent).map(([name, value]) => ({ tag: `train/${name}`, value })),
    { tag: "rows_per_second", value: progress.rowsPerSecond },
  ]);
}

function writeEpoch(board: EventWriter, { step, losses, evaluation }: EpochRecord): void {
  const scores = Object.entries(evaluation?.heads ?? {}).flatMap(([task, { rows: _, ...metrics }]) =>
    Object.entries(metrics).map(([metric, value]) => ({ tag: `${evaluation?.role ?? ""}/${task}/${metric}`, value })),
  );
  const means = Object.entries(losses).map(([name, value]) => ({ tag: `epoch/${name}`, value }));
  board.write(step, Date.now() / 1000, [...means, ...scores]);
}
