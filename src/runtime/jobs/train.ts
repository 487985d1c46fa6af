/** Training from a spec to an artifact: the steps in their order, each done by its own part. */
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createDiagnostic } from "../../compiler/diagnostics/index.js";
import { printProgram, type Program } from "../../compiler/graph/index.js";
import type { Model } from "../../compiler/model/model.js";
import { checkOutputDirectory, entriesOf, manifestName, type RunNote, writeArtifact } from "../artifact/index.js";
import { type Dataset, hashFitted, openData, type OpenedData, sizesWithoutData, splitFitted } from "../data/index.js";
import type { EngineName, HostTensor } from "../engine/index.js";
import { initialReader, sessionReader } from "../engine/state.js";
import { chooseEngine } from "../engine/choose-engine.js";
import { checkDisk, checkMemory, knownNeed, trainingFiles, trainingNeed } from "../memory.js";
import { createFailure, noLocation } from "../failure.js";
import { checkWritable, refuseReplacement } from "../outputs.js";
import { loadWeights } from "../artifact/load-weights.js";
import { createProgram, functionOf, measuredProgram } from "../engine/create-program.js";
import { type LoadedSpec, loadSpec } from "../specs/load-spec.js";
import { hasCheckpoint, type RunIdentity } from "../train/checkpoint.js";
import type { EvaluationRole, Measured, TrainEvent, TrainSummary } from "../events.js";
import { finishedRun } from "../train/finished.js";
import { inspectData } from "../train/inspect/inspect.js";
import { measureHeads } from "../measure/measure.js";
import { metricsFile } from "../measure/stored-measured.js";
import type { TrainResult } from "../train/result.js";
import { runTraining, type TrainingOutcome } from "../train/run.js";
import { describeWarmStart, refittedFeatures, warmStart } from "../train/warm-start.js";

/** Files in place of those that the spec names, relative to the working directory; globs allowed. */
export interface DataFiles {
  readonly train?: readonly string[];
  readonly validation?: readonly string[];
  readonly test?: readonly string[];
}

export interface TrainOptions extends DataFiles {
  /** Path of the spec. */
  readonly spec: string;
  /** Directory of the artifact; while training it holds the checkpoints. Absent: nothing is written. */
  readonly output?: string;
  /** In place of the spec's. */
  readonly seed?: number;
  readonly epochs?: number;
  /**
   * Go on from the newest checkpoint in `output`. Without one, the run starts at its beginning (MTL7330); where it is done
   * already, nothing is done. So the same call may be made again until it succeeds.
   */
  readonly resume?: boolean;
  /**
   * Directory of a trained artifact to start from: what `mtlc diff ARTIFACT SPEC` says warm-starts is transferred. A
   * resumed run goes on from its checkpoint instead.
   */
  readonly warmStart?: string;
  /** Drop the checkpoints of an unfinished run in `output`. */
  readonly force?: boolean;
  readonly checkpoints?: {
    /** Steps between two; absent: only by time. */
    readonly everySteps?: number;
    /** Seconds between two. Default 60. */
    readonly everySeconds?: number;
  };
  /** Folder of TensorBoard event files. */
  readonly tensorboard?: string;
  /** Default: `MTLC_ENGINE`, else the fastest that works. */
  readonly engine?: EngineName;
  /** Bytes of encoded rows held in memory; the rest is read from the disk. Default 1 GiB. */
  readonly cacheLimit?: number;
  /** Ends the run after the step under way, with a checkpoint to resume from. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainEvent) => void;
}

/** Checkpoints kept in `output` while training. */
const keptCheckpoints = 2;

/**
 * Trains the model of a spec, measures it on its test data (else its validation data) and leaves an artifact. The same
 * spec, data, seed, engine and thread count give the same artifact byte for byte. Throws a {@link Failure} for what the user
 * can fix; when `signal` fires before the first step, rejects with its reason.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { output, signal, onEvent = () => undefined } = options;
  const spec = withOverrides(loadSpec(options.spec), options);
  const { model } = spec;
  for (const diagnostic of spec.warnings) onEvent({ kind: "warning", diagnostic });
  if (model.loss.terms.length === 0) throw createFailure("MTL7311", { name: model.name });
  const start = output === undefined ? "fresh" : await prepareOutput(output, spec, options);
  if (output !== undefined && start === "fresh" && options.resume === true)
    onEvent({ kind: "warning", diagnostic: createDiagnostic("MTL7330", { directory: output }, noLocation(output)) });
  checkMemory(knownNeed(model, sizesWithoutData(model)));
  // Before any data is read: a damaged artifact is said at once.
  const old =
    options.warmStart === undefined
      ? undefined
      : await loadWeights(options.warmStart, "start from", { onEvent, signal });
  const engine = await chooseEngine(options.engine, onEvent);

  const data = await openData(model, {
    ...dataFiles(options),
    specPath: spec.path,
    ...(options.cacheLimit === undefined ? {} : { cacheLimit: options.cacheLimit }),
    ...(signal === undefined ? {} : { signal }),
    onProgress: (progress) => onEvent({ kind: "data", ...progress }),
  });
  const opened = [data.train, data.validation, data.test].filter((dataset) => dataset !== undefined);
  try {
    for (const diagnostic of data.warnings) onEvent({ kind: "warning", diagnostic });
    const rows = trainingData(model, data);
    const evaluation = evaluationData(data);
    for (const diagnostic of inspectData(model, data)) onEvent({ kind: "warning", diagnostic });
    for (const role of ["train", "validation", "test"] as const) {
      const report = data[role]?.report;
      if (report !== undefined) onEvent({ kind: "encoded", role, report });
    }
    const identity = runIdentity(spec, data, rows);
    if (output !== undefined && start === "finished") return await finishedRun(output, identity, model);
    const program = createProgram(model, data.fitted);
    checkMemory(trainingNeed(model, program, old === undefined ? 0 : heldBytes(old.state)), engine.name);
    if (output !== undefined) await checkDisk(output, trainingFiles(program, keptCheckpoints));
    const cold = initialReader(model.train.seed);
    const coldStart = { model, fitted: data.fitted, program, initial: cold };
    const warm = old === undefined ? undefined : warmStart(old, coldStart);
    const initial = warm?.state ?? cold;
    const taken = old === undefined || warm === undefined ? undefined : describeWarmStart(old.directory, warm);
    const measured = measuredProgram(program);
    const measure = (role: EvaluationRole, dataset: Dataset): Promise<Measured> =>
      measureHeads(session, functionOf(measured, "evaluate"), dataset, model, role, signal);
    const session = await engine.open(measured, {
      trainBatch: model.train.batch,
      functions: evaluation === undefined ? ["train"] : ["train", "evaluate"],
    });
    try {
      const outcome = await runTraining({
        model,
        program,
        session,
        data: rows,
        identity,
        initial,
        compiles: engine.compiles,
        ...(evaluation === undefined
          ? {}
          : {
              evaluation: { role: evaluation.role, measure: () => measure(evaluation.role, evaluation.data) },
            }),
        ...(output === undefined
          ? {}
          : {
              checkpoints: {
                directory: join(output, "checkpoints"),
                everySeconds: options.checkpoints?.everySeconds ?? 60,
                keep: keptCheckpoints,
                ...(options.checkpoints?.everySteps === undefined
                  ? {}
                  : { everySteps: options.checkpoints.everySteps }),
              },
            }),
        resume: start === "resume",
        ...(options.tensorboard === undefined ? {} : { tensorboard: options.tensorboard }),
        ...(signal === undefined ? {} : { signal }),
        onEvent,
        onStart: (resumed) => {
          if (taken !== undefined && resumed === undefined) {
            onEvent({ kind: "warmStarted", ...taken });
            const refitted = old === undefined ? [] : refittedFeatures(old, coldStart);
            if (refitted.length > 0)
              onEvent({
                kind: "warning",
                diagnostic: createDiagnostic("MTL7332", { features: refitted }, noLocation()),
              });
          }
          onEvent({
            kind: "started",
            rows: { train: rows.rows, validation: data.validation?.rows ?? 0, test: data.test?.rows ?? 0 },
            epochs: model.train.epochs,
            batch: model.train.batch,
            steps: Math.ceil(rows.rows / model.train.batch) * model.train.epochs,
            parameters: countParameters(program),
            ...(resumed === undefined ? {} : { resumed }),
          });
        },
      });
      const { summary, history } = outcome;
      if (summary.ended === "interrupted")
        return { summary, history, ...(outcome.checkpoint === undefined ? {} : { checkpoint: outcome.checkpoint }) };
      try {
        const found = await finalScores(outcome, data, (role, dataset) => {
          onEvent({ kind: "evaluating", role, rows: dataset.rows });
          return measure(role, dataset);
        });
        if (output !== undefined) {
          const content = {
            sources: spec.sources,
            model,
            fitted: splitFitted(data.fitted),
            program,
            graphText: printProgram(program, { origins: false }),
            state: sessionReader(session, program.state),
            trained: true,
            ...(found === undefined ? {} : { metrics: metricsFile(found) }),
            run: runNote(options, identity, summary),
          };
          await writeArtifact(output, content, signal);
          onEvent({ kind: "saved", directory: output });
        }
        return {
          summary,
          history,
          ...(found === undefined ? {} : { evaluation: found }),
          ...(taken === undefined ? {} : { warmStart: taken }),
          ...(output === undefined ? {} : { artifact: output }),
        };
      } catch (error) {
        if (signal?.aborted !== true || outcome.checkpoint === undefined) throw error;
        return { summary: { ...summary, ended: "interrupted" }, history, checkpoint: outcome.checkpoint };
      }
    } finally {
      session.close();
    }
  } finally {
    for (const dataset of opened) dataset.close();
  }
}

/** The spec with what the caller set in its place; the hash stays that of the text. */
function withOverrides(spec: LoadedSpec, { seed, epochs }: TrainOptions): LoadedSpec {
  const changes = { ...(seed === undefined ? {} : { seed }), ...(epochs === undefined ? {} : { epochs }) };
  return { ...spec, model: { ...spec.model, train: { ...spec.model.train, ...changes } } };
}

/**
 * Where a run starts: at its beginning, at the checkpoint in the directory, or nowhere, when `resume` finds an artifact and
 * no checkpoint. Throws when the directory is not ours, or holds a run that nobody asked to drop or to go on with.
 */
async function prepareOutput(
  output: string,
  { sources }: LoadedSpec,
  { resume, force, warmStart: old }: TrainOptions,
): Promise<"fresh" | "resume" | "finished"> {
  await checkOutputDirectory(output);
  refuseReplacement(output, [...sources.map(({ path }) => path), ...(old === undefined ? [] : [old])]);
  await checkWritable(output);
  const checkpoints = join(output, "checkpoints");
  const isUnfinished = await hasCheckpoint(checkpoints);
  if (resume === true)
    return isUnfinished ? "resume" : (await entriesOf(output)).includes(manifestName) ? "finished" : "fresh";
  if (!isUnfinished) return "fresh";
  if (force !== true) throw createFailure("MTL7306", { directory: output });
  await rm(checkpoints, { recursive: true, force: true });
  return "fresh";
}

export function dataFiles({ train: trainFiles, validation, test }: DataFiles): DataFiles {
  return {
    ...(trainFiles === undefined ? {} : { train: trainFiles }),
    ...(validation === undefined ? {} : { validation }),
    ...(test === undefined ? {} : { test }),
  };
}

function trainingData({ train: settings }: Model, data: OpenedData): Dataset {
  if (data.train === undefined) throw createFailure("MTL7302", { role: "train", option: "--train" });
  if (data.train.rows === 0) throw createFailure("MTL7309", { role: "train" });
  if (settings.stop !== undefined && evaluationData(data) === undefined)
    throw createFailure("MTL7307", { metric: `${settings.stop.metric}(${settings.stop.head})` });
  return data.train;
}

/** What each epoch is measured on: validation data, else test data. */
function evaluationData(data: OpenedData): { readonly role: EvaluationRole; readonly data: Dataset } | undefined {
  if (data.validation !== undefined) return { role: "validation", data: data.validation };
  return data.test === undefined ? undefined : { role: "test", data: data.test };
}

/** The kept weights on test data, else on validation data; not measured again where the last epoch just was. */
async function finalScores(
  { summary, history }: TrainingOutcome,
  data: OpenedData,
  score: (role: EvaluationRole, dataset: Dataset) => Promise<Measured>,
): Promise<TrainResult["evaluation"]> {
  const role = data.test !== undefined ? "test" : data.validation !== undefined ? "validation" : undefined;
  const dataset = role === undefined ? undefined : data[role];
  if (role === undefined || dataset === undefined) return undefined;
  const kept = history.find(({ epoch }) => epoch === summary.keptEpoch)?.evaluation;
  return kept?.role === role ? kept : { role, ...(await score(role, dataset)) };
}

function runIdentity(spec: LoadedSpec, data: OpenedData, rows: Dataset): RunIdentity {
  const { seed, batch } = spec.model.train;
  return {
    model: spec.hash,
    fitted: hashFitted(data.fitted),
    seed,
    batch,
    rows: rows.rows,
    data: rows.hash,
    evaluation: evaluationData(data)?.data.hash ?? "",
  };
}

function heldBytes(state: ReadonlyMap<string, HostTensor>): number {
  return [...state.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}

function countParameters(program: Program): number {
  return program.state
    .filter(({ role }) => role === "parameter")
    .reduce((total, { type }) => total + type.shape.reduce<number>((size, extent) => size * Number(extent), 1), 0);
}

function runNote(options: TrainOptions, identity: RunIdentity, { steps, epochs, keptEpoch }: TrainSummary): RunNote {
  const absolute = (paths: readonly string[] | undefined): readonly string[] | undefined =>
    paths?.map((path) => resolve(path));
  const files = Object.entries({
    train: absolute(options.train),
    validation: absolute(options.validation),
    test: absolute(options.test),
  }).filter(([, paths]) => paths !== undefined);
  return {
    spec: resolve(options.spec),
    ...(Object.fromEntries(files) as DataFiles),
    identity: { ...identity },
    finished: { steps, epochs, keptEpoch },
  };
}
