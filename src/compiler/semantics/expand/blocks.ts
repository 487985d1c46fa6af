import { isBlockRow, rowOf, type AnyNode, type BlockKind, type Declaration, type NodeOf } from "../../syntax/index.js";

/** A block without a name: of two, the entries belong together. */
export type Block = NodeOf<BlockKind>;

export function isBlock(node: Declaration): node is Block {
  return isBlockRow(rowOf(node));
}

/** The same block with other entries; they must be of its kind. */
export function withEntries<B extends Block>(block: B, entries: readonly B["entries"][number][]): B {
  return { ...block, entries };
}

/**
 * Declarations of several files together. What comes from one place of one file is one declaration, however many ways lead
 * there; a block has each entry once.
 */
export function joinFiles(known: readonly Declaration[], more: readonly Declaration[]): readonly Declaration[] {
  const seen = new Set<AnyNode>();
  const rules = new Map<AnyNode, readonly AnyNode[]>();
  for (const node of known) {
    seen.add(node);
    if (isBlock(node)) node.entries.forEach((entry) => seen.add(entry));
    if (node.kind === "Rules") rules.set(node.name, node.rules);
  }
  const fresh = more.flatMap((node): readonly Declaration[] => {
    if (seen.has(node)) return [];
    if (node.kind === "Rules") {
      // Overrides make a block of rules again, which is the same one as long as its rules are.
      const other = rules.get(node.name);
      return other?.length === node.rules.length && other.every((rule, i) => rule === node.rules[i]) ? [] : [node];
    }
    if (!isBlock(node)) return [node];
    const entries = (node.entries as readonly AnyNode[]).filter((entry) => !seen.has(entry));
    if (entries.length === node.entries.length) return [node];
    // The entries are those of the block itself, some of them left out.
    return entries.length === 0 ? [] : [withEntries(node, entries as never)];
  });
  return mergeBlocks(known, fresh, true);
}

/**
 * Declarations from elsewhere and a file's own. Entries of a block that both have come together in one block, at the
 * place of the file's own; `within` also joins blocks of `own` with one another.
 */
export function mergeBlocks(
  others: readonly Declaration[],
  own: readonly Declaration[],
  within = false,
): readonly Declaration[] {
  const merged: Declaration[] = [];
  const last = new Map<Declaration["kind"], number>();
  const put = (node: Declaration, join: boolean): void => {
    const at = isBlock(node) && join ? last.get(node.kind) : undefined;
    const first = at === undefined ? undefined : merged[at];
    if (at !== undefined && first !== undefined && isBlock(first) && isBlock(node) && first.kind === node.kind) {
      // The joined block takes the span of the later one: that is where the reader of this file looks.
      merged[at] = { ...node, entries: [...first.entries, ...node.entries] } as Block;
      return;
    }
    if (isBlock(node)) last.set(node.kind, merged.length);
    merged.push(node);
  };
  for (const node of others) put(node, true);
  const joined = new Set<Declaration["kind"]>();
  for (const node of own) {
    put(node, within || !joined.has(node.kind));
    joined.add(node.kind);
  }
  return merged;
}
