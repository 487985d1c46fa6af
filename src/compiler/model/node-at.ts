import type { NetNode, NodeRef } from "./model.js";

/** The node of a network that a reference stands for. Throws where there is none: references are made with their nodes. */
export function nodeAt({ nodes }: { readonly nodes: readonly NetNode[] }, ref: NodeRef): NetNode {
  const node = nodes[ref];
  if (node === undefined) throw new Error(`there is no node ${ref}`);
  return node;
}
