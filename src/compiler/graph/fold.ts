/**
 * What the builder does not write down: ops that change nothing (x·1, x + 0, a reshape to the same shape) and ops on
 * small constants, which are computed at once. Every rule keeps the type.
 */
import type { OpBuilder } from "./op-builder.js";
import { isStatic, sameShape, sameType } from "./dims.js";
import type { GraphNode, NodeOf, TensorType, ValueId } from "./graph.js";
import { evaluateNode, opTable } from "./ops/table.js";
import { sizeOfShape, type Tensor } from "./tensor.js";

/** A constant with more elements than this is not computed at build time. */
const largestFolded = 4096;

/** An existing value that is equal to the node's, if a rule knows one; may write nodes of its own. */
export function simplifyNode(builder: OpBuilder, node: GraphNode): ValueId | undefined {
  const [x = -1, y = -1] = node.inputs;
  switch (node.op) {
    case "reshape": {
      const inner = builder.node(x);
      if (sameShape(inner.type.shape, node.type.shape)) return x;
      if (inner.op === "reshape") return builder.reshape(inner.inputs[0] ?? -1, node.type.shape);
      return undefined;
    }
    case "broadcast":
    case "cast":
    case "transpose":
    case "slice":
    case "pad":
      return isIdentity(builder, node) ? x : undefined;
    case "concat":
      return node.inputs.length === 1 ? x : undefined;
    case "sum":
    case "max":
      return node.attributes.axes.length === 0 ? x : undefined;
    case "add":
      if (uniformValue(builder, y) === 0) return keep(builder, x, node.type);
      return uniformValue(builder, x) === 0 ? keep(builder, y, node.type) : undefined;
    case "sub":
      return uniformValue(builder, y) === 0 ? keep(builder, x, node.type) : undefined;
    case "mul":
      if (uniformValue(builder, y) === 1) return keep(builder, x, node.type);
      return uniformValue(builder, x) === 1 ? keep(builder, y, node.type) : undefined;
    case "div":
    case "pow":
      return uniformValue(builder, y) === 1 ? keep(builder, x, node.type) : undefined;
    case "neg": {
      const inner = builder.node(x);
      return inner.op === "neg" ? inner.inputs[0] : undefined;
    }
    default:
      return undefined;
  }
}

function isIdentity(
  builder: OpBuilder,
  node: NodeOf<"broadcast"> | NodeOf<"cast"> | NodeOf<"transpose"> | NodeOf<"slice"> | NodeOf<"pad">,
): boolean {
  if (node.op === "transpose") return node.attributes.permutation.every((axis, place) => axis === place);
  return sameType(builder.type(node.inputs[0] ?? -1), node.type);
}

/** The value, when it already has the result's type: the other side may have stretched it. */
function keep(builder: OpBuilder, value: ValueId, type: TensorType): ValueId | undefined {
  return sameType(builder.type(value), type) ? value : undefined;
}

/** The number that every element is, if that can be seen. */
function uniformValue(builder: OpBuilder, id: ValueId): number | undefined {
  const node = builder.node(id);
  switch (node.op) {
    case "constant":
      return typeof node.attributes.value === "number" ? node.attributes.value : undefined;
    case "broadcast":
    case "reshape":
      return uniformValue(builder, node.inputs[0] ?? -1);
    default:
      return undefined;
  }
}

/** The node as a constant, when all its inputs are small ones. */
export function foldNode(builder: OpBuilder, node: GraphNode): GraphNode | undefined {
  if (!opTable[node.op].foldable) return undefined;
  const inputs = node.inputs.map((id) => constantTensor(builder, id));
  const known = inputs.filter((input) => input !== undefined);
  if (known.length < inputs.length || !isStatic(node.type.shape) || sizeOfShape(node.type.shape) > largestFolded) {
    return undefined;
  }
  const { data } = evaluateNode(node, known, {
    sizes: (shape) => shape.filter((dim) => typeof dim === "number"),
    bind: unreachable,
    input: unreachable,
    state: unreachable,
  });
  const { type } = node;
  const [first = 0] = data;
  const value = data.every((element) => Object.is(element, first)) ? first : [...data];
  return { ...node, op: "constant", inputs: [], attributes: { type, value } };
}

function constantTensor(builder: OpBuilder, id: ValueId): Tensor | undefined {
  const node = builder.node(id);
  if (node.op !== "constant") return undefined;
  const { type, value } = node.attributes;
  if (!isStatic(type.shape) || sizeOfShape(type.shape) > largestFolded) return undefined;
  const data = new Float64Array(sizeOfShape(type.shape));
  return {
    dtype: type.dtype,
    shape: type.shape,
    data: typeof value === "number" ? data.fill(value) : Float64Array.from(value),
  };
}

function unreachable(): never {
  throw new Error("a constant reads nothing");
}
