import { isArithmeticOperator, resolveFamily, resolveGate, resolveLayer } from "../builtins/index.js";
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
  const groups = new Map<string, NodeRef[]>();
  for (const [ref, node] of model.nodes.entries()) {
    const name = node.declared?.name;
    // The node of all members of a family is inside those of its members.
    if (name !== undefined && node.members === undefined) groups.set(name, [...(groups.get(name) ?? []), ref]);
  }
  return [...groups].flatMap(([name, refs]) => {
    const nodes = refs.map((ref) => nodeOf(model, ref));
    const [first] = nodes;
    const keyword = first?.declared?.keyword;
    if (first === undefined || keyword === undefined) return [];
    const value = valuesText(model, refs);
    return [{ keyword, name, text: `${keyword} ${headText(name, nodes)} = ${value}`, value, nodes }];
  });
}

/** `pool[8]`, `b[income, marital]`, `t_ctr`. */
function headText(name: string, nodes: readonly NetNode[]): string {
  const [first] = nodes;
  if (first?.declared?.keyword === "experts") return `${name}[${first.replicas ?? 1}]`;
  const isFamily = ["bottoms", "gates", "towers"].includes(first?.declared?.keyword ?? "");
  return isFamily ? `${name}[${nodes.map(({ id }) => id.slice(name.length + 1)).join(", ")}]` : name;
}

function nodeOf(model: Pick<Model, "nodes">, ref: NodeRef): NetNode {
  const node = model.nodes[ref];
  if (node === undefined) throw new Error(`there is no node ${ref}`);
  return node;
}

/** A tensor where another one reads it: by its name when it has one, else written out. */
export function tensorText(model: Pick<Model, "nodes">, ref: NodeRef): string {
  return tensorsText(model, [ref]);
}

/**
 * What the members of a family read in one place of their expression: where it is one tensor its name, where each reads its
 * member of another family the name of that.
 */
function tensorsText(model: Pick<Model, "nodes">, refs: readonly NodeRef[]): string {
  const [first] = refs.map((ref) => nodeOf(model, ref));
  if (first === undefined) throw new Error("there is no member");
  if (first.declared === undefined && first.layer !== "feature") return valuesText(model, refs);
  return refs.every((ref) => ref === refs[0]) ? first.id : (first.declared?.name ?? first.id);
}

/** What nodes apply to what they read: `mlp(x, [64], activation: relu, …)`, `softmax(x, …) over pool`. */
function valuesText(model: Pick<Model, "nodes">, refs: readonly NodeRef[]): string {
  const nodes = refs.map((ref) => nodeOf(model, ref));
  const [first] = nodes;
  if (first === undefined) throw new Error("there is no member");
  if (first.layer === "feature") return first.id;
  const family = first.layer === "member" ? nodeOf(model, first.inputs[0] ?? -1) : undefined;
  if (family !== undefined) return familyText(model, family);
  const read = first.inputs.map((_, place) =>
    tensorsText(
      model,
      nodes.map(({ inputs }) => inputs[place] ?? -1),
    ),
  );
  if (first.layer === "concat") return `[${read.join(", ")}]`;
  const gate = resolveGate(first.layer);
  if (gate !== undefined) {
    const [input = "", ...experts] = read;
    const over = experts.length === 1 ? experts.join() : `[${experts.join(", ")}]`;
    const { logits, ...given } = first.arguments;
    const reads = logits === true ? `logits: ${input}` : input;
    return `${first.layer}(${[reads, ...argumentsText(gate.parameters, given)].join(", ")}) over ${over}`;
  }
  if (isArithmeticOperator(first.layer)) return arithmeticText(model, first, read);
  const layer = resolveLayer(first.layer);
  if (first.layer === "pick") {
    const ofFamily = nodeOf(model, first.inputs[0] ?? -1).declared?.name ?? "";
    return callText("pick", [ofFamily, ...argumentsText(layer?.parameters ?? [], first.arguments)]);
  }
  return callText(first.layer, [...read, ...argumentsText(layer?.parameters ?? [], first.arguments)]);
}

/** `stitch(x, [32])`: what each member reads is one tensor, a member of another family, or written out for each. */
function familyText(model: Pick<Model, "nodes">, node: NetNode): string {
  const family = resolveFamily(node.layer);
  const read = node.inputs.map((ref) => {
    const input = nodeOf(model, ref);
    if (input.layer === "stack") return tensorsText(model, input.inputs);
    return input.members === undefined ? tensorText(model, ref) : (input.declared?.name ?? familyText(model, input));
  });
  const count = family?.inputs.length ?? read.length;
  // The tensors that a call may leave out have a name there, and are after the arguments.
  const more = read.slice(count).map((text, i) => `${family?.optionalInputs?.[i]?.name ?? ""}: ${text}`);
  return callText(node.layer, [
    ...read.slice(0, count),
    ...argumentsText(family?.parameters ?? [], node.arguments),
    ...more,
  ]);
}

/** `2 * (a + b)`: an operand that is arithmetic itself has parentheses around it. */
function arithmeticText(model: Pick<Model, "nodes">, node: NetNode, read: readonly string[]): string {
  const operands = node.inputs.map((ref, place) => {
    const text = read[place] ?? "";
    const inner = model.nodes[ref];
    return inner !== undefined && inner.declared === undefined && isArithmeticOperator(inner.layer)
      ? `(${text})`
      : text;
  });
  const { left, right } = node.arguments;
  const number = (value: ArgumentValue | undefined): readonly string[] =>
    typeof value === "number" ? [valueText(value)] : [];
  return [...number(left), ...operands, ...number(right)].join(` ${node.layer} `);
}

/** `[64]`; of a sequence `sequence[50] × [64]`; with replicas `8 × [64]`. */
export function shapeText({ shape, replicas }: Pick<NetNode, "shape" | "replicas">): string {
  const [length, width] = shape;
  if (shape.length === 2) return `sequence[${length ?? ""}] × [${width ?? ""}]`;
  return `${replicas === undefined ? "" : `${replicas} × `}[${shape.join(", ")}]`;
}
