/** `pick(d, by: scene)`: the members of a family, of which each stands for a value of a feature. */
import type { LayerBuiltin } from "../../builtins/index.js";
import { nodeAt, type FeatureModel, type NodeRef } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { omitUndefined } from "../../text/index.js";
import { checkArguments } from "../arguments/arguments.js";
import { describeValue, withoutParentheses } from "../names/describe.js";
import { resolveName } from "../names/resolve.js";
import { networkKinds } from "../names/symbols.js";
import { checkShape, reportMissing, splitArguments } from "./call-parts.js";
import { addNode, type NetworkContext, type Owner } from "./network.js";

/** The node of a `pick`: it reads the members and, last, the feature. */
export function checkPick(
  state: NetworkContext,
  call: ast.CallExpression,
  layer: LayerBuiltin,
  {
    owner,
    outermost,
    featureNode,
  }: {
    readonly owner: Owner;
    readonly outermost: boolean;
    readonly featureNode: (name: string) => NodeRef | undefined;
  },
): NodeRef | undefined {
  const { context, network } = state;
  const parts = splitArguments(layer.inputs, call.arguments);
  const args = checkArguments(context, { name: layer.name, span: call.callee.span }, layer.parameters, parts.rest);
  reportMissing(context, call, layer, parts);
  const [argument] = parts.tensors;
  if (argument === undefined) return undefined;
  const members = membersOf(state, argument.value);
  if (members === undefined || args === undefined) return undefined;
  const name = String(args["by"]);
  const feature = network.features.get(name);
  // A feature that is wrong was reported and left out.
  if (feature === undefined) return undefined;
  const problem = problemOf(feature, [...members.keys()]);
  if (problem !== undefined) {
    context.reporter.report("MTL3151", { problem }, call.span);
    return undefined;
  }
  const nodes = [...members.values()];
  const shape = checkShape(state, call, layer, { nodes, written: nodes.map(() => argument) }, (shapes) =>
    layer.shape(shapes, args),
  );
  const read = featureNode(name);
  if (shape === undefined || read === undefined) return undefined;
  const replicas = owner.replicas ?? nodes.map((ref) => nodeAt(network, ref).replicas).find((n) => n !== undefined);
  return addNode(network, owner, outermost, {
    layer: layer.name,
    inputs: [...nodes, read],
    arguments: args,
    shape,
    ...omitUndefined({ replicas }),
    span: call.span,
  });
}

function membersOf(
  { context, network }: NetworkContext,
  expression: ast.Expression,
): ReadonlyMap<string, NodeRef> | undefined {
  const inner = withoutParentheses(expression);
  if (inner.kind === "Missing") return undefined;
  const symbol =
    inner.kind === "NameExpression"
      ? resolveName(context, inner.name, { kinds: ["feature", ...networkKinds], what: "a family" })
      : undefined;
  if (inner.kind === "NameExpression" && symbol === undefined) return undefined;
  const value = symbol === undefined || symbol.kind === "feature" ? undefined : network.values.get(symbol);
  if (value?.kind === "members") return value.nodes;
  if (value?.kind !== "error")
    context.reporter.report(
      "MTL3151",
      { problem: `takes a family, \`bottoms d[home, search] = …\`, not ${describeValue(inner)}` },
      inner.span,
    );
  return undefined;
}

/** What is between the members and the values of the feature, as a sentence's end. */
function problemOf(feature: FeatureModel, members: readonly string[]): string | undefined {
  const vocabulary = feature.kind === "categorical" ? feature.vocabulary : undefined;
  const values = vocabulary?.kind === "listed" ? vocabulary.values : undefined;
  const count = values?.length ?? (vocabulary?.kind === "ids" ? vocabulary.count : undefined);
  if (count === undefined)
    return `needs a \`categorical\` with \`values: […]\` or \`ids: n\`, which \`${feature.name}\` is not`;
  if (count !== members.length)
    return `needs a member for each value: \`${feature.name}\` has ${count}, the family ${members.length}`;
  const other = members.find((member, i) => values?.includes(member) === true && values[i] !== member);
  return other === undefined
    ? undefined
    : `has its members in another order than the values of \`${feature.name}\`: \`${other}\` would stand for another value`;
}
