/** What tuning maximises, as the command line says it: `0.7 * gauc(click) + 0.3 * ndcg@10(buy)`. */
import { createMetricModel, type Metric, metrics } from "../../../compiler/metrics/index.js";
import type { MetricModel } from "../../../compiler/model/index.js";
import { suggest } from "../../../compiler/text/index.js";

/** One figure over a log. `top` counts places of each request's list; absent: all of them. */
export type Measure =
  /** Area under the ROC curve of label > 0, over all rows. */
  | { readonly kind: "auc"; readonly column: string }
  /** The same in each request, the mean weighted by rows; requests of one class have none. */
  | { readonly kind: "gauc"; readonly column: string }
  /** A metric of lists: its mean over the requests that have a gain, taken of what each shows. */
  | { readonly kind: "metric"; readonly metric: MetricModel; readonly column: string }
  /** The mean of a column over the first places, then over requests. */
  | { readonly kind: "mean"; readonly column: string; readonly top?: number }
  /** How many different values a column has among the first positions, the mean over requests. */
  | { readonly kind: "distinct"; readonly column: string; readonly top?: number }
  /** What a request would earn, from parameters that were jittered when the log was written. */
  | { readonly kind: "snips" | "ips"; readonly column: string };

export interface WeightedMeasure {
  readonly weight: number;
  readonly measure: Measure;
}

/** A weighted sum of measures; larger is better. */
export interface Objective {
  /** As it was written. */
  readonly text: string;
  readonly terms: readonly WeightedMeasure[];
}

/** A bound that a measure keeps. */
export interface Guard extends Objective {
  readonly operator: ">=" | "<=";
  readonly bound: number;
}

/** Why a text is not an objective, and at which character. */
export interface ObjectiveProblem {
  readonly problem: string;
  readonly at: number;
}

/** Metrics that can be taken of the list of a request. */
const listMetrics = metrics.filter(({ ofList }) => ofList !== undefined);

const otherKinds = ["mean", "distinct", "snips", "ips"] as const;

/** Every word that a measure begins with. */
export const measureNames: readonly string[] = ["auc", "gauc", ...listMetrics.map(({ name }) => name), ...otherKinds];

/** Whether a measure sees the list that is shown, and not only the order of all rows. */
export function readsList({ kind }: Measure): boolean {
  return kind === "metric" || kind === "mean" || kind === "distinct";
}

export function parseObjective(text: string): Objective | ObjectiveProblem {
  const reader = createReader(text);
  const terms = readTerms(reader);
  if (!Array.isArray(terms)) return terms as ObjectiveProblem;
  if (!reader.atEnd()) return { problem: "`+` or the end is expected here", at: reader.at() };
  return { text: text.trim(), terms: terms as WeightedMeasure[] };
}

export function parseGuard(text: string): Guard | ObjectiveProblem {
  const reader = createReader(text);
  const terms = readTerms(reader);
  if (!Array.isArray(terms)) return terms as ObjectiveProblem;
  const operator = reader.take(/(>=|<=)/y);
  if (operator !== ">=" && operator !== "<=") return { problem: "`>=` or `<=` is expected here", at: reader.at() };
  const bound = readNumber(reader);
  if (bound === undefined) return { problem: "a number is expected here", at: reader.at() };
  if (!reader.atEnd()) return { problem: "nothing should follow the bound", at: reader.at() };
  return { text: text.trim(), terms: terms as WeightedMeasure[], operator, bound };
}

export function isProblem(parsed: Objective | ObjectiveProblem): parsed is ObjectiveProblem {
  return "problem" in parsed;
}

interface Reader {
  /** What the sticky pattern matches here, white space before it skipped. */
  readonly take: (pattern: RegExp) => string | undefined;
  readonly at: () => number;
  readonly atEnd: () => boolean;
}

function createReader(text: string): Reader {
  let at = 0;
  const skip = (): void => {
    while (/\s/.test(text.charAt(at))) at++;
  };
  return {
    take: (pattern) => {
      skip();
      pattern.lastIndex = at;
      const found = pattern.exec(text)?.[0];
      if (found !== undefined) at += found.length;
      return found;
    },
    at: () => {
      skip();
      return at;
    },
    atEnd: () => {
      skip();
      return at >= text.length;
    },
  };
}

function readTerms(reader: Reader): readonly WeightedMeasure[] | ObjectiveProblem {
  const terms: WeightedMeasure[] = [];
  let sign = 1;
  for (;;) {
    const weight = readNumber(reader);
    if (weight !== undefined && reader.take(/\*/y) === undefined)
      return { problem: "`*` and a measure should follow the weight", at: reader.at() };
    const measure = readMeasure(reader);
    if ("problem" in measure) return measure;
    terms.push({ weight: sign * (weight ?? 1), measure });
    const operator = reader.take(/[+-]/y);
    if (operator === undefined) return terms;
    sign = operator === "-" ? -1 : 1;
  }
}

function readNumber(reader: Reader): number | undefined {
  const digits = reader.take(/-?(\d[\d_]*(\.\d+)?|\.\d+)([eE][+-]?\d+)?/y);
  return digits === undefined ? undefined : Number(digits.replaceAll("_", ""));
}

function readMeasure(reader: Reader): Measure | ObjectiveProblem {
  const start = reader.at();
  const name = reader.take(/[a-z_]+/y) ?? "";
  if (!measureNames.includes(name)) {
    const near = suggest(name, measureNames);
    const list = measureNames.map((known) => `\`${known}\``).join(", ");
    return {
      problem: `a measure is expected here: ${list}${near === undefined ? "" : `; did you mean \`${near}\`?`}`,
      at: start,
    };
  }
  const position = reader.at();
  const top = reader.take(/@/y) === undefined ? undefined : Number(reader.take(/\d+/y) ?? "0");
  const metric = listMetrics.find((each) => each.name === name);
  if (top !== undefined && metric === undefined && name !== "mean" && name !== "distinct")
    return { problem: `\`${name}\` looks at whole requests: \`@\` belongs to measures of lists`, at: position };
  if (top === 0) return { problem: "a number of positions from 1 should follow `@`", at: position };
  if (reader.take(/\(/y) === undefined)
    return { problem: `\`(\` and a column should follow \`${name}\``, at: reader.at() };
  const column = reader.take(/"[^"]+"|[^\s(),"]+/y)?.replace(/^"(.*)"$/, "$1");
  if (column === undefined) return { problem: "a column of the log is expected here", at: reader.at() };
  const given = metric === undefined ? {} : readArguments(reader, metric, top);
  if ("problem" in given) return given as unknown as ObjectiveProblem;
  if (reader.take(/\)/y) === undefined) return { problem: "`)` should follow the column", at: reader.at() };
  if (metric === undefined) return { kind: name, column, ...(top === undefined ? {} : { top }) } as Measure;
  const at = metric.parameters.find((parameter) => parameter.name === "at");
  // A threshold is of predictions, and a list has positions.
  const isOpen = given["at"] === undefined && (at?.default === undefined || typeof metric.group === "object");
  return isOpen
    ? { problem: `\`${name}\` needs a number of positions: \`${name}@10(${column})\``, at: start }
    : { kind: "metric", metric: createMetricModel(metric, given), column };
}

/** `, at: 10, gain: exponential` after the column. */
function readArguments(
  reader: Reader,
  { name: metric, parameters }: Metric,
  top: number | undefined,
): Readonly<Record<string, number | string>> | ObjectiveProblem {
  const given = new Map<string, number | string>(top === undefined ? [] : [["at", top]]);
  const known = parameters.filter(({ name }) => name === "at" || name === "gain");
  while (reader.take(/,/y) !== undefined) {
    const at = reader.at();
    const name = reader.take(/[a-z_]+(?=\s*:)/y);
    const parameter = known.find((each) => each.name === name);
    if (name === undefined || parameter === undefined) {
      const list = known.map((each) => `\`${each.name}: …\``).join(" or ");
      return { problem: `\`${metric}\` takes ${list} here`, at };
    }
    if (given.has(name)) return { problem: `\`${name}\` is given twice`, at };
    reader.take(/:/y);
    const value = name === "at" ? readNumber(reader) : reader.take(/[a-z]+/y);
    const isFit = name === "at" ? Number.isInteger(value) && Number(value) >= 1 : isGain(value);
    if (!isFit || value === undefined)
      return { problem: `\`${name}\` is ${name === "at" ? "a whole number ≥ 1" : "`linear` or `exponential`"}`, at };
    given.set(name, value);
  }
  return Object.fromEntries(given);
}

function isGain(value: number | string | undefined): boolean {
  return value === "linear" || value === "exponential";
}

/** Columns that a set of objectives reads, each once. */
export function columnsOf(objectives: readonly Objective[]): readonly string[] {
  return [...new Set(objectives.flatMap(({ terms }) => terms.map(({ measure }) => measure.column)))];
}

/** Of these columns, those whose values count as numbers, and not only as equal or not. */
export function numberColumnsOf(objectives: readonly Objective[]): readonly string[] {
  const measures = objectives.flatMap(({ terms }) => terms.map(({ measure }) => measure));
  return [...new Set(measures.flatMap(({ kind, column }) => (kind === "distinct" ? [] : [column])))];
}
