/**
 * Products of one matrix with several become one. A mixture's experts and gates all multiply the same rows, and so do the gradients of
 * their weights: a product with few columns takes an engine far longer than its operations say, and as columns of a wider one next to
 * nothing. The gradient of the rows is a sum of such products, which becomes one product over all columns.
 *
 *     x·W₁, x·W₂        →  the columns of x·[W₁ W₂]
 *     d₁·W₁ᵀ + d₂·W₂ᵀ   →  [d₁ d₂]·[W₁ W₂]ᵀ
 *
 * Sums are over the same terms; of the second kind in another order.
 */
import type { GraphFunction, GraphNode, NodeOf, TensorType, ValueId } from "../graph.js";
import { eliminateDeadCode, liveValues } from "./eliminate-dead-code.js";

/** Products with at most so many columns, or terms of each sum, are worth joining with others. */
const narrow = 64;

/** The function with its products joined; a function without any to join is returned as it is. Bind the batch first (`bindDims`). */
export function joinProducts(fn: GraphFunction): GraphFunction {
  const live = liveValues(fn);
  const joining = new Joining(fn);
  for (const group of sumsOfProducts(fn, live)) joining.joinSum(group);
  for (const group of productsOfOne(fn, live)) joining.joinColumns(group);
  return joining.isChanged ? eliminateDeadCode(inOrder(joining.finish())) : fn;
}

interface Product {
  readonly id: ValueId;
  readonly node: NodeOf<"matmul">;
}

/** Products with the same left operand, transposed alike, of which none is computed from another. */
function productsOfOne(fn: GraphFunction, live: ReadonlySet<ValueId>): readonly (readonly Product[])[] {
  const groups = new Map<string, Product[]>();
  fn.nodes.forEach((node, id) => {
    if (!live.has(id) || !isPlainProduct(fn, node)) return;
    const { transposeA, transposeB } = node.attributes;
    const key = `${node.inputs[0]} ${transposeA} ${transposeB}`;
    groups.set(key, [...(groups.get(key) ?? []), { id, node }]);
  });
  return [...groups.values()].map((group) => independent(fn, group)).filter((group) => isWorth(group, columnsOf));
}

/** Sums whose terms are products that nothing else reads, all transposed alike. */
function sumsOfProducts(
  fn: GraphFunction,
  live: ReadonlySet<ValueId>,
): readonly { readonly sum: ValueId; readonly terms: readonly Product[] }[] {
  const uses = useCounts(fn, live);
  const inner = new Set<ValueId>();
  const found: { readonly sum: ValueId; readonly terms: readonly Product[] }[] = [];
  for (let id = fn.nodes.length - 1; id >= 0; id -= 1) {
    const node = fn.nodes[id];
    if (node?.op !== "add" || !live.has(id) || inner.has(id)) continue;
    const terms: Product[] = [];
    let isSum = true;
    const open: ValueId[] = [id];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const each = fn.nodes[at];
      if (each === undefined) continue;
      const isOwn = at === id || uses.get(at) === 1;
      if (isOwn && each.op === "add" && sameShape(each.type, node.type)) {
        inner.add(at);
        // The left term first.
        open.push(...each.inputs.toReversed());
      } else if (isOwn && isPlainProduct(fn, each) && sameShape(each.type, node.type))
        terms.push({ id: at, node: each });
      else isSum = false;
    }
    const [first] = terms;
    const isAlike = terms.every(
      ({ node: { attributes } }) =>
        attributes.transposeA === first?.node.attributes.transposeA &&
        attributes.transposeB === first.node.attributes.transposeB,
    );
    const inners = (product: Product): number => innerOf(fn, product);
    if (isSum && isAlike && isWorth(terms, inners)) found.push({ sum: id, terms });
  }
  return found;
}

function isWorth(group: readonly Product[], widthOf: (product: Product) => number): boolean {
  return group.length > 1 && group.some((product) => widthOf(product) <= narrow);
}

function isPlainProduct(fn: GraphFunction, node: GraphNode): node is NodeOf<"matmul"> {
  return (
    node.op === "matmul" &&
    [node.type, ...node.inputs.flatMap((input) => fn.nodes[input]?.type ?? [])].every(
      ({ shape }) => shape.length === 2 && shape.every((dim) => typeof dim === "number"),
    )
  );
}

/** The columns of a product, and the terms of each of its sums. */
function columnsOf({ node }: Product): number {
  return Number(node.type.shape[1]);
}

function innerOf(fn: GraphFunction, { node: { inputs, attributes } }: Product): number {
  return Number(fn.nodes[inputs[0] ?? -1]?.type.shape[attributes.transposeA ? 0 : 1]);
}

/** The members of a group that are computed from none before them. */
function independent(fn: GraphFunction, group: readonly Product[]): readonly Product[] {
  const [first, ...others] = group;
  if (first === undefined || others.length === 0) return group;
  // What is computed from a member that is kept.
  const after = new Set<ValueId>();
  const kept = new Set([first.id]);
  const members = new Set(group.map(({ id }) => id));
  for (let id = first.id; id < fn.nodes.length; id += 1) {
    const reads = fn.nodes[id]?.inputs.some((input) => after.has(input) || kept.has(input)) === true;
    if (reads) after.add(id);
    else if (members.has(id)) kept.add(id);
  }
  return group.filter(({ id }) => kept.has(id));
}

function useCounts(fn: GraphFunction, live: ReadonlySet<ValueId>): ReadonlyMap<ValueId, number> {
  const counts = new Map<ValueId, number>();
  const count = (id: ValueId): void => void counts.set(id, (counts.get(id) ?? 0) + 1);
  fn.nodes.forEach((node, id) => live.has(id) && node.inputs.forEach(count));
  for (const { value } of fn.outputs) count(value);
  for (const update of fn.updates)
    (update.kind === "assign" ? [update.value] : [update.ids, update.rows]).forEach(count);
  return counts;
}

function sameShape(a: TensorType, b: TensorType): boolean {
  return a.shape.length === b.shape.length && a.shape.every((dim, axis) => dim === b.shape[axis]);
}

/** Writes what is joined behind the function's nodes; {@link inOrder} puts it in its place. */
class Joining {
  readonly #nodes: GraphNode[];
  /** What is joined already, by axis and parts in any order. */
  readonly #joined = new Map<string, { readonly id: ValueId; readonly parts: readonly ValueId[] }>();
  isChanged = false;

  constructor(readonly fn: GraphFunction) {
    this.#nodes = [...fn.nodes];
  }

  joinColumns(group: readonly Product[]): void {
    const [first] = group;
    const left = first?.node.inputs[0];
    if (first === undefined || left === undefined || group.some(({ id, node }) => this.#nodes[id] !== node)) return;
    const { attributes } = first.node;
    const rightOf = ({ node }: Product): ValueId => node.inputs[1] ?? -1;
    const { id: right, parts } = this.#concat(group.map(rightOf), attributes.transposeB ? 0 : 1);
    const columns = group.reduce((sum, product) => sum + columnsOf(product), 0);
    const type: TensorType = { dtype: "float32", shape: [first.node.type.shape[0] ?? 0, columns] };
    const whole = this.#add({ ...widest(group).node, inputs: [left, right], type });
    let begin = 0;
    for (const product of group.toSorted((a, b) => parts.indexOf(rightOf(a)) - parts.indexOf(rightOf(b)))) {
      const size = columnsOf(product);
      this.#replace(product, { op: "slice", inputs: [whole], attributes: { axis: 1, begin, size } });
      begin += size;
    }
  }

  joinSum({ sum, terms }: { readonly sum: ValueId; readonly terms: readonly Product[] }): void {
    const [first] = terms;
    const node = this.#nodes[sum];
    if (first === undefined || node === undefined) return;
    const { transposeA, transposeB } = first.node.attributes;
    const side = (at: 0 | 1): readonly ValueId[] => inOrderOfWeights.map((term) => term.node.inputs[at] ?? -1);
    // The order in which the forward product has the weights, so that they are joined once.
    const inOrderOfWeights = terms.toSorted((a, b) => (a.node.inputs[1] ?? -1) - (b.node.inputs[1] ?? -1));
    const left = this.#write(side(0), transposeA ? 0 : 1);
    const right = this.#write(side(1), transposeB ? 1 : 0);
    this.#nodes[sum] = { ...widest(terms).node, inputs: [left, right], type: node.type };
    this.isChanged = true;
  }

  finish(): GraphFunction {
    return { ...this.fn, nodes: this.#nodes };
  }

  /** Matrices beside each other, in an order of its own where they are joined already. */
  #concat(parts: readonly ValueId[], axis: 0 | 1): { readonly id: ValueId; readonly parts: readonly ValueId[] } {
    const known = this.#joined.get(keyOf(parts, axis));
    return known ?? { id: this.#write(parts, axis), parts };
  }

  /** Matrices beside each other in this order. */
  #write(parts: readonly ValueId[], axis: 0 | 1): ValueId {
    const known = this.#joined.get(keyOf(parts, axis));
    if (known?.parts.every((part, at) => part === parts[at]) === true) return known.id;
    const types = parts.flatMap((part) => this.#nodes[part]?.type ?? []);
    const along = types.reduce((total, { shape }) => total + Number(shape[axis]), 0);
    const across = types[0]?.shape[1 - axis] ?? 0;
    const id = this.#add({
      op: "concat",
      inputs: parts,
      attributes: { axis },
      type: { dtype: "float32", shape: axis === 0 ? [along, across] : [across, along] },
      ...originOf(this.#nodes[parts[0] ?? -1]),
    });
    if (known === undefined) this.#joined.set(keyOf(parts, axis), { id, parts });
    return id;
  }

  #add(node: GraphNode): ValueId {
    this.isChanged = true;
    return this.#nodes.push(node) - 1;
  }

  #replace({ id, node }: Product, by: Pick<NodeOf<"slice">, "op" | "inputs" | "attributes">): void {
    this.#nodes[id] = { ...by, type: node.type, ...originOf(node) };
  }
}

function keyOf(parts: readonly ValueId[], axis: 0 | 1): string {
  return `${axis} ${parts.toSorted((a, b) => a - b).join(" ")}`;
}

/** The member that most of the work is for, whose place in the spec a joined product has. */
function widest(group: readonly Product[]): Product {
  return group.reduce((most, each) => (columnsOf(each) > columnsOf(most) ? each : most));
}

function originOf(node: GraphNode | undefined): Pick<GraphNode, "label" | "span"> {
  return {
    ...(node?.label === undefined ? {} : { label: node.label }),
    ...(node?.span === undefined ? {} : { span: node.span }),
  };
}

/** The function with each node behind what it reads, otherwise in the order that it has. */
function inOrder(fn: GraphFunction): GraphFunction {
  const moved = new Map<ValueId, ValueId>();
  const nodes: GraphNode[] = [];
  const place = (root: ValueId): void => {
    const open = [root];
    for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
      const node = fn.nodes[id];
      if (node === undefined || moved.has(id)) {
        open.pop();
        continue;
      }
      const missing = node.inputs.filter((input) => !moved.has(input));
      if (missing.length > 0) {
        open.push(...missing.toReversed());
        continue;
      }
      open.pop();
      moved.set(id, nodes.length);
      nodes.push({ ...node, inputs: node.inputs.map((input) => moved.get(input) ?? -1) } as GraphNode);
    }
  };
  for (let id = 0; id < fn.nodes.length; id += 1) place(id);
  const to = (id: ValueId): ValueId => moved.get(id) ?? -1;
  return {
    name: fn.name,
    nodes,
    outputs: fn.outputs.map(({ name, value }) => ({ name, value: to(value) })),
    updates: fn.updates.map((update) =>
      update.kind === "assign"
        ? { ...update, value: to(update.value) }
        : { ...update, ids: to(update.ids), rows: to(update.rows) },
    ),
  };
}
