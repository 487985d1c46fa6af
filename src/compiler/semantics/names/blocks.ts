import type { Reporter } from "../../diagnostics/index.js";
import type * as ast from "../../syntax/index.js";
import type { Span } from "../../text/index.js";
import { isBlockRow, rowOf, type BlockKind, type NodeOf } from "../../syntax/index.js";
import type { CheckContext } from "../context.js";
import { meantBy, suggestedBy } from "./suggestion.js";

/** Declarations of which a spec has one at most. */
type Single = ast.ModelDeclaration | NodeOf<BlockKind>;

export type Blocks = { readonly [K in Single["kind"]]?: Extract<Single, { kind: K }> };

/** The first of each block; a second one is reported. */
export function collectBlocks(spec: ast.Spec, reporter: Reporter): Blocks {
  const blocks = new Map<string, Single>();
  for (const node of spec.declarations) {
    if (!isSingle(node)) continue;
    const first = blocks.get(node.kind);
    if (first === undefined) blocks.set(node.kind, node);
    else {
      const keyword = rowOf(node)?.keyword ?? "";
      reporter.report("MTL2010", { keyword }, headOf(node, keyword), {
        labels: [{ span: headOf(first, keyword), message: "the first one" }],
        help: node.kind === "Model" ? "one file is one model: leave one of them out" : "put both into one block",
      });
    }
  }
  return Object.fromEntries(blocks) as Blocks;
}

function isSingle(node: ast.Declaration): node is Single {
  return node.kind === "Model" || isBlockRow(rowOf(node));
}

/** The first word of a block: the whole of it would underline too much. */
function headOf(node: ast.Declaration, word: string): ast.Declaration["span"] {
  return { ...node.span, end: Math.min(node.span.end, node.span.start + word.length) };
}

/**
 * The entries of a block by key: a key that the block does not know and a second entry of a key are reported. Without
 * `known`, any key may appear.
 */
export function collectEntries(
  context: CheckContext,
  block: string,
  entries: readonly ast.Entry[],
  known?: readonly string[],
): ReadonlyMap<string, ast.Entry> {
  const { reporter } = context;
  const found = new Map<string, ast.Entry>();
  for (const entry of entries) {
    const { text, span } = entry.key;
    if (text === "") continue;
    const first = found.get(text);
    if (known !== undefined && !known.includes(text)) {
      const meant = block === "train" ? meantBy("train", entry.key, known) : suggestedBy(entry.key, known);
      reporter.report("MTL2007", { block, key: text, known, suggestion: meant.suggestion }, span, meant.details);
    } else if (first !== undefined) {
      reporter.report("MTL2008", { block, key: text }, span, {
        labels: [{ span: first.key.span, message: "the first one" }],
      });
    } else found.set(text, entry);
  }
  return found;
}

/** Where a block says what of these keys it says; undefined where it says none of them. */
export function placesOf<K extends string>(
  entries: ReadonlyMap<string, ast.Entry>,
  keys: readonly K[],
): { readonly [Key in K]?: { readonly span: Span } } | undefined {
  const places: { [Key in K]?: { readonly span: Span } } = {};
  for (const key of keys) {
    const entry = entries.get(key);
    if (entry !== undefined) places[key] = { span: entry.value.span };
  }
  return Object.keys(places).length === 0 ? undefined : places;
}
