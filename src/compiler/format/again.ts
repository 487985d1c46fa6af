/**
 * Laying a text out again after an edit. A text is cut at the empty lines between declarations, over which nothing of the layout
 * reaches, and a piece that was laid out before is not laid out again; what comes out is what {@link format} gives for the text.
 */
import { createSourceFile } from "../text/index.js";
import { parseAgain, type ParsedPieces, type ParseResult } from "../syntax/index.js";
import { format, FormatError } from "./index.js";
import { saysTheSame } from "./same-tree.js";

/** What is kept of a text and its layout. */
export interface FormattedPieces {
  readonly width: number;
  /** The layout of the pieces of the text, by the piece. */
  readonly layouts: ReadonlyMap<string, string>;
  /** What another layout can be parsed from. */
  readonly parsed: ParsedPieces | undefined;
}

export interface FormatAgainOptions {
  /** What the text parses to. */
  readonly parsed: ParseResult;
  /** Columns. */
  readonly width: number;
}

export interface FormattedAgain {
  readonly text: string;
  /** For the next version of the text. */
  readonly pieces: FormattedPieces;
}

/** Pieces that are laid out one by one; where more are new, the text is laid out as a whole. */
const newPieceLimit = 4;

/** The text in canonical layout. Rejects as {@link format} does. */
export async function formatAgain(
  text: string,
  { parsed, width }: FormatAgainOptions,
  earlier?: FormattedPieces,
): Promise<FormattedAgain> {
  const pieces = cutAtEmptyLines(text, parsed);
  const known = earlier?.width === width ? earlier.layouts : new Map<string, string>();
  const fresh = new Set(pieces.filter((piece) => !known.has(piece)));
  const layouts = pieces.length > 1 && fresh.size <= newPieceLimit ? await layoutsOf(pieces, known, width) : undefined;
  if (layouts !== undefined) {
    const formatted = pieces.map((piece) => layouts.get(piece) ?? "").join("\n");
    if (formatted === text) return { text, pieces: { width, layouts, parsed: earlier?.parsed } };
    const after = parseAgain(createSourceFile("spec.mtl", formatted), earlier?.parsed);
    if (after.diagnostics.length === 0 && saysTheSame(parsed.spec, after.spec))
      return { text: formatted, pieces: { width, layouts, parsed: after.pieces } };
  }
  const whole = await format(text, { width, parsed });
  const after = parseAgain(createSourceFile("spec.mtl", whole));
  return { text: whole, pieces: { width, layouts: layoutsIn(pieces, whole, after), parsed: after.pieces } };
}

/** The text in pieces that begin below an empty line after a declaration; one piece where that is not known to be sound. */
function cutAtEmptyLines(text: string, { spec, diagnostics }: ParseResult): readonly string[] {
  // Prettier turns other line ends into its own before it lays a text out.
  if (diagnostics.length > 0 || /\r|^\uFEFF/.test(text)) return [text];
  const cuts = spec.declarations.slice(0, -1).flatMap(({ span }, i) => {
    const gap = text.slice(span.end, spec.declarations[i + 1]?.span.start);
    const [empty] = /^(?:[ \t]*\n){2,}/.exec(gap) ?? [];
    return empty === undefined ? [] : [span.end + empty.length];
  });
  return [0, ...cuts].map((start, i) => {
    const end = cuts[i];
    return end === undefined ? text.slice(start) : `${text.slice(start, end).trimEnd()}\n`;
  });
}

/** The layout of every piece; undefined where a piece cannot be laid out by itself. */
async function layoutsOf(
  pieces: readonly string[],
  known: ReadonlyMap<string, string>,
  width: number,
): Promise<ReadonlyMap<string, string> | undefined> {
  const layouts = new Map<string, string>();
  for (const piece of pieces) {
    const layout = known.get(piece) ?? (await formatPiece(piece, width));
    if (layout === undefined) return undefined;
    layouts.set(piece, layout);
  }
  return layouts;
}

async function formatPiece(piece: string, width: number): Promise<string | undefined> {
  return format(piece, { width }).catch((error: unknown) => {
    if (error instanceof FormatError) return undefined;
    throw error;
  });
}

/** The layouts of pieces as they are in the layout of the whole; none where its pieces are others. */
function layoutsIn(pieces: readonly string[], whole: string, parsed: ParseResult): ReadonlyMap<string, string> {
  const layouts = cutAtEmptyLines(whole, parsed);
  return layouts.length === pieces.length ? new Map(pieces.map((piece, i) => [piece, layouts[i] ?? ""])) : new Map();
}
