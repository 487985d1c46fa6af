/** What a function reads: the inputs that it is fed, and state. */
import type { GraphFunction, Program, StateVariable, TensorType } from "./graph.js";

export interface FunctionInput {
  readonly name: string;
  readonly type: TensorType;
}

/** The inputs of a function, each once. */
export function functionInputs({ nodes }: Pick<GraphFunction, "nodes">): readonly FunctionInput[] {
  const inputs = new Map<string, FunctionInput>();
  for (const node of nodes)
    if (node.op === "input") inputs.set(node.attributes.name, { name: node.attributes.name, type: node.type });
  return [...inputs.values()];
}

/** The state of a program that a function reads, in the program's order. */
export function stateOf(
  { state }: Pick<Program, "state">,
  { nodes }: Pick<GraphFunction, "nodes">,
): readonly StateVariable[] {
  const read = new Set(nodes.flatMap((node) => (node.op === "state" ? [node.attributes.name] : [])));
  return state.filter(({ name }) => read.has(name));
}
