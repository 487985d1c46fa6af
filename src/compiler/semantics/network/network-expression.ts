import { resolveBuiltin, type LayerBuiltin } from "../../builtins/index.js";
import { nodeAt, type Arguments, type NodeRef } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { omitUndefined, type Span } from "../../text/index.js";
import { checkArguments } from "../arguments/arguments.js";
import { describeBuiltin, namesOfBuiltins } from "../arguments/builtin-lookup.js";
import { featureShape } from "../data/check-features.js";
import { checkArithmetic } from "./tensor-arithmetic.js";
import { setType, type CheckContext } from "../context.js";
import { describeValue, shortArgument, withoutParentheses } from "../names/describe.js";
import { reportIfLater } from "../later.js";
import { addNode, type Network, type Owner } from "./network.js";
import { resolveName } from "../names/resolve.js";
import { meantBy, suggestedBy } from "../names/suggestion.js";
import { networkKinds, type SpecSymbol, type SymbolKind } from "../names/symbols.js";
import { showShape } from "../values/types.js";

/** What every check of the network works on. */
export interface NetworkContext {
  readonly context: CheckContext;
  readonly network: Network;
}

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
        expression.kind === "Member" ? resolveMember(state, expression) : resolveTensor(state, expression.name);
      // A declaration that only renames has a node of its own, so that each name of the spec is found in the model.
      return node === undefined || !outermost ? node : concat(state, [node], owner, true, expression.span);
    }
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

function noteNode({ context, network }: NetworkContext, expression: ast.Expression, ref: NodeRef): void {
  const { shape, replicas } = nodeAt(network, ref);
  setType(context, expression, { kind: "tensor", shape, ...omitUndefined({ replicas }) });
}

const readable = ["feature", ...networkKinds] as const;

/** A name as one tensor: a pool of experts and a group of bottoms are none. */
function resolveTensor({ context, network }: NetworkContext, name: ast.Name): NodeRef | undefined {
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
      context.reporter.report("MTL3013", { name: name.text, members: [...value.nodes.keys()] }, name.span, {
        labels: [{ span: symbol.at.span, message: "declared here" }],
      });
      return undefined;
    case "error":
    case undefined:
      return undefined;
  }
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
    arguments: { feature: name },
    shape: featureShape(feature),
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
  { network }: NetworkContext,
  inputs: readonly NodeRef[],
  owner: Owner,
  outermost: boolean,
  span: Span,
): NodeRef {
  const nodes = inputs.map((ref) => nodeAt(network, ref));
  const replicas = nodes.find((node) => node.replicas !== undefined)?.replicas;
  return addNode(network, owner, outermost, {
    layer: "concat",
    inputs,
    arguments: {},
    shape: [nodes.reduce((width, node) => width + (node.shape[0] ?? 0), 0)],
    ...omitUndefined({ replicas }),
    span,
  });
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
  const parts = splitArguments(layer.inputs, call.arguments);
  if (reportSeveral(context, call, parts)) return undefined;
  const inputs = parts.tensors.map((argument) => checkTensor(state, argument.value, owner, false));
  const args = checkArguments(context, { name: layer.name, span: call.callee.span }, layer.parameters, parts.rest);
  const { missing } = parts;
  // A name that the layer does not know may be meant for this very tensor, and was reported.
  const isKnown = ({ name }: ast.Argument): boolean =>
    name === undefined || layer.parameters.some((parameter) => parameter.name === name.text);
  if (missing !== undefined && parts.rest.every(isKnown))
    context.reporter.report(
      "MTL3001",
      { callee: layer.name, parameter: missing, expected: "a feature, a part of the network or a list of such" },
      call.callee.span,
    );
  const sound = inputs.filter((node) => node !== undefined);
  if (args === undefined || missing !== undefined || sound.length < inputs.length) return undefined;
  if (!checkHasIds(state, call, layer, args)) return undefined;
  const shape = checkShape(state, call, layer, { nodes: sound, written: parts.tensors }, args);
  if (shape === undefined) return undefined;
  return addNode(network, owner, outermost, {
    layer: layer.name,
    inputs: sound,
    arguments: args,
    shape,
    ...omitUndefined({ replicas: owner.replicas }),
    span: call.span,
  });
}

function findLayer(context: CheckContext, name: ast.Name): LayerBuiltin | undefined {
  if (name.text === "") return undefined;
  const builtin = resolveBuiltin(name.text);
  if (builtin?.kind === "layer" && name.text !== "feature") return builtin;
  if (builtin !== undefined && builtin.kind !== "layer") {
    context.reporter.report(
      "MTL3014",
      { name: name.text, found: describeBuiltin(builtin.kind), expected: "a layer" },
      name.span,
      builtin.kind === "gate" ? { help: `declare a gate: \`gate g = ${name.text}(x) over pool\`, and read \`g\`` } : {},
    );
  } else if (!reportIfLater(context, name)) {
    const known = namesOfBuiltins("layer");
    const { suggestion, details } = meantBy("layer", name, known);
    context.reporter.report("MTL2004", { name: name.text, what: "a layer", known, suggestion }, name.span, details);
  }
  return undefined;
}

/** The tensors of a call in the order of the layer's inputs, the arguments of its parameters, and an input that is missing. */
interface CallParts {
  readonly tensors: readonly ast.Argument[];
  readonly rest: readonly ast.Argument[];
  readonly missing?: string;
}

/** Tensors by the names of the layer's inputs; those without a name fill the others, before the parameters. */
export function splitArguments(inputs: LayerBuiltin["inputs"], given: readonly ast.Argument[]): CallParts {
  const positional = given.filter(({ name }) => name === undefined);
  if (inputs === "none") return { tensors: [], rest: given };
  if (inputs === "variadic") {
    const rest = given.filter(({ name }) => name !== undefined);
    return { tensors: positional, rest, ...(positional.length === 0 ? { missing: "input" } : {}) };
  }
  let next = 0;
  const found = inputs.map((input) => given.find(({ name }) => name?.text === input) ?? positional[next++]);
  const tensors = found.filter((argument) => argument !== undefined);
  const missing = inputs.find((_, i) => found[i] === undefined);
  return {
    tensors,
    rest: given.filter((argument) => !tensors.includes(argument)),
    ...omitUndefined({ missing }),
  };
}

/** `mlp(u, v, [8])`: several tensors where the layer reads one, which a list joins. */
export function reportSeveral(
  context: CheckContext,
  { callee }: ast.CallExpression,
  { tensors, rest }: { readonly tensors: readonly ast.Argument[]; readonly rest: readonly ast.Argument[] },
): boolean {
  const more = rest.findIndex((argument) => argument.name !== undefined || !isTensor(context, argument.value));
  const extra = more < 0 ? rest : rest.slice(0, more);
  const all = [...tensors, ...extra];
  const [first, last] = [all[0], all.at(-1)];
  if (tensors.length !== 1 || extra.length === 0 || first === undefined || last === undefined) return false;
  const span = { ...first.span, end: last.span.end };
  const others = rest.slice(extra.length).map(shortArgument);
  const title = `join them by a list: \`${callee.text}(${[`[${all.map(shortArgument).join(", ")}]`, ...others].join(", ")})\``;
  context.reporter.report("MTL3056", { callee: callee.text, count: all.length }, span, {
    help: title,
    fixes: [
      {
        title,
        edits: [
          { span: { ...span, end: span.start }, newText: "[" },
          { span: { ...span, start: span.end }, newText: "]" },
        ],
      },
    ],
  });
  return true;
}

/** Whether an expression can only be a tensor. */
function isTensor(context: CheckContext, expression: ast.Expression): boolean {
  const value = withoutParentheses(expression);
  switch (value.kind) {
    case "NameExpression": {
      const kind = context.scope.names.get(value.name.text)?.kind;
      return kind !== undefined && (readable as readonly SymbolKind[]).includes(kind);
    }
    case "Member":
      return true;
    case "Call":
      return resolveBuiltin(value.callee.text)?.kind === "layer";
    case "List":
      return value.items.length > 0 && value.items.every((item) => isTensor(context, item));
    case "Binary":
      return isTensor(context, value.left) || isTensor(context, value.right);
    case "Unary":
      return isTensor(context, value.operand);
    default:
      return false;
  }
}

/** A table is indexed by ids; a number has none. */
function checkHasIds(
  { context, network }: NetworkContext,
  call: ast.CallExpression,
  layer: LayerBuiltin,
  args: Arguments,
): boolean {
  for (const { name, type } of layer.parameters) {
    if (type.kind !== "reference" || type.to !== "feature") continue;
    const feature = network.features.get(String(args[name]));
    // A feature that is wrong was reported and left out.
    if (feature === undefined) return false;
    if (feature.kind !== "numeric") continue;
    context.reporter.report("MTL3048", { layer: layer.name, feature: feature.name }, call.span, {
      help: `make it ids: \`${feature.name}: bucket(quantiles: 10)\``,
    });
    return false;
  }
  return true;
}

function checkShape(
  { context, network }: NetworkContext,
  call: ast.CallExpression,
  layer: LayerBuiltin,
  inputs: { readonly nodes: readonly NodeRef[]; readonly written: readonly ast.Argument[] },
  args: Arguments,
): readonly number[] | undefined {
  const shapes = inputs.nodes.map((ref) => nodeAt(network, ref).shape);
  const result = layer.shape(shapes, args);
  if (result.kind === "shape") return result.shape;
  context.reporter.report("MTL3007", { layer: layer.name, problem: result.problem }, call.callee.span, {
    labels: inputs.written.map((argument, i) => ({ span: argument.span, message: showShape(shapes[i] ?? []) })),
  });
  return undefined;
}
