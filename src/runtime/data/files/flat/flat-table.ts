/**
 * Plain lines of delimited text (`plain-lines.ts`) as columns, read from their bytes, and as rows: what the database makes of the same lines for
 * whoever ranks them. A file is known to be plain before any of it is read here.
 */
import { emptyRecord } from "../../../../compiler/text/index.js";
import { createFailure } from "../../../failure.js";
import { shortBytes } from "../../encode/texts/short-texts.js";
import type { RawRow } from "../../expressions/expression-evaluate.js";
import { cleanText, parseNumber, type TextRules } from "../../expressions/values.js";
import { createShortTexts } from "../row-cells.js";
import { ByteReader } from "./byte-reader.js";
import type { FlatLines } from "./flat-lines.js";

/** How the lines of a file are cut into values. */
export interface TableLayout {
  /** The file, as messages show it. */
  readonly file: string;
  readonly delimiter: string;
  /** Names of the values, in the order of a line. */
  readonly columns: readonly string[];
  /** Of each, whether only the numbers matter: texts that spell one are numbers. */
  readonly isNumber: readonly boolean[];
}

/** Reads whole lines, the last one with its end or without; undefined where a value of a column of numbers is something else. */
export type TableReader = (bytes: Uint8Array, layout: TableLayout) => FlatLines | undefined;

/**
 * @param rules how texts are cleaned
 * @param isAsked whether texts of a name are asked for
 */
export function createTableReader(rules: TextRules, isAsked: (name: string) => boolean): TableReader {
  // A number that means null is known by its text.
  if (rules.nulls.length > 0) return () => undefined;
  const reader = new Reader(rules, isAsked);
  return (bytes, layout) => reader.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), layout);
}

interface Column {
  readonly name: string;
  readonly kind: "numbers" | "texts" | "passed";
  numbers: Float64Array;
  texts: (string | null)[];
  readonly textAt: ReturnType<typeof createShortTexts>;
}

const [newline, minus] = [10, 0x2d];

class Reader extends ByteReader {
  readonly #isAsked: (name: string) => boolean;
  #layout: TableLayout | undefined;
  #columns: readonly Column[] = [];
  #delimiter = 0;

  constructor(rules: TextRules, isAsked: (name: string) => boolean) {
    super(rules, "nearest");
    this.#isAsked = isAsked;
  }

  read(bytes: Buffer, layout: TableLayout): FlatLines | undefined {
    this.#begin(bytes, layout);
    const rows = this.#readRows(layout.delimiter.length);
    this.bytes = Buffer.alloc(0);
    if (rows <= 0) return undefined;
    const columns = this.#columns.map(({ name, kind, numbers, texts }) => ({
      name,
      values: kind === "numbers" ? numbers.slice(0, rows) : kind === "texts" ? texts : undefined,
    }));
    return { rows, columns };
  }

  #begin(bytes: Buffer, layout: TableLayout): void {
    this.bytes = bytes;
    this.at = 0;
    this.#delimiter = layout.delimiter.charCodeAt(0);
    if (JSON.stringify(layout) !== JSON.stringify(this.#layout)) {
      this.#layout = layout;
      this.#columns = layout.columns.map((name, c) => ({
        name,
        kind: layout.isNumber[c] === true ? "numbers" : this.#isAsked(name) ? "texts" : "passed",
        numbers: new Float64Array(0),
        texts: [],
        textAt: createShortTexts(),
      }));
    }
    for (const column of this.#columns) column.texts = [];
  }

  /** How many rows there are; −1 where a value is no number. */
  #readRows(gap: number): number {
    const { bytes } = this;
    const columns = this.#columns;
    const last = columns.length - 1;
    let rows = 0;
    while (this.at < bytes.length) {
      for (let c = 0; c <= last; c++) {
        const column = columns[c]!;
        if (column.kind === "numbers") this.#putNumber(column, rows);
        else this.#putText(column);
        if (this.at < 0) return -1;
        const isEnd = this.at >= bytes.length || bytes[this.at] === newline;
        if (isEnd !== (c === last)) return -1;
        this.at += isEnd ? 1 : gap;
      }
      rows++;
    }
    return rows;
  }

  #isAtEnd(at: number): boolean {
    const byte = this.bytes[at];
    return byte === this.#delimiter || byte === newline || byte === undefined;
  }

  #putNumber(column: Column, row: number): void {
    if (row === column.numbers.length) {
      const larger = new Float64Array(Math.max(1024, 2 * row));
      larger.set(column.numbers);
      column.numbers = larger;
    }
    const from = this.at;
    if (this.#isAtEnd(from)) {
      column.numbers[row] = NaN;
      return;
    }
    const value = this.readNumber();
    // What a zero with a sign means depends on how it is written, and what is beyond the greatest number stays a text.
    const isPlain = value === 0 ? this.bytes[from] !== minus : Number.isFinite(value);
    if (this.at < 0 || !this.#isAtEnd(this.at) || !isPlain) this.at = -1;
    else column.numbers[row] = value;
  }

  #putText({ kind, texts, textAt }: Column): void {
    const { bytes } = this;
    const delimiter = this.#delimiter;
    const from = this.at;
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === delimiter || byte === newline) break;
    }
    this.at = at;
    if (kind === "passed") return;
    const length = at - from;
    texts.push(
      length <= shortBytes
        ? this.shortAt(from, length, textAt)
        : cleanText(bytes.toString("utf8", from, at), this.rules),
    );
  }
}

/** The lines of a table, each without its end. */
export function linesOfTable(bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

/** Whole lines as rows. Throws a {@link Failure} (MTL7121) where one has not as many values as when the file was looked through. */
export function rowsOfLines(lines: readonly string[], layout: TableLayout, rules: TextRules): readonly RawRow[] {
  const { file, delimiter, columns } = layout;
  return lines.map((line) => {
    const values = line.split(delimiter);
    if (values.length !== columns.length) throw createFailure("MTL7121", { file });
    return rowOfValues(values, layout, rules);
  });
}

/** A line as a row. Of a part of a line the values that are missing are null. */
export function rowOfLine(line: string, layout: TableLayout, rules: TextRules): RawRow {
  return rowOfValues(line.split(layout.delimiter), layout, rules);
}

function rowOfValues(values: readonly string[], { columns, isNumber }: TableLayout, rules: TextRules): RawRow {
  const row = emptyRecord();
  for (let c = 0; c < columns.length; c++) {
    const text = cleanText(values[c] ?? "", rules);
    const number = isNumber[c] === true && text !== null ? parseNumber(text) : undefined;
    row[columns[c]!] = number !== undefined && Number.isFinite(number) ? number : text;
  }
  return row;
}
