import type { IToken } from "chevrotain";
import type * as ast from "../ast.js";
import { readNumber } from "./number-word.js";
import { OpenString } from "../tokens.js";
import { createSpan, spanOfToken, type BuildContext } from "./tree-builder.js";

/** A number or a duration; a missing expression when the word is neither, which the lexer reported. */
export function buildNumber(
  context: BuildContext,
  token: IToken,
): ast.NumberLiteral | ast.DurationLiteral | ast.MissingExpression {
  const read = readNumber(token.image);
  const span = spanOfToken(context, token);
  switch (read.kind) {
    case "number":
      return { kind: "Number", value: read.value, text: token.image, span };
    case "duration":
      return { kind: "Duration", seconds: read.seconds, text: token.image, span };
    case "malformed":
      return { kind: "Missing", span };
  }
}

/** A text with its escapes resolved; unknown ones are reported and kept as written. */
export function buildString(context: BuildContext, token: IToken): ast.StringLiteral {
  const span = spanOfToken(context, token);
  const body = token.image.slice(1, token.tokenType === OpenString ? undefined : -1);
  if (!body.includes("\\")) return { kind: "String", value: body, span };
  const value = body.replace(
    /\\(?:u\{([^}"]*)\}|(.?))/gs,
    (whole, code: string | undefined, letter, offset: number) => {
      const resolved = code === undefined ? escapes[letter as string] : fromCodePoint(code);
      if (resolved !== undefined) return resolved;
      const start = span.start + 1 + offset;
      // A lone backslash at the end of an unclosed text is part of that mistake.
      if (whole !== "\\")
        context.reporter.report("MTL1003", { escape: whole }, createSpan(context, start, start + whole.length));
      return whole;
    },
  );
  return { kind: "String", value, span };
}

const escapes: Readonly<Record<string, string | undefined>> = { '"': '"', "\\": "\\", n: "\n", r: "\r", t: "\t" };

function fromCodePoint(digits: string): string | undefined {
  if (!/^[0-9a-fA-F]{1,6}$/.test(digits)) return undefined;
  const code = Number.parseInt(digits, 16);
  // Halves of surrogate pairs are not characters.
  return code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : String.fromCodePoint(code);
}

/** A date, checked against the calendar. */
export function buildDate(context: BuildContext, token: IToken): ast.DateLiteral {
  const span = spanOfToken(context, token);
  const text = token.image;
  const problem = dateProblem(text);
  if (problem !== undefined) context.reporter.report("MTL1005", { text, problem }, span);
  return { kind: "Date", text, span };
}

function dateProblem(text: string): string | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?)?/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return "dates are written `2026-11-05`";
  if (month < 1 || month > 12) return "months are 01 to 12";
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (day < 1 || day > days) return `that month has the days 01 to ${days}`;
  if ((hour ?? 0) > 23) return "hours are 00 to 23";
  if ((minute ?? 0) > 59 || (second ?? 0) > 59) return "minutes and seconds are 00 to 59";
  const zone = /[+-](\d{2}):(\d{2})$/.exec(text.slice(10));
  if (zone !== null && (Number(zone[1]) > 14 || Number(zone[2]) > 59)) return "offsets from UTC go up to 14:00";
  return undefined;
}
