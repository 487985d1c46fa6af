/** Groups of ops that PyTorch has one word for. */
import type { GraphNode, NodeOf, OpName, ValueId } from "../../graph/index.js";
import { sameShape } from "../../graph/index.js";
import type { Nodes, Raised } from "./raised.js";
import { indexed } from "./expressions.js";
import { parallel } from "./parallel.js";
import { binary, call, type Expr, level, method, numberText, operand } from "./python.js";

type Pattern = (nodes: Nodes, node: GraphNode) => Raised | undefined;

const at = (ids: readonly ValueId[], index: number): ValueId => ids[index] ?? -1;
const first = (inputs: readonly Expr[], index = 0): Expr => inputs[index] ?? { text: "None", level: level.atom };

/** The node of a value if its op is this one. */
function is<K extends OpName>(nodes: Nodes, id: ValueId, op: K): NodeOf<K> | undefined {
  const node = nodes.open(id);
  return node?.op === op ? (node as NodeOf<K>) : undefined;
}

function constantOf(nodes: Nodes, id: ValueId): number | undefined {
  const node = nodes.fn.nodes[id];
  return node?.op === "constant" && node.type.shape.length === 0 && typeof node.attributes.value === "number"
    ? node.attributes.value
    : undefined;
}

/** softplus(z) − y·z. */
const crossEntropy: Pattern = (nodes, node) => {
  if (node.op !== "sub") return undefined;
  const softplus = is(nodes, at(node.inputs, 0), "softplus");
  const product = is(nodes, at(node.inputs, 1), "mul");
  const logit = at(softplus?.inputs ?? [], 0);
  if (product === undefined || !product.inputs.includes(logit)) return undefined;
  const target = product.inputs.find((id) => id !== logit);
  if (target === undefined || nodes.fn.nodes[target]?.type.shape.length === 0) return undefined;
  return {
    inputs: [logit, target],
    hint: "loss",
    build: ([z, y]) => call("F.binary_cross_entropy_with_logits", [first([z!]), first([y!]), 'reduction="none"']),
  };
};

/** −softplus(−z) and −softplus(z). */
const logSigmoid: Pattern = (nodes, node) => {
  if (node.op !== "neg") return undefined;
  const softplus = is(nodes, at(node.inputs, 0), "softplus");
  if (softplus === undefined) return undefined;
  const z = at(softplus.inputs, 0);
  const inner = is(nodes, z, "neg");
  return inner === undefined
    ? { inputs: [z], build: (inputs) => call("F.logsigmoid", [`-${operand(first(inputs), level.sign)}`]) }
    : { inputs: [at(inner.inputs, 0)], build: (inputs) => call("F.logsigmoid", [first(inputs)]) };
};

/** x + (y − x): for zeros and ones that is y. */
const remainder: Pattern = (nodes, node) => {
  if (node.op !== "add") return undefined;
  const difference = is(nodes, at(node.inputs, 1), "sub");
  if (difference === undefined || at(difference.inputs, 1) !== at(node.inputs, 0)) return undefined;
  return { inputs: [at(difference.inputs, 0)], build: (inputs) => first(inputs) };
};

/** One column of an axis: a slice of size 1 whose axis is dropped. */
const column: Pattern = (nodes, node) => {
  if (node.op !== "reshape") return undefined;
  const slice = is(nodes, at(node.inputs, 0), "slice");
  if (slice === undefined || slice.attributes.size !== 1) return undefined;
  const { axis, begin } = slice.attributes;
  const without = slice.type.shape.filter((_, index) => index !== axis);
  if (!sameShape(without, node.type.shape)) return undefined;
  return {
    inputs: slice.inputs,
    build: (inputs) => indexed(first(inputs), axis, String(begin)),
  };
};

/** Σₙ wₙ·xₙ as a product [B, 1, n]·[B, n, d] whose axis of size 1 is dropped. */
const mixture: Pattern = (nodes, node) => {
  if (node.op !== "reshape" || node.type.shape.length !== 2) return undefined;
  const product = is(nodes, at(node.inputs, 0), "matmul");
  if (product === undefined || product.attributes.transposeA || product.attributes.transposeB) return undefined;
  const weights = is(nodes, at(product.inputs, 0), "reshape");
  const [batch, one, count] = weights?.type.shape ?? [];
  const from = nodes.fn.nodes[at(weights?.inputs ?? [], 0)];
  if (weights === undefined || one !== 1 || from === undefined || product.type.shape.length !== 3) return undefined;
  if (from.type.shape.length !== 2 || from.type.shape[0] !== batch || from.type.shape[1] !== count) return undefined;
  if (product.type.shape[1] !== 1 || product.type.shape[0] !== node.type.shape[0]) return undefined;
  return {
    inputs: [at(weights.inputs, 0), at(product.inputs, 1)],
    hint: "mixed",
    build: (inputs) => call("torch.einsum", ['"bn,bnd->bd"', first(inputs), first(inputs, 1)]),
  };
};

/** What is dropped at which rate by x · [rate ≤ random] / (1 − rate). */
export function droppedBy(
  nodes: Nodes,
  node: GraphNode,
): { readonly input: ValueId; readonly rate: number } | undefined {
  if (node.op !== "mul") return undefined;
  const scale = is(nodes, at(node.inputs, 1), "mul");
  const cast = is(nodes, at(scale?.inputs ?? [], 0), "cast");
  const kept = is(nodes, at(cast?.inputs ?? [], 0), "lessEqual");
  if (kept === undefined || nodes.fn.nodes[at(kept.inputs, 1)]?.op !== "random") return undefined;
  const rate = constantOf(nodes, at(kept.inputs, 0));
  return rate === undefined ? undefined : { input: at(node.inputs, 0), rate };
}

const dropout: Pattern = (nodes, node) => {
  const dropped = droppedBy(nodes, node);
  if (dropped === undefined) return undefined;
  return {
    inputs: [dropped.input],
    hint: "dropped",
    build: (inputs) => call("F.dropout", [first(inputs), numberText(dropped.rate), "self.training"]),
  };
};

/** Σ x·x over an axis and the like stay as they are; 1 − x of a comparison is its opposite only in words. */
const difference: Pattern = (nodes, node) => {
  if (node.op !== "add") return undefined;
  const negative = is(nodes, at(node.inputs, 1), "neg");
  if (negative === undefined) return undefined;
  return {
    inputs: [at(node.inputs, 0), at(negative.inputs, 0)],
    build: (inputs) => binary(first(inputs), "-", first(inputs, 1), level.sum),
  };
};

/** Swapping axes, then swapping them back. */
const swappedTwice: Pattern = (nodes, node) => {
  if (node.op !== "transpose") return undefined;
  const inner = is(nodes, at(node.inputs, 0), "transpose");
  if (inner === undefined) return undefined;
  const { permutation } = node.attributes;
  if (!permutation.every((axis, index) => inner.attributes.permutation[axis] === index)) return undefined;
  return { inputs: inner.inputs, build: (inputs) => first(inputs) };
};

/** The mean over an axis: a sum divided by its length. */
const mean: Pattern = (nodes, node) => {
  if (node.op !== "div") return undefined;
  const sum = is(nodes, at(node.inputs, 0), "sum");
  const count = constantOf(nodes, at(node.inputs, 1));
  const shape = nodes.fn.nodes[at(sum?.inputs ?? [], 0)]?.type.shape;
  if (sum === undefined || count === undefined || shape === undefined || sum.attributes.axes.length !== 1)
    return undefined;
  const [axis = 0] = sum.attributes.axes;
  if (shape[axis] !== count) return undefined;
  return {
    inputs: sum.inputs,
    hint: "mean",
    build: (inputs) =>
      method(
        first(inputs),
        "mean",
        `dim=${axis === shape.length - 1 ? -1 : axis}`,
        ...(sum.attributes.keepDims ? ["keepdim=True"] : []),
      ),
  };
};

const patterns: readonly Pattern[] = [
  parallel,
  dropout,
  crossEntropy,
  logSigmoid,
  remainder,
  column,
  mixture,
  swappedTwice,
  mean,
  difference,
];

/** What stands for a node and what it reads; undefined where its op does. */
export function raise(nodes: Nodes, node: GraphNode): Raised | undefined {
  for (const pattern of patterns) {
    const raised = pattern(nodes, node);
    if (raised !== undefined) return raised;
  }
  return undefined;
}
