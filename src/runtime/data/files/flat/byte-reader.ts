/** Numbers and short texts out of the bytes of lines, without a text of a line. */
import { entryWords, shortText } from "../../encode/texts/short-texts.js";
import { cleanText, type TextRules } from "../../expressions/values.js";
import type { createShortTexts } from "../row-cells.js";
import { decimal, firstDigits, moreDigits } from "./decimals.js";

const [minus, point, zero, nine] = [0x2d, 0x2e, 0x30, 0x39];
const [lowerE, upperE, plus] = [0x65, 0x45, 0x2b];

/** A place among bytes, from which on something is read. */
export abstract class ByteReader {
  protected readonly rules: TextRules;
  protected bytes: Buffer = Buffer.alloc(0);
  /** The place that is read next; −1: something is unusual. */
  protected at = 0;
  readonly #words = new Int32Array(entryWords);
  readonly #whole: "exact" | "nearest";

  /**
   * @param rules how texts are cleaned
   * @param whole what becomes of whole numbers that a double may not hold: unusual, or the double next to them
   */
  constructor(rules: TextRules, whole: "exact" | "nearest") {
    this.rules = rules;
    this.#whole = whole;
  }

  /** The clean text of so many bytes, at most 12. */
  protected shortAt(from: number, length: number, textAt: ReturnType<typeof createShortTexts>): string | null {
    const words = this.#words;
    const { bytes } = this;
    words[0] = length;
    let [a, b, c] = [0, 0, 0];
    for (let i = 0; i < length; i++) {
      const byte = bytes[from + i]! << ((i & 3) << 3);
      if (i < 4) a |= byte;
      else if (i < 8) b |= byte;
      else c |= byte;
    }
    words[1] = a;
    words[2] = b;
    words[3] = c;
    return textAt(words, 0, this.#makeShort) as string | null;
  }

  readonly #makeShort = (): string | null => {
    const words = this.#words;
    return cleanText(shortText(words[1]!, words[2]!, words[3]!, words[0]!), this.rules);
  };

  /** A number of JSON. */
  protected readNumber(): number {
    const bytes = this.bytes;
    const from = this.at;
    let at = from;
    const isNegative = bytes[at] === minus;
    if (isNegative) at++;
    const start = at;
    let [first, more, rest] = [0, 0, 0];
    let digits = 0;
    let scale = -1;
    for (; ; at++) {
      const digit = bytes[at]! - zero;
      if (digit >= 0 && digit <= 9) {
        if (scale >= 0) scale++;
        // Zeros before the first other digit are none that count.
        if (digits === 0 && digit === 0) continue;
        if (digits < firstDigits) first = 10 * first + digit;
        else {
          rest = 10 * rest + digit;
          more++;
        }
        digits++;
      } else if (bytes[at] === point && scale < 0 && at > start) scale = 0;
      else break;
    }
    // A zero before other digits, and a point without digits after it, are not JSON's.
    const hasZero = bytes[start] === zero && at > start + 1 && bytes[start + 1] !== point;
    if (at === start || hasZero || scale === 0) {
      this.at = -1;
      return 0;
    }
    this.at = at;
    if (bytes[at] === lowerE || bytes[at] === upperE) return this.#readExponent(from, at);
    if (scale < 0) {
      // Of more digits a double may not have them all.
      if (digits > firstDigits) {
        if (this.#whole === "nearest") return Number(bytes.toString("latin1", from, at));
        this.at = -1;
      }
      return isNegative ? -first : first;
    }
    const value = more > moreDigits ? NaN : decimal(first, more, rest, scale);
    if (value !== value) return Number(bytes.toString("latin1", from, at));
    return isNegative ? -value : value;
  }

  #readExponent(from: number, e: number): number {
    const bytes = this.bytes;
    let at = e + 1;
    if (bytes[at] === plus || bytes[at] === minus) at++;
    const start = at;
    while (bytes[at]! >= zero && bytes[at]! <= nine) at++;
    this.at = at === start ? -1 : at;
    return Number(bytes.toString("latin1", from, at));
  }
}
