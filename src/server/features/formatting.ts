import type { TextEdit } from "vscode-languageserver";
import { formatAgain, type FormattedPieces } from "../../compiler/format/again.js";
import { defaultWidth, FormatError } from "../../compiler/format/index.js";
import type { ParsedFile } from "../../compiler/compile.js";
import type { SourceFile } from "../../compiler/text/index.js";
import { toRange } from "../positions.js";

/** What is kept of a file between one formatting and the next. */
export interface FormattingMemory {
  pieces?: FormattedPieces;
}

export interface FormattingOptions {
  /** Columns; those of the formatter unless given. */
  readonly width?: number | undefined;
  /** Nothing is kept unless given. */
  readonly memory?: FormattingMemory;
}

/**
 * The edits that lay a text out in the canonical layout; none for a text that does not parse. Only what differs is
 * replaced, so that cursors and folded regions elsewhere stay.
 */
export async function formattingOf(
  { source, ...parsed }: ParsedFile,
  { width = defaultWidth, memory = {} }: FormattingOptions = {},
): Promise<readonly TextEdit[]> {
  const formatted = await formatAgain(source.text, { parsed, width }, memory.pieces).catch((error: unknown) => {
    if (error instanceof FormatError) return undefined;
    throw error;
  });
  if (formatted === undefined) return [];
  memory.pieces = formatted.pieces;
  return editsBetween(source, formatted.text);
}

/** One replacement of the lines between the first and the last that differ. */
export function editsBetween(source: SourceFile, after: string): readonly TextEdit[] {
  if (source.text === after) return [];
  const { start, end, newText } = changeBetween(source.text, after);
  return [{ range: toRange(source, { start, end }), newText }];
}

/** The offsets in `before` of the whole lines that differ, and what is there in `after`. */
export function changeBetween(
  before: string,
  after: string,
): { readonly start: number; readonly end: number; readonly newText: string } {
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before[start] === after[start]) start++;
  while (start > 0 && before[start - 1] !== "\n") start--;
  let tail = 0;
  while (tail < shorter - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  // Whole lines: an edit that begins or ends inside a line, or inside its end, is hard to read in an undo list.
  while (tail > 0 && before[before.length - tail - 1] !== "\n") tail--;
  if (after.length - tail > 0 && after[after.length - tail - 1] !== "\n") tail = 0;
  return { start, end: before.length - tail, newText: after.slice(start, after.length - tail) };
}
