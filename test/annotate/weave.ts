/**
 * Notes beneath the lines of a text, as comments of the language: `//@` for what the compiler found out, `//!` for what it
 * reports. {@link strip} is the inverse of {@link weave}, byte for byte, so that one file is both a source and its golden.
 */
import { positionAt, type SourceFile, type Span } from "../../src/compiler/text/index.js";

/** A line to write beneath the line where `span` starts. */
export interface Note {
  readonly span: Span;
  readonly text: string;
}

const note = /^\/\/[@!]/m;
const noteLine = /(?:\r\n|\n|\r)\/\/[@!][^\r\n]*/g;
const lineEnd = /\r\n|\n|\r/;

/**
 * The text with every note beneath its line: those of one line by where they start, the longer first, else in the order
 * given. Throws when the text has lines that look like notes already.
 */
export function weave(source: SourceFile, notes: readonly Note[]): string {
  if (note.test(source.text)) throw new Error(`${source.path} has lines that look like notes: strip it first`);
  // Of the line before the last one: another kind could join with it.
  const newLine = source.text.match(/\r\n|\n|\r/g)?.at(-1) ?? "\n";
  const sorted = notes.toSorted((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
  const lineOf = ({ span }: Note): number => positionAt(source, span.start).line;
  const lines = source.lineStarts.map((start, i) => source.text.slice(start, source.lineStarts[i + 1]));
  return lines
    .map((line, i) => {
      const own = lineEnd.exec(line)?.[0] ?? "";
      const texts = sorted
        .filter((each) => lineOf(each) === i + 1)
        .map(({ text }) => `${own || newLine}${text.replaceAll(/[\r\n]+/g, " ")}`);
      return `${own === "" ? line : line.slice(0, -own.length)}${texts.join("")}${own}`;
    })
    .join("");
}

/** The text without its notes. */
export function strip(text: string): string {
  return text.replaceAll(noteLine, "");
}

/**
 * `[4:9)`: the columns of a span, from 1 as messages count them, the end not included; `[4:+2:9)` ends two lines below.
 */
export function columns(source: SourceFile, { start, end }: Span): string {
  const [first, last] = [positionAt(source, start), positionAt(source, end)];
  const down = last.line - first.line;
  return `[${first.column}:${down === 0 ? "" : `+${down}:`}${last.column})`;
}
