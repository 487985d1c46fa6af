/** What losses take besides their own parameters: which rows they see, and how much each of them counts. */
import type { Arguments, LossTerm } from "../model/model.js";
import type { ArgumentSpec, HeadReference, LabelReference } from "../model/parameter.js";
import type { LossBuiltin } from "./builtin.js";
import type { ParameterSpec } from "./parameter.js";

/** One list of all rows of a batch, in `by`. */
export const batchWord = "batch";

export type LossOption = ArgumentSpec & { readonly doc: string };

const spaceOption: LossOption = {
  name: "space",
  type: { kind: "choice", values: ["all"] },
  default: null,
  doc: "`all` lets the loss see every row, not only those of the task's condition.",
};

const byOption: LossOption = {
  name: "by",
  type: { kind: "expression", expected: "the name of a column, or `batch`" },
  default: null,
  doc: "The column whose values make the lists, or `batch` for one list of all rows of a step; else `group` of the data.",
};

const wholeOption: LossOption = {
  name: "whole",
  type: { kind: "boolean" },
  default: true,
  elided: true,
  doc: "Whether batches keep the lists of a column whole; without it, a list is the rows of one value that a batch has.",
};

const weightOption: ParameterSpec = {
  name: "weight",
  type: { kind: "reference", to: "label" },
  default: null,
  doc: "A label whose value a row's weight is multiplied by for this loss; below 0 it is 0.",
};

/** Least probability that a row's weight is divided by. */
export const floorParameter: ParameterSpec = {
  name: "floor",
  type: { kind: "number", min: 0, max: 1, minOpen: true },
  default: 0.01,
  doc: "A probability below this counts as this, so that a row counts at most 1 / `floor`.",
};

/** An option of losses that judge single rows; `for` says what its head must be. */
export interface RowOption extends ParameterSpec {
  readonly for: "any" | "condition" | "probability";
}

/** In the order in which they are written out. */
export const rowOptions: readonly RowOption[] = [
  {
    name: "outside",
    type: { kind: "number", min: 0 },
    default: null,
    doc: "Weight of the rows outside the task's condition; 0 leaves them out, 1 is `space: all`.",
    for: "condition",
  },
  {
    name: "negatives",
    type: { kind: "number", min: 0, max: 1 },
    default: null,
    doc: "Share of the rows outside the task's condition that a step sees, drawn again in each step by the seed.",
    for: "condition",
  },
  {
    name: "oversample",
    type: { kind: "number", min: 0, minOpen: true },
    default: 1,
    doc: "A row where the event holds counts as so many copies of it.",
    for: "probability",
  },
  {
    name: "positive",
    type: { kind: "number", min: 0, minOpen: true },
    default: 1,
    doc: "Factor of the loss of a row where the event holds; the mean is still over the rows as they are.",
    for: "probability",
  },
  {
    name: "smoothing",
    type: { kind: "number", min: 0, max: 1 },
    default: 0,
    doc: "The truth y is taken for (1 − s)·y + s/2.",
    for: "probability",
  },
  {
    name: "reject",
    type: { kind: "reference", to: "head", is: "condition", detached: true },
    default: null,
    doc: "The probability of the task's condition: a row's weight is divided by it, without a gradient into it.",
    for: "condition",
  },
  { ...floorParameter, for: "condition" },
  { ...weightOption, for: "any" },
];

/** What a loss takes besides its own parameters. */
export function lossOptions(loss: LossBuiltin): readonly LossOption[] {
  if (loss.per === "list") return [spaceOption, byOption, wholeOption];
  if (loss.per === "batch") return [spaceOption];
  if (loss.sees !== undefined) return [weightOption];
  const judges = loss.heads.includes("probability");
  return [spaceOption, ...rowOptions.filter((option) => judges || option.for !== "probability")];
}

type Reads = Pick<LossTerm, "arguments" | "rows">;

/** A head that a loss reads besides its own. */
export interface HeadRead {
  readonly parameter: string;
  readonly head: string;
  readonly type: HeadReference;
}

export function headsRead(parameters: readonly ParameterSpec[], term: Reads): readonly HeadRead[] {
  return [...parameters, ...rowOptions].flatMap(({ name, type }) => {
    const head = argumentOf(term, name);
    return isHeadReference(type) && typeof head === "string" ? [{ parameter: name, head, type }] : [];
  });
}

/** The labels that a loss reads besides those of its head and its order, and that only the future tells. */
export function outcomesRead(parameters: readonly ParameterSpec[], term: Reads): readonly string[] {
  return parameters.flatMap(({ name, type }) => {
    const label = argumentOf(term, name);
    return isLabelReference(type) && type.outcome === true && typeof label === "string" ? [label] : [];
  });
}

/** The term with other names for the heads that it reads. */
export function renameHeadsRead<T extends Reads>(
  parameters: readonly ParameterSpec[],
  term: T,
  to: (head: string) => string,
): T {
  const reads = headsRead(parameters, term);
  const renamed = (args: Arguments): Arguments => ({
    ...args,
    ...Object.fromEntries(
      reads.flatMap(({ parameter, head }) => (args[parameter] === head ? [[parameter, to(head)] as const] : [])),
    ),
  });
  return {
    ...term,
    arguments: renamed(term.arguments),
    ...(term.rows === undefined ? {} : { rows: renamed(term.rows) }),
  };
}

function argumentOf({ arguments: args, rows }: Reads, name: string): unknown {
  return args[name] ?? rows?.[name];
}

export function isHeadReference(type: ArgumentSpec["type"]): type is HeadReference {
  return type.kind === "reference" && type.to === "head";
}

export function isLabelReference(type: ArgumentSpec["type"]): type is LabelReference {
  return type.kind === "reference" && type.to === "label";
}
