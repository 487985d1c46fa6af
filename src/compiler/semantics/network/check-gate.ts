import { resolveBuiltin, type GateBuiltin } from "../../builtins/index.js";
import { nodeAt, type NodeRef } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { checkArguments } from "../arguments/arguments.js";
import { describeBuiltin, namesOfBuiltins } from "../arguments/builtin-lookup.js";
import type { CheckContext } from "../context.js";
import { describeValue, withoutParentheses } from "../names/describe.js";
import { plural } from "../../text/index.js";
import { isVector } from "./sequences.js";
import { addNode, type Network, type Owner } from "./network.js";
import { withWidths } from "./tensor-width.js";
import { checkTensor } from "./network-expression.js";
import { reportSeveral, splitArguments } from "./call-parts.js";
import type { NetworkContext } from "./network.js";
import { resolveName } from "../names/resolve.js";
import { showShape } from "../values/types.js";
import { suggestedBy } from "../names/suggestion.js";

/** What a gate mixes: a pool's node stands for all its experts, any other node for one. */
interface Mixed {
  readonly node: NodeRef;
  readonly expression: ast.Expression;
}

/**
 * `gate g = softmax(x) over pool`. Its node reads the gate's input and then what it mixes; its value is the mix
 * Σ wᵢ fᵢ(x), which has the experts' shape.
 */
export function checkGate(
  state: NetworkContext,
  declaration: ast.GateDeclaration | ast.GatesDeclaration,
  owner: Owner,
): NodeRef | undefined {
  const { context, network } = state;
  const mixed = checkMixed(state, declaration.over, owner);
  const call = withoutParentheses(declaration.value);
  const gate = findGate(context, call);
  if (gate === undefined || call.kind !== "Call") return undefined;
  const ownLogits = gate.takesLogits === true && call.arguments.some(({ name }) => name?.text === "logits");
  const { tensors, rest } = splitArguments([ownLogits ? "logits" : "x"], call.arguments);
  const [input] = tensors;
  if (input !== undefined && reportSeveral(context, call, { tensors, rest })) return undefined;
  // What makes the logits has no place where they are given.
  const parameters = ownLogits ? gate.parameters.filter(({ name }) => name === "temperature") : gate.parameters;
  const given = withWidths(state, rest, owner, (inside, expression, of) => checkTensor(inside, expression, of, false));
  const args = checkArguments(context, { name: gate.name, span: call.callee.span }, parameters, given);
  if (input === undefined) {
    context.reporter.report(
      "MTL3001",
      { callee: gate.name, parameter: "x", expected: "a feature, a part of the network or a list of such" },
      call.callee.span,
    );
    return undefined;
  }
  const node = checkTensor(state, input.value, owner, false);
  if (mixed === undefined || node === undefined || args === undefined) return undefined;
  if (!isVector(state, node, gate.name, input.value.span)) return undefined;
  const shape = checkWidths(state, declaration, mixed);
  if (shape === undefined) return undefined;
  const experts = mixed.reduce((count, each) => count + (nodeAt(network, each.node).replicas ?? 1), 0);
  if (experts === 1)
    context.reporter.report("MTL6005", { gate: declaration.name.text }, declaration.over.span, {
      help: "a softmax over one expert is always 1: read the expert itself",
    });
  const problem = ownLogits ? logitsProblem(network, node, experts) : gate.problem?.(experts, args);
  if (problem !== undefined) {
    context.reporter.report("MTL3007", { layer: gate.name, problem }, call.span, {
      labels: [{ span: declaration.over.span, message: plural(experts, "expert") }],
    });
    return undefined;
  }
  return addNode(network, owner, true, {
    layer: gate.name,
    inputs: [node, ...mixed.map((each) => each.node)],
    arguments: ownLogits ? { ...args, logits: true } : args,
    shape,
    span: declaration.span,
  });
}

/** `softmax(logits: t)`: a number for each expert. */
function logitsProblem(network: Network, node: NodeRef, experts: number): string | undefined {
  const { shape } = nodeAt(network, node);
  return shape.length === 1 && shape[0] === experts
    ? undefined
    : `needs a logit for each of ${plural(experts, "expert")}, has ${showShape(shape)}`;
}

function findGate(context: CheckContext, value: ast.Expression): GateBuiltin | undefined {
  if (value.kind === "Missing") return undefined;
  const known = namesOfBuiltins("gate");
  if (value.kind !== "Call") {
    context.reporter.report("MTL3015", { found: describeValue(value), known }, value.span);
    return undefined;
  }
  const { callee } = value;
  const builtin = resolveBuiltin(callee.text);
  if (builtin?.kind === "gate") return builtin;
  if (callee.text === "") return undefined;
  if (builtin !== undefined)
    context.reporter.report(
      "MTL3014",
      { name: callee.text, found: describeBuiltin(builtin.kind), expected: "a gate" },
      callee.span,
      { help: `write \`${known[0] ?? "softmax"}(…) over …\`` },
    );
  else {
    const { suggestion, details } = suggestedBy(callee, known);
    context.reporter.report("MTL2004", { name: callee.text, what: "a gate", known, suggestion }, callee.span, details);
  }
  return undefined;
}

/** `over pool`, `over [own, shared]`. */
function checkMixed(state: NetworkContext, over: ast.Expression, owner: Owner): readonly Mixed[] | undefined {
  const value = withoutParentheses(over);
  const items = value.kind === "List" ? value.items : [value];
  const mixed: Mixed[] = [];
  let sound = items.length > 0;
  if (!sound) state.context.reporter.report("MTL3011", { found: "an empty list" }, over.span);
  for (const item of items) {
    const node = isUnknown(state.context, item)
      ? undefined
      : (poolOf(state, item) ?? checkTensor(state, item, owner, false));
    if (node === undefined || !isVector(state, node, "over", item.span)) sound = false;
    else mixed.push({ node, expression: item });
  }
  return sound ? mixed : undefined;
}

/** A name that nothing has is reported as a pool's: that is what people mean here. */
function isUnknown(context: CheckContext, item: ast.Expression): boolean {
  if (item.kind !== "NameExpression" || context.scope.names.has(item.name.text)) return false;
  resolveName(context, item.name, { kinds: ["experts"], what: "a pool of experts" });
  return true;
}

/** A pool by its name; undefined when the expression is something else. */
function poolOf({ context, network }: NetworkContext, item: ast.Expression): NodeRef | undefined {
  if (item.kind !== "NameExpression") return undefined;
  const symbol = context.scope.names.get(item.name.text);
  if (symbol?.kind !== "experts") return undefined;
  const value = network.values.get(symbol);
  if (value?.kind !== "pool") return undefined;
  context.references.set(item.name, symbol);
  return value.node;
}

/** A mix needs one shape; the message names the first two that differ. */
function checkWidths(
  { context, network }: NetworkContext,
  declaration: ast.GateDeclaration | ast.GatesDeclaration,
  mixed: readonly Mixed[],
): readonly number[] | undefined {
  const [first] = mixed;
  if (first === undefined) return undefined;
  const { shape } = nodeAt(network, first.node);
  const other = mixed.find((each) => showShape(nodeAt(network, each.node).shape) !== showShape(shape));
  if (other === undefined) return shape;
  const otherShape = nodeAt(network, other.node).shape;
  const name = (each: Mixed): string =>
    each.expression.kind === "NameExpression" ? each.expression.name.text : nodeAt(network, each.node).id;
  context.reporter.report(
    "MTL3008",
    {
      gate: declaration.name.text,
      first: name(first),
      firstShape: showShape(shape),
      second: name(other),
      secondShape: showShape(otherShape),
    },
    declaration.over.span,
    {
      labels: [
        { span: first.expression.span, message: showShape(shape) },
        { span: other.expression.span, message: showShape(otherShape) },
      ],
    },
  );
  return undefined;
}
