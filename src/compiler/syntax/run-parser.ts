import type { CstNode, IRecognitionException, IToken } from "chevrotain";
import { MtlParser } from "./grammar.js";
import { createStrictParser } from "./strict-parser.js";

/** What one rule made of some tokens. */
export interface ParsedPiece {
  /** Undefined when nothing could be made of them. */
  readonly node: CstNode | undefined;
  /** The first mistake. */
  readonly error: IRecognitionException | undefined;
}

/** A rule of the grammar, called on the parser that has the tokens. */
export type RuleCall = (parser: MtlParser) => CstNode | undefined;

/** Recovery inside more tokens than this could take long, and a deep stack; such a piece is given up as a whole. */
const recoveryLimit = 2_000;

let strictParser: MtlParser | undefined;
let tolerantParser: MtlParser | undefined;

/** Parses, giving up at the first mistake. */
export function parseStrictly(tokens: readonly IToken[], rule: RuleCall): ParsedPiece {
  strictParser ??= createStrictParser();
  return runRule(strictParser, tokens, rule);
}

/** Parses; after a mistake, once more with Chevrotain's recovery, for the tree of what is left. */
export function parseTolerantly(tokens: readonly IToken[], rule: RuleCall): ParsedPiece {
  const strict = parseStrictly(tokens, rule);
  if (strict.error === undefined) return strict;
  if (tokens.length > recoveryLimit) return { node: undefined, error: strict.error };
  tolerantParser ??= new MtlParser({ recoveryEnabled: true, skipValidations: true });
  return { node: runRule(tolerantParser, tokens, rule).node, error: strict.error };
}

function runRule(parser: MtlParser, tokens: readonly IToken[], rule: RuleCall): ParsedPiece {
  // Chevrotain only reads its input.
  parser.input = tokens as IToken[];
  const node = rule(parser);
  const error = parser.errors[0];
  // The parser would otherwise keep the file's tokens alive.
  parser.input = [];
  return { node, error };
}
