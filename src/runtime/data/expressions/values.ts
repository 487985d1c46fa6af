/**
 * What a raw value means: as text, as a number, as a boolean, or as nothing. `sql.ts` says the same in SQL for values in
 * files; a property test holds the two together.
 *
 * - The empty text and the texts that the source lists are null, whatever holds them; so are NaN and the infinities.
 * - The text of a whole number is its digits (`3`, also for 3.0 and for the text `3.0`), that of another its shortest
 *   decimal form; `True` and `TRUE` are the text `true`. So a value has one text, whichever format wrote it.
 * - Text is a number when it reads as one (`1.5`, ` 2e3 `); `nan` and `inf` read as null. A boolean, and its text, is 1 or 0.
 * - Text is a boolean when it is `true`, `false` (in any case) or a number 1 or 0; a number when it is 1 or 0.
 */

import { nullTexts } from "../../../compiler/model/missing.js";
import { canonicalText } from "../../../compiler/text/index.js";

/** How texts are cleaned before anything else sees them. */
export interface TextRules {
  /** Texts that mean null, compared after trimming. */
  readonly nulls: readonly string[];
  /** Strip ASCII white space around texts. */
  readonly trim: boolean;
}

/** A value that is not null. */
export type Scalar = string | number | bigint | boolean;

/** A value that cannot be what is needed of it. */
export class ValueError extends Error {
  override readonly name = "ValueError";
  readonly value: string;
  readonly needed: Needed;
  /** The column that holds it; absent when an expression computed it. */
  readonly column: string | undefined;

  constructor(value: string, needed: Needed, column?: string) {
    super(`${value} is not ${needed === "text" ? "text" : `a ${needed}`}`);
    this.value = value;
    this.needed = needed;
    this.column = column;
  }
}

/** What a value can be needed as. */
export type Needed = "number" | "boolean" | "text" | "class";

/** The characters that trimming strips: ASCII white space. */
export const whiteSpace = " \t\n\r\v\f";

/** A raw value without what means null. Throws {@link ValueError} for an object or a list. */
export function scalarOf(value: unknown, rules: TextRules): Scalar | null {
  switch (typeof value) {
    case "string":
      return cleanText(value, rules);
    case "number":
      return Number.isFinite(value) && !isListedNull(value, rules) ? value : null;
    case "bigint":
    case "boolean":
      return isListedNull(value, rules) ? null : value;
    case "undefined":
      return null;
    default:
      if (value === null) return null;
      throw new ValueError(showValue(value), "text");
  }
}

function isListedNull(value: number | bigint | boolean, { nulls }: TextRules): boolean {
  return nulls.length > 0 && nullSet(nulls).has(textOf(value));
}

const nullSets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** {@link nullTexts} of a list, made once: every value is looked up among them. */
function nullSet(nulls: readonly string[]): ReadonlySet<string> {
  const known = nullSets.get(nulls);
  if (known !== undefined) return known;
  const made = new Set(nullTexts(nulls));
  nullSets.set(nulls, made);
  return made;
}

/** A text, trimmed when the rules say so, in its canonical form, or null. */
export function cleanText(text: string, rules: TextRules): string | null {
  const trimmed = rules.trim ? trimText(text) : text;
  if (trimmed === "") return null;
  const canonical = canonicalText(trimmed);
  if (rules.nulls.length === 0) return canonical;
  const nulls = nullSet(rules.nulls);
  return nulls.has(trimmed) || nulls.has(canonical) ? null : canonical;
}

/** Strips {@link whiteSpace} and nothing else: `String.trim` knows more kinds of space. */
export function trimText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && whiteSpace.includes(text.charAt(start))) start++;
  while (end > start && whiteSpace.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

export function textOf(value: Scalar): string {
  switch (typeof value) {
    case "number":
      return numberText(value);
    case "string":
      return canonicalText(value);
    default:
      return String(value);
  }
}

/** The text of a raw value of a row: what names a request or a candidate; undefined where there is none. */
export function cellText(value: unknown): string | undefined {
  const scalar = scalarOf(value, { nulls: [], trim: false });
  return scalar === null ? undefined : textOf(scalar);
}

/** The number that a value is; null for a text such as `nan`. Throws {@link ValueError} for other texts. */
export function numberOf(value: Scalar): number | null {
  switch (typeof value) {
    case "number":
      return value;
    case "bigint":
    case "boolean":
      return Number(value);
    default: {
      const number = spelledNumber(value);
      if (number === undefined) throw new ValueError(value, "number");
      return Number.isFinite(number) ? number : null;
    }
  }
}

/** {@link parseNumber}, and 1 and 0 for the texts of true and false in any case. */
function spelledNumber(text: string): number | undefined {
  const number = parseNumber(text);
  if (number !== undefined || text.length > 5) return number;
  const lower = lowerText(text);
  return lower === "true" ? 1 : lower === "false" ? 0 : undefined;
}

/** Digits that both forms of comparison count exactly: DuckDB's widest whole number has 38. */
const exactDigits = /^-?(?:0|[1-9][0-9]{0,37})$/;

/** The whole number that a value is, exactly; undefined for one that is not whole or that a double has rounded. */
function wholeOf(value: Scalar): bigint | undefined {
  if (typeof value === "boolean") return undefined;
  const text = textOf(value);
  return exactDigits.test(text) ? BigInt(text) : undefined;
}

/**
 * Whether the values of two columns are equal: as whole numbers digit by digit, as numbers where both read as numbers, else
 * as texts. Null where one is not finite.
 */
export function areEqual(a: Scalar, b: Scalar): boolean | null {
  const [wholeA, wholeB] = [wholeOf(a), wholeOf(b)];
  if (wholeA !== undefined && wholeB !== undefined) return wholeA === wholeB;
  const [x, y] = [a, b].map((value) => (typeof value === "string" ? spelledNumber(value) : Number(value)));
  if (x === undefined || y === undefined) return textOf(a) === textOf(b);
  return Number.isFinite(x) && Number.isFinite(y) ? x === y : null;
}

/** The order of the values of two columns as numbers, digit by digit for whole numbers: negative, zero or positive. */
export function compareNumbers(a: Scalar, b: Scalar): number {
  const [x, y] = [numberOf(a) ?? NaN, numberOf(b) ?? NaN];
  if (x !== y) return x - y;
  const [wholeA, wholeB] = [wholeOf(a), wholeOf(b)];
  if (wholeA === undefined || wholeB === undefined || wholeA === wholeB) return 0;
  return wholeA < wholeB ? -1 : 1;
}

/** Throws {@link ValueError} for what is neither true nor false. */
export function booleanOf(value: Scalar): boolean | null {
  if (typeof value === "boolean") return value;
  if (typeof value === "string") {
    const lower = lowerText(value);
    if (lower === "true") return true;
    if (lower === "false") return false;
    if (parseNumber(value) === undefined) throw new ValueError(value, "boolean");
  }
  const number = numberOf(value);
  if (number === null) return null;
  if (number !== 0 && number !== 1) throw new ValueError(textOf(value), "boolean");
  return number === 1;
}

const digits = String.raw`\d+(?:_\d+)*`;
const numberPattern = new RegExp(
  String.raw`^[ \t\n\r\v\f]*\+?(-?(?:${digits}(?:\.(?:${digits})?)?|\.${digits})(?:[eE][+-]?${digits})?)[ \t\n\r\v\f]*$`,
);
const noNumberPattern = /^[ \t\n\r\v\f]*[+-]?(?:nan|inf|infinity)[ \t\n\r\v\f]*$/i;

/** The number that a text spells, NaN or an infinity included; undefined when it spells none. */
export function parseNumber(text: string): number | undefined {
  const match = numberPattern.exec(text)?.[1];
  if (match !== undefined) return Number(match.replaceAll("_", ""));
  return noNumberPattern.test(text) ? NaN : undefined;
}

/** The text of a finite number. Beyond 2^53 and for fractions it is DuckDB's, which is also Python's. */
export function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 53) return value === 0 ? "0" : String(value);
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 16) return String(value).includes(".") ? String(value) : `${String(value)}.0`;
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** Lower case, a code point at a time: no rule looks at the neighbours (final sigma) and none lengthens the text. */
export function lowerText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the ASCII range
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  return Array.from(text, (c) => (c === "\u0130" ? "i" : c.toLowerCase())).join("");
}

/** Number of code points. */
export function textLength(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** The order of texts: by code points, which UTF-16 order is not beyond the first plane. */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates stand for code points above every other unit.
    const isHighX = x >= 0xd800 && x <= 0xdfff;
    const isHighY = y >= 0xd800 && y <= 0xdfff;
    return isHighX === isHighY ? x - y : isHighX ? 1 : -1;
  }
  return a.length - b.length;
}

/** A value as a message shows it: short, on one line. */
export function showValue(value: unknown): string {
  const text = typeof value === "string" ? value : typeof value === "object" ? JSON.stringify(value) : String(value);
  const line = text.replace(/\s+/g, " ");
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
