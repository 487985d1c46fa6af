/** Sums and products of times and durations that the language does not have, with what does instead. */
import type { BinaryExpression, Expression } from "../../syntax/index.js";
import type { CheckContext } from "../context.js";
import { shortText, withoutParentheses } from "../names/describe.js";
import { showType, type ValueType } from "./types.js";

/** Reports an operator between a time or a duration and another value that may be meant to go with it. */
export function reportTimes(
  { reporter, within }: CheckContext,
  node: BinaryExpression,
  left: ValueType,
  right: ValueType,
): boolean {
  const [a, b] = [left, right].map(({ kind }) => kind);
  const kinds = ["time", "duration", "number", "head"];
  const isTime = a === "time" || a === "duration" || b === "time" || b === "duration";
  if (!isTime || a === undefined || b === undefined || !kinds.includes(a) || !kinds.includes(b)) return false;
  const { operator } = node;
  reporter.report(
    "MTL3057",
    { operator, left: showType(left, within), right: showType(right, within) },
    node.operatorSpan,
    {
      labels: [
        { span: node.left.span, message: showType(left, within) },
        { span: node.right.span, message: showType(right, within) },
      ],
      help: helpFor(node, left, right),
    },
  );
  return true;
}

function helpFor({ left, operator, right }: BinaryExpression, a: ValueType, b: ValueType): string {
  if (a.kind === "time" && b.kind === "time") return "`a - b` is the duration between two times; times have no sum";
  if (a.kind === "duration" && b.kind === "time" && operator === "+") return "the time comes first: `t + 7d`";
  if (a.kind === "time" || b.kind === "time")
    return "a time takes a duration, `t + 7d`, and a difference of times is one: `(a - b) / 1d`";
  const unit = unitOf(left) ?? unitOf(right) ?? "d";
  const numbers = `${inUnits(left, a, unit)} ${operator} ${inUnits(right, b, unit)}`;
  return `divide durations by a unit first, and compute with numbers: \`(${numbers})\``;
}

const seconds: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** The unit that a duration is written in. */
function unitOf(expression: Expression): string | undefined {
  const inner = withoutParentheses(expression);
  return inner.kind === "Duration" ? /[a-z]+$/.exec(inner.text)?.[0] : undefined;
}

/** `age(at) / 1d`, `1` for `1d`; a plain number as it is. */
function inUnits(expression: Expression, { kind }: ValueType, unit: string): string {
  const inner = withoutParentheses(expression);
  if (inner.kind === "Duration") return String(Number((inner.seconds / (seconds[unit] ?? 1)).toPrecision(12)));
  return kind === "duration" ? `${shortText(inner)} / 1${unit}` : shortText(inner);
}
