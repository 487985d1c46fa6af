import type { AnyNode, CallExpression, Expression, NameExpression, SearchExpression } from "../../syntax/index.js";

/** What to put in the place of a node; undefined leaves it. */
export interface Replacement {
  readonly call?: (call: CallExpression) => Expression | undefined;
  readonly name?: (name: NameExpression) => Expression | undefined;
  readonly search?: (search: SearchExpression) => Expression | undefined;
}

/**
 * A tree with calls, names and searches replaced, from the inside out. What nothing was replaced in stays the same object, so that
 * tools find the nodes of the text.
 */
export function replaceIn<T extends AnyNode>(node: T, replacement: Replacement): T {
  let changed = false;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    // The group that a feature comes from is shared by its features.
    const next = key === "of" ? value : replaceValue(value, replacement);
    if (next !== value) changed = true;
    copy[key] = next;
  }
  // Replacing keeps the form of a node: expressions take the place of expressions.
  const rebuilt = changed ? (copy as unknown as T) : node;
  if (rebuilt.kind === "Call") return (replacement.call?.(rebuilt) as T | undefined) ?? rebuilt;
  if (rebuilt.kind === "Search") return (replacement.search?.(rebuilt) as T | undefined) ?? rebuilt;
  if (rebuilt.kind === "NameExpression") return (replacement.name?.(rebuilt) as T | undefined) ?? rebuilt;
  return rebuilt;
}

function replaceValue(value: unknown, replacement: Replacement): unknown {
  if (Array.isArray(value)) {
    const next = value.map((item) => replaceValue(item, replacement));
    return next.some((item, i) => item !== value[i]) ? next : value;
  }
  return isNode(value) ? replaceIn(value, replacement) : value;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "kind" in value && "span" in value;
}
