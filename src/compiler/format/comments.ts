import { childrenOf, declarations, type AnyNode, type DeclarationRow } from "../syntax/index.js";

/** A comment as Prettier has attached it to a node. */
export interface AttachedComment {
  readonly kind: "Comment";
  readonly span: { readonly start: number; readonly end: number };
  readonly enclosingNode?: AnyNode;
  readonly precedingNode?: AnyNode;
  readonly followingNode?: AnyNode;
  leading?: boolean;
  trailing?: boolean;
  printed?: boolean;
}

/** The comments that Prettier has attached to a node: it writes them on the copy of the tree that it got. */
export function attachedComments(node: AnyNode): readonly AttachedComment[] {
  return (node as { readonly comments?: readonly AttachedComment[] }).comments ?? [];
}

/** Whether a comment is before, in or right after a part of the node (not beside the node itself). */
export function hasCommentInside(node: AnyNode): boolean {
  return childrenOf(node).some((child) => attachedComments(child).length > 0 || hasCommentInside(child));
}

/** The comments that are in the node but beside none of its parts. */
export function danglingComments(node: AnyNode): readonly AttachedComment[] {
  return attachedComments(node).filter((comment) => comment.leading !== true && comment.trailing !== true);
}

/** Kinds whose `{` opens a list of lines. */
export const blockKinds: ReadonlySet<string> = new Set([
  ...declarations.flatMap((row: DeclarationRow) => (row.body === undefined ? [] : [row.kind])),
  "TestCandidate",
  "TestRequest",
  "Record",
]);

/**
 * The parts of a node that a comment may be attached to. Names, types, ranges and titles are printed as one piece with
 * what is around them, so comments there go to the next part that can carry one.
 */
export function commentableChildren(node: AnyNode): AnyNode[] {
  switch (node.kind) {
    case "Import":
      return [...(node.names ?? []), node.from, ...(node.version === undefined ? [] : [node.version])];
    case "Family":
    case "Experts":
      return [node.value];
    case "Gates":
      return [node.value, node.over];
    case "Rank":
      return [...node.sources, ...node.stages, ...node.rules, ...node.ties];
    case "Model":
      return [];
    case "Test":
      return [...node.steps];
    case "Spec":
      return [...node.declarations];
    case "SearchRange":
      return [];
    default:
      return childrenOf(node).filter((child) => !printedAsText.has(child.kind));
  }
}

const printedAsText: ReadonlySet<AnyNode["kind"]> = new Set<AnyNode["kind"]>([
  "Name",
  "LabelType",
  "ProbabilityType",
  "ExpectationType",
  "ScoreType",
  "NumberType",
  "VectorType",
  "SimpleType",
  "MissingType",
  "Range",
  "EventName",
  "EventNot",
  "EventAnd",
  "EventMissing",
]);

/**
 * Kinds with a word or sign between their parts, which begins a line: a comment beside it goes to the part above, where
 * the next pass finds it again.
 */
const infixKinds: ReadonlySet<AnyNode["kind"]> = new Set<AnyNode["kind"]>([
  "Feature",
  "FeatureGroup",
  "NameRange",
  "But",
  "Search",
  "Binary",
  "Gate",
  "Gates",
  "Rank",
  "RankSource",
  "RankStage",
  "TieKey",
  "DuringClause",
]);

/**
 * Where Prettier's own choice would lose or move a comment: `{ // comment` stays on the line of the brace (below it, a doc
 * comment would begin to document the first entry), and so does one that is before the brace; a comment in a node
 * that prints none goes behind it. True when the comment was attached.
 */
export function attachComment(comment: AttachedComment, text: string): boolean {
  const enclosing = comment.enclosingNode;
  if (enclosing === undefined) return false;
  if (blockKinds.has(enclosing.kind)) {
    if (!isAfterBrace(comment, text) && !isBeforeBrace(comment, enclosing, text)) return false;
    attach(enclosing, comment, { leading: false, trailing: false });
    return true;
  }
  const { precedingNode, followingNode } = comment;
  const beforeSource = enclosing.kind === "Import" && followingNode === enclosing.from;
  if (precedingNode !== undefined && (infixKinds.has(enclosing.kind) || beforeSource)) {
    attach(precedingNode, comment, { leading: false, trailing: true });
    return true;
  }
  if (enclosing.kind === "SearchRange") {
    attach(enclosing, comment, { leading: true, trailing: false });
    return true;
  }
  if (enclosing.kind === "Def" && followingNode !== undefined && followingNode === enclosing.value) {
    attach(followingNode, comment, { leading: true, trailing: false });
    return true;
  }
  if (enclosing.kind === "PerClause") {
    attach(enclosing, comment, { leading: true, trailing: false });
    return true;
  }
  if (enclosing.kind === "NameRange" && !namesFeatures(enclosing, text)) {
    attach(enclosing, comment, { leading: true, trailing: false });
    return true;
  }
  const stray = precedingNode === undefined && followingNode === undefined;
  if (!stray || enclosing.kind === "Call" || enclosing.kind === "List") return false;
  attach(enclosing, comment, { leading: false, trailing: true });
  return true;
}

/** Whether a range is before a colon: above it, a doc comment would document the features. */
function namesFeatures({ span }: AnyNode, text: string): boolean {
  return /^\s*(?:\/\/[^\n]*\s*)*:/.test(text.slice(span.end));
}

function attach(
  node: AnyNode,
  comment: AttachedComment,
  place: { readonly leading: boolean; readonly trailing: boolean },
): void {
  Object.assign(node, { comments: [...attachedComments(node), comment] });
  Object.assign(comment, place, { printed: false });
}

/** Whether a comment follows an opening brace on its line. */
function isAfterBrace(comment: AttachedComment, text: string): boolean {
  let before = comment.span.start - 1;
  while (before >= 0 && (text[before] === " " || text[before] === "\t")) before--;
  return text[before] === "{";
}

/** Whether a comment is between a block's first word and its brace. */
function isBeforeBrace(comment: AttachedComment, block: AnyNode, text: string): boolean {
  const next = comment.followingNode?.span.start ?? block.span.end;
  return text
    .slice(comment.span.end, next)
    .replace(/\/\/[^\n]*/g, "")
    .includes("{");
}

/** Whether a comment is on the line of the opening brace of the block that it is attached to. */
export function belongsToBrace(comment: AttachedComment, block: AnyNode, text: string): boolean {
  return isAfterBrace(comment, text) || isBeforeBrace(comment, block, text);
}

/** Whether a line comment follows the node: what comes next has to be on a line of its own. */
export function endsWithComment(node: AnyNode): boolean {
  if (attachedComments(node).some((comment) => comment.trailing === true)) return true;
  const last = lastOf(node);
  return last !== undefined && endsWithComment(last);
}

/** The part of an operation that nothing follows. */
function lastOf(node: AnyNode): AnyNode | undefined {
  switch (node.kind) {
    case "Unary":
      return node.operand;
    case "Binary":
      return node.right;
    case "Search":
      return node.default;
    default:
      return undefined;
  }
}

/** Whether an empty line is before the node and its leading comments. */
export function hasBlankLineBefore(node: AnyNode, text: string): boolean {
  const starts = attachedComments(node)
    .filter((comment) => comment.leading === true)
    .map((each) => each.span.start);
  let i = Math.min(node.span.start, ...starts) - 1;
  let lineBreaks = 0;
  for (; i >= 0; i--) {
    const character = text[i] ?? "";
    if (character === "\n") lineBreaks++;
    else if (character !== " " && character !== "\t") break;
  }
  return lineBreaks > 1;
}

/** Whether an empty line is anywhere between two neighbours, above or below comments. */
export function arePartedBefore(node: AnyNode, previous: AnyNode, text: string): boolean {
  return /\n[ \t]*\n/.test(text.slice(previous.span.end, node.span.start));
}

/** Whether the entries of a block begin on a line of their own in the text. */
export function startsOnNewLine(node: AnyNode, first: AnyNode, text: string): boolean {
  const open = text.lastIndexOf("{", first.span.start);
  return open >= node.span.start && text.slice(open, first.span.start).includes("\n");
}
