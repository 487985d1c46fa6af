/** Layers in which the members of a family meet: one node for all, and one for each member that reads its part. */
import { type FamilyBuiltin, resolveFamily } from "../../builtins/index.js";
import { nodeAt, type NodeRef } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { visit } from "../../syntax/index.js";
import type { NetworkKind, SymbolOf } from "../names/symbols.js";
import { checkArguments } from "../arguments/arguments.js";
import { checkShape, reportMissing, reportSeveral, splitArguments } from "./call-parts.js";
import { addNode, type FamilyInProgress, type Network, type NetworkContext, type Owner } from "./network.js";

/** How a tensor expression of one member becomes a node. */
type ReadTensor = (expression: ast.Expression, owner: Owner) => NodeRef | undefined;

interface FamilyReader {
  readonly outermost: boolean;
  readonly read: ReadTensor;
  /** Arguments with `width(x)` as a number. */
  readonly widths: (given: readonly ast.Argument[]) => readonly ast.Argument[];
}

/** `stitch(x, [32])` in the expression of one member: the first member makes the node, each one reads its part of it. */
export function checkFamilyLayer(
  state: NetworkContext,
  call: ast.CallExpression,
  layer: FamilyBuiltin,
  reader: FamilyReader & { readonly owner: Owner },
): NodeRef | undefined {
  const { context, network } = state;
  const { owner, outermost } = reader;
  const { name, family } = owner.member ?? {};
  if (family === undefined) {
    context.reporter.report("MTL3059", { layer: layer.name }, call.callee.span, {
      help: `declare a family: \`bottoms b[one, two] = ${layer.name}(…)\`, and read \`b.one\` and \`b.two\``,
    });
    return undefined;
  }
  if (!family.layers.has(call)) family.layers.set(call, makeNode(state, call, layer, { ...reader, family }));
  const node = family.layers.get(call);
  if (node === undefined) return undefined;
  return addNode(network, owner, outermost, {
    layer: "member",
    inputs: [node],
    arguments: { index: Math.max(0, [...family.owners.keys()].indexOf(name ?? "")) },
    shape: nodeAt(network, node).shape,
    span: call.span,
  });
}

function makeNode(
  state: NetworkContext,
  call: ast.CallExpression,
  layer: FamilyBuiltin,
  reader: FamilyReader & { readonly family: FamilyInProgress },
): NodeRef | undefined {
  const { context, network } = state;
  const { family, outermost, read, widths } = reader;
  const optional = (layer.optionalInputs ?? []).map((input) => input.name);
  const parts = splitArguments(layer.inputs, call.arguments, optional);
  if (reportSeveral(context, call, parts)) return undefined;
  const owners = [...family.owners.values()];
  // What is one for all members is made once, also where it is written out: a list, or a layer of its own.
  const names = [...layer.inputs, ...optional.filter((input) => isGiven(call, input))];
  const isOne = (value: ast.Expression, i: number): boolean =>
    layer.commonInputs?.includes(names[i] ?? "") === true && !readsFamily(state, value);
  const inputs = parts.tensors.map(({ value }, i) =>
    isOne(value, i) ? [readOnce(value, call, reader)] : owners.map((owner) => read(value, owner)),
  );
  const args = checkArguments(
    context,
    { name: layer.name, span: call.callee.span },
    layer.parameters,
    widths(parts.rest),
  );
  reportMissing(context, call, layer, parts);
  if (args === undefined || parts.missing !== undefined) return undefined;
  const joined = inputs.map((nodes, i) => joinMembers(state, { family, call }, nodes, parts.tensors[i]));
  const sound = joined.filter((node) => node !== undefined);
  if (sound.length < joined.length) return undefined;
  const shape = checkShape(state, call, layer, { nodes: sound, written: parts.tensors }, (shapes) =>
    layer.shape(
      shapes,
      args,
      owners.length,
      sound.map((ref) => nodeAt(network, ref).replicas !== undefined),
    ),
  );
  if (shape === undefined) return undefined;
  return addNode(network, family, outermost, {
    layer: layer.name,
    inputs: sound,
    arguments: args,
    shape,
    replicas: owners.length,
    members: [...family.owners.keys()],
    span: call.span,
  });
}

/** The node of an expression that is of all members: `b/1`. */
function readOnce(
  value: ast.Expression,
  call: ast.CallExpression,
  { family, read }: { readonly family: FamilyInProgress; readonly read: ReadTensor },
): NodeRef | undefined {
  const owner: Owner = { id: family.id, span: call.span, inner: family.inner };
  const node = read(value, owner);
  family.inner = owner.inner;
  return node;
}

/** Whether an expression names a family or calls a family layer, of which each member reads its own. */
function readsFamily({ context, network }: NetworkContext, expression: ast.Expression): boolean {
  let found = false;
  visit(expression, (node) => {
    if (node.kind === "Call" && resolveFamily(node.callee.text) !== undefined) found = true;
    if (node.kind !== "NameExpression") return;
    const symbol = context.scope.names.get(node.name.text);
    const value = symbol === undefined ? undefined : network.values.get(symbol as SymbolOf<NetworkKind>);
    if (value?.kind === "members") found = true;
  });
  return found;
}

interface FamilyCall {
  readonly family: FamilyInProgress;
  readonly call: ast.CallExpression;
}

function isGiven(call: ast.CallExpression, input: string): boolean {
  return call.arguments.some(({ name }) => name?.text === input);
}

/** What the members read as one input: the tensor that all of them read, or one of each of them side by side. */
function joinMembers(
  { network }: NetworkContext,
  { family, call }: FamilyCall,
  nodes: readonly (NodeRef | undefined)[],
  written: ast.Argument | undefined,
): NodeRef | undefined {
  const sound = nodes.filter((node) => node !== undefined);
  const [first] = sound;
  if (first === undefined || sound.length < nodes.length) return undefined;
  if (sound.every((node) => node === first)) return first;
  // The members of a family come from one expression, so what they read has one shape.
  const { shape } = nodeAt(network, first);
  return (
    membersOf(network, sound) ??
    addNode(network, family, false, {
      layer: "stack",
      inputs: sound,
      arguments: {},
      shape,
      replicas: sound.length,
      span: written?.span ?? call.span,
    })
  );
}

/** The family whose members the nodes are, all of them in its order: it has them side by side already. */
function membersOf(network: Network, nodes: readonly NodeRef[]): NodeRef | undefined {
  const [family] = nodes.map((ref) => nodeAt(network, ref).inputs[0]);
  if (family === undefined || nodeAt(network, family).members?.length !== nodes.length) return undefined;
  const isMember = (ref: NodeRef, i: number): boolean => {
    const { layer, inputs, arguments: args } = nodeAt(network, ref);
    return layer === "member" && inputs[0] === family && args["index"] === i;
  };
  return nodes.every(isMember) ? family : undefined;
}
