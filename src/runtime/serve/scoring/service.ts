/** What a worker of the server does: opens one version of a model, and answers batches of calls. */
import { readFileSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { hashModel } from "../../../compiler/model/hash.js";
import { hasIds, isListFeature } from "../../../compiler/model/feature-lists.js";
import type { Model } from "../../../compiler/model/index.js";
import { artifactModel, loadArtifact, manifestName, readArtifact, sha256 } from "../../artifact/index.js";
import type { Fitted } from "../../data/index.js";
import type { FeatureObservation, HeldColumns, RawRow } from "../../data/index.js";
import type { EngineName } from "../../engine/index.js";
import { createFailure, Failure } from "../../failure.js";
import { isCounted } from "../../flow/index.js";
import { createPredictor, type HeadValues, type Predictor } from "../../jobs/predict/predictor.js";
import { carryError, type CarriedError, type OpenService, type Service } from "../../pool/service.js";
import { loadSpec } from "../../specs/load-spec.js";
import type { RankReport, ServedColumn, TrainedNumbers, VersionDescription } from "../model-version.js";
import type { RankAnswer, RankSettings, RankWork } from "../ranking/rank-call.js";
import { createRankingWorker } from "../ranking/ranking-worker.js";
import { type PackedRows, unpackRows } from "./call-rows.js";

export interface ServingSetup {
  /** A spec, or the directory of an artifact. */
  readonly source: string;
  /** Hash of the manifest that the server has seen; absent for a spec. An artifact that was replaced meanwhile is refused. */
  readonly identity?: string;
  readonly engine?: EngineName;
  /** The model's name in URLs. */
  readonly model: string;
  readonly ranking: RankSettings;
  /** Others of this machine go first. */
  readonly yields?: boolean;
}

export type ServingJob =
  | { readonly kind: "describe" }
  | { readonly kind: "infer"; readonly calls: readonly PackedRows[] }
  /** The same for a worker that is this thread. */
  | { readonly kind: "inferRows"; readonly calls: readonly (readonly RawRow[])[] }
  | { readonly kind: "rank"; readonly calls: readonly RankWork[] };

export type ServingResult =
  | { readonly kind: "described"; readonly description: VersionDescription }
  | {
      readonly kind: "inferred";
      readonly answers: readonly InferAnswer[];
      /** Seconds. */
      readonly encode: number;
      readonly score: number;
      readonly observed: ReadonlyMap<string, FeatureObservation>;
    }
  | ({ readonly kind: "ranked" } & Omit<RankReport, "rows">);

/** An answer that can be cloned. */
export type InferAnswer =
  { readonly kind: "values"; readonly values: HeadValues } | { readonly kind: "error"; readonly error: CarriedError };

interface OpenSource {
  readonly model: Model;
  readonly isArtifact: boolean;
  readonly fitted?: Fitted;
  readonly predictor?: Predictor;
}

export const servingService: Service<ServingSetup, ServingJob, ServingResult, never> = {
  open: async (setup) => {
    if (setup.yields === true) yieldProcessor();
    const source = await openSource(setup);
    const observe = createDifference(source.predictor);
    const rank = createRankJob(source, setup, observe);
    await rank.ready();
    const work = async (job: ServingJob): Promise<ServingResult> => {
      switch (job.kind) {
        case "describe":
          return { kind: "described", description: describe(source) };
        case "infer":
          return infer(source.predictor, job.calls.map(unpackRows), observe);
        case "inferRows":
          return infer(source.predictor, job.calls, observe);
        case "rank":
          return rank.work(job.calls);
      }
    };
    const opened: OpenService<ServingJob, ServingResult, never> = {
      work,
      close: async () => {
        await rank.close();
        source.predictor?.close();
      },
    };
    return opened;
  },
};

async function openSource({ source, identity, engine }: ServingSetup): Promise<OpenSource> {
  if (identity === undefined) return { model: loadSpec(source).model, isArtifact: false };
  const files = await readArtifact(source);
  const model = artifactModel(files);
  const opened = files.manifest.trained && model.heads.length > 0 ? await loadArtifact(source, { files }) : undefined;
  if (sha256(readFileSync(join(source, manifestName))) !== identity)
    throw createFailure("MTL7203", { file: join(source, manifestName), problem: "it was replaced while it was read" });
  if (opened === undefined) return { model, isArtifact: true };
  const predictor = await createPredictor(opened, { oneThread: true, ...(engine === undefined ? {} : { engine }) });
  return { model, isArtifact: true, fitted: opened.fitted, predictor };
}

/** Only of this thread, which Linux can do; the threads that an engine opens for it are alike. */
function yieldProcessor(): void {
  if (isMainThread || process.platform !== "linux") return;
  try {
    setPriority(0, 10);
  } catch {
    // It may not: then it goes as fast as others.
  }
}

interface RankJob {
  readonly ready: () => Promise<void>;
  readonly work: (calls: readonly RankWork[]) => Promise<ServingResult>;
  readonly close: () => Promise<void>;
}

function createRankJob(
  { model, predictor, isArtifact }: OpenSource,
  { source: path, model: named, ranking: settings }: ServingSetup,
  observe: () => ReadonlyMap<string, FeatureObservation>,
): RankJob {
  let seconds = { encode: 0, score: 0 };
  let heads: HeadValues[] = [];
  const told: Predictor | undefined = predictor && {
    ...predictor,
    predict: (rows) => {
      const [found] = predictor.predictEach([rows], (stage, took) => (seconds[stage] += took));
      if (found === undefined || found instanceof Failure) throw found ?? new Error("rows were not scored");
      heads.push(found);
      return found;
    },
  };
  const network = (): Promise<Predictor | undefined> =>
    isArtifact && told === undefined
      ? Promise.reject(createFailure("MTL7206", { directory: path }))
      : Promise.resolve(told);
  const worker = createRankingWorker({ model, isArtifact, network }, path, named, settings);
  return {
    ready: worker.ready,
    work: async (calls) => {
      seconds = { encode: 0, score: 0 };
      heads = [];
      const started = performance.now();
      const answers = await Promise.all(
        calls.map((call): Promise<RankAnswer> =>
          worker.rank(call).catch((error: unknown) => ({ kind: "error", error: carryError(error) })),
        ),
      );
      const list = (performance.now() - started) / 1000 - seconds.encode - seconds.score;
      return { kind: "ranked", answers, ...seconds, list, observed: observe(), heads, warnings: worker.warnings() };
    },
    close: worker.close,
  };
}

function infer(
  predictor: Predictor | undefined,
  calls: readonly (readonly RawRow[] | HeldColumns)[],
  observe: () => ReadonlyMap<string, FeatureObservation>,
): ServingResult {
  if (predictor === undefined) throw new Error("a version without a network was asked to infer");
  const seconds = { encode: 0, score: 0 };
  const found = predictor.predictEach(calls, (stage, took) => (seconds[stage] += took));
  const answers = found.map((each): InferAnswer =>
    each instanceof Failure ? { kind: "error", error: carryError(each) } : { kind: "values", values: each },
  );
  return { kind: "inferred", answers, ...seconds, observed: observe() };
}

/** What the rows had since the last call. */
function createDifference(predictor: Predictor | undefined): () => ReadonlyMap<string, FeatureObservation> {
  const before = new Map<string, FeatureObservation>();
  return () => {
    const found = new Map<string, FeatureObservation>();
    for (const [name, { missing, unseen, numbers, sum }] of predictor?.report().features ?? []) {
      const last = before.get(name);
      const difference = {
        missing: missing - (last?.missing ?? 0),
        unseen: unseen - (last?.unseen ?? 0),
        numbers: numbers - (last?.numbers ?? 0),
        sum: sum - (last?.sum ?? 0),
      };
      if (difference.missing === 0 && difference.unseen === 0 && difference.numbers === 0) continue;
      found.set(name, difference);
      before.set(name, { missing, unseen, numbers, sum });
    }
    return found;
  };
}

function describe({ model, fitted, predictor }: OpenSource): VersionDescription {
  return {
    spec: model.name,
    hash: hashModel(model),
    infers: predictor !== undefined,
    columns: predictor === undefined ? [] : servedColumns(model, predictor),
    heads: predictor?.heads ?? [],
    rankings: (model.serving?.ranks ?? []).map(({ name }) => name),
    counted: (model.serving?.ruleSets ?? []).filter((set) => isCounted([set])),
    trained: fitted === undefined ? new Map() : trainedNumbers(fitted),
  };
}

/** A column is a number where a feature of numbers is that column as it is. */
function servedColumns(model: Model, { columns }: Predictor): readonly ServedColumn[] {
  return columns.map(({ column, user, features }) => {
    const readers = model.features.filter(({ name }) => features.includes(name));
    const isNumber = readers.some((feature) => !hasIds(feature) || feature.kind === "bucket");
    return { name: column, datatype: isNumber ? "FP64" : "BYTES", isList: readers.some(isListFeature), user };
  });
}

function trainedNumbers({ features }: Fitted): ReadonlyMap<string, TrainedNumbers> {
  return new Map(
    Object.entries(features).flatMap(([name, fit]) =>
      fit.kind === "number" && fit.deviation > 0 ? [[name, { mean: fit.mean, deviation: fit.deviation }] as const] : [],
    ),
  );
}
