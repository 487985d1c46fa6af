/** Penalties on parts of the network by their names, and on heads. */
import { headArguments, type PenaltyBuiltin } from "../../builtins/index.js";
import { partTensors } from "../../builtins/layer-tensors.js";
import { nodeAt, type Arguments, type NodeRef } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { argumentFor } from "../arguments/arguments.js";
import type { CheckContext } from "../context.js";
import { showHeadType } from "../events/events.js";
import type { Heads } from "../heads/heads.js";
import { describeValue, withoutParentheses } from "../names/describe.js";
import { isFamily } from "../names/symbols.js";
import type { NetworkContext, Owner } from "../network/network.js";
import { checkTensor } from "../network/network-expression.js";

/** The parts that an argument names: all members of a family, or one part. What has no name is reported. */
export function partsNamed(
  state: NetworkContext,
  penalty: PenaltyBuiltin,
  { value: written }: ast.Argument,
  owner: Owner,
): readonly (NodeRef | undefined)[] {
  const { context, network } = state;
  const value = withoutParentheses(written);
  if (value.kind === "NameExpression") {
    const symbol = context.scope.names.get(value.name.text);
    const family = symbol !== undefined && isFamily(symbol) ? network.values.get(symbol) : undefined;
    if (symbol !== undefined && family?.kind === "members") {
      context.references.set(value.name, symbol);
      return [...family.nodes.values()];
    }
  }
  const node = checkTensor(state, value, owner, false);
  if (node === undefined || nodeAt(network, node).declared !== undefined) return [node];
  const problem = `reads parts of the network by their names, not ${describeValue(value)}`;
  context.reporter.report("MTL3061", { penalty: penalty.name, problem }, written.span);
  return [undefined];
}

/** Whether the penalty can read the parts; what is wrong with them is reported. */
export function checkParts(
  { context, network }: NetworkContext,
  callee: ast.Name,
  penalty: PenaltyBuiltin,
  refs: readonly NodeRef[],
  args: Arguments,
): boolean {
  const parts = refs.map((ref) => {
    const node = nodeAt(network, ref);
    const { layer, arguments: own } = node.layer === "member" ? nodeAt(network, node.inputs[0] ?? ref) : node;
    const parameters = partTensors(network, node.id).map(({ name, shape }) => ({ name, value: shape }));
    return { name: node.id, layer, arguments: own, parameters };
  });
  const problem = penalty.problem?.(parts, args);
  if (problem === undefined) return true;
  context.reporter.report("MTL3061", { penalty: penalty.name, problem }, callee.span);
  return false;
}

/** `excess(buy, click)`: two probabilities that this model predicts. */
export function checkProbabilities(
  context: CheckContext,
  { name, given }: { readonly name: ast.Name; readonly given: readonly ast.Argument[] },
  penalty: PenaltyBuiltin,
  args: Arguments,
  heads: Heads,
): boolean {
  for (const [parameter, text] of headArguments(penalty.name, args)) {
    const head = heads.get(text);
    const span = argumentFor(penalty.parameters, given, parameter)?.value.span ?? name.span;
    if (head?.external === true) {
      context.reporter.report("MTL3037", { head: text }, span, {
        labels: [{ span: head.symbol.at.span, message: "computed by another system" }],
      });
      return false;
    }
    if (head?.type === undefined) return false;
    if (head.type.kind === "probability") continue;
    const problem = `compares probabilities, but \`${text}\` is ${showHeadType(head.type, context.within)}`;
    context.reporter.report("MTL3061", { penalty: penalty.name, problem }, span, {
      labels: [{ span: head.symbol.at.span, message: showHeadType(head.type, context.within) }],
    });
    return false;
  }
  return true;
}
