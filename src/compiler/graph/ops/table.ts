/** The op table: a row for each op. An op without a row does not compile. */
import { GraphError } from "../graph-error.js";
import type { Dim, GraphNode, NodeOf, OpAttributes, OpName, Shape, TensorType, ValueId } from "../graph.js";
import type { OpBuilder } from "../op-builder.js";
import type { Tensor } from "../tensor.js";
import { binaryOps } from "./binary.js";
import { indexingOps } from "./indexing.js";
import { layoutOps } from "./layout.js";
import { matrixOps } from "./matrix.js";
import type { Evaluation, InputGradient, OpRow, StateTypes } from "./op.js";
import { sourceOps } from "./source.js";
import { unaryOps } from "./unary.js";

export const opTable: { readonly [K in OpName]: OpRow<K> } = {
  ...sourceOps,
  ...unaryOps,
  ...binaryOps,
  ...matrixOps,
  ...layoutOps,
  ...indexingOps,
};

export function isOpName(name: string): name is OpName {
  return Object.hasOwn(opTable, name);
}

/** The type of an op's result. Throws {@link GraphError} with the op's name when its inputs do not fit. */
export function inferType<K extends OpName>(
  op: K,
  inputs: readonly TensorType[],
  attributes: OpAttributes[K],
  stateType: StateTypes,
): TensorType {
  const row: OpRow<K> = opTable[op];
  const fits = row.arity === "variadic" ? inputs.length > 0 : inputs.length === row.arity;
  if (!fits) throw new GraphError(`\`${op}\` takes ${row.arity} inputs, has ${inputs.length}`);
  try {
    return row.infer(inputs, attributes, stateType);
  } catch (error) {
    if (error instanceof GraphError) throw new GraphError(`\`${op}\` ${error.message}`);
    throw error;
  }
}

/** How to make the gradient of a node with respect to each of its inputs. */
export function inputGradients<K extends OpName>(
  builder: OpBuilder,
  node: NodeOf<K>,
  output: ValueId,
  upstream: ValueId,
): readonly InputGradient[] {
  const row: OpRow<K> = opTable[node.op];
  return row.gradient({ builder, attributes: node.attributes, inputs: node.inputs, output, upstream });
}

/** The value of a node in float64. */
export function evaluateNode<K extends OpName>(
  node: NodeOf<K>,
  inputs: readonly Tensor[],
  context: Evaluation,
): Tensor {
  const row: OpRow<K> = opTable[node.op];
  try {
    return row.evaluate(inputs, node.attributes, context);
  } catch (error) {
    if (error instanceof GraphError) throw new GraphError(`\`${node.op}\`: ${error.message}`, node.span);
    throw error;
  }
}

/** Operations of a node whose result is float32; `count` gives the elements of a shape with the sizes of a call. */
export function nodeFlops<K extends OpName>(
  node: NodeOf<K>,
  inputs: readonly TensorType[],
  count: (shape: Shape) => number,
): number {
  const row: OpRow<K> = opTable[node.op];
  return row.flops({ attributes: node.attributes, inputs, output: node.type, count });
}

/** The node with other sizes in its attributes and its type. */
export function mapNodeDims<K extends OpName>(node: NodeOf<K>, map: (dim: Dim) => Dim): GraphNode {
  const row: OpRow<K> = opTable[node.op];
  const attributes = row.mapDims?.(node.attributes, map) ?? node.attributes;
  const type = { dtype: node.type.dtype, shape: node.type.shape.map(map) };
  return { ...node, attributes, type } as NodeOf<K> as GraphNode;
}
