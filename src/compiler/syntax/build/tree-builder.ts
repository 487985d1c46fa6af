import type { CstNode, IToken } from "chevrotain";
import type { Reporter } from "../../diagnostics/index.js";
import { positionAt, type SourceFile, type Span } from "../../text/index.js";
import type { Comment, MissingExpression, Name } from "../ast.js";

/** What the functions that turn concrete nodes into the syntax tree share. */
export interface BuildContext {
  readonly source: SourceFile;
  readonly reporter: Reporter;
  /** The doc comments that have a line of their own, by that line. */
  readonly docLines: ReadonlyMap<number, Comment>;
  /** False inside a piece with a reported mistake: commas that recovery lost are then no mistake of their own. */
  readonly sound: boolean;
  /** The lists of entries, parsed by themselves, in which a mistake was reported. */
  readonly unsound: ReadonlySet<CstNode>;
  /** Whether something that is not a token, reported already, is between two offsets. */
  readonly hasFault: (start: number, end: number) => boolean;
}

/** The children of a node as recovery leaves them: any may be absent. */
export type Parts<N extends CstNode> = { readonly [K in keyof N["children"]]?: N["children"][K] | undefined };

export function parts<N extends CstNode>(node: N): Parts<N> {
  return node.children as Parts<N>;
}

/** The first element that is in the text, not one that recovery inserted. */
export function first<T extends CstNode | IToken>(elements: readonly T[] | undefined): T | undefined {
  const element = elements?.[0];
  if (element === undefined || ("image" in element && isInvented(element))) return undefined;
  return element;
}

/** Tokens that are in the text. */
export function real(tokens: readonly IToken[] | undefined): readonly IToken[] {
  return tokens?.filter((token) => !isInvented(token)) ?? [];
}

function isInvented(token: IToken): boolean {
  return Number.isNaN(token.startOffset);
}

/** The items of the lists that a block consists of: one, or many when recovery parsed its entries apart. */
export function buildLists<N extends CstNode, T>(
  context: BuildContext,
  lists: readonly N[] | undefined,
  build: (context: BuildContext, list: N) => readonly T[],
): readonly T[] {
  return (lists ?? []).flatMap((list) =>
    build(context.unsound.has(list) ? { ...context, sound: false } : context, list),
  );
}

export function createSpan(context: BuildContext, start: number, end: number): Span {
  return { file: context.source.path, start, end };
}

export function spanOfToken(context: BuildContext, token: IToken): Span {
  return createSpan(context, token.startOffset, token.startOffset + token.image.length);
}

/** The span of a concrete node; empty at `at` when nothing of it is in the text. */
export function spanOfNode(context: BuildContext, node: CstNode, at: number): Span {
  const start = node.location?.startOffset ?? NaN;
  const end = node.location?.endOffset ?? NaN;
  if (Number.isNaN(start)) return createSpan(context, at, at);
  return createSpan(context, start, Math.max(start, Number.isNaN(end) ? start : end + 1));
}

/** Where a node ends, or `at` when nothing of it is in the text. */
export function endOf(node: CstNode, at: number): number {
  const end = node.location?.endOffset ?? NaN;
  return Number.isNaN(end) ? at : end + 1;
}

/** A name; an empty one at `at` when there is none. */
export function buildName(context: BuildContext, tokens: readonly IToken[] | undefined, at: number): Name {
  const token = first(tokens);
  return token === undefined
    ? { kind: "Name", text: "", span: createSpan(context, at, at) }
    : { kind: "Name", text: token.image, span: spanOfToken(context, token) };
}

export function buildNames(context: BuildContext, tokens: readonly IToken[] | undefined): readonly Name[] {
  return real(tokens).map((token) => ({ kind: "Name", text: token.image, span: spanOfToken(context, token) }));
}

export function missingExpression(context: BuildContext, at: number): MissingExpression {
  return { kind: "Missing", span: createSpan(context, at, at) };
}

/** `{ doc }` when lines of `///` are right above what begins its line at the offset, else nothing to spread. */
export function docAbove(context: BuildContext, offset: number): { readonly doc?: string } {
  if (context.docLines.size === 0) return {};
  const { line: ownLine, column } = positionAt(context.source, offset);
  if (!isBlank(context.source.text.slice(offset - column + 1, offset))) return {};
  const lines: string[] = [];
  for (let line = ownLine - 1; ; line--) {
    const comment = context.docLines.get(line);
    if (comment === undefined) break;
    lines.unshift(comment.text);
  }
  return lines.length === 0 ? {} : { doc: lines.join("\n") };
}

/** Doc comments by line, only those that have nothing before them on it. */
export function indexDocLines(source: SourceFile, comments: readonly Comment[]): ReadonlyMap<number, Comment> {
  const index = new Map<number, Comment>();
  for (const comment of comments) {
    if (!comment.doc) continue;
    const { line, column } = positionAt(source, comment.span.start);
    if (isBlank(source.text.slice(comment.span.start - column + 1, comment.span.start))) index.set(line, comment);
  }
  return index;
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}

/**
 * Reports neighbours without a separator: in `(…)` and `[…]` a comma must be between them, in a block a comma or a
 * line break.
 */
export function checkSeparators(
  context: BuildContext,
  items: readonly { readonly span: Span }[],
  commas: readonly IToken[] | undefined,
  what: { readonly items: string; readonly newline: boolean; readonly help?: string },
): void {
  if (!context.sound || items.length < 2 || (commas?.length ?? 0) >= items.length - 1) return;
  const commaOffsets = real(commas).map((token) => token.startOffset);
  let comma = 0;
  for (let i = 1; i < items.length; i++) {
    const previous = items[i - 1]?.span;
    const next = items[i]?.span;
    if (previous === undefined || next === undefined) continue;
    while (comma < commaOffsets.length && (commaOffsets[comma] ?? 0) < previous.end) comma++;
    const offset = commaOffsets[comma];
    if (offset !== undefined && offset < next.start) continue;
    if (context.hasFault(previous.end, next.start)) continue;
    if (what.newline && /[\r\n]/.test(context.source.text.slice(previous.end, next.start))) continue;
    const place = createSpan(context, previous.end, previous.end);
    context.reporter.report("MTL1009", { what: what.items, newline: what.newline }, next, {
      ...(what.help === undefined ? {} : { help: what.help }),
      fixes: [{ title: "insert a comma", edits: [{ span: place, newText: "," }], safe: true }],
    });
  }
}
