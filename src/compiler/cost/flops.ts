/**
 * Floating-point operations of a function, counted on its tensor IR rather than guessed from layers. A product of matrices
 * [m, k]·[k, n] is 2·m·k·n, a reduction one operation for each number that goes in, softmax five, any other arithmetic one
 * for each number that comes out. What moves or picks numbers (gather, concat, slice, reshape, …) is free.
 */
import { type GraphFunction, type GraphNode, type OpName, type Shape, sizeOf } from "../graph/index.js";

const oneEach: ReadonlySet<OpName> = new Set<OpName>([
  ...(["neg", "abs", "sign", "exp", "expm1", "log", "log1p", "sqrt", "cos", "sigmoid", "softplus", "tanh"] as const),
  ...(["relu", "add", "sub", "mul", "div", "pow", "maximum", "minimum", "reluGrad", "select"] as const),
]);

/** Subtract the largest, exponential, sum, divide; and finding the largest. */
const softmaxOperations = 5;

/** Operations by the outermost label of the nodes; of one row when the batch `B` is 1. */
export function countFlops(fn: GraphFunction, batch = 1): ReadonlyMap<string, number> {
  const sizes = new Map([["B", batch]]);
  const counts = new Map<string, number>();
  for (const node of fn.nodes) {
    const operations = flopsOf(node, fn, sizes);
    if (operations === 0) continue;
    const label = node.label?.split("/")[0] ?? "";
    counts.set(label, (counts.get(label) ?? 0) + operations);
  }
  return counts;
}

function flopsOf(node: GraphNode, fn: GraphFunction, sizes: ReadonlyMap<string, number>): number {
  if (node.type.dtype !== "float32") return 0;
  const elements = (shape: Shape): number => shape.reduce<number>((product, dim) => product * sizeOf(dim, sizes), 1);
  const inputShape = (index: number): Shape => fn.nodes[node.inputs[index] ?? -1]?.type.shape ?? [];
  if (oneEach.has(node.op)) return elements(node.type.shape);
  switch (node.op) {
    case "matmul": {
      const left = inputShape(0);
      const inner = left.at(node.attributes.transposeA ? -2 : -1) ?? 1;
      return 2 * elements(node.type.shape) * sizeOf(inner, sizes);
    }
    case "softmax":
      return softmaxOperations * elements(node.type.shape);
    case "sum":
    case "max":
    case "segmentSum":
      return elements(inputShape(0));
    default:
      return 0;
  }
}
