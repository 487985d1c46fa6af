/** What a metric is. Each lives in one file that says everything about it; nobody switches over names. */
import type { Aging } from "../editions/index.js";
import type { Arguments, ArgumentType, ArgumentValue, HeadType } from "../model/index.js";
import type { MetricInput } from "./input.js";
import type { ListMeasure } from "./kernels/lists.js";

export interface MetricParameter extends Aging {
  readonly name: string;
  readonly type: ArgumentType;
  /** Absent: it must be given. `null`: it may be absent. */
  readonly default?: ArgumentValue;
  /** One sentence for hover and reference: what it does, its unit. */
  readonly doc: string;
}

/** Where the best value of a metric is. */
export type Better = "greater" | "smaller" | "nearest to 1";

/** The metric's value, or a clause that says why these rows have none: "no group has rows of both kinds". */
export type MetricResult = number | { readonly undefined: string };

/** A number that tells how well a head predicts. */
export interface Metric extends Aging {
  readonly name: string;
  /** One sentence for hover and reference. */
  readonly summary: string;
  /** Authors, title, year: where the definition comes from. */
  readonly paper?: string;
  /** The heads that it measures. */
  readonly heads: readonly HeadType["kind"][];
  /** Whether it looks at the rows of each group by themselves: never, always, or where an argument of that name is given. */
  readonly group: "none" | "required" | { readonly where: string };
  /**
   * What its groups are, where they are not lists that are each measured by themselves and averaged: buckets of all rows, or the
   * pairs in each are added up, so that a group counts by the squares of its weights. Resampling goes by it.
   */
  readonly groupsAre?: "buckets" | "pairs";
  /** The parameter that says which labels are relevant, in place of the head's own truth. Absent: nothing does. */
  readonly relevance?: "label" | "gain" | "order";
  readonly parameters: readonly MetricParameter[];
  readonly better: Better;
  /**
   * What is wrong with arguments that each are right, on a head of that kind: "takes `at` or `above`, not both". Absent:
   * nothing ever is.
   */
  readonly problem?: (args: Arguments, head: HeadType["kind"]) => string | undefined;
  /**
   * The value over the rows given, which are those of the head's sample space. Every prediction of a row that counts is a
   * number; a row of weight 0 may hold anything.
   */
  readonly compute: (input: MetricInput, args: Arguments) => MetricResult;
  /** The same of one list, for whoever makes the lists. Absent: it is not a measure of lists. */
  readonly ofList?: (args: Arguments) => ListMeasure;
}
