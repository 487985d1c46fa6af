/** Other names in a tree, without parsing the text that has them: every node keeps the place that it has in the text before. */
import { findRuleVerb } from "../rules/index.js";
import type { Span } from "../text/index.js";
import type { Declaration, Name, Spec } from "./ast.js";
import { tokenTypeOfWord } from "./cut-text.js";
import { Identifier } from "./tokens.js";

/** The word that means something to the grammar and is not a token type of its own. */
const scaleWord = "log";

/** Whether the grammar reads a word as a name wherever it is: in the place of another such word, it gives the same tree. */
export function isPlainWord(word: string): boolean {
  return (
    /^[A-Za-z_]\w*$/.test(word) &&
    tokenTypeOfWord(word) === Identifier &&
    findRuleVerb(word) === undefined &&
    word !== scaleWord
  );
}

/**
 * The tree of a sound text in which the names at some places are another one, but for the places of its nodes, which are those of the
 * text before. Declarations without such a name stay the same nodes. Undefined where the text with that name may have another
 * tree: a word there is one of the language, or not a name.
 */
export function renameInTree(spec: Spec, places: readonly Span[], newName: string): Spec | undefined {
  if (!isPlainWord(newName)) return undefined;
  const starts = new Map(places.map(({ start, end }) => [start, end]));
  const found = new Set<number>();
  const renamed = new Map<Name, Name>();
  let isPlain = true;
  const rename = (name: Name): Name => {
    if (name.derived === true || starts.get(name.span.start) !== name.span.end) return name;
    if (name.quoted !== undefined || !isPlainWord(name.text)) isPlain = false;
    found.add(name.span.start);
    const known = renamed.get(name) ?? { ...name, text: newName };
    renamed.set(name, known);
    return known;
  };
  const order = places.map(({ start }) => start).sort((a, b) => a - b);
  const declarations = spec.declarations.map((node) =>
    order.some((start) => node.span.start <= start && start < node.span.end)
      ? (renameIn(node, rename) as Declaration)
      : node,
  );
  return isPlain && found.size === places.length ? { ...spec, declarations } : undefined;
}

/** A copy of what has such a name; all else is the same. */
function renameIn(value: unknown, rename: (name: Name) => Name): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => renameIn(item, rename));
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (isName(value)) return rename(value);
  const from = value as Readonly<Record<string, unknown>>;
  let copy: Record<string, unknown> | undefined;
  for (const key in from) {
    const next = key === "span" ? from[key] : renameIn(from[key], rename);
    if (next !== from[key]) (copy ??= { ...from })[key] = next;
  }
  return copy ?? value;
}

function isName(value: object): value is Name {
  return "kind" in value && value.kind === "Name";
}
