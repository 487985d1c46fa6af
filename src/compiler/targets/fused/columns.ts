/** Columns that a loop puts beside each other are computed there, where an instruction can write rows that are apart: nothing is copied. */
import type { GraphFunction, GraphNode, ValueId } from "../../graph/graph.js";
import { binaryOps } from "../../graph/ops/binary.js";
import { unaryOps } from "../../graph/ops/unary.js";
import { keyOf, type Placed } from "./placed.js";

/** Columns of a value, at least: of few, rows that lie one after another are read and written faster than they are copied. */
const fewest = 32;

/** Ops that write rows wherever they begin. */
const byRows: ReadonlySet<string> = new Set([...Object.keys(unaryOps), ...Object.keys(binaryOps), "select"]);

/** Gives such values their places in what they are joined to. `values`: of all that is live, each in its loop. */
export function joinColumns(fn: GraphFunction, values: Map<ValueId, Placed>): void {
  const viewed = new Set([...values].flatMap(([id, { root }]) => (root === id ? [] : [root])));
  for (const [id, joined] of values) {
    const node = fn.nodes[id];
    if (node?.op !== "concat" || node.attributes.axis !== 1 || joined.shape.length !== 2) continue;
    if (joined.loop === undefined || joined.loop.rows <= 0 || joined.home !== undefined) continue;
    const [, width = 0] = joined.shape;
    let offset = 0;
    for (const each of node.inputs) {
      const value = values.get(each);
      const { loop } = value ?? {};
      if (value === undefined) throw new Error(`the value ${each} has no place`);
      const isHere = loop !== undefined && keyOf(loop) === keyOf(joined.loop) && value.partial === undefined;
      if (isHere && !viewed.has(each) && value.home === undefined && value.root === each && isWritten(fn.nodes[each]))
        values.set(each, { ...value, strides: [width, 1], home: { of: id, offset } });
      offset += value.shape[1] ?? 0;
    }
  }
}

function isWritten(node: GraphNode | undefined): boolean {
  if (node === undefined || node.type.shape.length !== 2 || Number(node.type.shape[1]) < fewest) return false;
  return byRows.has(node.op) || (node.op === "matmul" && !node.attributes.transposeA);
}
