import { concatLayer, layerShape } from "../../builtins/index.js";
import { isSequence, nodeAt, positionsOf, tableOwner, type NodeRef } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { visit } from "../../syntax/index.js";
import { omitUndefined, type Span } from "../../text/index.js";
import { checkArguments } from "../arguments/arguments.js";
import { featureShape } from "../data/check-features.js";
import { checkArithmetic } from "./tensor-arithmetic.js";
import { setType, type CheckContext } from "../context.js";
import { describeValue, withoutParentheses } from "../names/describe.js";
import {
  checkHasIds,
  checkShape,
  findLayer,
  readable,
  reportMisplaced,
  reportMissing,
  reportSeveral,
  splitArguments,
} from "./call-parts.js";
import { checkFamilyLayer } from "./family-layer.js";
import { addNode, type Network, type NetworkContext, type Owner } from "./network.js";
import { checkPick } from "./pick.js";
import { sequenceHelp, sequenceOf } from "./sequences.js";
import { resolveName } from "../names/resolve.js";
import { withWidths } from "./tensor-width.js";
import { suggestedBy } from "../names/suggestion.js";
import { networkKinds, type SpecSymbol } from "../names/symbols.js";

/**
 * The node of a tensor expression: a feature, a part of the network, a layer applied to such, or a list, which is their
 * concatenation. `outermost` makes the expression's own node that of its owner. Undefined when it is none, which is then
 * reported.
 */
export function checkTensor(
  state: NetworkContext,
  expression: ast.Expression,
  owner: Owner,
  outermost: boolean,
): NodeRef | undefined {
  const node = buildTensor(state, expression, owner, outermost);
  if (node !== undefined) noteNode(state, expression, node);
  return node;
}

function buildTensor(
  state: NetworkContext,
  expression: ast.Expression,
  owner: Owner,
  outermost: boolean,
): NodeRef | undefined {
  const { context } = state;
  switch (expression.kind) {
    case "Missing":
      return undefined;
    case "Parenthesized":
      return checkTensor(state, expression.inner, owner, outermost);
    case "List":
      return checkConcat(state, expression, owner, outermost);
    case "Call":
      return checkCall(state, expression, owner, outermost);
    case "NameExpression":
    case "Member": {
      const node =
        expression.kind === "Member" ? resolveMember(state, expression) : resolveTensor(state, expression.name, owner);
      // A declaration that only renames has a node of its own, so that each name of the spec is found in the model.
      return node === undefined || !outermost ? node : concat(state, [node], owner, true, expression.span);
    }
    case "Each":
      // Only in a macro that nothing calls is it left: what its parameters are is not known.
      if (!hasHole(expression))
        context.reporter.report("MTL3150", { found: describeValue(expression.value) }, expression.span);
      return undefined;
    case "Unary":
    case "Binary":
      return checkArithmetic(
        { ...state, owner, outermost, operand: (each) => checkTensor(state, each, owner, false) },
        expression,
      );
    default:
      context.reporter.report("MTL3011", { found: describeValue(expression) }, expression.span);
      return undefined;
  }
}

function hasHole(expression: ast.Expression): boolean {
  let found = false;
  visit(expression, ({ kind }) => {
    if (kind === "Missing") found = true;
  });
  return found;
}

function noteNode({ context, network }: NetworkContext, expression: ast.Expression, ref: NodeRef): void {
  const { shape, replicas } = nodeAt(network, ref);
  setType(context, expression, { kind: "tensor", shape, ...omitUndefined({ replicas }) });
}

/** A name as one tensor: a pool of experts is none, and a family only where a member of the same name is wanted. */
function resolveTensor({ context, network }: NetworkContext, name: ast.Name, owner: Owner): NodeRef | undefined {
  const symbol = resolveName(context, name, {
    kinds: readable,
    what: "a feature or a part of the network",
    fix: fixReading,
  });
  if (symbol === undefined) return undefined;
  if (symbol.kind === "feature") return featureNode(network, symbol.name, name.span);
  const value = network.values.get(symbol);
  switch (value?.kind) {
    case "tensor":
      return value.node;
    case "pool":
      context.reporter.report("MTL3012", { name: name.text, count: value.count }, name.span, {
        labels: [{ span: symbol.at.span, message: "a pool of experts" }],
        help: `mix them with a gate: \`gate g = softmax(x) over ${name.text}\`, and read \`g\``,
      });
      return undefined;
    case "members":
      if (owner.member !== undefined)
        return memberOf(context, value.nodes, { symbol, name, member: owner.member.name });
      context.reporter.report("MTL3013", { name: name.text, members: [...value.nodes.keys()] }, name.span, {
        labels: [{ span: symbol.at.span, message: "declared here" }],
      });
      return undefined;
    case "error":
    case undefined:
      return undefined;
  }
}

/** The member of that name of a family; a family without it is reported where it is named. */
function memberOf(
  { reporter }: CheckContext,
  nodes: ReadonlyMap<string, NodeRef>,
  {
    symbol,
    name,
    member,
  }: { readonly symbol: SpecSymbol; readonly name: ast.Name; readonly member: string | undefined },
): NodeRef | undefined {
  const node = member === undefined ? [...nodes.values()][0] : nodes.get(member);
  if (node === undefined && member !== undefined)
    reporter.report(
      "MTL2012",
      { name: name.text, member, members: [...nodes.keys()], suggestion: undefined },
      name.span,
      {
        labels: [{ span: symbol.at.span, message: "declared here" }],
        help: `families meet member by member: declare \`${member}\` in \`${name.text}\` too, or read one member, \`${name.text}.${[...nodes.keys()][0] ?? ""}\``,
      },
    );
  return node;
}

function fixReading(found: SpecSymbol): string | undefined {
  if (found.kind === "label") return "what a model predicts cannot be what it reads";
  if (found.kind === "task" || found.kind === "chain") return "networks read features and other parts of the network";
  if (found.kind === "attribute") return `declare \`${found.name}\` in \`features\` to let the network read it`;
  return undefined;
}

/** One node per feature, made when it is first read. */
function featureNode(network: Network, name: string, span: Span): NodeRef | undefined {
  const made = network.featureNodes.get(name);
  if (made !== undefined) return made;
  const feature = network.features.get(name);
  if (feature === undefined) return undefined;
  const owner: Owner = { id: name, span, inner: 0 };
  const node = addNode(network, owner, true, {
    layer: "feature",
    inputs: [],
    arguments: tableOwner(feature) === name ? { feature: name } : { feature: name, table: tableOwner(feature) },
    shape: featureShape(feature),
    ...(isSequence(feature) ? { sequence: positionsOf(feature) } : {}),
    span: feature.span,
  });
  network.featureNodes.set(name, node);
  return node;
}

/** `b.income`. */
function resolveMember(state: NetworkContext, expression: ast.MemberExpression): NodeRef | undefined {
  const { context, network } = state;
  const { object, member } = expression;
  if (object.kind !== "NameExpression") {
    if (object.kind !== "Missing")
      context.reporter.report("MTL3011", { found: describeValue(expression) }, expression.span);
    return undefined;
  }
  const symbol = resolveName(context, object.name, {
    kinds: networkKinds,
    what: "a group of bottoms",
  });
  if (symbol === undefined || member.text === "") return undefined;
  const value = network.values.get(symbol);
  if (value === undefined || value.kind === "error") return undefined;
  const members = value.kind === "members" ? [...value.nodes.keys()] : [];
  const node = value.kind === "members" ? value.nodes.get(member.text) : undefined;
  if (node === undefined) {
    const { suggestion, details } = suggestedBy(member, members);
    context.reporter.report(
      "MTL2012",
      { name: object.name.text, member: member.text, members, suggestion },
      member.span,
      { ...details, labels: [{ span: symbol.at.span, message: "declared here" }] },
    );
  }
  return node;
}

/** `[a, b, …]`; lists in lists are one list. */
function checkConcat(
  state: NetworkContext,
  list: ast.ListExpression,
  owner: Owner,
  outermost: boolean,
): NodeRef | undefined {
  const items = flatItems(list);
  if (items.length === 0) {
    state.context.reporter.report("MTL3011", { found: "an empty list" }, list.span);
    return undefined;
  }
  const nodes = items.map((item) => checkTensor(state, item, owner, false));
  const sound = nodes.filter((node) => node !== undefined);
  if (sound.length < nodes.length) return undefined;
  const [only] = sound;
  if (sound.length === 1 && only !== undefined && !outermost) return only;
  return concat(state, sound, owner, outermost, list.span);
}

function flatItems(list: ast.ListExpression): readonly ast.Expression[] {
  return list.items.flatMap((item) => {
    const inner = withoutParentheses(item);
    return inner.kind === "List" ? flatItems(inner) : [item];
  });
}

/** Has no parameters, so that copies of it would all be the same: it has replicas only when what it reads has. */
function concat(
  { context, network }: NetworkContext,
  inputs: readonly NodeRef[],
  owner: Owner,
  outermost: boolean,
  span: Span,
): NodeRef | undefined {
  const nodes = inputs.map((ref) => nodeAt(network, ref));
  const result = layerShape(
    concatLayer,
    nodes.map(({ shape }) => shape),
    {},
  );
  const found = result.kind === "problem" ? result : sequenceOf(network, inputs, result);
  if (result.kind === "problem" || found.kind === "problem") {
    const { problem, help = sequenceHelp } = found.kind === "problem" ? found : { problem: "" };
    context.reporter.report("MTL3007", { layer: "[…]", problem }, span, { help });
    return undefined;
  }
  const replicas = nodes.find((node) => node.replicas !== undefined)?.replicas;
  return addNode(network, owner, outermost, {
    layer: "concat",
    inputs,
    arguments: {},
    shape: result.shape,
    ...omitUndefined({ sequence: found.sequence, replicas }),
    span,
  });
}

function readTensor(state: NetworkContext, expression: ast.Expression, owner: Owner): NodeRef | undefined {
  return checkTensor(state, expression, owner, false);
}

/** `mlp(x, [64])`. */
function checkCall(
  state: NetworkContext,
  call: ast.CallExpression,
  owner: Owner,
  outermost: boolean,
): NodeRef | undefined {
  const { context, network } = state;
  const layer = findLayer(context, call.callee);
  if (layer === undefined) return undefined;
  if (layer.kind === "family") {
    const read = (expression: ast.Expression, member: Owner): NodeRef | undefined =>
      checkTensor(state, expression, member, false);
    const widths = (given: readonly ast.Argument[]): readonly ast.Argument[] =>
      withWidths(state, given, owner, readTensor);
    return checkFamilyLayer(state, call, layer, { owner, outermost, read, widths });
  }
  if (layer.name === "pick")
    return checkPick(state, call, layer, {
      owner,
      outermost,
      featureNode: (name) => featureNode(network, name, call.span),
    });
  const parts = splitArguments(layer.inputs, call.arguments);
  if (reportMisplaced(context, call, layer, parts)) return undefined;
  if (reportSeveral(context, call, parts)) return undefined;
  const inputs = parts.tensors.map((argument) => checkTensor(state, argument.value, owner, false));
  const rest = withWidths(state, parts.rest, owner, readTensor);
  const args = checkArguments(context, { name: layer.name, span: call.callee.span }, layer.parameters, rest);
  reportMissing(context, call, layer, parts);
  const sound = inputs.filter((node) => node !== undefined);
  if (args === undefined || parts.missing !== undefined || sound.length < inputs.length) return undefined;
  if (!checkHasIds(state, call, layer, args)) return undefined;
  const shape = checkShape(state, call, layer, { nodes: sound, written: parts.tensors }, (shapes) =>
    layerShape(layer, shapes, args),
  );
  if (shape === undefined) return undefined;
  const found = sequenceOf(network, sound, { shape, replicas: owner.replicas });
  if (found.kind === "problem") {
    context.reporter.report("MTL3007", { layer: layer.name, problem: found.problem }, call.callee.span, {
      ...omitUndefined({ help: found.help }),
    });
    return undefined;
  }
  return addNode(network, owner, outermost, {
    layer: layer.name,
    inputs: sound,
    arguments: args,
    shape,
    ...omitUndefined({ sequence: found.sequence, replicas: owner.replicas }),
    span: call.span,
  });
}
