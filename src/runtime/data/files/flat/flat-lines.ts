/**
 * Lines of JSON that all have the same names in the same order, as columns: read from their bytes, without a text or an object of a line.
 * Whatever is unusual is left to `JSON.parse`.
 */
import { isUtf8 } from "node:buffer";
import { shortBytes } from "../../encode/texts/short-texts.js";
import { cleanText, type TextRules } from "../../expressions/values.js";
import { createShortTexts } from "../row-cells.js";
import { ByteReader } from "./byte-reader.js";
import { type Layout, layoutOf } from "./layout.js";

/** The values of a name: numbers, NaN for null; texts and nulls; undefined: other values, or such that nobody asked for. */
export interface FlatColumn {
  readonly name: string;
  readonly values: Float64Array | readonly (string | null)[] | undefined;
}

export interface FlatLines {
  readonly rows: number;
  readonly columns: readonly FlatColumn[];
}

/** Reads a block of lines, each with its end but for the last one; undefined where a line is unusual or no row at all. */
export type FlatReader = (bytes: Uint8Array) => FlatLines | undefined;

/**
 * Gives what `jsonRows` would make of the same lines, block after block.
 *
 * @param rules how texts are cleaned
 * @param isAsked whether texts of a name are asked for
 */
export function createFlatReader(rules: TextRules, isAsked: (name: string) => boolean): FlatReader {
  // A number that means null is known by its text.
  if (rules.nulls.length > 0) return () => undefined;
  const reader = new Reader(rules, isAsked);
  return (bytes) => reader.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

type Kind = "unknown" | "numbers" | "texts" | "words" | "passed";

interface Column {
  readonly name: string;
  readonly isAsked: boolean;
  /** Known by the first value that is not null; texts that nobody asked for are passed over. */
  kind: Kind;
  numbers: Float64Array;
  texts: (string | null)[];
  readonly textAt: ReturnType<typeof createShortTexts>;
}

const newline = 10;
const [quote, minus, zero, nine, backslash] = [0x22, 0x2d, 0x30, 0x39, 0x5c];

const wordsOfJson = ["null", "true", "false"].map((word) => Buffer.from(word));

class Reader extends ByteReader {
  readonly #isAsked: (name: string) => boolean;
  #isAscii = true;
  #columns: readonly Column[] = [];

  constructor(rules: TextRules, isAsked: (name: string) => boolean) {
    super(rules, "exact");
    this.#isAsked = isAsked;
  }

  read(bytes: Buffer): FlatLines | undefined {
    const layout = layoutOf(bytes);
    if (layout === undefined) return undefined;
    this.bytes = bytes;
    this.#isAscii = layout.between.every((each) => each.every((byte) => byte < 0x80));
    this.#begin(layout, bytes.length);
    const rows = this.#readRows(layout);
    this.bytes = Buffer.alloc(0);
    if (rows < 0 || (!this.#isAscii && !isUtf8(bytes))) return undefined;
    return { rows, columns: this.#columns.map((column) => ({ name: column.name, values: valuesOf(column, rows) })) };
  }

  #begin({ names, between }: Layout, length: number): void {
    const isSame = names.length === this.#columns.length && names.every((name, c) => name === this.#columns[c]!.name);
    // A value has a byte at least.
    const most = Math.ceil(length / between.reduce((sum, each) => sum + each.length + 1, 0)) + 1;
    if (!isSame)
      this.#columns = names.map((name) => ({
        name,
        isAsked: this.#isAsked(name),
        kind: "unknown",
        numbers: new Float64Array(0),
        texts: [],
        textAt: createShortTexts(),
      }));
    for (const column of this.#columns) {
      column.kind = "unknown";
      column.texts = [];
      if (column.numbers.length < most) column.numbers = new Float64Array(most);
    }
  }

  /** How many rows there are; −1 where one is unusual. */
  #readRows({ between }: Layout): number {
    const bytes = this.bytes;
    const { length } = bytes;
    const columns = this.#columns;
    const last = between[columns.length]!;
    this.at = 0;
    let rows = 0;
    while (this.at < length) {
      for (let c = 0; c < columns.length; c++) {
        this.#pass(between[c]!);
        if (this.at < 0) return -1;
        this.#readValue(columns[c]!, rows);
        if (this.at < 0) return -1;
      }
      this.#pass(last);
      if (this.at < 0 || (this.at < length && bytes[this.at] !== newline)) return -1;
      this.at++;
      rows++;
    }
    return rows;
  }

  #pass(wanted: Uint8Array): void {
    const at = this.at;
    const bytes = this.bytes;
    for (let i = 0; i < wanted.length; i++)
      if (bytes[at + i] !== wanted[i]) {
        this.at = -1;
        return;
      }
    this.at = at + wanted.length;
  }

  #readValue(column: Column, row: number): void {
    const first = this.bytes[this.at]!;
    if (first === quote) {
      if (column.kind === "unknown") {
        column.kind = column.isAsked ? "texts" : "passed";
        if (column.isAsked) for (let before = 0; before < row; before++) column.texts.push(null);
      }
      if (column.kind === "texts") column.texts.push(this.#readText(column));
      else if (column.kind === "passed") this.#passText();
      else this.at = -1;
    } else if (first === minus || (first >= zero && first <= nine)) {
      if (column.kind === "unknown") {
        column.kind = "numbers";
        column.numbers.fill(NaN, 0, row);
      }
      if (column.kind === "numbers") column.numbers[row] = this.readNumber();
      else this.at = -1;
    } else this.#readWord(column, row);
  }

  #readWord(column: Column, row: number): void {
    for (const word of wordsOfJson) {
      if (word[0] !== this.bytes[this.at]) continue;
      this.#pass(word);
      if (word.length === 4 && word[0] === 0x6e) {
        if (column.kind === "numbers") column.numbers[row] = NaN;
        else if (column.kind === "texts") column.texts.push(null);
        return;
      }
      if (column.kind === "unknown") column.kind = "words";
      if (column.kind !== "words") this.at = -1;
      return;
    }
    this.at = -1;
  }

  /** The place of the quote that ends a text; −1 where the text has an escape, or is none. */
  #endOfText(): number {
    const bytes = this.bytes;
    let all = 0;
    for (let at = this.at + 1; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === quote) {
        if (all >= 0x80) this.#isAscii = false;
        return at;
      }
      if (byte === backslash || byte < 0x20) return -1;
      all |= byte;
    }
    return -1;
  }

  #passText(): void {
    const end = this.#endOfText();
    this.at = end < 0 ? -1 : end + 1;
  }

  #readText({ textAt }: Column): string | null {
    const from = this.at + 1;
    const end = this.#endOfText();
    if (end < 0) {
      this.at = -1;
      return "";
    }
    this.at = end + 1;
    const length = end - from;
    if (length > shortBytes) return cleanText(this.bytes.toString("utf8", from, end), this.rules);
    return this.shortAt(from, length, textAt);
  }
}

/** The values of so many rows; a column of nulls may be one of any kind. */
function valuesOf({ kind, numbers, texts }: Column, rows: number): FlatColumn["values"] {
  switch (kind) {
    case "numbers":
      return numbers.slice(0, rows);
    case "texts":
      return texts;
    default:
      return undefined;
  }
}
