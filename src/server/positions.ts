/** Between offsets of the compiler and the protocol's zero-based lines and UTF-16 columns. */
import type { Position, Range } from "vscode-languageserver";
import { positionAt, type SourceFile, type Span } from "../compiler/text/index.js";

export function toPosition(source: SourceFile, offset: number): Position {
  const { line, column } = positionAt(source, offset);
  return { line: line - 1, character: column - 1 };
}

export function toRange(source: SourceFile, span: Pick<Span, "start" | "end">): Range {
  return { start: toPosition(source, span.start), end: toPosition(source, span.end) };
}

/** The offset of a position; a line or column beyond the text is its end. */
export function toOffset(source: SourceFile, { line, character }: Position): number {
  const start = source.lineStarts[line];
  if (start === undefined) return source.text.length;
  const next = source.lineStarts[line + 1] ?? source.text.length + 1;
  // A position never reaches into the line's end characters.
  let end = next - 1;
  while (end > start && isLineEnd(source.text.charCodeAt(end - 1))) end--;
  if (end < start) end = start;
  return Math.min(start + character, Math.max(start, end));
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}
