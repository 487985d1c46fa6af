/** Rows of a variable, which is not read as a whole. */
import type { DType } from "../../graph/graph.js";
import { type NodeGraph, type NodeOptions, type TensorRef, typeAttr } from "./node-graph.js";

/** Appends the rows with these ids, int32. */
export function gatherRows(
  graph: NodeGraph,
  handle: TensorRef,
  ids: TensorRef,
  dtype: DType,
  options: NodeOptions,
): TensorRef {
  const attributes = {
    dtype: typeAttr(dtype),
    Tindices: typeAttr("int32"),
    batch_dims: { i: 0 },
    validate_indices: { b: true },
  };
  return graph.add("ResourceGather", [handle, ids], attributes, options);
}
