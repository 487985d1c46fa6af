/**
 * Floating-point operations of a function, counted on its tensor IR rather than guessed from layers. A product of matrices
 * [m, k]·[k, n] is 2·m·k·n, a reduction one operation for each number that goes in, softmax five, any other arithmetic one
 * for each number that comes out. What moves or picks numbers (gather, concat, slice, reshape, …) is free. The rule of each op
 * is in its row.
 */
import { type GraphFunction, type GraphNode, nodeFlops, sizeOf, type TensorType } from "../graph/index.js";

/** Operations by the outermost label of the nodes; of one row when the batch `B` is 1. */
export function countFlops(fn: GraphFunction, batch = 1): ReadonlyMap<string, number> {
  const sizes = new Map([["B", batch]]);
  const counts = new Map<string, number>();
  for (const node of fn.nodes) {
    const inputs = node.inputs.flatMap((id) => fn.nodes[id]?.type ?? []);
    const operations = flopsOfNode(node, inputs, sizes);
    if (operations === 0) continue;
    const label = node.label?.split("/")[0] ?? "";
    counts.set(label, (counts.get(label) ?? 0) + operations);
  }
  return counts;
}

/** Operations of one node, by the sizes that its dimensions have. */
export function flopsOfNode(
  node: GraphNode,
  inputs: readonly TensorType[],
  sizes: ReadonlyMap<string, number>,
): number {
  if (node.type.dtype !== "float32") return 0;
  return nodeFlops(node, inputs, (shape) => shape.reduce<number>((product, dim) => product * sizeOf(dim, sizes), 1));
}
