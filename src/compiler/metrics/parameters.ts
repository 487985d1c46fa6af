/** Parameters that several metrics share, and how they are read. */
import type { Arguments, ArgumentValue, HeadType } from "../model/index.js";
import type { MetricParameter } from "./metric.js";

/** Every metric has it: sample weights count unless the spec says otherwise. */
export const weighted: MetricParameter = {
  name: "weighted",
  type: { kind: "boolean" },
  default: true,
  doc: "Whether rows count by their sample weights; with `false` each row counts 1.",
};

/** Of every metric that looks at groups. */
export const by: MetricParameter = {
  name: "by",
  type: { kind: "column" },
  default: null,
  doc: "The column whose values group the rows; without it `group` of the data.",
};

/** Of metrics of an event. */
export const label: MetricParameter = {
  name: "label",
  type: { kind: "reference", to: "label" },
  default: null,
  doc: "The label that makes a row positive; without it the head's own truth, of a score that of its loss.",
};

/** Of metrics of pairs. */
export const order: MetricParameter = {
  name: "order",
  type: { kind: "order" },
  default: null,
  doc: "Which labels go before which; without it the head's own truth, of a score that of its loss.",
};

export function columnOf(args: Arguments): string | undefined {
  return typeof args["by"] === "string" ? args["by"] : undefined;
}

const averages = ["rows", "positives", "groups"] as const;

/** What the mean over groups is weighted by. */
export type Average = (typeof averages)[number];

export const averageOver = (otherwise: Average): MetricParameter => ({
  name: "average",
  type: { kind: "choice", values: averages },
  default: otherwise,
  doc: "What a group counts by in the mean: its rows, its positive rows, or as one of the groups.",
});

export const at: MetricParameter = {
  name: "at",
  type: { kind: "number", min: 1, integer: true },
  default: null,
  doc: "How many positions of a list count, from its first; without it all.",
};

export const requiredAt: MetricParameter = {
  ...omitDefault(at),
  doc: "How many positions of a list count, from its first.",
};

export const above: MetricParameter = {
  name: "above",
  type: { kind: "number" },
  default: null,
  doc: "The threshold: a prediction of at least that says yes.",
};

export const threshold: MetricParameter = { ...above, default: 0.5 };

/** What is wrong with the arguments of a metric that counts either the first positions of lists or rows above a threshold. */
export function atOrAbove(args: Arguments, head: HeadType["kind"]): string | undefined {
  const [hasAt, hasAbove] = [args["at"] !== null, args["above"] !== null];
  if (hasAt && hasAbove) return "takes `at` or `above`, not both";
  if (!hasAt && !hasAbove) return "needs `at: 10`, the first positions of a list, or `above: 0.5`, a threshold";
  if (hasAbove && head === "score") return "takes no `above` on a score, which has no scale; `at: 10` counts positions";
  if (hasAbove && (args["average"] !== "groups" || columnOf(args) !== undefined))
    return "takes `by` and `average` with `at` only: a threshold looks at no group";
  return undefined;
}

function omitDefault({ default: _, ...rest }: MetricParameter): MetricParameter {
  return rest;
}

/** The argument where it is a number; infinite where there is none. */
export function numberOr(args: Arguments, name: string, otherwise: number): number {
  const value: ArgumentValue | undefined = args[name];
  return typeof value === "number" ? value : otherwise;
}

/** How many positions count. */
export function positionsOf(args: Arguments): number {
  return numberOr(args, "at", Infinity);
}

export function averageOf(args: Arguments): Average {
  return averages.find((each) => each === args["average"]) ?? "groups";
}
