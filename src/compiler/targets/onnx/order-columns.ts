/**
 * Columns of inputs in the order in which they come. A network reads features in the order of the spec, which cuts the tensor of all
 * embeddings, and that of all numbers, into pieces and joins them again: for one row this is a tenth of the whole call. Where only products
 * with weights read the joined tensor, the rows of the weights change places instead.
 */
import type { GraphFunction, GraphNode, NodeOf, Program, StateVariable, ValueId } from "../../graph/graph.js";
import { renumbered } from "../../graph/passes/eliminate-dead-code.js";
import { joinInOrder, type Joined, writeJoin } from "../../graph/passes/join-columns.js";

/** Weights whose rows are those of another variable in another order. */
export interface OrderedWeights {
  readonly of: StateVariable;
  /** Row i is row `rows[i]` of the variable. */
  readonly rows: readonly number[];
}

export interface OrderedFunction {
  readonly fn: GraphFunction;
  /** By the variable that the function reads in the place of another. */
  readonly ordered: ReadonlyMap<StateVariable, OrderedWeights>;
}

/** The same function with fewer pieces. `mayOrder`: whether a variable may be held in another order. */
export function orderColumns(
  program: Program,
  fn: GraphFunction,
  mayOrder: (variable: StateVariable) => boolean,
): OrderedFunction {
  const variables = new Map(program.state.map((variable) => [variable.name, variable]));
  const joined = new Map<ValueId, Joined>();
  fn.nodes.forEach((node, id) => {
    if (node.op !== "concat" || !isRead(fn, id, variables, mayOrder)) return;
    const found = joinInOrder(fn.nodes, node);
    if (found !== undefined) joined.set(id, found);
  });
  return joined.size === 0 ? { fn, ordered: new Map() } : rewritten(fn, variables, joined);
}

/** Whether products with weights are all that reads a value [B, W]. */
function isRead(
  { nodes, outputs }: GraphFunction,
  id: ValueId,
  variables: ReadonlyMap<string, StateVariable>,
  mayOrder: (variable: StateVariable) => boolean,
): boolean {
  if (outputs.some(({ value }) => value === id) || nodes[id]?.type.shape.length !== 2) return false;
  return nodes.every((node) => {
    if (!node.inputs.includes(id)) return true;
    const [first, second] = node.inputs;
    if (node.op !== "matmul" || first !== id || second === id) return false;
    if (node.attributes.transposeA || node.attributes.transposeB) return false;
    const variable = weightsOf(nodes, second, variables)?.variable;
    return variable !== undefined && mayOrder(variable);
  });
}

interface Weights {
  readonly variable: StateVariable;
  readonly read: NodeOf<"state">;
  /** What gives them their shape [W, U]: their rows stay what they are. */
  readonly reshape?: NodeOf<"reshape">;
}

/** A value that is a variable with as many rows, as it is or in another shape. */
function weightsOf(
  nodes: readonly GraphNode[],
  id: ValueId | undefined,
  variables: ReadonlyMap<string, StateVariable>,
): Weights | undefined {
  const node = nodes[id ?? -1];
  if (node?.op === "reshape") {
    const found = weightsOf(nodes, node.inputs[0], variables);
    const isSame = found?.reshape === undefined && found?.variable.type.shape[0] === node.attributes.shape[0];
    return found !== undefined && isSame ? { ...found, reshape: node } : undefined;
  }
  const variable = node?.op === "state" ? variables.get(node.attributes.name) : undefined;
  return node?.op === "state" && variable !== undefined && variable.type.shape.length > 1
    ? { variable, read: node }
    : undefined;
}

function rewritten(
  fn: GraphFunction,
  variables: ReadonlyMap<string, StateVariable>,
  joined: ReadonlyMap<ValueId, Joined>,
): OrderedFunction {
  const nodes: GraphNode[] = [];
  const moved: ValueId[] = [];
  const ordered = new Map<StateVariable, OrderedWeights>();
  const add = (node: GraphNode): ValueId => nodes.push(node) - 1;
  const at = (id: ValueId): ValueId => moved[id] ?? id;
  fn.nodes.forEach((node, id) => {
    const inputs = node.inputs.map(at);
    const better = joined.get(id);
    const source = node.op === "matmul" ? joined.get(node.inputs[0] ?? -1) : undefined;
    if (node.op === "concat" && better !== undefined) {
      const pieces = better.pieces.map((piece) => ({ ...piece, of: at(piece.of) }));
      moved[id] = writeJoin(nodes, add, node, pieces);
    } else if (source !== undefined) {
      const weights = weightsOf(fn.nodes, node.inputs[1], variables);
      if (weights === undefined) throw new Error("a product reads no variable");
      const { variable, read, reshape } = weights;
      const { name } = orderedVariable(variable, node.inputs[0] ?? 0, source.columns, ordered);
      const state = add({ ...read, attributes: { ...read.attributes, name } });
      const second = reshape === undefined ? state : add({ ...reshape, inputs: [state] });
      moved[id] = add({ ...node, inputs: [inputs[0] ?? 0, second] } as GraphNode);
    } else moved[id] = add({ ...node, inputs } as GraphNode);
  });
  return { fn: renumbered(fn, nodes, at), ordered };
}

/** The variable in the order of a join, made once. */
function orderedVariable(
  of: StateVariable,
  join: ValueId,
  rows: readonly number[],
  ordered: Map<StateVariable, OrderedWeights>,
): StateVariable {
  const name = `${of.name}/ordered.${join}`;
  const known = [...ordered.keys()].find((variable) => variable.name === name);
  if (known !== undefined) return known;
  const variable = { ...of, name, pieces: [] };
  ordered.set(variable, { of, rows });
  return variable;
}

/** The bytes of weights in another order, of the bytes of the variable. */
export function orderRows({ of, rows }: OrderedWeights, bytes: Uint8Array): Uint8Array {
  const width = bytes.length / Number(of.type.shape[0]);
  const ordered = new Uint8Array(bytes.length);
  rows.forEach((row, at) => ordered.set(bytes.subarray(row * width, (row + 1) * width), at * width));
  return ordered;
}
