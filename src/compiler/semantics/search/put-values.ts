/** Values in the place of searches. */
import type { AnyNode, Expression, SearchExpression } from "../../syntax/index.js";
import type { Span } from "../../text/index.js";
import { replaceIn } from "../expand/tree.js";
import { grouped, numberNode, type ReadSpace } from "./read-space.js";
import { siteKey } from "./sites.js";

/** What a search is replaced by: of choices the index, of a range the number. */
export interface Chosen {
  readonly space: ReadSpace;
  readonly value: number;
}

/** A tree without searches; one that is not among the chosen leaves a hole, of which nothing is reported. */
export function putValues<T extends AnyNode>(node: T, chosen: ReadonlyMap<string, Chosen>): T {
  return replaceIn(node, { search: (search) => valueOf(search, chosen.get(siteKey(search))) });
}

function valueOf(node: SearchExpression, chosen: Chosen | undefined): Expression {
  const hole: Expression = { kind: "Missing", span: node.span };
  if (chosen === undefined) return hole;
  const { space, value } = chosen;
  if (space.kind === "range") return numberNode(value, spanOfNumber(node, space, value));
  // The copy of the tree: names in it may be spelt out, and macros expanded.
  const choice = node.space.kind === "List" ? node.space.items[value] : undefined;
  return choice === undefined ? hole : grouped(choice);
}

/** Where a number of a range is written, or the range. */
function spanOfNumber(
  { space, default: standing }: SearchExpression,
  range: ReadSpace & { readonly kind: "range" },
  value: number,
): Span {
  if (space.kind === "List") return space.span;
  if (value === range.low) return space.low.span;
  if (value === range.high) return space.high.span;
  return standing !== undefined && value === range.default ? standing.span : space.span;
}
