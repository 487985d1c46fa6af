/** Which values have a row for each place of a list of distinct ids. */
import type { GraphFunction, ValueId } from "../../graph/graph.js";

/**
 * The ids that are made distinct, by value. The function must be one of `padDistinct`: what is computed of such rows has them too, unless they are added up.
 */
export function listsOf(fn: GraphFunction): ReadonlyMap<ValueId, ValueId> {
  const lists = new Map<ValueId, ValueId>();
  fn.nodes.forEach((_, id) => {
    const list = listOf(fn, id, lists);
    if (list !== undefined) lists.set(id, list);
  });
  return lists;
}

function listOf(fn: GraphFunction, id: ValueId, lists: ReadonlyMap<ValueId, ValueId>): ValueId | undefined {
  const node = fn.nodes[id];
  if (node === undefined) return undefined;
  switch (node.op) {
    case "unique":
      return node.inputs[0];
    case "uniqueIndex":
      return undefined;
    case "segmentSum": {
      const by = fn.nodes[node.inputs[1] ?? -1];
      return by?.op === "uniqueIndex" ? by.inputs[0] : undefined;
    }
    case "gather":
      return lists.get(node.inputs[1] ?? -1);
    case "sum":
    case "max":
      return node.attributes.axes.includes(0) ? undefined : lists.get(node.inputs[0] ?? -1);
    default:
      return node.inputs.map((input) => lists.get(input)).find((list) => list !== undefined);
  }
}
