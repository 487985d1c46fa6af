/** What a comparison found. */
import type { Better } from "../../compiler/metrics/index.js";
import type { EvaluationRole } from "../events.js";
import type { Interval } from "../statistics/interval.js";

/** `same`: the interval does not tell them apart; `unknown`: there is no interval. */
export type Verdict = "better" | "worse" | "same" | "unknown";

/** How an interval was made: DeLong's test, resampling, Student's t over seeds. */
export type Method = "delong" | "bootstrap" | "student";

/** What is drawn for an interval: rows, groups of rows that are alike, or seeds. */
export type Unit = "rows" | "groups" | "seeds";

export interface ComparedModel {
  /** As it was named: the directory of an artifact, or the path of a spec. */
  readonly name: string;
  /** The name in the spec. */
  readonly model: string;
  /** SHA-256 of the typed model. */
  readonly hash: string;
  /** The same without its seed: equal for models that differ by chance only. */
  readonly spec: string;
  /** That it was trained with; of several runs there are {@link ComparisonResult.seeds}. */
  readonly seed?: number;
}

/** One model beside the base, in one metric. */
export interface Difference {
  /** Index into `models`. */
  readonly model: number;
  /**
   * The model's value less the base's; of a metric that is best near 1, its distance from 1 less the base's. Absent where either
   * has no value.
   */
  readonly difference?: number;
  readonly interval?: Interval;
  readonly verdict: Verdict;
  /** A clause that says why there is no interval. */
  readonly reason?: string;
}

export interface MetricComparison {
  /** As the spec says it: `auc`, `ndcg(at: 10)`. */
  readonly metric: string;
  readonly better: Better;
  readonly method: Method;
  readonly unit: Unit;
  /** Units that there are. */
  readonly units: number;
  /** By model; of several seeds the mean. `null`: undefined. */
  readonly values: readonly (number | null)[];
  /** Of specs: of each model the value with each seed; `null` where the run failed or the metric is undefined. */
  readonly bySeed?: readonly (readonly (number | null)[])[];
  /** Of each model but the base. */
  readonly differences: readonly Difference[];
}

export interface HeadComparison {
  readonly head: string;
  /** Rows of its sample space. */
  readonly rows: number;
  readonly metrics: readonly MetricComparison[];
}

export interface ComparisonResult {
  readonly of: "artifacts" | "specs";
  readonly role: EvaluationRole;
  readonly models: readonly ComparedModel[];
  /** Index of the model that the others are compared with. */
  readonly base: number;
  /** Of each comparison by itself. */
  readonly level: number;
  /** Resamples of a bootstrap; absent where there is none. */
  readonly resamples?: number;
  /** Of a comparison of specs: the seeds that each was trained with. */
  readonly seeds?: readonly number[];
  readonly heads: readonly HeadComparison[];
  /** Heads of the base that are not compared, with a clause that says why. */
  readonly leftOut: readonly { readonly head: string; readonly reason: string }[];
}
