import type { Span } from "./span.js";

/** A place as people write it: 1-based line and column, the column counted in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One spec's text with its line starts. */
export interface SourceFile {
  /** As the host gave it; relative imports resolve against it. */
  readonly path: string;
  readonly text: string;
  /** Offset of the first character of each line. */
  readonly lineStarts: readonly number[];
}

/** Wraps a text; line ends are `\n`, `\r\n` or `\r`. */
export function createSourceFile(path: string, text: string): SourceFile {
  const lineStarts = [0];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || (c === 13 && text.charCodeAt(i + 1) !== 10)) lineStarts.push(i + 1);
  }
  return { path, text, lineStarts };
}

/** The position of an offset; offsets beyond the text are clamped to its end. */
export function positionAt(source: SourceFile, offset: number): Position {
  const at = Math.max(0, Math.min(offset, source.text.length));
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.lineStarts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: at - (source.lineStarts[low] ?? 0) + 1 };
}

/** The text of a 1-based line, without its line end; empty for a line that does not exist. */
export function lineText(source: SourceFile, line: number): string {
  const start = source.lineStarts[line - 1];
  if (start === undefined) return "";
  const end = source.lineStarts[line] ?? source.text.length;
  return source.text.slice(start, end).replace(/[\r\n]+$/, "");
}

/** The span of a whole file. */
export function wholeFile(source: SourceFile): Span {
  return { file: source.path, start: 0, end: source.text.length };
}
