/** Linear maps of n networks side by side, which programs compute as one product, as the sums over indices that they are. */
import type { GraphFunction, GraphNode, OpName, ValueId } from "../../graph/index.js";
import { sameShape } from "../../graph/index.js";
import { binary, call, level } from "./python.js";
import type { Nodes, Raised } from "./raised.js";

/** Functions of single elements, which axes do not matter to. */
const elementwise: { readonly [K in OpName]?: string } = {
  relu: "torch.relu",
  sigmoid: "torch.sigmoid",
  tanh: "torch.tanh",
};

type Layout = (node: GraphNode, id: ValueId) => Raised | undefined;

/** `reshape` of [B, n·o] to [B, n, o], and `transpose` of [n, B, o] to [B, n, o], behind products. */
export function parallel(nodes: Nodes, node: GraphNode): Raised | undefined {
  const { fn } = nodes;
  const [input = -1] = node.inputs;
  const inner = nodes.open(input);
  if (inner === undefined) return undefined;
  if (node.op === "reshape") {
    const [batch, count, width] = node.type.shape;
    const from = inner.type.shape;
    if (node.type.shape.length !== 3 || from.length !== 2 || from[0] !== batch) return undefined;
    return unfold(
      nodes,
      input,
      (_, id) => flatProduct(fn, id, Number(count), Number(width)),
      (id) => unflattened(fn, id),
    );
  }
  if (node.op === "transpose" && isSwap(node)) {
    const raised = unfold(
      nodes,
      input,
      (_, id) => copiesProduct(nodes, id),
      (id) => withoutOne(fn, id),
    );
    return raised;
  }
  return undefined;
}

/** Through functions of elements and biases down to the product. */
function unfold(
  nodes: Nodes,
  id: ValueId,
  product: Layout,
  biasOf: (id: ValueId) => ValueId | undefined,
): Raised | undefined {
  const node = nodes.open(id);
  if (node === undefined) return undefined;
  const name = elementwise[node.op];
  if (name !== undefined) {
    const inner = unfold(nodes, node.inputs[0] ?? -1, product, biasOf);
    return inner && { ...inner, build: (inputs) => call(name, [inner.build(inputs)]) };
  }
  if (node.op === "add") {
    const bias = biasOf(node.inputs[1] ?? -1);
    const inner = unfold(nodes, node.inputs[0] ?? -1, product, biasOf);
    if (bias === undefined || inner === undefined) return undefined;
    const { length } = inner.inputs;
    return {
      ...inner,
      inputs: [...inner.inputs, bias],
      build: (inputs) => binary(inner.build(inputs), "+", inputs[length] ?? inputs[0]!, level.sum),
    };
  }
  return product(node, id);
}

/** x·W of W [d, n, o] or [n, d, o], laid out as [d, n·o]. */
function flatProduct(fn: GraphFunction, id: ValueId, count: number, width: number): Raised | undefined {
  const node = fn.nodes[id];
  if (node?.op !== "matmul" || node.attributes.transposeA || node.attributes.transposeB) return undefined;
  const [x = -1, flat = -1] = node.inputs;
  const reshape = fn.nodes[flat];
  if (reshape?.op !== "reshape") return undefined;
  const [source = -1] = reshape.inputs;
  const weight = fn.nodes[source];
  if (weight?.type.shape.length !== 3 || weight.type.shape[1] !== count || weight.type.shape[2] !== width)
    return undefined;
  const isTransposed = weight.op === "transpose" && isSwap(weight);
  const equation = isTransposed ? '"bd,ndo->bno"' : '"bd,dno->bno"';
  const kept = isTransposed ? (weight.inputs[0] ?? -1) : source;
  return {
    inputs: [x, kept],
    hint: "hidden",
    build: ([left, right]) => call("torch.einsum", [equation, left!, right!]),
  };
}

/** [n, o] of a bias that is laid out as [n·o]. */
function unflattened(fn: GraphFunction, id: ValueId): ValueId | undefined {
  const node = fn.nodes[id];
  if (node?.op !== "reshape" || node.type.shape.length !== 1) return undefined;
  const [source = -1] = node.inputs;
  return fn.nodes[source]?.type.shape.length === 2 ? source : undefined;
}

/** [n, B, d]·[n, d, o], where what it reads is laid out likewise. */
function copiesProduct(nodes: Nodes, id: ValueId): Raised | undefined {
  const { fn } = nodes;
  const node = fn.nodes[id];
  if (node?.op !== "matmul" || node.attributes.transposeA || node.attributes.transposeB || node.type.shape.length !== 3)
    return undefined;
  const [left = -1, weight = -1] = node.inputs;
  if (fn.nodes[weight]?.type.shape.some((dim) => typeof dim !== "number") !== false) return undefined;
  const swap = nodes.open(left);
  if (swap?.op === "transpose" && isSwap(swap)) {
    return {
      inputs: [swap.inputs[0] ?? -1, weight],
      hint: "hidden",
      build: ([x, w]) => call("torch.einsum", ['"bnd,ndo->bno"', x!, w!]),
    };
  }
  const inner = unfold(
    nodes,
    left,
    (_, each) => copiesProduct(nodes, each),
    (each) => withoutOne(fn, each),
  );
  if (inner === undefined) return undefined;
  const { length } = inner.inputs;
  return {
    inputs: [...inner.inputs, weight],
    hint: "hidden",
    build: (inputs) => call("torch.einsum", ['"bnd,ndo->bno"', inner.build(inputs), inputs[length]!]),
  };
}

/** [n, o] of a bias that is laid out as [n, 1, o]. */
function withoutOne(fn: GraphFunction, id: ValueId): ValueId | undefined {
  const node = fn.nodes[id];
  if (node?.op !== "reshape" || node.type.shape.length !== 3 || node.type.shape[1] !== 1) return undefined;
  const [source = -1] = node.inputs;
  const [count, , width] = node.type.shape;
  return sameShape(fn.nodes[source]?.type.shape ?? [], [count ?? 0, width ?? 0]) ? source : undefined;
}

function isSwap(node: GraphNode): boolean {
  return node.op === "transpose" && node.attributes.permutation.join(" ") === "1 0 2";
}
