import type { HeadModel, HeadType, LogitExpression } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { omitUndefined, suggest } from "../../text/index.js";
import { checkHeadType } from "../events/check-event.js";
import { checkLogit, soleArgument, type LogitOwner } from "./check-logit.js";
import { setType } from "../context.js";
import { withoutParentheses } from "../names/describe.js";
import { showHeadType } from "../events/events.js";
import type { NetworkContext } from "../network/network.js";

type Activation = Extract<HeadModel["value"], { kind: "activation" }>;

/** Which activations give what a type promises: a probability in (0, 1), an amount, an order. */
export const fittingActivations: Readonly<Record<HeadType["kind"], readonly Activation["function"][]>> = {
  probability: ["sigmoid"],
  expectation: ["softplus", "exp", "identity"],
  score: ["identity"],
  classes: ["softmax"],
};
/** The outermost functions of a task's value. */
export const activations: readonly Activation["function"][] = ["sigmoid", "softmax", "softplus", "exp", "identity"];

/** A task with its type; only the type when its value is wrong. */
export interface CheckedTask {
  readonly type?: HeadType;
  readonly value?: Activation;
  /** Of an auxiliary task: see {@link LogitOwner}. */
  readonly trainingOnly?: string;
}

/** `task cvr: P(buy | click) = sigmoid(logit(t))`. */
export function checkTask(state: NetworkContext, task: ast.TaskDeclaration): CheckedTask {
  const type = checkHeadType(state.context, task.type);
  if (type !== undefined) setType(state.context, task, { kind: "head", type });
  const owner: LogitOwner = {
    id: task.name.text,
    span: task.span,
    inner: 0,
    logits: 0,
    width: widthOf(type, task.value),
    auxiliary: task.auxiliary,
  };
  const value = checkActivation(state, task, withoutParentheses(task.value), owner, type);
  return {
    ...omitUndefined({ type, value, trainingOnly: owner.trainingOnly }),
  };
}

/** Numbers per row of a task's logit; absent where the label whose classes count is wrong, which is reported. */
function widthOf(type: HeadType | undefined, value: ast.Expression): number | undefined {
  if (type?.kind === "classes") return type.classes.length;
  const inner = withoutParentheses(value);
  return type === undefined && inner.kind === "Call" && inner.callee.text === "softmax" ? undefined : 1;
}

function checkActivation(
  state: NetworkContext,
  task: ast.TaskDeclaration,
  value: ast.Expression,
  owner: LogitOwner,
  type: HeadType | undefined,
): Activation | undefined {
  const { context } = state;
  if (value.kind === "Missing") return undefined;
  if (readsHead(state, value)) {
    context.reporter.report("MTL3030", { task: task.name.text }, value.span, {
      help: `what is computed from other tasks is a chain: \`chain ${task.name.text} = …\``,
    });
    return undefined;
  }
  const name = value.kind === "Call" ? value.callee : undefined;
  const found = activations.find((each) => each === name?.text);
  let logit: LogitExpression | undefined;
  if (value.kind === "Call" && found !== undefined) {
    const operand = soleArgument(state, value);
    logit = operand === undefined ? undefined : checkLogit(state, operand, owner, false);
  } else {
    const suggestion = name === undefined ? undefined : suggest(name.text, activations);
    if (name !== undefined && suggestion !== undefined && suggestion !== name.text && isUnknownCall(name.text)) {
      context.reporter.report(
        "MTL2004",
        { name: name.text, what: "an activation", known: activations, suggestion },
        name.span,
        { suggest: { span: name.span, word: suggestion } },
      );
      return undefined;
    }
    logit = checkLogit(state, value, owner, false);
  }
  if (logit === undefined || type === undefined) return undefined;
  const activation = found ?? "identity";
  if (fittingActivations[type.kind].includes(activation)) return { kind: "activation", function: activation, logit };
  context.reporter.report(
    "MTL3031",
    {
      task: task.name.text,
      type: showHeadType(type, context.within),
      activation: found,
      fitting: fittingActivations[type.kind],
    },
    name !== undefined && found !== undefined ? name.span : value.span,
    {
      labels: [{ span: task.type.span, message: meaning[type.kind] }],
      help: `write \`${fittingActivations[type.kind][0] ?? ""}(…)\``,
    },
  );
  return undefined;
}

const meaning: Readonly<Record<HeadType["kind"], string>> = {
  probability: "a probability lies in [0, 1]",
  expectation: "an expected amount has no upper bound",
  score: "a score is an order and nothing more",
  classes: "the probabilities of the classes add up to 1",
};

/** Words that are calls of their own where a logit may appear. */
function isUnknownCall(name: string): boolean {
  return name !== "logit" && name !== "train_only";
}

/** `ctr * cvr` as the value of a task. */
function readsHead(state: NetworkContext, value: ast.Expression): boolean {
  switch (value.kind) {
    case "NameExpression": {
      const kind = state.context.scope.names.get(value.name.text)?.kind;
      return kind === "task" || kind === "chain" || kind === "signal";
    }
    case "Parenthesized":
      return readsHead(state, value.inner);
    case "Binary":
      return readsHead(state, value.left) || readsHead(state, value.right);
    default:
      return false;
  }
}
