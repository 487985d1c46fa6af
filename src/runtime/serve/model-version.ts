/** One version of a model that answers: what routes, experiments and shadows are written against. */
import type { EngineName } from "../engine/index.js";
import type { CallRows } from "./scoring/call-rows.js";
import type { Failure } from "../failure.js";
import type { HeadValues } from "../jobs/predict/predictor.js";
import type { FeatureObservation } from "../data/index.js";
import type { RuleSetModel } from "../../compiler/model/index.js";
import type { RankAnswer, RankedReply, RankSettings, RankWarning, RankWork } from "./ranking/rank-call.js";

/** What a version is, for metadata and logs. */
export interface VersionDescription {
  /** The model's name in its spec. */
  readonly spec: string;
  /** Hash of the typed model; see `hashModel`. */
  readonly hash: string;
  /** False for a spec and for an artifact that was compiled and not trained: it ranks by what candidates provide, and infers nothing. */
  readonly infers: boolean;
  /** Raw columns that a row provides. */
  readonly columns: readonly ServedColumn[];
  /** Names of the heads that `infer` returns. */
  readonly heads: readonly string[];
  /** Names of the rankings of the spec. */
  readonly rankings: readonly string[];
  /** Sets of rules that need a store of permits. */
  readonly counted: readonly RuleSetModel[];
  /** What is known of the training data, by feature, of those that have a scale. */
  readonly trained: ReadonlyMap<string, TrainedNumbers>;
}

/** A raw column as KServe's tensors have it. */
export interface ServedColumn {
  readonly name: string;
  readonly datatype: "BYTES" | "FP64";
  /** Whether a row has several values. */
  readonly isList: boolean;
  /** Who reads it, for people: "feature `user_id`". */
  readonly user: string;
}

/** The numbers of a feature in the training data, after `log1p` where its scale has one. */
export interface TrainedNumbers {
  readonly mean: number;
  readonly deviation: number;
}

/** Rows to be scored, and how long somebody waits for it. */
export interface InferCall {
  readonly rows: CallRows;
  /** When nobody waits any more, in milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** Asked before the work begins: false where the client is gone. */
  readonly isWanted?: () => boolean;
}

/** A request to a ranking, and how long somebody waits for it. */
export interface RankCall extends Pick<InferCall, "deadline" | "isWanted"> {
  readonly work: RankWork;
}

export interface ModelVersion {
  /** The name in URLs. */
  readonly model: string;
  /** The version in URLs: a whole number as text. */
  readonly version: string;
  readonly description: VersionDescription;
  /**
   * Values of every head for each row. Rejects with a {@link Failure} for what is wrong with the rows, with a
   * {@link ServeFault} where the queue is full (429), the deadline has passed (504), or the version cannot infer (400).
   */
  readonly infer: (call: InferCall) => Promise<HeadValues>;
  /** The answer of a ranking. Rejects as {@link infer} does; what is wrong with a candidate or a token is a {@link ServeFault} (400). */
  readonly rank: (call: RankCall) => Promise<RankedReply>;
  /** Rows and candidates that wait for a worker. */
  readonly queued: () => number;
  /** Ends once what was begun is answered. */
  readonly close: () => Promise<void>;
}

/** Told of what becomes of the calls of a version. */
export interface VersionWatcher {
  readonly onBatch: (batch: BatchReport) => void;
  readonly onRanked: (batch: RankReport) => void;
  /** How long a call waited for its batch to begin, seconds. */
  readonly onQueued: (seconds: number) => void;
}

export interface BatchReport {
  readonly rows: number;
  /** Seconds, from raw columns to ids and numbers. */
  readonly encode: number;
  /** Seconds of the network. */
  readonly score: number;
  /** What the rows of the batch had, by feature; features with nothing to tell are left out. */
  readonly observed: ReadonlyMap<string, FeatureObservation>;
  readonly answers: readonly (HeadValues | Failure)[];
}

export interface RankReport extends Omit<BatchReport, "answers"> {
  /** Seconds, from scores to lists: the formula, the rules and permits. */
  readonly list: number;
  readonly answers: readonly RankAnswer[];
  /** What the network said of candidates, request by request. */
  readonly heads: readonly HeadValues[];
  readonly warnings: readonly RankWarning[];
}

export interface VersionOptions {
  readonly ranking: RankSettings;
  readonly engine?: EngineName;
  /** Worker threads; 0: the thread of the server itself. */
  readonly workers: number;
  /** Rows of a batch at most; a call with more is a batch by itself. */
  readonly batchRows: number;
  /** How long a call waits for others to share its batch, milliseconds; 0: no longer than until a worker is free. */
  readonly batchWait: number;
  /** Rows that may wait; with more, calls are refused. */
  readonly queueRows: number;
  /** Whether others of this machine go first. */
  readonly yields?: boolean;
}
