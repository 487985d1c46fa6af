/** Lines of JSON as rows: clean by the rules of `values.ts`, or told as broken. */
import { createFailure, type Failure, noLocation } from "../../failure.js";
import type { RawRow } from "../expressions/expression-evaluate.js";
import { scalarOf, type TextRules } from "../expressions/values.js";
import { parseExactJson } from "./exact-json.js";

/** A line that is not a row; the lines after it may be. */
export class BrokenLine {
  constructor(
    readonly file: string,
    /** From 1. */
    readonly line: number,
    readonly problem: string,
  ) {}

  get failure(): Failure {
    const { file, line, problem } = this;
    return createFailure("MTL7518", { file, problem: `line ${line} ${problem}`, expected: "one object per line" });
  }
}

/** Where lines come from. */
export interface LinesOf {
  /** As messages name it. */
  readonly file: string;
  /** Lines of the file before them. */
  readonly line: number;
  readonly rules: TextRules;
}

export interface JsonRows {
  readonly rows: readonly (RawRow | BrokenLine)[];
  /** What the line after the rows is: not UTF-8. */
  readonly failure?: Failure;
}

/** The rows of lines, of which one that is not UTF-8 is undefined; empty lines are none. */
export function jsonRowsOf(texts: readonly (string | undefined)[], { file, line, rules }: LinesOf): JsonRows {
  const rows: (RawRow | BrokenLine)[] = [];
  let at = line;
  for (const text of texts) {
    at += 1;
    if (text === undefined) {
      const problem = `line ${at} is not UTF-8 text`;
      return { rows, failure: createFailure("MTL7102", { file, problem }, noLocation()) };
    }
    if (text.trim() === "") continue;
    rows.push(jsonRow(text, rules) ?? new BrokenLine(file, at, "is not a JSON object"));
  }
  return { rows };
}

/** The row of a line; undefined for one that is not an object of JSON. */
export function jsonRow(text: string, rules: TextRules): RawRow | undefined {
  const value = parseJson(text);
  return isRecord(value) ? cleanRow(value, rules) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is RawRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Values without what means null; rows inside of a row, such as `candidates`, alike. Elements of lists are kept as they are. A
 * row of which nothing changes is itself.
 */
function cleanRow(row: RawRow, rules: TextRules): RawRow {
  for (const name in row) {
    const value = row[name];
    if (cleanValue(value, rules) !== value)
      return Object.fromEntries(Object.keys(row).map((each) => [each, cleanValue(row[each], rules)]));
  }
  return row;
}

function cleanValue(value: unknown, rules: TextRules): unknown {
  if (typeof value !== "object" || value === null) return scalarOf(value, rules);
  if (isRecord(value)) return cleanRow(value, rules);
  const list = value as readonly unknown[];
  return list.some(isRecord) ? list.map((each) => (isRecord(each) ? cleanRow(each, rules) : each)) : list;
}
