import { resolveBuiltin } from "../../builtins/index.js";
import { nodeAt, type LogitExpression, type NodeRef } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { visit } from "../../syntax/index.js";
import { suggest } from "../../text/index.js";

import { constantOf } from "../arguments/constants.js";
import { describeValue } from "../names/describe.js";
import { type Network, type Owner } from "../network/network.js";
import { checkTensor } from "../network/network-expression.js";
import { reportSeveral } from "../network/call-parts.js";
import type { NetworkContext } from "../network/network.js";
import { placeArguments } from "../arguments/place-arguments.js";
import { noteServed } from "../serving/served.js";
import { isVector } from "../network/sequences.js";
import { showShape } from "../values/types.js";
import { setType } from "../context.js";

/** A task's logits: their names, and whether serving computes them. */
export interface LogitOwner extends Owner {
  /** Numbers per row: 1, or the number of classes; undefined where that is not known. */
  readonly width: number | undefined;
  /** How many `logit(…)` there were so far. */
  logits: number;
  /** Never served: what is known only in training may come in. */
  readonly auxiliary: boolean;
  /** Of an auxiliary task: a feature with `serving: none` that it reads outside `train_only(…)`. */
  trainingOnly?: string;
}

/** Calls that give a logit. */
export const logitWords = ["logit", "train_only"];

/** A number per row: `logit(t)`, sums and multiples of such, `train_only(…)`, or a tensor of width 1. */
export function checkLogit(
  state: NetworkContext,
  expression: ast.Expression,
  owner: LogitOwner,
  trainOnly: boolean,
): LogitExpression | undefined {
  const logit = buildLogit(state, expression, owner, trainOnly);
  if (logit !== undefined && logit.kind !== "value") setType(state.context, expression, { kind: "logit" });
  return logit;
}

function buildLogit(
  state: NetworkContext,
  expression: ast.Expression,
  owner: LogitOwner,
  trainOnly: boolean,
): LogitExpression | undefined {
  const { context } = state;
  switch (expression.kind) {
    case "Missing":
      return undefined;
    case "Parenthesized":
      return checkLogit(state, expression.inner, owner, trainOnly);
    case "Unary":
      if (expression.operator === "-") return scaled(-1, checkLogit(state, expression.operand, owner, trainOnly));
      break;
    case "Binary":
      return checkArithmetic(state, expression, owner, trainOnly);
    case "Call": {
      const name = expression.callee.text;
      if (name === "logit" || name === "train_only") {
        const operand = soleArgument(state, expression);
        if (operand === undefined) return undefined;
        if (name === "logit") return checkLogitCall(state, operand, owner, trainOnly);
        const inner = checkLogit(state, operand, owner, true);
        return inner === undefined ? undefined : { kind: "trainOnly", operand: inner };
      }
      const near = resolveBuiltin(name) === undefined ? suggest(name, logitWords) : undefined;
      if (near === undefined) return checkValue(state, expression, owner, trainOnly);
      context.reporter.report(
        "MTL2004",
        { name, what: "a logit", known: logitWords, suggestion: near },
        expression.callee.span,
        { suggest: { span: expression.callee.span, word: near } },
      );
      return undefined;
    }
    case "NameExpression":
    case "Member":
      return checkValue(state, expression, owner, trainOnly);
    case "List":
      // A logit for each class, side by side.
      if (owner.width !== 1) return checkValue(state, expression, owner, trainOnly);
      break;
    default:
      break;
  }
  context.reporter.report("MTL3032", { found: describeValue(expression) }, expression.span);
  return undefined;
}

function checkArithmetic(
  state: NetworkContext,
  node: ast.BinaryExpression,
  owner: LogitOwner,
  trainOnly: boolean,
): LogitExpression | undefined {
  if (node.operator === "+" || node.operator === "-") {
    const left = checkLogit(state, node.left, owner, trainOnly);
    const right = checkLogit(state, node.right, owner, trainOnly);
    const signed = node.operator === "-" ? scaled(-1, right) : right;
    if (left === undefined || signed === undefined) return undefined;
    // `a + b + c` is one sum.
    return { kind: "sum", terms: left.kind === "sum" ? [...left.terms, signed] : [left, signed] };
  }
  if (node.operator === "/") {
    const right = constantOf(node.right);
    if (right.kind === "value" && Number.isFinite(1 / right.value))
      return scaled(1 / right.value, checkLogit(state, node.left, owner, trainOnly));
  }
  if (node.operator === "*") {
    const left = constantOf(node.left);
    const right = constantOf(node.right);
    if (left.kind === "value") return scaled(left.value, checkLogit(state, node.right, owner, trainOnly));
    if (right.kind === "value") return scaled(right.value, checkLogit(state, node.left, owner, trainOnly));
    // A product of logits is none; one of tensors of width 1 may be a logit.
    if (!hasLogit(node)) return checkValue(state, node, owner, trainOnly);
  }
  if (node.left.kind !== "Missing" && node.right.kind !== "Missing")
    state.context.reporter.report("MTL3032", { found: describeValue(node) }, node.span);
  return undefined;
}

function hasLogit(expression: ast.Expression): boolean {
  let found = false;
  visit(expression, (node) => {
    if (node.kind === "Missing" || (node.kind === "Call" && logitWords.includes(node.callee.text))) found = true;
  });
  return found;
}

function scaled(factor: number, operand: LogitExpression | undefined): LogitExpression | undefined {
  return operand === undefined ? undefined : { kind: "scaled", factor, operand };
}

/** The one argument of `logit`, `train_only` or an activation. */
export function soleArgument(state: NetworkContext, call: ast.CallExpression): ast.Expression | undefined {
  const { text: name, span } = call.callee;
  const [first, ...rest] = call.arguments;
  if (name === "logit" && first !== undefined && reportSeveral(state.context, call, { tensors: [first], rest }))
    return undefined;
  const parameter = name === "logit" ? "x" : "logit";
  return placeArguments(state.context, { name, span }, [parameter], call.arguments, call)?.[0]?.value;
}

function checkLogitCall(
  state: NetworkContext,
  operand: ast.Expression,
  owner: LogitOwner,
  trainOnly: boolean,
): LogitExpression | undefined {
  const node = checkTensor(state, operand, owner, false);
  if (node === undefined || !isVector(state, node, "logit", operand.span)) return undefined;
  checkServed(state, operand, node, owner, trainOnly);
  owner.logits += 1;
  return { kind: "logit", node, id: `${owner.id}/logit${owner.logits === 1 ? "" : `_${owner.logits}`}` };
}

/** A tensor that is itself one number per row, such as `dot(a, b)`, or one for each class. */
function checkValue(
  state: NetworkContext,
  expression: ast.Expression,
  owner: LogitOwner,
  trainOnly: boolean,
): LogitExpression | undefined {
  const node = checkTensor(state, expression, owner, false);
  if (node === undefined) return undefined;
  checkServed(state, expression, node, owner, trainOnly);
  const { shape } = nodeAt(state.network, node);
  const { width = shape[0] ?? 1 } = owner;
  if (shape.length === 1 && shape[0] === width) return { kind: "value", node };
  state.context.reporter.report(
    "MTL3009",
    { found: describeValue(expression), shape: showShape(shape), width },
    expression.span,
    {
      caption: showShape(shape),
      ...(expression.kind === "NameExpression"
        ? {
            help: `write \`logit(${expression.name.text})\``,
            fixes: [
              {
                title: `write \`logit(${expression.name.text})\``,
                edits: [{ span: expression.span, newText: `logit(${expression.name.text})` }],
                safe: true,
              },
            ],
          }
        : {}),
    },
  );
  return undefined;
}

/** A feature that serving does not have must not reach a served prediction. */
function checkServed(
  { context, network }: NetworkContext,
  expression: ast.Expression,
  node: NodeRef,
  owner: LogitOwner,
  trainOnly: boolean,
): void {
  const feature = trainOnly ? undefined : trainingOnlyFeature(network, node);
  if (feature === undefined) return;
  if (owner.auxiliary) owner.trainingOnly ??= feature;
  else noteServed(context, feature, { head: owner.id, span: expression.span });
}

/** For each network, what {@link trainingOnlyFeature} found for its first nodes. */
const trainingOnly = new WeakMap<Network, (string | undefined)[]>();

/** A feature with `serving: none` that a node is computed from. A node comes after those that it reads. */
function trainingOnlyFeature(network: Network, start: NodeRef): string | undefined {
  const found = trainingOnly.get(network) ?? [];
  trainingOnly.set(network, found);
  for (let ref = found.length; ref <= start; ref++) {
    const node = nodeAt(network, ref);
    const { feature } = node.arguments;
    const isOwn = typeof feature === "string" && network.features.get(feature)?.serving.kind === "none";
    found.push(isOwn ? feature : node.inputs.map((input) => found[input]).find((each) => each !== undefined));
  }
  return found[start];
}
