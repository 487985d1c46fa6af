import type { Doc } from "prettier";
import { builders } from "prettier/doc";
import type { AnyNode, BinaryExpression, Expression, NodeOf } from "../syntax/index.js";
import { flatExpression, unarySign } from "./flat-text.js";
import { attachedComments, danglingComments, endsWithComment } from "./comments.js";
import type { Printing } from "./printing.js";

const { fill, group, hardline, ifBreak, indent, line, softline } = builders;

/** `key: value`'s value: the further lines of a long operation are indented. */
export function entryValue(value: AnyNode, printed: Doc): Doc {
  if (beginsWithComment(value)) return indent([hardline, printed]);
  return isOperation(value) ? indent(printed) : printed;
}

/** `= value`, on the next line when an operation is too long for this one. */
export function definition(value: AnyNode, printed: Doc, before?: AnyNode): Doc {
  if (before !== undefined && endsWithComment(before)) return indent([hardline, "= ", printed]);
  if (beginsWithComment(value)) return [" =", indent([hardline, printed])];
  return isOperation(value) ? [" =", group(indent([line, printed]))] : [" = ", printed];
}

function beginsWithComment(node: AnyNode): boolean {
  return attachedComments(node).some((comment) => comment.leading === true);
}

function isOperation(node: AnyNode): boolean {
  return node.kind === "Binary" || (node.kind === "Unary" && node.operand.kind === "Binary");
}

export function printList({ node, all, comment }: Printing<NodeOf<"List">>): Doc {
  if (node.items.length === 0) return emptyBrackets("[", danglingComments(node).map(comment), "]");
  const items = all("items");
  // Many numbers or names are read as a row, everything else one per line.
  const isRow = (isPlain: (item: Expression) => boolean): boolean =>
    node.items.every((item) => isPlain(item) && !hasComments(item));
  const row = isRow(({ kind }) => kind === "Number") || isRow(isName);
  return bracketed("[", items, "]", row && items.length > 8);
}

function isName({ kind }: Expression): boolean {
  return ["NameExpression", "NameRange", "String"].includes(kind);
}

/** `features but [position, hour]`. */
export function printBut({ node, one }: Printing<NodeOf<"But">>): Doc {
  return [one("base"), endsWithComment(node.base) ? indent([hardline, "but "]) : " but ", one("without")];
}

/** `each linear(n_1 .. n_63, 4)`. */
export function printEach({ one }: Printing<NodeOf<"Each">>): Doc {
  return ["each ", one("value")];
}

/** `search [16, 32, 64] = 32`. */
export function printSearch({ node, one }: Printing<NodeOf<"Search">>): Doc {
  if (node.default === undefined) return ["search ", one("space")];
  const value = endsWithComment(node.space) ? indent([hardline, "= ", one("default")]) : [" = ", one("default")];
  return ["search ", one("space"), value];
}

function hasComments(node: AnyNode): boolean {
  return attachedComments(node).length > 0;
}

export function printCall({ node, all, comment }: Printing<NodeOf<"Call">>): Doc {
  const items = all("arguments");
  if (items.length === 0) return [node.callee.text, emptyBrackets("(", danglingComments(node).map(comment), ")")];
  const [only] = node.arguments;
  const hugs =
    items.length === 1 &&
    only?.name === undefined &&
    (only?.value.kind === "List" || only?.value.kind === "Record") &&
    !hasComments(only) &&
    !hasComments(only.value);
  return [node.callee.text, hugs ? ["(", items, ")"] : bracketed("(", items, ")", false)];
}

function emptyBrackets(open: string, comments: readonly Doc[], close: string): Doc {
  return comments.length === 0
    ? open + close
    : [open, indent(comments.map((each): Doc => [hardline, each])), hardline, close];
}

/** Items between brackets: on one line, or one per line with a comma after the last. */
export function bracketed(open: string, items: readonly Doc[], close: string, filled: boolean): Doc {
  if (items.length === 0) return open + close;
  const separated = items.flatMap((item, i): Doc[] => (i === items.length - 1 ? [item] : [[item, ","], line]));
  return group([open, indent([softline, filled ? fill(separated) : separated]), ifBreak(","), softline, close]);
}

export function printArgument({ node, one }: Printing<NodeOf<"Argument">>): Doc {
  return node.name === undefined ? one("value") : [node.name.text, ": ", entryValue(node.value, one("value"))];
}

export function printUnary({ node, one }: Printing<NodeOf<"Unary">>): Doc {
  return [unarySign(node.operator), one("operand")];
}

export function printParenthesized({ one }: Printing<NodeOf<"Parenthesized">>): Doc {
  return group(["(", indent([softline, one("inner")]), softline, ")"]);
}

/** Operators are at the beginning of a line, the first operand above them. */
export function printBinary({ node, parent, one }: Printing<NodeOf<"Binary">>): Doc {
  const left = one("left");
  const right = one("right");
  if (node.operator === "^") return group([left, indent([softline, "^", right])]);
  const chain: Doc = [left, line, node.operator, " ", right];
  // `a + b + c` breaks as one list of operands, not as a list in a list.
  const continued = parent?.kind === "Binary" && parent.left === node && levelOf(parent) === levelOf(node);
  return continued ? chain : group(chain);
}

function levelOf({ operator }: BinaryExpression): string {
  switch (operator) {
    case "+":
    case "-":
      return "sum";
    case "*":
    case "/":
      return "product";
    default:
      return operator;
  }
}

/** What is always one word. */
type Literal = NodeOf<
  "Number" | "Duration" | "String" | "Boolean" | "Date" | "NameExpression" | "NameRange" | "Missing"
>;

export function printLiteral({ node }: Printing<Literal>): Doc {
  return flatExpression(node);
}

export function printMember({ node, one }: Printing<NodeOf<"Member">>): Doc {
  return group([one("object"), indent([endsWithComment(node.object) ? hardline : "", ".", node.member.text])]);
}
