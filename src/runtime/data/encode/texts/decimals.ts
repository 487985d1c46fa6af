/** Numbers of short texts: a plain decimal of at most 12 characters is its digits by a power of ten, both of which a double holds, so that one division rounds right. */
import { cleanText, numberOf, type TextRules, ValueError } from "../../expressions/values.js";
import { type ColumnVector, textReader } from "../vectors.js";
import { entryWords, shortBytes, textEntriesOf } from "./short-texts.js";
import { decimalsOf } from "./spelled-texts.js";

const powers = Float64Array.from({ length: shortBytes + 1 }, (_, exponent) => 10 ** exponent);
const [minus, point, zero] = [0x2d, 0x2e, 0x30];

/** Whether a text that means null may be a plain decimal: then it has to be looked at as a text. */
export function meansNullDecimal({ nulls }: TextRules): boolean {
  return nulls.some((text) => /[0-9]/.test(text));
}

/**
 * Puts the number of each row into `values`, NaN for null, and returns them. Throws a {@link ValueError} for a text that is no number.
 * @param column its name, for the error
 */
export function readDecimals(
  vector: ColumnVector,
  rows: number,
  values: Float64Array,
  { rules, column }: { readonly rules: TextRules; readonly column: string },
): Float64Array {
  const entries = textEntriesOf(vector);
  const text = textReader(vector);
  const found = decimalsOf(vector, rows);
  if (found !== undefined) {
    values.set(found.values.length === rows ? found.values : found.values.subarray(0, rows));
    if (!found.hasOthers) return values;
    for (let row = 0; row < rows; row++) {
      const value = values[row]!;
      if (value !== value && entries[row * entryWords]! > 0) values[row] = numberOfText(text(row), rules, column);
    }
    return values;
  }
  const bytes = new Uint8Array(entries.buffer, entries.byteOffset, entries.byteLength);
  for (let row = 0; row < rows; row++) {
    const length = entries[row * entryWords]!;
    const value = length === 0 ? NaN : length > shortBytes ? undefined : decimalAt(bytes, row * 16 + 4, length);
    values[row] = value ?? numberOfText(text(row), rules, column);
  }
  return values;
}

/** Undefined for all but digits with a minus before and a point between them, and for a negative zero. */
function decimalAt(bytes: Uint8Array, start: number, length: number): number | undefined {
  const end = start + length;
  const isNegative = bytes[start] === minus;
  const first = isNegative ? start + 1 : start;
  let digits = 0;
  let places = -1;
  for (let at = first; at < end; at++) {
    const digit = bytes[at]! - zero;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (digit === point - zero && places < 0 && at > first) places = end - 1 - at;
    else return undefined;
  }
  if (first === end || places === 0 || (isNegative && digits === 0)) return undefined;
  const size = places > 0 ? digits / powers[places]! : digits;
  return isNegative ? -size : size;
}

function numberOfText(raw: string | null, rules: TextRules, column: string): number {
  const text = raw === null ? null : cleanText(raw, rules);
  if (text === null) return NaN;
  try {
    return numberOf(text) ?? NaN;
  } catch (error) {
    throw error instanceof ValueError ? new ValueError(error.value, error.needed, column) : error;
  }
}
