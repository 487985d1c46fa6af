/**
 * The syntax of `.mtl`: text in, tree and diagnostics out. Comments are kept, every node has its span, and a broken text
 * still gives the tree of its sound parts. It never looks at what names mean, never reads a file and never throws.
 */
export * from "./ast.js";
export { entriesOf, memberWord, tasksOf } from "./build/groups.js";
export { nameOfColumn, nameOfText } from "./build/quoted-name.js";
export { featureEntries, namesOfGroup, namesOfRange, type NumberedName, type RangeNames } from "./build/name-range.js";
export { parseAgain, type ParsedPieces } from "./incremental.js";
export { parse, parseUnreadable, tokenize, tokenizeDeclarations, type ParseResult, type TokenView } from "./parse.js";
export { isPlainWord, renameInTree } from "./renamed.js";
export { childrenOf, onceByNode, pathAt, visit, type AnyNode, type Kind, type NodeOf } from "./visit.js";
export { familiarWord, type FamiliarPlace } from "./errors/familiar.js";
export {
  declarationWords,
  declarations,
  isAlignedRow,
  isBlockRow,
  isOverridable,
  rowOf,
  rowOfKeyword,
  type AlignedKind,
  type BlockKind,
  type BodyKind,
  type DeclarationKeyword,
  type DeclarationRow,
  type DeclaredSymbol,
  type DeclaredValue,
  type NameColour,
  type NameSpace,
  type NamingRow,
  type OutlineIcon,
} from "./declarations.js";
