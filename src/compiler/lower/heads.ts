/**
 * Heads: from logits to predictions. Every probability is kept as log p and log(1 − p) beside p itself, so that the losses
 * of chains stay finite where p is 0 or 1 in float32.
 */
import type { HeadValue } from "../builtins/index.js";
import type { GraphBuilder, ValueId } from "../graph/index.js";
import type { HeadExpression, LogitExpression } from "../model/index.js";
import { logOneMinusExp } from "./log-space.js";

type LinearLogit = Extract<LogitExpression, { kind: "logit" | "value" }>;

/** What heads are computed from. */
export interface HeadInputs {
  readonly builder: GraphBuilder;
  /** [B] of a logit on a node of the network, [B, n] of a head of n classes. */
  readonly logit: (logit: LinearLogit) => ValueId;
  readonly head: (name: string) => HeadValue;
  /** n of a head of classes. */
  readonly classes?: number;
  /** Whether `train_only(…)` counts; else it is 0. */
  readonly trainOnly: boolean;
}

/** e³⁰ is 10¹³: an `exp` head goes no higher, so that its squared error still is a number. */
const largestExponent = 30;

/** A quotient of two estimates may pass 1; it is held this far below, where its log loss is 14. */
const quotientGap = 1e-6;

export function lowerHead(inputs: HeadInputs, expression: HeadExpression): HeadValue {
  const { builder } = inputs;
  switch (expression.kind) {
    case "activation":
      return lowerActivation(inputs, expression.function, lowerLogit(inputs, expression.logit));
    case "head":
      return inputs.head(expression.name);
    case "class":
      return lowerClass(builder, inputs.head(expression.head), expression.index);
    case "product":
      return lowerProduct(
        builder,
        expression.factors.map((factor) => lowerHead(inputs, factor)),
      );
    case "quotient":
      return lowerQuotient(builder, lowerHead(inputs, expression.numerator), lowerHead(inputs, expression.denominator));
    case "complement":
      return lowerComplement(builder, lowerHead(inputs, expression.operand));
  }
}

/** [B], or [B, n] of classes. */
function lowerLogit(inputs: HeadInputs, logit: LogitExpression): ValueId {
  const { builder } = inputs;
  switch (logit.kind) {
    case "logit":
    case "value":
      return inputs.logit(logit);
    case "sum":
      return logit.terms.map((term) => lowerLogit(inputs, term)).reduce((total, term) => builder.add(total, term));
    case "scaled":
      return builder.scale(lowerLogit(inputs, logit.operand), logit.factor);
    case "trainOnly":
      return inputs.trainOnly
        ? lowerLogit(inputs, logit.operand)
        : builder.zeros(inputs.classes === undefined ? ["B"] : ["B", inputs.classes]);
  }
}

function lowerActivation(
  { builder }: HeadInputs,
  name: Extract<HeadExpression, { kind: "activation" }>["function"],
  logit: ValueId,
): HeadValue {
  switch (name) {
    case "sigmoid":
      return sigmoidOf(builder, logit);
    case "softmax":
      return softmaxOf(builder, logit);
    case "softplus":
      return { value: builder.softplus(logit), logit };
    case "exp":
      return { value: builder.exp(builder.minimum(logit, builder.scalar(largestExponent))), logit };
    case "identity":
      return { value: logit, logit };
  }
}

function sigmoidOf(builder: GraphBuilder, logit: ValueId): HeadValue {
  return {
    value: builder.sigmoid(logit),
    logit,
    logTrue: builder.neg(builder.softplus(builder.neg(logit))),
    logFalse: builder.neg(builder.softplus(logit)),
  };
}

/** [B, n]: the largest logit is taken off before anything is raised. */
function softmaxOf(builder: GraphBuilder, logit: ValueId): HeadValue {
  const normalizer = builder.expandDims(logSumExp(builder, logit), 1);
  return { value: builder.softmax(logit), logit, logClasses: builder.sub(logit, normalizer) };
}

/** [B, n] → [B]: log Σ exp. */
function logSumExp(builder: GraphBuilder, logit: ValueId): ValueId {
  const highest = builder.stopGradient(builder.max(logit, { axes: [1], keepDims: true }));
  const sum = builder.sum(builder.exp(builder.sub(logit, highest)), { axes: [1] });
  return builder.add(builder.squeeze(highest, 1), builder.log(sum));
}

/** One of n classes: log(1 − p) is the log of what the others have, so that it stays finite where p rounds to 1. */
function lowerClass(builder: GraphBuilder, { value, logit, logClasses }: HeadValue, index: number): HeadValue {
  if (logit === undefined || logClasses === undefined) throw new Error("the head has no classes");
  const columns = (table: ValueId, begin: number, size: number): ValueId =>
    builder.slice(table, { axis: 1, begin, size });
  const count = Number(builder.shape(logit)[1]);
  const rest = [
    ...(index > 0 ? [columns(logit, 0, index)] : []),
    ...(index < count - 1 ? [columns(logit, index + 1, count - 1 - index)] : []),
  ];
  const others = logSumExp(builder, rest.length === 1 ? (rest[0] ?? -1) : builder.concat(rest, 1));
  const own = builder.squeeze(columns(logit, index, 1), 1);
  return {
    value: builder.squeeze(columns(value, index, 1), 1),
    // p / (1 − p) is what the class has against the others: the logit of its own.
    logit: builder.sub(own, others),
    logTrue: builder.squeeze(columns(logClasses, index, 1), 1),
    logFalse: builder.neg(builder.softplus(builder.sub(own, others))),
  };
}

/** p·q·…: of probabilities a probability; with an expectation among them the expectation over all rows. */
function lowerProduct(builder: GraphBuilder, factors: readonly HeadValue[]): HeadValue {
  const value = factors.map((factor) => factor.value).reduce((product, factor) => builder.mul(product, factor));
  const logs = factors.map((factor) => factor.logTrue).filter((log) => log !== undefined);
  if (logs.length < factors.length) return { value };
  const logTrue = logs.reduce((sum, log) => builder.add(sum, log));
  return { value, logTrue, logFalse: logOneMinusExp(builder, logTrue) };
}

/** exp(log p − log q), at most 1: nothing is divided, so a denominator of 0 is not a special case. */
function lowerQuotient(builder: GraphBuilder, numerator: HeadValue, denominator: HeadValue): HeadValue {
  if (numerator.logTrue === undefined || denominator.logTrue === undefined) {
    throw new Error("a quotient of heads is one of probabilities");
  }
  const ratio = builder.sub(numerator.logTrue, denominator.logTrue);
  const logTrue = builder.minimum(ratio, builder.scalar(-quotientGap));
  return {
    value: builder.exp(builder.minimum(ratio, builder.scalar(0))),
    logTrue,
    logFalse: logOneMinusExp(builder, logTrue),
  };
}

function lowerComplement(builder: GraphBuilder, { logit, logTrue, logFalse }: HeadValue): HeadValue {
  if (logTrue === undefined || logFalse === undefined) throw new Error("only a probability has a complement");
  if (logit !== undefined) return sigmoidOf(builder, builder.neg(logit));
  return { value: builder.exp(logFalse), logTrue: logFalse, logFalse: logTrue };
}
