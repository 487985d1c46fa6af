/** `width(x)`: the number of units of a tensor, where an argument is a number. */
import { nodeAt } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import type { Network, NetworkContext, Owner } from "./network.js";
import type { NodeRef } from "../../model/index.js";
import { isVector } from "./sequences.js";

/** The word that is called. */
export const widthWord = "width";

/** How a tensor expression becomes a node of a network. */
type ReadTensor = (state: NetworkContext, expression: ast.Expression, owner: Owner) => NodeRef | undefined;

/** Arguments in which each `width(x)` is the number that it comes to. What it reads does not become part of the network. */
export function withWidths(
  state: NetworkContext,
  given: readonly ast.Argument[],
  owner: Owner,
  read: ReadTensor,
): readonly ast.Argument[] {
  const number = (call: ast.CallExpression): ast.Expression => {
    const { span } = call;
    const width = widthOf(state, call, owner, read);
    return width === undefined
      ? { kind: "Missing", span }
      : { kind: "Number", value: width, text: String(width), span };
  };
  const fill = (expression: ast.Expression): ast.Expression => {
    switch (expression.kind) {
      case "Call":
        return expression.callee.text === widthWord ? number(expression) : expression;
      case "Parenthesized":
        return { ...expression, inner: fill(expression.inner) };
      case "Unary":
        return { ...expression, operand: fill(expression.operand) };
      case "Binary":
        return { ...expression, left: fill(expression.left), right: fill(expression.right) };
      case "List":
        return { ...expression, items: expression.items.map(fill) };
      default:
        return expression;
    }
  };
  return given.map((argument) => ({ ...argument, value: fill(argument.value) }));
}

/** The width of the one tensor of the call; undefined where it has none, which is then reported. */
function widthOf(
  { context, network }: NetworkContext,
  call: ast.CallExpression,
  owner: Owner,
  read: ReadTensor,
): number | undefined {
  const [argument, extra] = call.arguments;
  if (argument === undefined) {
    const expected = "a feature, a part of the network or a list of such";
    context.reporter.report("MTL3001", { callee: widthWord, parameter: "x", expected }, call.callee.span);
    return undefined;
  }
  if (extra !== undefined) {
    context.reporter.report("MTL3005", { callee: widthWord, parameters: ["x"] }, extra.span);
    return undefined;
  }
  const scratch = { context, network: copyOf(network) };
  const node = read(scratch, argument.value, apart(owner));
  if (node === undefined || !isVector(scratch, node, widthWord, argument.value.span)) return undefined;
  return nodeAt(scratch.network, node).shape[0];
}

/** A network to build in and throw away. */
function copyOf(network: Network): Network {
  return { ...network, nodes: [...network.nodes], featureNodes: new Map(network.featureNodes) };
}

function apart({ member, ...owner }: Owner): Owner {
  const { declared: _, ...rest } = owner;
  const family = member?.family;
  return {
    ...rest,
    ...(member === undefined
      ? {}
      : {
          member: {
            ...member,
            ...(family === undefined ? {} : { family: { ...family, layers: new Map(family.layers) } }),
          },
        }),
  };
}
