/** Training of a network whose data is open: a session, the steps, the measures, the artifact. */
import { engineOf } from "../engine/choose-engine.js";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createDiagnostic } from "../../compiler/diagnostics/index.js";
import { printProgram, type Program, startsAtZero, stateBytes } from "../../compiler/graph/index.js";
import type { Model } from "../../compiler/model/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import { type ArtifactContent, type LoadedArtifact, writeArtifact } from "../artifact/index.js";
import type { Dataset, FittedRows } from "../data/index.js";
import type { Engine, HostTensor, OpenOptions, Session } from "../engine/index.js";
import { ownSessions, type SessionSource } from "../engine/sessions.js";
import { fillSession, initialReader, sessionReader, type StateReader } from "../engine/state.js";
import { withVectors } from "../train/start-vectors.js";
import { checkDisk, checkMemory, trainingFiles, trainingNeed } from "../memory.js";
import { createFailure, noLocation } from "../failure.js";
import { createProgram, functionOf, measuredProgram } from "../engine/create-program.js";
import type { RunIdentity } from "../train/checkpoint.js";
import type { ContinuedReport, EvaluationRole, Measured, WarmStartReport } from "../events.js";
import type { CheckpointOptions } from "../train/checkpoint-schedule.js";
import { finishedRun } from "../train/finished.js";
import { measureHeads } from "../measure/measure.js";
import { metricsFile } from "../measure/stored-measured.js";
import { checkpointsIn } from "../train/prepare-output.js";
import { findTargets } from "../targets/choose.js";
import type { TrainResult } from "../train/result.js";
import { trainingBounds, trainingLength } from "../train/length.js";
import { runTraining, type TrainingRun } from "../train/run.js";
import { evaluationData, finalScores, inspectOpened, type OpenedJob, runIdentity, runNote } from "./opened-job.js";
import type { TrainOptions } from "./train-options.js";
import { describeWarmStart, refittedFeatures, warmStart } from "../train/warm-start.js";

/** Checkpoints kept in `output` while training. */
const keptCheckpoints = 2;
/** Bytes of state whose last checkpoint is written in no time, should the run be ended while its artifact is written. */
const shortState = 1 << 28;

/** A training of a network whose data is open. */
export interface TrainJob extends OpenedJob {
  /** The artifact that a warm start takes weights from. */
  readonly old: LoadedArtifact | undefined;
  readonly engine: Engine;
  /** The rows that are trained on, where {@link inspectOpened} has seen them; absent: it does. */
  readonly inspected?: Dataset;
  /** Absent: a session of the run's own. */
  readonly sessions?: SessionSource;
  /** A session that holds the first state already; whoever has opened it closes it. */
  readonly prepared?: PreparedSession;
  /** Where the artifact of a finished run goes; undefined: nowhere. Absent: to the `output` of the options. */
  readonly destination?: (result: TrainResult) => string | undefined;
}

/** A training whose session is open too. */
interface OpenRun {
  /** The rows that are trained on. */
  readonly rows: Dataset;
  readonly identity: RunIdentity;
  readonly program: Program;
  readonly first: FirstState;
  readonly session: Session;
  /** Whether its first step waits for a compiler. */
  readonly compiles: boolean;
  /** Measures the session as it is. */
  readonly measure: (role: EvaluationRole, dataset: Dataset) => Promise<Measured>;
}

/** Checks that the run fits this machine, opens a session for it, and closes it when the run is over. */
export async function trainNetwork(job: TrainJob): Promise<TrainResult> {
  const { spec, old, engine, data } = job;
  const { output, signal } = job.options;
  const { model } = spec;
  const rows = job.inspected ?? inspectOpened(job);
  const identity = runIdentity(job.options, spec, data, rows);
  if (output !== undefined && job.start === "finished") return await finishedRun(output, identity, model);
  const { prepared } = job;
  const program = prepared?.program ?? createProgram(model, data.fitted);
  if (!movesParameters(program)) throw createFailure("MTL7345", { name: model.name });
  checkMemory(trainingNeed(model, program, old === undefined ? 0 : heldBytes(old.state)), engine.name);
  if (output !== undefined) await checkDisk(output, trainingFiles(program, keptCheckpoints));
  const first = await firstState(job, program);
  const observed = job.options.tensorboard !== undefined;
  const measured =
    prepared?.measured ?? measuredProgram(observed ? createProgram(model, data.fitted, { observe: true }) : program);
  const sessions = job.sessions ?? ownSessions(engine);
  const options = sessionOptions(model, evaluationData(data) !== undefined);
  const session = prepared?.session ?? (await sessions.open(measured, options));
  const { compiles } = engineOf(session, engine, prepared === undefined ? job.onEvent : () => undefined);
  const measure: OpenRun["measure"] = (role, dataset) =>
    measureHeads(session, functionOf(measured, "evaluate"), dataset, model, role, signal);
  try {
    return await trainAndSave(job, { rows, identity, program, first, session, compiles, measure });
  } finally {
    if (prepared === undefined) sessions.release(session);
  }
}

/** What the session of a training has to do. */
function sessionOptions({ train: { batch } }: Model, isMeasured: boolean): OpenOptions {
  return { trainBatch: batch, functions: ["train", "apply", ...(isMeasured ? ["evaluate"] : [])] };
}

export interface PreparedJob extends Pick<TrainJob, "spec" | "engine" | "options" | "onEvent"> {
  /** Whether it is told that the engine compiles. */
  readonly isAnnounced: boolean;
}

/** A session whose steps are compiled, with the first state in it. */
export interface PreparedSession {
  readonly program: Program;
  /** What the session runs. */
  readonly measured: Program;
  readonly session: Session;
}

/** The session of a training whose rows are not open yet. Undefined where something is in the way, which the training itself then says. */
export async function prepareSession(
  { spec: { path, model }, engine, options, onEvent, isAnnounced }: PreparedJob,
  { fitted, roles }: Pick<FittedRows, "fitted" | "roles">,
): Promise<PreparedSession | undefined> {
  let session: Session | undefined;
  try {
    const program = createProgram(model, fitted);
    if (!movesParameters(program)) return undefined;
    checkMemory(trainingNeed(model, program), engine.name);
    const measured = measuredProgram(program);
    const isMeasured = roles.some((role) => role !== "train");
    session = await engine.open(measured, sessionOptions(model, isMeasured));
    const { compiles } = engineOf(session, engine, onEvent);
    const reading = { specPath: path, signal: options.signal };
    const initial = await withVectors(initialReader(model.train.seed), { model, program, fitted }, reading);
    // A session begins with zeros, and nothing else puts numbers into what the optimizer keeps.
    const filled = program.state.filter((variable) => variable.role === "parameter" || !startsAtZero(variable));
    await fillSession(session, filled, initial, options.signal);
    // A signal that came meanwhile is heard before nobody listens.
    await nextTurn();
    options.signal?.throwIfAborted();
    if (isAnnounced && compiles) await announceCompiling(session, onEvent);
    else session.compileSteps?.("train");
    return { program, measured, session };
  } catch {
    session?.close();
    return undefined;
  }
}

async function announceCompiling(session: Session, onEvent: TrainJob["onEvent"]): Promise<void> {
  onEvent({ kind: "compiling" });
  await nextTurn();
  const start = performance.now();
  session.compileSteps?.("train");
  onEvent({ kind: "compiled", seconds: (performance.now() - start) / 1000 });
}

/** The state before the first step. */
interface FirstState {
  readonly state: StateReader;
  /** Absent: all weights are initialized. */
  readonly warm?: { readonly report: WarmStartReport; readonly refitted: () => readonly string[] };
}

async function firstState(
  { spec: { path, model }, old, data, options }: TrainJob,
  program: Program,
): Promise<FirstState> {
  const made = { model, program, fitted: data.fitted };
  const reading = { specPath: path, signal: options.signal };
  const initial = await withVectors(initialReader(model.train.seed), made, reading);
  if (old === undefined) return { state: initial };
  const cold = { model, fitted: data.fitted, program, initial };
  const warm = warmStart(old, cold);
  const report = describeWarmStart(old.directory, warm);
  return { state: warm.state, warm: { report, refitted: () => refittedFeatures(old, cold) } };
}

/** Trains, measures what is kept and writes it. A signal that fires after training leaves the newest checkpoint. */
async function trainAndSave(job: TrainJob, run: OpenRun): Promise<TrainResult> {
  const { options, data, onEvent } = job;
  const { output, signal } = options;
  const last = postponeLast(job, run);
  const outcome = await runTraining(trainingRun(job, run, last.postpone));
  const { summary, history, checkpoint } = outcome;
  if (summary.ended === "interrupted") return { summary, history, ...omitUndefined({ checkpoint }) };
  try {
    const evaluation = await finalScores(outcome.kept, data, (role, dataset) => {
      onEvent({ kind: "evaluating", role, rows: dataset.rows });
      return run.measure(role, dataset);
    });
    const { warm } = run.first;
    const continued = continuedReport(job);
    const warmStart = continued === undefined ? warm?.report : undefined;
    const result = { summary, history, ...omitUndefined({ evaluation, warmStart, continued }) };
    const directory = job.destination === undefined ? output : job.destination(result);
    if (directory === undefined) return result;
    await writeArtifact(directory, artifactContent(job, run, { summary, evaluation }), signal);
    onEvent({ kind: "saved", directory });
    return { ...result, artifact: directory };
  } catch (error) {
    const isInterrupted = signal?.aborted === true;
    const newest = (await last.write(isInterrupted)) ?? checkpoint;
    if (!isInterrupted || newest === undefined) throw error;
    return { summary: { ...summary, ended: "interrupted" }, history, checkpoint: newest };
  }
}

/** The checkpoint that a run would leave as it ends, which the artifact follows at once: written where the artifact is not. */
interface LastCheckpoint {
  readonly postpone: CheckpointOptions["postpone"];
  /** Its directory; undefined where it was not postponed, and, unless it `mustBe` written, where the disk refuses. */
  readonly write: (mustBe: boolean) => Promise<string | undefined>;
}

function postponeLast({ options, spec, destination }: TrainJob, { program }: OpenRun): LastCheckpoint {
  const { train } = spec.model;
  const { epochs, steps } = trainingBounds(train);
  const bytes = program.state.reduce((sum, variable) => sum + stateBytes(variable), 0);
  // Otherwise the session comes to hold the weights to keep, in the place of those that training goes on with.
  const keepsItsState = train.stop === undefined && train.ema === undefined;
  const isShort = destination === undefined && keepsItsState && bytes <= shortState;
  let waiting: (() => Promise<string>) | undefined;
  return {
    postpone: ({ step, epoch }, write) => {
      const isLast = isShort && options.signal?.aborted !== true && (step >= steps || epoch >= epochs);
      waiting = isLast ? write : undefined;
      return isLast;
    },
    write: async (mustBe) =>
      waiting?.().catch((error: unknown) => {
        if (mustBe) throw error;
        return undefined;
      }),
  };
}

function trainingRun(job: TrainJob, run: OpenRun, postpone: LastCheckpoint["postpone"]): TrainingRun {
  const { options, spec, start, data, onEvent } = job;
  const isReady = job.prepared !== undefined;
  const evaluation = evaluationData(data);
  return {
    model: spec.model,
    program: run.program,
    session: run.session,
    data: run.rows,
    identity: run.identity,
    initial: run.first.state,
    isFilled: isReady,
    compiles: run.compiles && !isReady,
    ...(evaluation === undefined
      ? {}
      : { evaluation: { role: evaluation.role, measure: () => run.measure(evaluation.role, evaluation.data) } }),
    resume: start === "resume",
    ...omitUndefined({
      checkpoints: checkpointOptions(options, spec.model, postpone),
      tensorboard: options.tensorboard,
      signal: options.signal,
    }),
    onEvent,
    onStart: (resumed) => announceStart(job, run, resumed),
  };
}

function checkpointOptions(
  { output, checkpoints }: TrainOptions,
  { train }: Model,
  postpone: CheckpointOptions["postpone"],
): CheckpointOptions | undefined {
  if (output === undefined) return undefined;
  return {
    directory: checkpointsIn(output),
    everySeconds: checkpoints?.everySeconds ?? 60,
    keep: keptCheckpoints,
    ...omitUndefined({ everySteps: checkpoints?.everySteps ?? train.checkpointEvery, postpone }),
  };
}

/** Says what a run begins with; of a warm start nothing when it goes on from a checkpoint. */
function announceStart(
  job: TrainJob,
  { rows, program, first: { warm } }: OpenRun,
  resumed: Parameters<TrainingRun["onStart"]>[0],
): void {
  const { data, onEvent } = job;
  const { model } = job.spec;
  const continued = continuedReport(job);
  if (continued !== undefined && resumed === undefined) onEvent({ kind: "continued", ...continued });
  else if (warm !== undefined && resumed === undefined) {
    onEvent({ kind: "warmStarted", ...warm.report });
    const features = warm.refitted();
    if (features.length > 0)
      onEvent({ kind: "warning", diagnostic: createDiagnostic("MTL7332", { features }, noLocation()) });
  }
  onEvent({
    kind: "started",
    rows: { train: rows.rows, validation: data.validation?.rows ?? 0, test: data.test?.rows ?? 0 },
    batch: model.train.batch,
    ...trainingLength(model, rows),
    parameters: countParameters(program),
    ...omitUndefined({ resumed }),
  });
}

/** What became of the ids of the artifact that a run continues; absent when it continues none. */
function continuedReport({ options, data: { continued, fitted } }: TrainJob): ContinuedReport | undefined {
  if (options.continues === undefined || continued === undefined) return undefined;
  return { artifact: options.continues, runs: fitted.continued?.runs ?? 0, ids: continued };
}

function artifactContent(
  { options, spec, data }: TrainJob,
  { identity, program, session }: OpenRun,
  { summary, evaluation }: Pick<TrainResult, "summary"> & { readonly evaluation: TrainResult["evaluation"] },
): ArtifactContent {
  return {
    sources: spec.sources,
    model: spec.model,
    fitted: data.fitted,
    program,
    graphText: printProgram(program, { origins: false }),
    state: sessionReader(session, program.state),
    trained: true,
    targets: findTargets(options.targets ?? []),
    ...(evaluation === undefined ? {} : { metrics: metricsFile(evaluation) }),
    run: runNote({ ...options, spec: spec.path }, identity, summary),
  };
}

function heldBytes(state: ReadonlyMap<string, HostTensor>): number {
  return [...state.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}

function movesParameters(program: Program): boolean {
  const parameters = new Set(program.state.filter(({ role }) => role === "parameter").map(({ name }) => name));
  return program.functions.some(({ updates }) => updates.some(({ state }) => parameters.has(state)));
}

function countParameters(program: Program): number {
  return program.state
    .filter(({ role }) => role === "parameter")
    .reduce((total, { type }) => total + type.shape.reduce<number>((size, extent) => size * Number(extent), 1), 0);
}
