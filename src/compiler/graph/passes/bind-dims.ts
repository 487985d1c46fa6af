/** Specialises a function to known sizes: what engines that compile for one batch size run. */
import { bindDim, type Sizes } from "../dims.js";
import type { GraphFunction } from "../graph.js";
import { mapNodeDims } from "../ops/table.js";

/** The function with the names of `sizes` replaced, `{ B: 1024 }`, in types and attributes alike. */
export function bindDims(fn: GraphFunction, sizes: Sizes): GraphFunction {
  return { ...fn, nodes: fn.nodes.map((node) => mapNodeDims(node, (dim) => bindDim(dim, sizes))) };
}
