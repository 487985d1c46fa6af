/**
 * What a request provides against what the spec says of it: types, ranges, what is missing. Out comes a frame of the
 * candidates that stay, with what was left out or moved and why; or the reason for refusing the request.
 */
import type { CandidateValue, FormulaExpression, ServingInput, ServingModel } from "../model/index.js";
import { canonicalText } from "../text/canonical.js";
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
  const rows: (readonly (Reading & { kind: "value" | "none" })[])[] = [];
  const kept: number[] = [];
  const leftOut: LeftOut[] = [];
  let clamped = 0;
  const shared = new Map<string, Reading & { kind: "value" | "none" }>();
  for (const input of inputs) {
    if (input.origin !== "request") continue;
    const settled = settle(input, readValue(input, ownValue(request.request, input.name)));
    if (settled.kind === "problem")
      return {
        kind: "refused",
        input: input.name,
        reason: settled.problem.reason,
        expected: describeServingInput(input),
      };
    if (settled.kind === "value" && settled.clamped === true) clamped++;
    shared.set(input.name, settled);
  }
  for (const [index, candidate] of candidates.entries()) {
    const row: (Reading & { kind: "value" | "none" })[] = [];
    let out: LeftOut | undefined;
    for (const input of inputs) {
      const given = shared.get(input.name);
      const settled = given ?? settle(input, readValue(input, ownValue(candidate, input.name)));
      if (settled.kind === "problem" && settled.problem.refuses)
        return {
          kind: "refused",
          index,
          input: input.name,
          reason: settled.problem.reason,
          expected: describeServingInput(input),
        };
      if (settled.kind === "problem") {
        out ??= { index, input: input.name, reason: settled.problem.reason };
        continue;
      }
      if (given === undefined && settled.kind === "value" && settled.clamped === true) clamped++;
      row.push(settled);
    }
    if (out !== undefined) leftOut.push(out);
    else {
      kept.push(index);
      rows.push(row);
    }
  }
  return {
    kind: "frame",
    frame: createFrame(serving, request, inputs, rows),
    kept: Int32Array.from(kept),
    leftOut,
    clamped,
  };
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
  rows: readonly (readonly (Reading & { kind: "value" | "none" })[])[],
): Frame {
  const numbers = new Map<string, Float64Array>();
  const texts = new Map<string, (string | undefined)[]>();
  const lists = new Map<string, (readonly string[] | undefined)[]>();
  const vectors = new Map<string, (Float64Array | undefined)[]>();
  inputs.forEach(({ name, type }, i) => {
    const values = rows.map((row) => {
      const reading = row[i];
      return reading?.kind === "value" ? reading.value : undefined;
    });
    if (type === "text")
      texts.set(
        name,
        values.map((value) => (typeof value === "string" ? value : undefined)),
      );
    else if (type === "texts")
      lists.set(
        name,
        values.map((value) => (Array.isArray(value) ? (value as readonly string[]) : undefined)),
      );
    else if (type === "vector")
      vectors.set(
        name,
        values.map((value) => (value instanceof Float64Array ? value : undefined)),
      );
    else
      numbers.set(
        name,
        Float64Array.from(values, (value) => (typeof value === "number" ? value : NaN)),
      );
  });
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
