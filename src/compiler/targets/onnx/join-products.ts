/**
 * Products of one matrix as one product. Runtimes take as long for a product of few columns as for one of many more, and for a product of a matrix of
 * each row about as long for one row as for two: gates are products of the same input, and mixtures are products of the same experts.
 */
import type { GraphFunction, GraphNode, NodeOf, ValueId } from "../../graph/graph.js";
import { AppendedNodes } from "../../graph/passes/append-nodes.js";

/** Columns of weights that are joined with others, at most: a wider product has its own, with what follows it. */
const mostColumns = 32;

/** The same function with fewer products. */
export function joinProducts(fn: GraphFunction): GraphFunction {
  const narrow = joinEach(fn, 1, (node) => (isNarrow(fn, node) ? node.inputs[0] : undefined));
  return joinEach(narrow, 0, (node) => (isOneRow(narrow, node) ? node.inputs[1] : undefined));
}

/** Products of the value that `valueOf` says, as one; `of`: which of their inputs are beside each other then. */
function joinEach(
  fn: GraphFunction,
  of: 0 | 1,
  valueOf: (node: NodeOf<"matmul">) => ValueId | undefined,
): GraphFunction {
  const groups = grouped(fn, valueOf);
  if (groups.length === 0) return fn;
  const b = new AppendedNodes(fn);
  for (const products of groups) join(b, products, of);
  return b.finish();
}

interface Product {
  readonly id: ValueId;
  readonly node: NodeOf<"matmul">;
}

/** Products of one value, two and more. */
function grouped(
  { nodes }: GraphFunction,
  valueOf: (node: NodeOf<"matmul">) => ValueId | undefined,
): readonly (readonly Product[])[] {
  const groups = new Map<ValueId, Product[]>();
  nodes.forEach((node, id) => {
    if (node.op !== "matmul" || node.attributes.transposeA || node.attributes.transposeB) return;
    const value = valueOf(node);
    if (value === undefined) return;
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [{ id, node }]);
    else group.push({ id, node });
  });
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** A product [B, W] × [W, U] with weights of few columns. */
function isNarrow({ nodes }: GraphFunction, { inputs, type }: GraphNode): boolean {
  const weights = nodes[inputs[1] ?? -1];
  const state = weights?.op === "reshape" ? nodes[weights.inputs[0] ?? -1] : weights;
  return state?.op === "state" && type.shape.length === 2 && Number(type.shape[1]) <= mostColumns;
}

/** A product [B, 1, W] × [B, W, U]. */
function isOneRow({ nodes }: GraphFunction, { inputs, type }: GraphNode): boolean {
  const second = nodes[inputs[1] ?? -1];
  return type.shape.length === 3 && type.shape[1] === 1 && second?.type.shape[0] === "B";
}

/** One product of the other inputs, beside each other, in the place of several. `of`: which input these are. */
function join(b: AppendedNodes, products: readonly Product[], of: 0 | 1): void {
  const [first] = products;
  if (first === undefined) return;
  b.like(first.node.label, first.node, () => {
    const others = b.concat(
      products.map(({ node }) => node.inputs[of] ?? -1),
      1,
    );
    const same = first.node.inputs[1 - of] ?? -1;
    const whole = of === 1 ? b.matmul(same, others) : b.matmul(others, same);
    let begin = 0;
    for (const { id, node } of products) {
      const size = Number(node.type.shape[1]);
      b.replace(id, b.slice(whole, { axis: 1, begin, size }));
      begin += size;
    }
  });
}
