/** The job of `mtlc search`: a spec that says what to choose from in, trials and the best of them out. */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { hasTrees, type Model } from "../../compiler/model/index.js";
import type { SearchPoint } from "../../compiler/semantics/index.js";
import { omitUndefined, plural } from "../../compiler/text/index.js";
import { replaceFile } from "../artifact/directory.js";
import type { OpenedData } from "../data/index.js";
import { chooseEngine } from "../engine/choose-engine.js";
import { createProgram } from "../engine/create-program.js";
import type { TrainEvent } from "../events.js";
import { createFailure } from "../failure.js";
import { trainingNeed } from "../memory.js";
import { sideBySide } from "../pool/side-by-side.js";
import { filledFiles, filledTexts, movedSpec, type ChangedFile } from "../search/best-spec.js";
import { driveTrials, type Driven, type Trial } from "../search/drive.js";
import { objectivesOf, type Objective } from "../search/objective.js";
import { checkRecord, openRecord, type SearchRecord } from "../search/record.js";
import { bestOf, costsOfOutcome, picked, shownDimension, trialRow } from "../search/report.js";
import type { BestTrial, SearchEvent, SearchMethod, SearchResult } from "../search/result.js";
import { createCmaSampler } from "../search/samplers/cma-es.js";
import { createRandomSampler } from "../search/samplers/random.js";
import type { Sampler } from "../search/samplers/sampler.js";
import { createTpeSampler } from "../search/samplers/tpe.js";
import { writeTrials } from "../search/table.js";
import type { TrialJob, TrialOutcome } from "../search/trial.js";
import { createWorkshop, type Workshop } from "../search/workshop.js";
import { type LoadedSpec, loadSpec } from "../specs/load-spec.js";
import { trainingLength, type TrainingLength } from "../train/length.js";
import { version } from "../version.js";
import { inspectOpened } from "./opened-job.js";
import { closeData, openTrainingData, train } from "./train.js";
import type { TrainOptions } from "./train-options.js";

/** A trial knows the results of those that are at least so many before it, so that so many can be trained at once. */
const parallelTrials = 4;
/** Of trials that halving compares, one in so many goes on. */
const reduction = 3;

export interface SearchOptions extends Pick<
  TrainOptions,
  "spec" | "train" | "validation" | "test" | "engine" | "products" | "cacheLimit" | "signal"
> {
  /** Folder of the search: its record, the table, the best spec and its artifact. */
  readonly output: string;
  readonly trials: number;
  /** Default "tpe". */
  readonly method?: SearchMethod;
  /** Such as `auc(income)`; default: what early stopping watches. Several give a front. */
  readonly metrics?: readonly string[];
  /** Of the samplers; trials are trained with the spec's. Default 1. */
  readonly seed?: number;
  /** Compares trials while they train, and goes on with the best. */
  readonly halving?: boolean;
  /** The trial that is taken for the best, by its number; default: the best one, of several metrics the knee of the front. */
  readonly pick?: number;
  /** Trials that are trained at once, at most four; default: one a core, as far as memory goes. It changes no trial. */
  readonly workers?: number;
  /** Seconds after which no further training begins. */
  readonly seconds?: number;
  /** Removes the search that is in the folder. */
  readonly force?: boolean;
  /** Gives a spec its canonical layout. */
  readonly format: (text: string) => Promise<string>;
  readonly onEvent?: (event: SearchEvent) => void;
}

/** A result without the patch, which the command line makes of the files. */
export interface Searched {
  readonly result: SearchResult;
  /** The best spec's files where they were, those that change. */
  readonly patched: readonly ChangedFile[];
}

/**
 * Searches. The same spec, data, seed and engine give the same trials, also when the process was killed and the same call is made
 * again. Test data is read once, for the best trial, when all others are over. Throws a {@link Failure} for what the user can fix.
 */
export async function searchSpec(options: SearchOptions): Promise<Searched> {
  const started = performance.now();
  const { signal, onEvent = () => undefined, seed = 1, method = "tpe", halving = false } = options;
  await checkRecord(options.output);
  const spec = loadSpec(options.spec);
  const { model, searches } = spec;
  for (const diagnostic of spec.warnings) onEvent({ kind: "warning", diagnostic });
  if (searches.length === 0) throw createFailure("MTL7411", { file: options.spec });
  if (model.loss.terms.length === 0) throw createFailure("MTL7311", { name: model.name });
  const objectives = objectivesOf(model, options.metrics ?? []);
  const sampler = createSampler(spec, { method, seed, objectives });
  if (!hasTrees(model)) await chooseEngine(options.engine, onEvent, "training", options.products);
  const opened = await openOnce(options, spec, onEvent);
  const shares = halving ? sharesOf(model, opened.length, options.trials) : [];
  const identity = {
    version,
    spec: hashOf(spec.sources.map(({ text }) => text)),
    data: opened.hash,
    method,
    seed,
    metrics: objectives.map(({ text }) => text),
    shares,
    ...(options.products === "bfloat16" ? { products: options.products } : {}),
  };
  const record = await openRecord(options.output, identity, {
    force: options.force ?? false,
  });
  const workers = sideBySide(options.workers, Math.min(parallelTrials, options.trials), opened.bytes);
  onEvent({
    kind: "searchStarted",
    planned: options.trials,
    known: record.count,
    dimensions: searches.length,
    workers,
  });
  const { train: rows, validation, engine, products, cacheLimit } = options;
  const setup = { spec: options.spec, ...omitUndefined({ train: rows, validation, engine, products, cacheLimit }) };
  const workshop = createWorkshop(setup, workers, signal);
  const search: Search = { options, spec, objectives, record, workshop, onEvent };
  const isTimeOver = (): boolean => (performance.now() - started) / 1000 >= (options.seconds ?? Infinity);
  const driven = await driveTrials({
    dimensions: searches,
    sampler,
    isDistinct: method !== "cma-es",
    seed,
    trials: options.trials,
    parallel: workers,
    shares,
    reduction,
    costsOf: costsOfOutcome(objectives),
    isOver: () => signal?.aborted === true || isTimeOver(),
    run: (trial, point, stage) => trainTrial(search, trial, point, stage),
    onTrial: createWatch(search),
  }).finally(workshop.close);
  return finish(search, driven, { method, seed, halving });
}

interface Search {
  readonly options: SearchOptions;
  readonly spec: LoadedSpec;
  readonly objectives: readonly Objective[];
  readonly record: SearchRecord;
  readonly workshop: Workshop;
  readonly onEvent: (event: SearchEvent) => void;
}

function createSampler(
  { searches }: LoadedSpec,
  {
    method,
    seed,
    objectives,
  }: {
    readonly method: SearchMethod;
    readonly seed: number;
    readonly objectives: readonly Objective[];
  },
): Sampler {
  switch (method) {
    case "random":
      return createRandomSampler(searches, seed);
    case "tpe":
      return createTpeSampler(searches, seed, parallelTrials);
    case "cma-es": {
      const choice = searches.find(({ space }) => space.kind === "choices");
      if (choice !== undefined)
        throw createFailure("MTL7415", {
          problem: `\`cma-es\` searches ranges, and \`${choice.name}\` has choices`,
        });
      if (objectives.length > 1)
        throw createFailure("MTL7415", {
          problem: "`cma-es` searches for the best of one metric, not of several",
        });
      return createCmaSampler(searches, seed);
    }
  }
}

/** Encodes the data, which all trials share, and says what is odd about it. Throws where trials cannot be compared on it. */
async function openOnce(
  options: SearchOptions,
  spec: LoadedSpec,
  onEvent: (event: SearchEvent) => void,
): Promise<{ readonly hash: string; readonly length: TrainingLength; readonly bytes: number }> {
  const shared: TrainOptions = {
    spec: options.spec,
    roles: ["train", "validation"],
    ...omitUndefined({
      train: options.train,
      validation: options.validation,
      cacheLimit: options.cacheLimit,
      signal: options.signal,
    }),
    onEvent,
  };
  const data: OpenedData = await openTrainingData(shared, spec);
  try {
    if (data.validation === undefined || data.validation.rows === 0) throw createFailure("MTL7412", undefined);
    const rows = inspectOpened({
      options: shared,
      spec,
      start: "fresh",
      data,
      onEvent,
    });
    return {
      hash: hashOf([rows.hash, data.validation.hash]),
      length: trainingLength(spec.model, rows),
      bytes: hasTrees(spec.model) ? 0 : trainingNeed(spec.model, createProgram(spec.model, data.fitted)).total,
    };
  } finally {
    closeData(data);
  }
}

function hashOf(texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 16);
}

/** After which shares of a training trials are compared: thirds of thirds, as often as trials and evaluations allow. */
function sharesOf(model: Model, { epochs, steps }: TrainingLength, trials: number): readonly number[] {
  if (hasTrees(model))
    throw createFailure("MTL7418", {
      problem: "trees are not paused while they grow",
    });
  const { validateEvery } = model.train;
  const evaluations = validateEvery === undefined ? epochs : Math.max(epochs, Math.floor(steps / validateEvery));
  const depth = (count: number): number => Math.floor(Math.log(count) / Math.log(reduction) + 1e-9);
  const rungs = Math.min(depth(evaluations), depth(trials));
  if (rungs < 1)
    throw createFailure("MTL7418", {
      problem:
        evaluations < reduction
          ? `a training has ${plural(evaluations, "evaluation")}, and needs ${reduction} or more: more \`epochs\`, or \`validate_every\``
          : `it needs ${reduction} trials or more`,
    });
  return Array.from({ length: rungs }, (_, k) => reduction ** (k - rungs));
}

/** Trains a point, unless an earlier call has. */
async function trainTrial(
  { options, spec, record, workshop, onEvent }: Search,
  trial: number,
  point: SearchPoint,
  { rung, share }: { readonly rung: number; readonly share: number | undefined },
): Promise<TrialOutcome | undefined> {
  const known = record.known(trial, rung);
  if (known !== undefined) return known;
  // What is paused has to be gone on with.
  const isStaged = share !== undefined || rung > 0;
  const job: TrialJob = {
    texts: filledTexts(spec, spec.searches, point),
    ...omitUndefined({ share, output: isStaged ? runFolder(options.output, trial) : undefined }),
  };
  const tell = (event: TrainEvent): void => onEvent({ kind: "trialEvent", trial, event });
  const outcome = await workshop.train(job, tell).catch((error: unknown) => {
    if (options.signal?.aborted === true) return undefined;
    throw error;
  });
  if (outcome !== undefined) await record.add(trial, rung, outcome);
  return outcome;
}

function runFolder(output: string, trial: number): string {
  return join(output, "runs", String(trial).padStart(4, "0"));
}

/** Tells of each trial that is over, with the best so far. */
function createWatch({ spec, objectives, onEvent }: Search): (trial: Trial) => void {
  const seen = new Map<number, Trial>();
  return (trial) => {
    seen.set(trial.number, trial);
    const about = {
      dimensions: spec.searches,
      objectives,
      seed: spec.model.train.seed,
    };
    const { best } = bestOf(objectives, [...seen.values()]);
    onEvent({
      kind: "trial",
      trial: trialRow(trial, about),
      finished: seen.size,
      ...(best === undefined ? {} : { best: trialRow(best, about) }),
    });
  };
}

/** Writes the table and the best spec, and trains that once more, for its artifact and its test data. */
async function finish(
  search: Search,
  { trials, ended }: Driven,
  { method, seed, halving }: Pick<SearchResult, "method" | "seed" | "halving">,
): Promise<Searched> {
  const { options, spec, objectives } = search;
  const { output, signal } = options;
  const about = {
    dimensions: spec.searches,
    objectives,
    seed: spec.model.train.seed,
  };
  const rows = trials.map((trial) => trialRow(trial, about));
  const found = bestOf(objectives, trials);
  const { front } = found;
  const best = options.pick === undefined ? found.best : picked(options.pick, trials, objectives);
  const table = join(output, "trials.parquet");
  const shared = {
    spec: options.spec,
    output,
    method,
    halving,
    seed,
    planned: options.trials,
    objectives: objectives.map(({ text, greaterIsBetter }) => ({
      metric: text,
      greaterIsBetter,
    })),
    dimensions: spec.searches.map(shownDimension),
    trials: rows,
    ...(objectives.length > 1 ? { front: front.map(({ number }) => number) } : {}),
    table,
  };
  const endedNow = (): SearchResult["ended"] =>
    signal?.aborted === true ? "interrupted" : ended === "over" ? "time" : ended;
  if (best === undefined) {
    const [failed] = rows.filter(({ state }) => state === "failed");
    await writeTrials(table, shared);
    if (!(signal?.aborted ?? false) && rows.length > 0)
      throw createFailure("MTL7417", {
        trials: rows.length,
        reason: failed?.reason,
      });
    return { result: { ...shared, ended: endedNow() }, patched: [] };
  }
  const patched = await filledFiles(spec, best.point, options.format);
  const file = join(output, "best.mtl");
  for (const { path, text } of movedSpec(options.spec, patched, output)) await replaceFile(path, text);
  const row = rows.find(({ trial }) => trial === best.number);
  const shown = {
    trial: best.number,
    values: row?.values ?? {},
    objectives: row?.objectives ?? [],
    heads: row?.heads ?? {},
  };
  await writeTrials(table, { ...shared, best: { ...shown, file, patch: "" } });
  const kept = signal?.aborted === true ? undefined : await trainBest(search, best);
  return {
    result: {
      ...shared,
      ended: endedNow(),
      best: { ...shown, file, patch: "", ...kept },
    },
    patched,
  };
}

/** The model of the best spec, measured on test data where there is some; undefined when the signal ended it. */
async function trainBest(
  { options, spec, record, onEvent }: Search,
  best: Trial,
): Promise<Pick<BestTrial, "artifact" | "evaluation"> | undefined> {
  const { output, signal } = options;
  onEvent({ kind: "trainingBest", trial: best.number });
  const artifact = join(output, "best");
  await record.claimBest(best.number);
  try {
    const { evaluation, summary } = await train({
      spec: options.spec,
      texts: filledTexts(spec, spec.searches, best.point),
      output: artifact,
      resume: true,
      ...omitUndefined({
        train: options.train,
        validation: options.validation,
        test: options.test,
        engine: options.engine,
        products: options.products,
        cacheLimit: options.cacheLimit,
        signal,
      }),
      onEvent: (event) => onEvent({ kind: "trialEvent", trial: best.number, event }),
    });
    if (summary.ended === "interrupted") return undefined;
    // What halving had to go on with is not needed any more.
    await rm(join(output, "runs"), { recursive: true, force: true });
    return {
      artifact,
      ...(evaluation === undefined ? {} : { evaluation: { role: evaluation.role, heads: evaluation.heads } }),
    };
  } catch (error) {
    if (signal?.aborted === true) return undefined;
    throw error;
  }
}
