import { arithmeticOperators, resolveGate, resolveLayer } from "../builtins/index.js";
import type { ArgumentValue, Model, NetNode, NodeRef } from "../model/index.js";
import { argumentsText, callText, valueText } from "./value-text.js";

/** A declaration of the network as the spec says it. */
export interface NetworkDeclarationText {
  readonly keyword: NonNullable<NetNode["declared"]>["keyword"];
  readonly name: string;
  /** `experts pool[8] = mlp(x, [64], …)`. */
  readonly text: string;
  /** What follows the first `=`. */
  readonly value: string;
  /** The outermost nodes: one, or one per member of `bottoms`. */
  readonly nodes: readonly NetNode[];
}

/** The declarations of the network, each after those that it reads. */
export function networkDeclarations(model: Pick<Model, "nodes">): readonly NetworkDeclarationText[] {
  const groups = new Map<string, NetNode[]>();
  for (const node of model.nodes) {
    const name = node.declared?.name;
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), node]);
  }
  return [...groups].flatMap(([name, nodes]) => {
    const [first] = nodes;
    const keyword = first?.declared?.keyword;
    if (first === undefined || keyword === undefined) return [];
    const value = nodeText(model, first);
    return [{ keyword, name, text: `${keyword} ${headText(name, nodes)} = ${value}`, value, nodes }];
  });
}

/** `pool[8]`, `b[income, marital]`, `t_ctr`. */
function headText(name: string, nodes: readonly NetNode[]): string {
  const [first] = nodes;
  if (first?.declared?.keyword === "experts") return `${name}[${first.replicas ?? 1}]`;
  if (first?.declared?.keyword !== "bottoms") return name;
  return `${name}[${nodes.map(({ id }) => id.slice(name.length + 1)).join(", ")}]`;
}

/** A tensor where another one reads it: by its name when it has one, else written out. */
export function tensorText(model: Pick<Model, "nodes">, ref: NodeRef): string {
  const node = model.nodes[ref];
  if (node === undefined) throw new Error(`there is no node ${ref}`);
  return node.declared !== undefined || node.layer === "feature" ? node.id : nodeText(model, node);
}

/** What a node applies to what it reads: `mlp(x, [64], activation: relu, …)`, `softmax(x, …) over pool`. */
export function nodeText(model: Pick<Model, "nodes">, node: NetNode): string {
  if (node.layer === "feature") return node.id;
  const read = node.inputs.map((ref) => tensorText(model, ref));
  if (node.layer === "concat") return `[${read.join(", ")}]`;
  const gate = resolveGate(node.layer);
  if (gate !== undefined) {
    const [input = "", ...experts] = read;
    const over = experts.length === 1 ? experts.join() : `[${experts.join(", ")}]`;
    return `${node.layer}(${[input, ...argumentsText(gate.parameters, node.arguments)].join(", ")}) over ${over}`;
  }
  if (isOperator(node.layer)) return arithmeticText(model, node);
  const layer = resolveLayer(node.layer);
  return callText(node.layer, [...read, ...argumentsText(layer?.parameters ?? [], node.arguments)]);
}

function isOperator(layer: string): boolean {
  return (arithmeticOperators as readonly string[]).includes(layer);
}

/** `2 * (a + b)`: an operand that is arithmetic itself has parentheses around it. */
function arithmeticText(model: Pick<Model, "nodes">, node: NetNode): string {
  const operands = node.inputs.map((ref) => {
    const text = tensorText(model, ref);
    const inner = model.nodes[ref];
    return inner !== undefined && inner.declared === undefined && isOperator(inner.layer) ? `(${text})` : text;
  });
  const { left, right } = node.arguments;
  const number = (value: ArgumentValue | undefined): readonly string[] =>
    typeof value === "number" ? [valueText(value)] : [];
  return [...number(left), ...operands, ...number(right)].join(` ${node.layer} `);
}

/** `[64]`; with replicas `8 × [64]`. */
export function shapeText({ shape, replicas }: Pick<NetNode, "shape" | "replicas">): string {
  return `${replicas === undefined ? "" : `${replicas} × `}[${shape.join(", ")}]`;
}
