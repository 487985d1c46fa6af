/** Values of a vocabulary as an artifact has them, a line each: of whole numbers no text is made. */
import type { FittedVocabulary, StoredValues } from "../../../compiler/model/index.js";

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

/** For each value the whole number that it spells as such numbers are written; else NaN. */
export function storedWholes({ size, lines }: StoredValues): Float64Array {
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
