/** Training from a spec to an artifact: the steps in their order, each done by its own part. */
import { createDiagnostic } from "../../compiler/diagnostics/index.js";
import { printProgram, type Program } from "../../compiler/graph/index.js";
import { hasTrees, listColumn, type Model } from "../../compiler/model/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import { type ArtifactContent, type LoadedArtifact, writeArtifact } from "../artifact/index.js";
import { type Dataset, openData, sizesWithoutData, splitFitted } from "../data/index.js";
import type { Engine, HostTensor, Session } from "../engine/index.js";
import { initialReader, sessionReader, type StateReader } from "../engine/state.js";
import { withVectors } from "../train/start-vectors.js";
import { chooseEngine } from "../engine/choose-engine.js";
import { checkDisk, checkMemory, knownNeed, trainingFiles, trainingNeed } from "../memory.js";
import { createFailure, noLocation } from "../failure.js";
import { loadWeights } from "../artifact/load-weights.js";
import { createProgram, functionOf, measuredProgram } from "../engine/create-program.js";
import { type LoadedSpec, loadSpec } from "../specs/load-spec.js";
import type { RunIdentity } from "../train/checkpoint.js";
import type { ContinuedReport, EvaluationRole, Measured, WarmStartReport } from "../events.js";
import type { CheckpointOptions } from "../train/checkpoint-schedule.js";
import { isArtifactDirectory, loadArtifactSpec } from "./compile-artifact.js";
import { finishedRun } from "../train/finished.js";
import { measureHeads } from "../measure/measure.js";
import { metricsFile } from "../measure/stored-measured.js";
import { checkpointsIn, prepareOutput } from "../train/prepare-output.js";
import type { TrainResult } from "../train/result.js";
import { trainingLength } from "../train/length.js";
import { runTraining, type TrainingRun } from "../train/run.js";
import { evaluationData, finalScores, inspectOpened, type OpenedJob, runIdentity, runNote } from "./opened-job.js";
import { dataFiles, type TrainOptions } from "./train-options.js";
import { trainTreesOn, treesLibrary } from "./train-trees.js";
import { describeWarmStart, refittedFeatures, warmStart } from "../train/warm-start.js";

/** Checkpoints kept in `output` while training. */
const keptCheckpoints = 2;

/**
 * Trains the model of a spec, measures it on its test data (else its validation data) and leaves an artifact. The same
 * spec, data, seed, engine and thread count give the same artifact byte for byte. Throws a {@link Failure} for what the user
 * can fix; when `signal` fires before the first step, rejects with its reason.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { output, signal, onEvent = () => undefined } = options;
  const loaded = isArtifactDirectory(options.spec) ? await loadArtifactSpec(options.spec) : loadSpec(options.spec);
  const spec = withOverrides(loaded, options);
  const from = options.continues ?? options.warmStart;
  const { model } = spec;
  for (const diagnostic of spec.warnings) onEvent({ kind: "warning", diagnostic });
  if (model.loss.terms.length === 0) throw createFailure("MTL7311", { name: model.name });
  const inputs = [...spec.sources.map(({ path }) => path), ...(from === undefined ? [] : [from])];
  const start = output === undefined ? "fresh" : await prepareOutput(output, inputs, options);
  if (output !== undefined && start === "fresh" && options.resume === true)
    onEvent({ kind: "warning", diagnostic: createDiagnostic("MTL7330", { directory: output }, noLocation(output)) });
  checkMemory(knownNeed(model, sizesWithoutData(model)));
  // Before any data is read: a damaged artifact is said at once.
  const old = from === undefined ? undefined : await loadWeights(from, "start from", { onEvent, signal });
  const library = hasTrees(model) ? await treesLibrary(options, start) : undefined;
  const engine = library === undefined ? await chooseEngine(options.engine, onEvent) : undefined;

  const data = await openData(model, {
    ...dataFiles(options),
    specPath: spec.path,
    ...(options.continues === undefined || old === undefined
      ? {}
      : { continues: { fitted: old.fitted, ...omitUndefined({ evictAfter: model.train.evictAfter }) } }),
    ...omitUndefined({ lists: listColumn(model.loss), cacheLimit: options.cacheLimit, signal }),
    onProgress: (progress) => onEvent({ kind: "data", ...progress }),
  });
  const opened = [data.train, data.validation, data.test].filter((dataset) => dataset !== undefined);
  try {
    const job = { options, spec, start, data, onEvent };
    if (library !== undefined) return await trainTreesOn(job, library);
    if (engine === undefined) throw new Error("a network is trained without an engine");
    return await trainOn({ ...job, old, engine });
  } finally {
    for (const dataset of opened) dataset.close();
  }
}

/** A training of a network whose data is open. */
interface TrainJob extends OpenedJob {
  /** The artifact that a warm start takes weights from. */
  readonly old: LoadedArtifact | undefined;
  readonly engine: Engine;
}

/** A training whose session is open too. */
interface OpenRun {
  /** The rows that are trained on. */
  readonly rows: Dataset;
  readonly identity: RunIdentity;
  readonly program: Program;
  readonly first: FirstState;
  readonly session: Session;
  /** Measures the session as it is. */
  readonly measure: (role: EvaluationRole, dataset: Dataset) => Promise<Measured>;
}

/** Checks that the run fits this machine, opens a session for it, and closes it when the run is over. */
async function trainOn(job: TrainJob): Promise<TrainResult> {
  const { spec, old, engine, data } = job;
  const { output, signal } = job.options;
  const { model } = spec;
  const rows = inspectOpened(job);
  const identity = runIdentity(spec, data, rows);
  if (output !== undefined && job.start === "finished") return await finishedRun(output, identity, model);
  const program = createProgram(model, data.fitted);
  if (!movesParameters(program)) throw createFailure("MTL7345", { name: model.name });
  checkMemory(trainingNeed(model, program, old === undefined ? 0 : heldBytes(old.state)), engine.name);
  if (output !== undefined) await checkDisk(output, trainingFiles(program, keptCheckpoints));
  const first = await firstState(job, program);
  const observed = job.options.tensorboard !== undefined;
  const measured = measuredProgram(observed ? createProgram(model, data.fitted, { observe: true }) : program);
  const session = await engine.open(measured, {
    trainBatch: model.train.batch,
    functions: evaluationData(data) === undefined ? ["train", "apply"] : ["train", "apply", "evaluate"],
  });
  const measure: OpenRun["measure"] = (role, dataset) =>
    measureHeads(session, functionOf(measured, "evaluate"), dataset, model, role, signal);
  try {
    return await trainAndSave(job, { rows, identity, program, first, session, measure });
  } finally {
    session.close();
  }
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
  const outcome = await runTraining(trainingRun(job, run));
  const { summary, history, checkpoint } = outcome;
  if (summary.ended === "interrupted") return { summary, history, ...omitUndefined({ checkpoint }) };
  try {
    const evaluation = await finalScores(outcome.kept, data, (role, dataset) => {
      onEvent({ kind: "evaluating", role, rows: dataset.rows });
      return run.measure(role, dataset);
    });
    if (output !== undefined) {
      await writeArtifact(output, artifactContent(job, run, { summary, evaluation }), signal);
      onEvent({ kind: "saved", directory: output });
    }
    const { warm } = run.first;
    const continued = continuedReport(job);
    const warmStart = continued === undefined ? warm?.report : undefined;
    return { summary, history, ...omitUndefined({ evaluation, warmStart, continued, artifact: output }) };
  } catch (error) {
    if (signal?.aborted !== true || checkpoint === undefined) throw error;
    return { summary: { ...summary, ended: "interrupted" }, history, checkpoint };
  }
}

function trainingRun(job: TrainJob, run: OpenRun): TrainingRun {
  const { options, spec, start, engine, data, onEvent } = job;
  const evaluation = evaluationData(data);
  return {
    model: spec.model,
    program: run.program,
    session: run.session,
    data: run.rows,
    identity: run.identity,
    initial: run.first.state,
    compiles: engine.compiles,
    ...(evaluation === undefined
      ? {}
      : { evaluation: { role: evaluation.role, measure: () => run.measure(evaluation.role, evaluation.data) } }),
    resume: start === "resume",
    ...omitUndefined({
      checkpoints: checkpointOptions(options, spec.model),
      tensorboard: options.tensorboard,
      signal: options.signal,
    }),
    onEvent,
    onStart: (resumed) => announceStart(job, run, resumed),
  };
}

function checkpointOptions({ output, checkpoints }: TrainOptions, { train }: Model): CheckpointOptions | undefined {
  if (output === undefined) return undefined;
  return {
    directory: checkpointsIn(output),
    everySeconds: checkpoints?.everySeconds ?? 60,
    keep: keptCheckpoints,
    ...omitUndefined({ everySteps: checkpoints?.everySteps ?? train.checkpointEvery }),
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
    fitted: splitFitted(data.fitted),
    program,
    graphText: printProgram(program, { origins: false }),
    state: sessionReader(session, program.state),
    trained: true,
    ...(evaluation === undefined ? {} : { metrics: metricsFile(evaluation) }),
    run: runNote({ ...options, spec: spec.path }, identity, summary),
  };
}

/** The spec with what the caller set in its place; the hash stays that of the text. */
function withOverrides(spec: LoadedSpec, { seed, epochs, steps }: TrainOptions): LoadedSpec {
  const changes = omitUndefined({ seed, epochs, steps });
  return { ...spec, model: { ...spec.model, train: { ...spec.model.train, ...changes } } };
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
