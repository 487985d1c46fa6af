/**
 * mtlc as a library: what the command line does, as typed functions, and the parts below for tools of one's own. Functions
 * that touch files reject with a {@link Failure} for what the user can fix; it carries the diagnostics.
 */
import { omitUndefined } from "./compiler/text/index.js";
import type { Diagnostic } from "./compiler/diagnostics/index.js";
import { createMemoryHost, type Host } from "./compiler/host.js";
import type { Model } from "./compiler/model/index.js";
import { compileSpec } from "./compiler/compile.js";
import { format } from "./compiler/format/index.js";
import { searchSpec as search, type Searched, type SearchOptions as FullSearchOptions } from "./runtime/jobs/search.js";
import { createFileHost } from "./runtime/specs/load-spec.js";

export {
  type Diagnostic,
  type Fix,
  renderJson,
  renderPretty,
  type Severity,
  type TextEdit,
} from "./compiler/diagnostics/index.js";
export { format, FormatError } from "./compiler/format/index.js";
export { type Amount, type Cost, costOf, type PartCost } from "./compiler/cost/index.js";
export { specText } from "./compiler/describe/index.js";
export { type Diagram, diagramOf, layoutDiagram, renderDot, renderSvg } from "./compiler/diagram/index.js";
export {
  type Change,
  type ChangeClass,
  changeRules,
  diffModels,
  type ModelDiff,
  renderDiffMarkdown,
  renderDiffText,
  type TensorPlan,
  type WarmStartPlan,
  warmStartPlan,
} from "./compiler/diff/index.js";
export { modelPage } from "./compiler/page/index.js";
export { createMemoryHost, type Host } from "./compiler/host.js";
export type { Model } from "./compiler/model/index.js";
export { type Compilation, compileSpec } from "./compiler/compile.js";
export { Failure } from "./runtime/failure.js";
export { type Manifest, readArtifact } from "./runtime/artifact/index.js";
export { compareArtifacts, type CompareOptions } from "./runtime/jobs/compare.js";
export { compareSpecs, type CompareSpecsOptions } from "./runtime/jobs/compare-specs.js";
export type { ComparisonResult } from "./runtime/compare/result.js";
export { compile, type CompileOptions, type CompileResult } from "./runtime/jobs/compile.js";
export {
  compileTargets,
  type CompileTargetsOptions,
  type CompileTargetsResult,
} from "./runtime/jobs/compile-targets.js";
export { describeTargets, type TargetReport, type TargetsReport } from "./runtime/jobs/describe-targets.js";
export { importRun, type ImportRunOptions, type ImportRunResult } from "./runtime/jobs/import-run.js";
export type { RawRow } from "./runtime/data/index.js";
export { type EngineName, type EngineReport, describeEngines } from "./runtime/engine/index.js";
export { evaluate, type EvaluateOptions } from "./runtime/jobs/evaluate.js";
export {
  createFlowControl,
  type FlowControl,
  type FlowedRanking,
  type FlowOptions,
  openPermitStore,
  type OpenStoreOptions,
  type PermitStore,
} from "./runtime/flow/index.js";
export {
  createRanker,
  type RankAnswer,
  type RankedAnswer,
  type Ranker,
  type RankerFlow,
  type RankerOptions,
  type RefusedAnswer,
  type ServiceRequest,
} from "./runtime/rank/index.js";
export type { RankedItem, RankedList } from "./compiler/serving/index.js";
export { createFileHost, loadSpec, type LoadedSpec } from "./runtime/specs/load-spec.js";
export { predict, type PredictOptions, type PredictResult } from "./runtime/jobs/predict/predict.js";
export type {
  ArrowTable,
  ArrowVector,
  Columns,
  ColumnValues,
  DictionaryColumn,
  NumberArray,
} from "./runtime/data/index.js";
export { loadPredictor, type ThreadOptions } from "./runtime/jobs/predict/load-predictor.js";
export type { LoadOptions, Predictor, PredictorReport } from "./runtime/jobs/predict/predictor.js";
export type { ThreadedPredictor } from "./runtime/jobs/predict/threaded-predictor.js";
export type {
  EpochRecord,
  HeadScores,
  HeadMetrics,
  TrainEvent,
  TrainSummary,
  WarmStartReport,
} from "./runtime/events.js";
export type { EvaluationResult, TrainResult } from "./runtime/train/result.js";
export { train } from "./runtime/jobs/train.js";
export type { TrainOptions } from "./runtime/jobs/train-options.js";
export { trainRuns, type TrainRunsOptions } from "./runtime/jobs/train-runs.js";
export { type ProfileOptions, profileSteps } from "./runtime/jobs/profile-steps.js";
export type { OpTime, PartTime, StepTimes } from "./runtime/step-times/index.js";
export type {
  FailedRun,
  MetricOfRuns,
  RunResult,
  RunsEvent,
  RunSettings,
  RunsOfSetting,
  RunsResult,
  TrainedRun,
} from "./runtime/runs/types.js";
export type { FeatureColumn } from "./runtime/data/expressions/row-columns.js";
export {
  type DataProfile,
  type FeatureProfile,
  type HeadProfile,
  type LabelProfile,
  profileData,
  type ProfileDataOptions,
  type ProfiledData,
  type RoleProfile,
} from "./runtime/profile/index.js";
export { loadModelSource, type ModelSource } from "./runtime/specs/model-source.js";
export type {
  BestTrial,
  SearchedDimension,
  SearchEvent,
  SearchMethod,
  SearchObjective,
  SearchResult,
  SearchTrial,
} from "./runtime/search/result.js";
export type { Searched } from "./runtime/jobs/search.js";
export type { TuneResult } from "./runtime/tune/result.js";
export { tune, type TuneOptions, type Tuned } from "./runtime/jobs/tune.js";
export { version } from "./runtime/version.js";

/** What the checker says of a spec. */
export interface CheckedSpec {
  /** The typed model; absent when there is an error or the file declares none. */
  readonly model?: Model;
  /** Hash of what the model is: the same for a reformatted or reordered spec. */
  readonly hash?: string;
  /** Errors, warnings and notes, in the order of their places. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Checks a spec: a path on the disk, or `{ text }` with the files that it imports in `files`, by path. Reads no data, loads
 * no engine and never throws on any text.
 */
export function check(
  spec: string | { readonly text: string; readonly files?: Readonly<Record<string, string>> },
): CheckedSpec {
  const host: Host =
    typeof spec === "string" ? createFileHost() : createMemoryHost({ ...spec.files, "spec.mtl": spec.text });
  const { model, hash, diagnostics } = compileSpec(typeof spec === "string" ? spec : "spec.mtl", host);
  return { ...omitUndefined({ model }), ...omitUndefined({ hash }), diagnostics };
}

/** Options of {@link searchSpec}: those of training, the folder, how many trials and how they are chosen. */
export type SearchOptions = Omit<FullSearchOptions, "format">;

/**
 * Trains trials of a spec with `search`, and writes their table, the best spec and its artifact. The same call goes on where
 * one was interrupted. Rejects with a {@link Failure}.
 */
export function searchSpec(options: SearchOptions): Promise<Searched> {
  return search({ ...options, format });
}
