/**
 * Products of one matrix as one product: experts and gates multiply the same rows, and a product of few columns takes far longer than its arithmetic, as it reads
 * all of these rows for them. Their gradients are merged in the same way. Sums are the same, in another order.
 */
import type { GraphFunction, NodeOf, Shape, ValueId } from "../../graph.js";
import { sameShape } from "../../dims.js";
import { AppendedNodes } from "../append-nodes.js";
import { type Readers, readersIn, readersOf, shapeOf } from "../readers.js";

/** Columns of a product that reads its matrix for little arithmetic. XLA makes a product of one column as it makes sums. */
const fewColumns = { least: 2, most: 32 };

/** Columns of a product that those of few join, at most: what is joined is copied once a step. */
const mostColumns = 512;

/** The same function with fewer products, `fn` itself where none has few columns. All sizes must be known. */
export function mergeProducts(fn: GraphFunction): GraphFunction {
  return mergeColumns(mergeSums(fn));
}

/** Sums of products `a · bᵀ`, the gradient of what several products read, as one with every `a` and every `b` beside each other. */
function mergeSums(fn: GraphFunction): GraphFunction {
  const readers = readersOf(fn);
  const appended = new AppendedNodes(fn);
  let isSame = true;
  fn.nodes.forEach((node, id) => {
    if (node.op !== "add" || isTerm(readers, id)) return;
    const terms = termsOf(fn, readers, id);
    const products = choose(terms.flatMap((term) => gradientAt(fn, readers, term, node.type.shape) ?? []));
    const [first] = products;
    if (first === undefined) return;
    isSame = false;
    const merged = new Set(products.map((product) => product.id));
    appended.like(first.node.label, first.node, () => {
      const [a = -1, b = -1] = [0, 1].map((input) => appended.concat(inputsOf(products, input), 1));
      const whole = appended.matmul(a, b, first.node.attributes);
      const others = terms.filter((term) => !merged.has(term));
      appended.replace(
        id,
        others.reduce((sum, term) => appended.add(sum, term), whole),
      );
    });
  });
  return isSame ? fn : appended.finish();
}

/** Products `a · b`, or `aᵀ · b`, of the same `a`: columns of one with every `b` beside each other. */
function mergeColumns(fn: GraphFunction): GraphFunction {
  const groups = new Map<string, Product[]>();
  fn.nodes.forEach((node, id) => {
    if (node.op !== "matmul" || node.attributes.transposeB || node.type.shape.length !== 2) return;
    const key = `${node.inputs[0]} ${node.attributes.transposeA}`;
    groups.set(key, [...(groups.get(key) ?? []), productOf(fn, node, id)]);
  });
  const appended = new AppendedNodes(fn);
  const joins = joinsOf(fn);
  let isSame = true;
  for (const group of groups.values()) {
    const products = choose(group);
    const [first] = products;
    if (first === undefined || dependOnEachOther(fn, products)) continue;
    isSame = false;
    // What the gradient of these rows has beside each other need not be copied once more.
    const known = joins.get(keyOf(inputsOf(products, 1)));
    const order = known?.node.inputs ?? inputsOf(products, 1);
    const sorted = products.toSorted(
      (a, b) => order.indexOf(a.node.inputs[1] ?? -1) - order.indexOf(b.node.inputs[1] ?? -1),
    );
    appended.like(first.node.label, first.node, () => {
      const whole = appended.matmul(
        first.node.inputs[0] ?? -1,
        known?.id ?? appended.concat(order, 1),
        first.node.attributes,
      );
      appended.replaceByColumns(
        sorted.map(({ id }) => id),
        whole,
      );
    });
  }
  return isSame ? fn : appended.finish();
}

/** A product of matrices, and the columns of what it multiplies with. */
interface Product {
  readonly id: ValueId;
  readonly node: NodeOf<"matmul">;
  readonly columns: number;
}

function productOf(fn: GraphFunction, node: NodeOf<"matmul">, id: ValueId): Product {
  return { id, node, columns: shapeOf(fn, node.inputs[1] ?? -1)[1] ?? 0 };
}

function inputsOf(products: readonly Product[], input: number): readonly ValueId[] {
  return products.map(({ node }) => node.inputs[input] ?? -1);
}

/** Those of few columns, and the one of fewest among the others, in front; none where there would be one only. */
function choose(products: readonly Product[]): readonly Product[] {
  const few = products.filter(({ columns }) => columns >= fewColumns.least && columns <= fewColumns.most);
  const others = products.filter(({ columns }) => columns > fewColumns.most && columns <= mostColumns);
  const wide = others.toSorted((a, b) => a.columns - b.columns).slice(0, 1);
  const chosen = [...wide, ...few.toSorted((a, b) => (a.node.inputs[1] ?? -1) - (b.node.inputs[1] ?? -1))];
  return few.length > 0 && chosen.length > 1 ? chosen : [];
}

/** A product `a · bᵀ` of matrices, of the shape of the sum that reads it and that is its only reader. */
function gradientAt(fn: GraphFunction, readers: Readers, id: ValueId, sum: Shape): Product | undefined {
  const node = fn.nodes[id];
  if (node?.op !== "matmul" || !isTerm(readers, id) || !sameShape(node.type.shape, sum)) return undefined;
  const isGradient = !node.attributes.transposeA && node.attributes.transposeB && sum.length === 2;
  return isGradient ? productOf(fn, node, id) : undefined;
}

/** Whether the only reader is a sum. */
function isTerm(readers: Readers, id: ValueId): boolean {
  const [reader, ...others] = readersIn(readers, id);
  return reader?.node.op === "add" && others.length === 0;
}

/** What a sum is made of, sums that only it reads taken apart, all of the sum's shape. */
function termsOf(fn: GraphFunction, readers: Readers, id: ValueId): readonly ValueId[] {
  const { inputs = [], type } = fn.nodes[id] ?? {};
  return inputs.flatMap((input) => {
    const node = fn.nodes[input];
    const isSum =
      node?.op === "add" && isTerm(readers, input) && type !== undefined && sameShape(node.type.shape, type.shape);
    return isSum ? termsOf(fn, readers, input) : [input];
  });
}

/** Joins of columns, by {@link keyOf} what they join. */
function joinsOf({
  nodes,
}: GraphFunction): ReadonlyMap<string, { readonly id: ValueId; readonly node: NodeOf<"concat"> }> {
  return new Map(
    nodes.flatMap((node, id) =>
      node.op === "concat" && node.attributes.axis === 1 ? [[keyOf(node.inputs), { id, node }] as const] : [],
    ),
  );
}

function keyOf(values: readonly ValueId[]): string {
  return values.toSorted((a, b) => a - b).join(" ");
}

/** Whether one of the products is needed for another. */
function dependOnEachOther({ nodes }: GraphFunction, products: readonly Product[]): boolean {
  const ids = new Set(products.map(({ id }) => id));
  const reached = new Set<ValueId>();
  return nodes.some(({ inputs }, id) => {
    const depends = inputs.some((input) => ids.has(input) || reached.has(input));
    if (depends) reached.add(id);
    return depends && ids.has(id);
  });
}
