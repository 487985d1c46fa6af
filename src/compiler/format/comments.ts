import { childrenOf, type AnyNode } from "../syntax/index.js";

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

/** Whether a comment stands before, in or right after a part of the node (not beside the node itself). */
export function hasCommentInside(node: AnyNode): boolean {
  return childrenOf(node).some((child) => attachedComments(child).length > 0 || hasCommentInside(child));
}

/** The comments that stand in the node but beside none of its parts. */
export function danglingComments(node: AnyNode): readonly AttachedComment[] {
  return attachedComments(node).filter((comment) => comment.leading !== true && comment.trailing !== true);
}

/** Kinds whose `{` opens a list of lines. */
export const blockKinds: ReadonlySet<AnyNode["kind"]> = new Set<AnyNode["kind"]>([
  "Data",
  "Features",
  "Labels",
  "Loss",
  "Train",
  "Metrics",
  "Attributes",
  "Signals",
  "Params",
  "Rules",
  "Test",
  "TestCandidate",
  "Record",
]);

/**
 * The parts of a node that a comment may be attached to. Names, types, ranges and titles are printed as one piece with
 * what is around them, so comments there go to the next part that can carry one.
 */
export function commentableChildren(node: AnyNode): AnyNode[] {
  switch (node.kind) {
    case "Import":
      return [...(node.names ?? []), node.from];
    case "Bottoms":
    case "Experts":
      return [node.value];
    case "Test":
      return [...node.steps];
    case "Spec":
      return [...node.declarations];
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
  "SimpleType",
  "MissingType",
  "Range",
  "EventName",
  "EventNot",
  "EventAnd",
  "EventMissing",
]);

/**
 * Keeps `{ // comment` on the line of the brace: Prettier would move it down, where a doc comment would begin to document
 * the first entry.
 */
export function attachToBrace(comment: AttachedComment, text: string): boolean {
  const block = comment.enclosingNode;
  if (block === undefined || !blockKinds.has(block.kind)) return false;
  if (!isAfterBrace(comment, text)) return false;
  Object.assign(block, { comments: [...attachedComments(block), comment] });
  comment.leading = false;
  comment.trailing = false;
  comment.printed = false;
  return true;
}

/** Whether a comment follows an opening brace on its line. */
export function isAfterBrace(comment: AttachedComment, text: string): boolean {
  let before = comment.span.start - 1;
  while (before >= 0 && (text[before] === " " || text[before] === "\t")) before--;
  return text[before] === "{";
}

/** Whether an empty line stands before the node and its leading comments. */
export function hasBlankLineBefore(node: AnyNode, text: string): boolean {
  const starts = attachedComments(node)
    .filter((comment) => comment.leading === true)
    .map((each) => each.span.start);
  let i = Math.min(node.span.start, ...starts) - 1;
  let lineBreaks = 0;
  for (; i >= 0; i--) {
    const character = text[i] ?? "";
    if (character === "\n") lineBreaks++;
    // A comma after the entry before does not make its line less empty.
    else if (character !== " " && character !== "\t" && character !== ",") break;
  }
  return lineBreaks > 1;
}

/** Whether the entries of a block begin on a line of their own in the text. */
export function startsOnNewLine(node: AnyNode, first: AnyNode, text: string): boolean {
  const open = text.lastIndexOf("{", first.span.start);
  return open >= node.span.start && text.slice(open, first.span.start).includes("\n");
}
