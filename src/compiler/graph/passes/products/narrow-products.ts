/**
 * Columns of a product that nobody reads are not computed: the gradient of what goes into a network has some for its numbers, which nothing trains. The numbers of the others are the same.
 */
import type { GraphFunction, NodeOf, ValueId } from "../../graph.js";
import { AppendedNodes } from "../append-nodes.js";
import { liveValues } from "../eliminate-dead-code.js";
import { readersIn, readersOf } from "../readers.js";

/** The same function with narrower products, `fn` itself where all of each is read. All sizes must be known. */
export function narrowProducts(fn: GraphFunction): GraphFunction {
  const readers = readersOf(fn);
  const live = liveValues(fn);
  const appended = new AppendedNodes(fn);
  let isSame = true;
  fn.nodes.forEach((node, id) => {
    if (node.op !== "matmul" || node.type.shape.length !== 2 || !live.has(id)) return;
    const reads = readersIn(readers, id).filter((reader) => reader === undefined || live.has(reader.id));
    const slices = reads.flatMap((reader) =>
      reader?.node.op === "slice" && reader.node.attributes.axis === 1
        ? [{ id: reader.id, ...reader.node.attributes }]
        : [],
    );
    if (slices.length < reads.length) return;
    const first = Math.min(...slices.map(({ begin }) => begin));
    const last = Math.max(...slices.map(({ begin, size }) => begin + size));
    if (last - first === Number(node.type.shape[1])) return;
    isSame = false;
    appended.like(node.label, node, () => {
      const product = productOf(appended, node, first, last - first);
      for (const { id: slice, begin, size } of slices)
        appended.replace(slice, appended.columns({ of: product, begin: begin - first, size }));
    });
  });
  return isSame ? fn : appended.finish();
}

/** Some columns of a product. */
function productOf(appended: AppendedNodes, node: NodeOf<"matmul">, begin: number, size: number): ValueId {
  const [a = -1, b = -1] = node.inputs;
  const { transposeB } = node.attributes;
  return appended.matmul(a, appended.slice(b, { axis: transposeB ? 0 : 1, begin, size }), node.attributes);
}
