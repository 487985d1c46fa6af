/** Values of a vocabulary as an artifact has them, a line each: of whole numbers no text is made. */
import type { FittedVocabulary, StoredValues } from "../../../compiler/model/index.js";
import { vocabularyText } from "../../artifact/vocabulary-file.js";
import { spelledWholes, textsOfWholes } from "./texts/whole-order.js";

const lineEnd = 0x0a;
const [minus, zero] = [0x2d, 0x30];

/** Digits of the largest whole numbers that a double holds. */
const mostDigits = 16;

/** A vocabulary whose values are read when they are asked for first. `parse`: from the text of the lines to the values, one each. */
export function storedVocabulary(lines: Uint8Array, parse: (text: string) => readonly string[]): FittedVocabulary {
  let size = 0;
  for (let at = lines.indexOf(lineEnd); at >= 0; at = lines.indexOf(lineEnd, at + 1)) size += 1;
  let values: readonly string[] | undefined;
  const vocabulary: FittedVocabulary = {
    kind: "vocabulary",
    get values() {
      return (values ??= parse(Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength).toString("utf8")));
    },
  };
  return Object.defineProperty(vocabulary, "stored", { value: { size, lines } satisfies StoredValues });
}

/** A vocabulary of the texts of whole numbers, which are made when they are asked for first. */
export function wholeVocabulary(wholes: Int32Array): FittedVocabulary {
  let values: readonly string[] | undefined;
  let lines: Uint8Array | undefined;
  const vocabulary: FittedVocabulary = {
    kind: "vocabulary",
    get values() {
      return (values ??= textsOfWholes(wholes));
    },
  };
  const stored: StoredValues = {
    size: wholes.length,
    wholes,
    get lines() {
      return (lines ??= linesOfWholes(wholes));
    },
  };
  return Object.defineProperty(vocabulary, "stored", { value: stored });
}

/** The lines that an artifact has of a vocabulary. */
export function vocabularyLines(vocabulary: FittedVocabulary): Uint8Array {
  return vocabulary.stored?.lines ?? new TextEncoder().encode(vocabularyText(vocabulary.values));
}

/** The whole numbers that all values spell, where that is known without reading them. */
export function knownWholes(vocabulary: Pick<FittedVocabulary, "values" | "stored">): Int32Array | undefined {
  return vocabulary.stored === undefined ? spelledWholes(vocabulary.values) : vocabulary.stored.wholes;
}

/** Bytes of the longest line of a number of 32 bits. */
const longestLine = 12;

function linesOfWholes(wholes: Int32Array): Uint8Array {
  const lines = new Uint8Array(longestLine * wholes.length);
  let end = 0;
  for (const whole of wholes) {
    let size = Math.abs(whole);
    if (whole < 0) lines[end++] = minus;
    let digits = 1;
    while (digits < powers.length && size >= powers[digits]!) digits += 1;
    for (let at = end + digits - 1; at >= end; at--) {
      const rest = Math.floor(size / 10);
      lines[at] = zero + size - 10 * rest;
      size = rest;
    }
    end += digits;
    lines[end++] = lineEnd;
  }
  return lines.slice(0, end);
}

/** Powers of ten below 2^31. */
const powers = Float64Array.from({ length: 10 }, (_, exponent) => 10 ** exponent);

/** For each value the whole number that it spells as such numbers are written; else NaN. */
export function storedWholes(stored: StoredValues): Float64Array {
  if (stored.wholes !== undefined) return Float64Array.from(stored.wholes);
  const { size, lines } = stored;
  const wholes = new Float64Array(size);
  for (let value = 0, at = 0; value < size; value++) {
    const isNegative = lines[at] === minus;
    const first = isNegative ? at + 1 : at;
    let number = 0;
    let byte = lines[(at = first)]!;
    for (; byte !== lineEnd; byte = lines[++at]!) {
      const digit = byte - zero;
      number = digit >= 0 && digit <= 9 ? 10 * number + digit : NaN;
    }
    const digits = at - first;
    at += 1;
    // Zeros before it, and of zero the sign, are not written.
    const isPlain = digits > 0 && digits <= mostDigits && (lines[first] !== zero || (digits === 1 && !isNegative));
    wholes[value] = isPlain && number <= Number.MAX_SAFE_INTEGER ? (isNegative ? -number : number) : NaN;
  }
  return wholes;
}
