/** An op over several values at once, which lie behind one another on a first axis. */
import type { GraphNode, NodeOf, ValueId } from "../graph.js";
import type { OpBuilder } from "../op-builder.js";

/** What an op reads: of each of the values something of its own, [n, …], or all the same. */
export interface StackedInput {
  readonly value: ValueId;
  readonly isStacked: boolean;
}

/** [n, …shape of the node] of n values with inputs of their own, at least one of which is stacked. */
export function stackedOp(b: OpBuilder, node: GraphNode, inputs: readonly StackedInput[], count: number): ValueId {
  const rank = node.type.shape.length;
  const [first] = inputs;
  const only = first?.value ?? -1;
  switch (node.op) {
    case "matmul":
      return stackedProduct(b, node, inputs);
    case "sum":
    case "max": {
      const inner = b.shape(only).length - 1;
      const axes = node.attributes.axes.map((axis) => 1 + from(axis, inner));
      return b.apply(node.op, [only], { ...node.attributes, axes });
    }
    case "reshape":
      return b.reshape(only, [count, ...node.attributes.shape]);
    case "transpose":
      return b.transpose(only, [0, ...node.attributes.permutation.map((axis) => axis + 1)]);
    case "broadcast":
      return b.broadcast(withRank(b, first, rank), [count, ...node.attributes.shape]);
    case "concat":
      return b.concat(
        inputs.map((input) => apart(b, input, count)),
        1 + from(node.attributes.axis, rank),
      );
    case "slice":
      return b.slice(only, { ...node.attributes, axis: 1 + from(node.attributes.axis, rank) });
    case "pad":
      return b.pad(only, { ...node.attributes, axis: 1 + from(node.attributes.axis, rank) });
    default: {
      // Elementwise, or over the last axis: what is stretched keeps its place before the last axes.
      const read = inputs.map((input) => (input.isStacked ? withRank(b, input, rank) : input.value));
      return b.apply(node.op, read, node.attributes as never);
    }
  }
}

/**
 * Σ of n products, whose factors are both stacked, as one product: the axis of the stack is part of the one that is summed over.
 */
export function summedProduct(b: OpBuilder, node: NodeOf<"matmul">, left: ValueId, right: ValueId): ValueId {
  const { transposeA, transposeB } = node.attributes;
  const rank = node.type.shape.length;
  const a = folded(b, left, transposeA ? rank - 2 : rank - 1);
  const c = folded(b, right, transposeB ? rank - 1 : rank - 2);
  return b.matmul(a, c, { transposeA, transposeB });
}

/** What all share is multiplied once: the stack's axis becomes part of the rows, or of the columns, of one product. */
function stackedProduct(b: OpBuilder, node: NodeOf<"matmul">, [left, right]: readonly StackedInput[]): ValueId {
  if (left === undefined || right === undefined) throw new Error("a product has two factors");
  const { transposeA, transposeB } = node.attributes;
  const { shape } = node.type;
  const rank = shape.length;
  if (left.isStacked && right.isStacked) return b.matmul(left.value, right.value, { transposeA, transposeB });
  const own = left.isStacked ? left.value : right.value;
  const isFirst = left.isStacked;
  const axis = isFirst ? (transposeA ? rank - 1 : rank - 2) : transposeB ? rank - 2 : rank - 1;
  const whole = folded(b, own, axis);
  const product = isFirst
    ? b.matmul(whole, right.value, { transposeA, transposeB })
    : b.matmul(left.value, whole, { transposeA, transposeB });
  // The stack's axis is before rows, or columns, of the result.
  const at = isFirst ? rank - 2 : rank - 1;
  const count = Number(b.shape(own)[0]);
  const split = b.reshape(product, [...shape.slice(0, at), count, ...shape.slice(at)]);
  const others = Array.from({ length: rank + 1 }, (_, each) => each).filter((each) => each !== at);
  return at === 0 ? split : b.transpose(split, [at, ...others]);
}

/** [n, …shape] with the first axis as part of `axis` of the shape, before its own. */
function folded(b: OpBuilder, value: ValueId, axis: number): ValueId {
  const [count = 1, ...shape] = b.shape(value).map(Number);
  const others = shape.map((_, each) => each + 1);
  const moved = axis === 0 ? value : b.transpose(value, [...others.slice(0, axis), 0, ...others.slice(axis)]);
  return b.reshape(
    moved,
    shape.map((size, each) => (each === axis ? count * size : size)),
  );
}

/** [n, …] with axes of one before those of each value, as many as it takes. */
function withRank(b: OpBuilder, input: StackedInput | undefined, rank: number): ValueId {
  const value = input?.value ?? -1;
  const [count = 1, ...shape] = b.shape(value);
  const missing = rank - shape.length;
  return missing <= 0 ? value : b.reshape(value, [count, ...Array.from({ length: missing }, () => 1), ...shape]);
}

/** A value of its own for each. */
function apart(b: OpBuilder, { value, isStacked }: StackedInput, count: number): ValueId {
  return isStacked ? value : b.broadcast(value, [count, ...b.shape(value)]);
}

const from = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
