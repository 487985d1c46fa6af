import { type GateFact, type PenaltyBuiltin, resolveGate } from "../../builtins/index.js";
import { nodeAt, type NodeRef } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import type { NetworkContext } from "../network/network.js";

/** The gates that have what a penalty reads. */
const readers: Readonly<Record<GateFact | "weights", string>> = {
  weights: "a gate",
  load: "a `noisy_top_k` gate with noise",
  selectors: "a `dselect_k` gate",
};

/** `load(g)`: gates by their names, each of a kind that has what the penalty reads. What is not is reported. */
export function checkGates(
  { context, network }: NetworkContext,
  callee: ast.Name,
  penalty: PenaltyBuiltin,
  { nodes, written }: { readonly nodes: readonly NodeRef[]; readonly written: readonly ast.Argument[] },
): boolean {
  const { reads = "weights" } = penalty;
  if (nodes.length === 0) {
    context.reporter.report(
      "MTL3001",
      { callee: penalty.name, parameter: "gate", expected: "the name of a gate" },
      callee.span,
    );
    return false;
  }
  for (const [index, ref] of nodes.entries()) {
    const node = nodeAt(network, ref);
    const gate = resolveGate(node.layer);
    if (gate !== undefined && (reads === "weights" || gate.facts?.(node.arguments).includes(reads) === true)) continue;
    context.reporter.report(
      "MTL3060",
      { penalty: penalty.name, expected: readers[reads], name: node.id, gate: gate?.name },
      written[index]?.span ?? callee.span,
    );
    return false;
  }
  return true;
}
