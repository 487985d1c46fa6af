/**
 * What a request provides against what the spec says of it: types, ranges, what is missing. Out comes a frame of the
 * candidates that stay, with what was left out or moved and why; or the reason for refusing the request.
 */
import type { CandidateValue, FormulaExpression, ServingInput, ServingModel } from "../model/index.js";
import { canonicalText } from "../text/canonical.js";
import { isPlainRecord } from "../text/own.js";
import type { Frame } from "./frame.js";
import { isSeconds, secondsOfText } from "./read-time.js";

/** Values by name, as parsed JSON has them. Names without own property count as missing. */
export type InputRow = Readonly<Record<string, unknown>>;

/** One request, before validation. */
export interface ServingRequest {
  readonly candidates: readonly InputRow[];
  /** Values of the request itself. */
  readonly request?: InputRow;
  /** Seconds since 1970. */
  readonly now: number;
  /** Inputs whose values come as columns, a value for each candidate, in the place of the candidates' own. */
  readonly columns?: ReadonlyMap<string, ArrayLike<unknown>>;
  /** In the place of the spec's values. */
  readonly params?: ReadonlyMap<string, number>;
}

/** A candidate that is left out. */
export interface LeftOut {
  /** Place in the request. */
  readonly index: number;
  readonly input: string;
  readonly reason: "missing" | "outside" | "type";
}

export type ReadResult =
  | {
      readonly kind: "frame";
      readonly frame: Frame;
      /** Places in the request of the candidates in the frame. */
      readonly kept: Int32Array;
      readonly leftOut: readonly LeftOut[];
      /** How many values were moved into their range. */
      readonly clamped: number;
    }
  | {
      readonly kind: "refused";
      /** Place in the request; absent for a value of the request itself. */
      readonly index?: number;
      readonly input: string;
      readonly reason: "missing" | "outside" | "type";
      /** What would have been right: `a number in [0, 1]`. */
      readonly expected: string;
    };

/** One value: as the frame has it, or why there is none. NaN and infinity count as missing. */
type Reading =
  | {
      readonly kind: "value";
      readonly value: number | string | readonly string[] | Float64Array;
      readonly clamped?: true;
    }
  | { readonly kind: "none" }
  | { readonly kind: "outside" }
  | { readonly kind: "type" };

type Problem = { readonly reason: "missing" | "outside" | "type"; readonly refuses: boolean };

/** Validates a request. `read` are the inputs that matter: those that no formula reads need no value. */
export function readInputs(
  serving: ServingModel,
  request: ServingRequest,
  read: (input: ServingInput) => boolean = () => true,
): ReadResult {
  const inputs = serving.inputs.filter(read);
  const { candidates } = request;
  const columns = new Map<string, ColumnOf>();
  let clamped = 0;
  for (const input of inputs) {
    if (input.origin !== "request") continue;
    const { name } = input;
    const settled = settle(input, readValue(input, ownValue(request.request, name)));
    if (settled.kind === "problem")
      return { kind: "refused", input: name, reason: settled.problem.reason, expected: describeServingInput(input) };
    if (settled.kind === "value" && settled.clamped === true) clamped++;
    columns.set(name, repeated(input, candidates.length, settled));
  }
  const isPlain = candidates.every(isPlainRecord);
  const problems: RowProblem[] = [];
  for (const input of inputs) {
    if (input.origin === "request") continue;
    const { name } = input;
    const given = request.columns?.get(name);
    const column = readColumn(
      input,
      candidates.length,
      given === undefined ? { candidates, name, isPlain } : { column: given },
    );
    clamped += column.clamped;
    problems.push(...column.problems);
    columns.set(name, column.values);
  }
  const worst = firstRefused(problems);
  if (worst !== undefined) return worst;
  const leftOut = leftOutOf(problems);
  const out = new Set(leftOut.map(({ index }) => index));
  const kept = new Int32Array(candidates.length);
  for (let row = 0; row < kept.length; row++) kept[row] = row;
  const stays = out.size === 0 ? kept : kept.filter((row) => !out.has(row));
  return {
    kind: "frame",
    frame: createFrame(serving, request, inputs, stays, columns),
    kept: stays,
    leftOut,
    clamped,
  };
}

/** An input's value of every candidate; a number that is missing is NaN, all else undefined. */
type ColumnOf = Float64Array | (string | readonly string[] | Float64Array | undefined)[];

/** What is wrong with a value of a candidate. */
interface RowProblem extends Problem {
  readonly index: number;
  readonly input: ServingInput;
}

/** Where the values of an input are: in the candidates, of which all may be plain records, or in a column. */
type InputValues =
  | { readonly candidates: readonly InputRow[]; readonly name: string; readonly isPlain: boolean }
  | { readonly column: ArrayLike<unknown> };

/** A candidate's own value; what plain records inherit is a function or an object. */
function valueIn(values: InputValues, row: number): unknown {
  return "column" in values ? values.column[row] : ownValue(values.candidates[row], values.name);
}

/** The numbers from `least` to `most` that plain candidates hold, as far as they are such, and how many these are. */
function readNumbers(into: Float64Array, values: InputValues, least: number, most: number): number {
  let row = 0;
  if ("column" in values) {
    const { column } = values;
    for (; row < into.length; row++) {
      const given = column[row];
      if (!(typeof given === "number" && given >= least && given <= most)) break;
      into[row] = given;
    }
  } else if (values.isPlain) {
    const { candidates, name } = values;
    for (; row < into.length; row++) {
      const given = candidates[row]![name];
      if (!(typeof given === "number" && given >= least && given <= most)) break;
      into[row] = given;
    }
  }
  return row;
}

function isNumeric({ type }: ServingInput): boolean {
  return type !== "text" && type !== "texts" && type !== "vector";
}

/** One value of the request, for all of its candidates. */
function repeated(
  input: ServingInput,
  count: number,
  reading: Reading & { readonly kind: "value" | "none" },
): ColumnOf {
  const value = reading.kind === "value" ? reading.value : undefined;
  if (isNumeric(input)) return new Float64Array(count).fill(typeof value === "number" ? value : NaN);
  return Array.from({ length: count }, () => (typeof value === "number" ? undefined : value));
}

function readColumn(
  input: ServingInput,
  count: number,
  from: InputValues,
): { readonly values: ColumnOf; readonly problems: readonly RowProblem[]; readonly clamped: number } {
  const numbers = isNumeric(input) ? new Float64Array(count) : undefined;
  const others: Exclude<ColumnOf, Float64Array> = numbers === undefined ? Array.from({ length: count }) : [];
  const isText = input.type === "text";
  const isBool = input.type === "bool";
  const mayBeMissing = input.missing.kind === "keep";
  const [least, most] = plainRange(input);
  const problems: RowProblem[] = [];
  let clamped = 0;
  // Most values are what they should be, and no record of what was found need be made for them.
  const first = numbers === undefined ? 0 : readNumbers(numbers, from, least, most);
  const plain = "candidates" in from && from.isPlain ? from : undefined;
  for (let row = first; row < count; row++) {
    const shown = plain === undefined ? undefined : plain.candidates[row]![plain.name];
    const given = typeof shown === "string" || typeof shown === "number" ? shown : valueIn(from, row);
    if (typeof given === "number" && numbers !== undefined && given >= least && given <= most) numbers[row] = given;
    else if (typeof given === "string" && isText) others[row] = canonicalText(given);
    else if (typeof given === "boolean" && isBool && numbers !== undefined) numbers[row] = given ? 1 : 0;
    else if ((given === undefined || given === null) && mayBeMissing) {
      if (numbers !== undefined) numbers[row] = NaN;
    } else {
      const settled = settle(input, readValue(input, given));
      if (settled.kind === "problem") problems.push({ index: row, input, ...settled.problem });
      const value = settled.kind === "value" ? settled.value : undefined;
      if (settled.kind === "value" && settled.clamped === true) clamped++;
      if (numbers !== undefined) numbers[row] = typeof value === "number" ? value : NaN;
      else others[row] = typeof value === "number" ? undefined : value;
    }
  }
  return { values: numbers ?? others, problems, clamped };
}

/** Numbers between these are values as they are; those outside must be looked at. */
function plainRange({ type, range = {} }: ServingInput): readonly [number, number] {
  if (type !== "number" && type !== "duration") return [1, 0];
  const { low = -Number.MAX_VALUE, high = Number.MAX_VALUE, lowOpen, highOpen } = range;
  return lowOpen === true || highOpen === true ? [1, 0] : [low, high];
}

/** The problem that refuses the request: of the first candidate that has one, its first. */
function firstRefused(problems: readonly RowProblem[]): Extract<ReadResult, { readonly kind: "refused" }> | undefined {
  let first: RowProblem | undefined;
  for (const problem of problems)
    if (problem.refuses && (first === undefined || problem.index < first.index)) first = problem;
  if (first === undefined) return undefined;
  const { index, input, reason } = first;
  return { kind: "refused", index, input: input.name, reason, expected: describeServingInput(input) };
}

/** Candidates with a problem, each with its first, in the order of the request. */
function leftOutOf(problems: readonly RowProblem[]): readonly LeftOut[] {
  const found = new Map<number, LeftOut>();
  for (const { index, input, reason } of problems)
    if (!found.has(index)) found.set(index, { index, input: input.name, reason });
  return [...found.values()].toSorted((a, b) => a.index - b.index);
}

/** A property of the object itself: `__proto__` and what objects inherit is nobody's value. */
function ownValue(row: InputRow | undefined, name: string): unknown {
  return row !== undefined && Object.hasOwn(row, name) ? row[name] : undefined;
}

type Settled =
  (Reading & { readonly kind: "value" | "none" }) | { readonly kind: "problem"; readonly problem: Problem };

/** A reading under the input's policies. */
function settle(input: ServingInput, reading: Reading): Settled {
  const ofRequest = input.origin === "request";
  switch (reading.kind) {
    case "value":
      return reading;
    case "type":
      return { kind: "problem", problem: { reason: "type", refuses: ofRequest || input.malformed !== "drop" } };
    case "outside":
      return { kind: "problem", problem: { reason: "outside", refuses: ofRequest || input.outside === "refuse" } };
    case "none": {
      const { missing } = input;
      switch (missing.kind) {
        case "keep":
          return reading;
        case "default":
          return { kind: "value", value: plainValue(missing.value) };
        default:
          return { kind: "problem", problem: { reason: "missing", refuses: ofRequest || missing.kind === "refuse" } };
      }
    }
  }
}

function plainValue(value: CandidateValue): number | string | readonly string[] {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "object") return value.map((text) => canonicalText(String(text)));
  return typeof value === "string" ? canonicalText(value) : value;
}

const none: Reading = { kind: "none" };
const wrongType: Reading = { kind: "type" };

function readValue(input: ServingInput, value: unknown): Reading {
  if (value === undefined || value === null) return none;
  switch (input.type) {
    case "number":
    case "duration":
      if (typeof value === "bigint") return readNumber(input, Number(value));
      return typeof value === "number" ? readNumber(input, value) : wrongType;
    case "bool":
      return typeof value === "boolean" ? { kind: "value", value: Number(value) } : wrongType;
    case "time":
      return readTime(value);
    case "text":
      // Identifiers are often numbers; their text is what counts.
      if (typeof value === "number" && !Number.isFinite(value)) return none;
      return isText(value) ? { kind: "value", value: canonicalText(String(value)) } : wrongType;
    case "texts": {
      const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
      return texts.every(isText)
        ? { kind: "value", value: texts.map((text) => canonicalText(String(text))) }
        : wrongType;
    }
    case "vector": {
      if (!Array.isArray(value) && !(value instanceof Float64Array)) return wrongType;
      const numbers = Array.from<unknown>(value);
      if (numbers.length !== input.width || !numbers.every((each) => typeof each === "number")) return wrongType;
      return numbers.every(Number.isFinite) ? { kind: "value", value: Float64Array.from(numbers) } : none;
    }
  }
}

/** Whether a value is one of an input: there, of its type, inside its range; with what it has to be. */
export function readServingValue(
  input: ServingInput,
  value: unknown,
): { readonly kind: "value" | "none" | "outside" | "type"; readonly expected: string } {
  return { kind: readValue(input, value).kind, expected: describeServingInput(input) };
}

/** A text, or a number whose digits are one: whole numbers of 64 bits come as bigints. */
function isText(value: unknown): value is string | number | bigint {
  return (
    typeof value === "string" || typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value))
  );
}

function readNumber(input: ServingInput, value: number): Reading {
  if (!Number.isFinite(value)) return none;
  const { range } = input;
  if (range === undefined) return { kind: "value", value };
  const { low = -Infinity, high = Infinity, lowOpen, highOpen } = range;
  const isLow = lowOpen === true ? value <= low : value < low;
  const isHigh = highOpen === true ? value >= high : value > high;
  if (!isLow && !isHigh) return { kind: "value", value };
  // An end that is not reached has no nearest value to move to.
  const isClosed = isLow ? lowOpen !== true : highOpen !== true;
  if (input.outside !== "clamp" || !isClosed) return { kind: "outside" };
  return { kind: "value", value: isLow ? low : high, clamped: true };
}

function readTime(given: unknown): Reading {
  const value = typeof given === "bigint" ? Number(given) : given;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return none;
    return isSeconds(value) ? { kind: "value", value } : wrongType;
  }
  const seconds = typeof value === "string" ? secondsOfText(value) : undefined;
  return seconds === undefined ? wrongType : { kind: "value", value: seconds };
}

function createFrame(
  serving: ServingModel,
  request: ServingRequest,
  inputs: readonly ServingInput[],
  rows: Int32Array,
  columns: ReadonlyMap<string, ColumnOf>,
): Frame {
  const numbers = new Map<string, Float64Array>();
  const texts = new Map<string, (string | undefined)[]>();
  const lists = new Map<string, (readonly string[] | undefined)[]>();
  const vectors = new Map<string, (Float64Array | undefined)[]>();
  const isWhole = rows.length === request.candidates.length;
  for (const { name, type } of inputs) {
    const column = columns.get(name) ?? [];
    if (column instanceof Float64Array)
      numbers.set(name, isWhole ? column : Float64Array.from(rows, (row) => column[row]!));
    else {
      const values = isWhole ? column : Array.from(rows, (row) => column[row]);
      if (type === "text") texts.set(name, values as (string | undefined)[]);
      else if (type === "texts") lists.set(name, values as (readonly string[] | undefined)[]);
      else vectors.set(name, values as (Float64Array | undefined)[]);
    }
  }
  return {
    count: rows.length,
    now: request.now,
    params: new Map(serving.params.map(({ name, value }) => [name, request.params?.get(name) ?? value])),
    numbers,
    texts,
    lists,
    vectors,
    fusions: new Map(serving.fusions.map(({ name, value }): [string, FormulaExpression] => [name, value])),
  };
}

/** `a number in [0, 1]`, `a text`: what a value of the input has to be. */
export function describeServingInput({ type, range, width }: ServingInput): string {
  switch (type) {
    case "number": {
      if (range === undefined) return "a finite number";
      const { low, high, lowOpen, highOpen } = range;
      if (low !== undefined && high !== undefined)
        return `a number in ${lowOpen === true ? "(" : "["}${low}, ${high}${highOpen === true ? ")" : "]"}`;
      return low === undefined
        ? `a number ${highOpen === true ? "<" : "<="} ${high ?? 0}`
        : `a number ${lowOpen === true ? ">" : ">="} ${low}`;
    }
    case "bool":
      return "true or false";
    case "text":
      return "a text";
    case "texts":
      return "a list of texts";
    case "time":
      return "a time such as `2026-11-05T12:30:00Z`, or seconds (not milliseconds) since 1970, before the year 2200";
    case "duration":
      return "a number of seconds";
    case "vector":
      return `a list of ${width ?? 0} finite numbers`;
  }
}
