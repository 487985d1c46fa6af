import { createTokenInstance, type CstNode, type IRecognitionException, type IToken } from "chevrotain";
import { lineText, positionAt } from "../../text/index.js";
import type { Declaration } from "../ast.js";
import { buildDeclaration } from "../build/build-declaration.js";
import type { DeclarationCstNode } from "../cst.js";
import { rowOfKeyword, type DeclarationBody } from "../declarations.js";
import { Layout, splitBlock, splitDeclarations, type BlockParts } from "../layout.js";
import { tokenSpan, type LexedFile } from "../lexer.js";
import { findNestingFault } from "./nesting.js";
import { reportBrackets, reportParseError, reportUnclosed } from "./parse-errors.js";
import { parseTolerantly } from "../run-parser.js";
import * as t from "../tokens.js";
import { createSpan, docAbove, type BuildContext } from "../build/tree-builder.js";

/**
 * The way of a broken file: cut it into declarations and entries by its layout, parse each by itself with Chevrotain's
 * recovery, and say one thing about each that does not parse. `error` is why the file as a whole did not parse.
 */
export function recoverDeclarations(
  context: BuildContext,
  lexed: LexedFile,
  error: IRecognitionException | undefined,
): readonly Declaration[] {
  const layout = new Layout(context.source);
  const declarations = splitDeclarations(lexed.tokens, layout).map(({ tokens }) =>
    recoverDeclaration(context, layout, tokens),
  );
  // Sound pieces that do not make a sound whole: say what stopped the parse of the whole.
  if (error !== undefined && !context.reporter.hasErrors)
    reportParseError({ ...context, tokens: lexed.tokens, error, rule: "spec" });
  return declarations;
}

/** Whether the lines of the tokens hold something that is not a token: it was reported, and explains what does not parse. */
function isSpoilt(context: BuildContext, tokens: readonly IToken[]): boolean {
  const head = tokens[0];
  const last = tokens.at(-1);
  if (head === undefined || last === undefined) return false;
  const start = positionAt(context.source, head.startOffset);
  const end = positionAt(context.source, last.startOffset);
  const lineEnd = last.startOffset - end.column + 1 + lineText(context.source, end.line).length;
  return context.hasFault(head.startOffset - start.column + 1, lineEnd);
}

export function recoverDeclaration(context: BuildContext, layout: Layout, tokens: readonly IToken[]): Declaration {
  const start = tokens[0]?.startOffset ?? 0;
  const last = tokens.at(-1);
  const span = createSpan(context, start, last === undefined ? start : last.startOffset + last.image.length);
  const missing: Declaration = { kind: "MissingDeclaration", ...docAbove(context, start), span };
  const nesting = findNestingFault(tokens);
  if (nesting !== undefined) {
    const { token, what, limit } = nesting;
    context.reporter.report("MTL1011", { what, limit }, tokenSpan(context.source, token), {
      help: "give parts of it a name of their own",
    });
    return missing;
  }
  const body = bodyOf(tokens);
  const split = body === undefined ? undefined : splitBlock(tokens, body.shape, layout);
  const { node, sound, unsound } =
    body === undefined || split === undefined ? recoverWhole(context, tokens) : recoverBlock(context, body, split);
  if (node === undefined) return missing;
  return buildDeclaration({ ...context, sound, unsound }, node, span);
}

interface Recovered {
  readonly node: DeclarationCstNode | undefined;
  /** Whether nothing was wrong outside the entries. */
  readonly sound: boolean;
  /** The lists of entries in which something was wrong. */
  readonly unsound: ReadonlySet<CstNode>;
}

/** A declaration that is not a block. */
function recoverWhole(context: BuildContext, tokens: readonly IToken[]): Recovered {
  const explained = isSpoilt(context, tokens) || reportBrackets(context.source, context.reporter, tokens);
  const { node, error } = parseTolerantly(tokens, (parser) => parser.declaration());
  if (error !== undefined && !explained) reportParseError({ ...context, tokens, error, rule: "declaration" });
  return { node: node as DeclarationCstNode | undefined, sound: error === undefined, unsound: new Set() };
}

/** The braces of the declaration that the tokens begin, `override` or not. */
function bodyOf(tokens: readonly IToken[]): DeclarationBody | undefined {
  const head = tokens[0]?.tokenType === t.declarationTokens.override ? tokens[1] : tokens[0];
  return head === undefined ? undefined : rowOfKeyword(head.image)?.body;
}

/** A block: its frame by itself, then each entry. */
function recoverBlock(
  context: BuildContext,
  { rule, entries }: DeclarationBody,
  { head, close, rest, entries: pieces }: BlockParts,
): Recovered {
  const { source, reporter } = context;
  const frame = [...head, close ?? createTokenInstance(t.RCurly, "}", NaN, NaN, NaN, NaN, NaN, NaN)];
  const { node, error } = parseTolerantly(frame, (parser) => parser.declaration());
  const unsound = new Set<CstNode>();
  if (error !== undefined && !isSpoilt(context, head))
    reportParseError({ ...context, tokens: frame, error, rule: "declaration" });
  const lists = pieces.map(({ tokens }) => {
    const explained = isSpoilt(context, tokens) || reportBrackets(source, reporter, tokens);
    const piece = parseTolerantly(tokens, (parser) => parser[entries]());
    if (piece.error !== undefined) {
      if (piece.node !== undefined) unsound.add(piece.node);
      if (!explained) reportParseError({ ...context, tokens, error: piece.error, rule: entries });
    }
    return piece.node;
  });
  const open = head.at(-1);
  const last = pieces.at(-1)?.tokens.at(-1) ?? open;
  if (close === undefined && open !== undefined && last !== undefined) {
    reportUnclosed(source, reporter, open, last);
  }
  if (rest.length > 0 && !isSpoilt(context, rest) && !reportBrackets(source, reporter, rest)) {
    const after = parseTolerantly(rest, (parser) => parser.spec());
    if (after.error !== undefined) reportParseError({ ...context, tokens: rest, error: after.error, rule: "spec" });
  }
  const holder = node === undefined ? undefined : findNode(node, rule);
  if (holder === undefined) return { node: undefined, sound: false, unsound };
  holder.children[entries] = lists.filter((list) => list !== undefined);
  return { node: node as DeclarationCstNode, sound: error === undefined, unsound };
}

/** The node of a rule, outermost first, on the way down from a declaration. */
function findNode(node: CstNode, rule: string): CstNode | undefined {
  if (node.name === rule) return node;
  for (const children of Object.values(node.children)) {
    for (const child of children) {
      const found = "children" in child ? findNode(child, rule) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
