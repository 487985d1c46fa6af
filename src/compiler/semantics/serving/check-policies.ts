import type { MissingPolicy, ServingInput } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import { readArgument, type ArgumentType } from "../arguments/arguments.js";
import type { CheckContext } from "../context.js";
import { secondsOfDate } from "../values/dates.js";
import { withoutParentheses } from "../names/describe.js";
import { holds, showInterval, type Interval } from "../../functions/intervals.js";
import type { ValueType } from "../values/types.js";

/** What a missing value, one outside its range and one of another type mean: what the entry says, or the least harm. */
export type InputPolicies = Pick<ServingInput, "missing" | "outside" | "malformed">;

/** A request as a whole can only be refused; of candidates, the one at fault is left out. */
export function checkPolicies(
  context: CheckContext,
  entry: ast.TypedEntry,
  type: ValueType,
  ofRequest: boolean,
): InputPolicies {
  const usual = ofRequest ? "refuse" : "drop";
  const isOptional = "optional" in type && type.optional;
  return {
    missing: checkMissing(context, entry, type, ofRequest) ?? { kind: isOptional ? "keep" : usual },
    outside: checkOutside(context, entry, type, ofRequest) ?? usual,
    ...(checkMalformed(context, entry, ofRequest) === "drop" ? { malformed: "drop" as const } : {}),
  };
}

/** What is of another type is a mistake of whoever sends it: unless the spec says otherwise, nobody drops it in silence. */
function checkMalformed(
  context: CheckContext,
  { name, malformed }: ast.TypedEntry,
  ofRequest: boolean,
): "drop" | "refuse" | undefined {
  if (malformed === undefined || malformed.text === "") return undefined;
  return readPolicy(context, name, "malformed", malformed, ofRequest ? ["refuse"] : ["drop", "refuse"]);
}

/** One of the words of a policy. */
function readPolicy<P extends string>(
  context: CheckContext,
  name: ast.Name,
  parameter: string,
  word: ast.Name,
  known: readonly P[],
): P | undefined {
  const found = known.find((each) => each === word.text);
  if (found !== undefined) return found;
  const suggestion = suggest(word.text, known);
  context.reporter.report("MTL2006", { callee: name.text, parameter, found: word.text, known, suggestion }, word.span, {
    suggest: { span: word.span, word: suggestion },
  });
  return undefined;
}

function checkMissing(
  context: CheckContext,
  { name, missing, type: written }: ast.TypedEntry,
  type: ValueType,
  ofRequest: boolean,
): MissingPolicy | undefined {
  if (missing === undefined || missing.kind === "Missing" || type.kind === "error") return undefined;
  if ("optional" in type && type.optional) {
    context.reporter.report("MTL5049", { name: name.text }, missing.span, {
      labels: [{ span: written.span, message: "may be missing" }],
      help: "leave out the `?`, or `missing`",
    });
    return undefined;
  }
  const node = withoutParentheses(missing);
  const words: ArgumentType = { kind: "choice", values: ofRequest ? ["refuse"] : ["drop", "refuse"] };
  if (node.kind === "Date" && type.kind === "time") return { kind: "default", value: secondsOfDate(node.text) };
  if (node.kind === "Duration" && type.kind === "duration") return { kind: "default", value: node.seconds };
  const literal = literalOf(type);
  const allowed: ArgumentType = literal === undefined ? words : { kind: "oneOf", options: [words, literal] };
  const value = readArgument(context, { name: name.text, span: name.span }, { name: "missing", type: allowed }, node);
  if (node.kind === "NameExpression") return value === "drop" || value === "refuse" ? { kind: value } : undefined;
  if (typeof value !== "number" && typeof value !== "string" && typeof value !== "boolean") return undefined;
  const range = rangeOf(type);
  if (typeof value === "number" && range !== undefined && !holds(range, value)) {
    context.reporter.report("MTL5005", { name: name.text, value, range: showInterval(range) }, node.span);
    return undefined;
  }
  return { kind: "default", value };
}

function literalOf(type: ValueType): ArgumentType | undefined {
  switch (type.kind) {
    case "number":
    case "head":
      return { kind: "number" };
    case "text":
      return { kind: "text" };
    case "bool":
      return { kind: "boolean" };
    default:
      return undefined;
  }
}

function rangeOf(type: ValueType): Interval | undefined {
  return type.kind === "number" ? type.range : undefined;
}

function checkOutside(
  context: CheckContext,
  { name, outside }: ast.TypedEntry,
  type: ValueType,
  ofRequest: boolean,
): ServingInput["outside"] | undefined {
  if (outside === undefined || outside.text === "" || type.kind === "error") return undefined;
  const known = ofRequest ? (["clamp", "refuse"] as const) : (["drop", "clamp", "refuse"] as const);
  const found = readPolicy<"drop" | "clamp" | "refuse">(context, name, "outside", outside, known);
  if (found === undefined) return undefined;
  const range = rangeOf(type);
  if (range !== undefined && (Number.isFinite(range.low) || Number.isFinite(range.high))) return found;
  context.reporter.report("MTL5050", { name: name.text }, outside.span, {
    help: "give it one: `number in [0, 1]`, or leave out `outside`",
  });
  return undefined;
}
