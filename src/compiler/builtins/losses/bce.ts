import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/graph.js";
import type { HeadValue, RowLossBuiltin } from "../builtin.js";

export const bce: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "bce",
  summary: "Binary cross-entropy −y·log p − (1 − y)·log(1 − p): the log loss of a probability, in nats.",
  heads: ["probability"],
  parameters: [],
  trees: { activation: "sigmoid", parameters: () => ({ objective: "binary" }) },
  lower: ({ builder, prediction, target }) => crossEntropy(builder, prediction, target),
};

/** −y·log p − (1 − y)·log(1 − p). */
export function crossEntropy(builder: GraphBuilder, prediction: HeadValue, target: ValueId): ValueId {
  const { logit } = prediction;
  if (logit !== undefined) return builder.sub(builder.softplus(logit), builder.mul(target, logit));
  const { logTrue, logFalse } = logProbabilities(prediction);
  return builder.neg(mixByTarget(builder, target, logTrue, logFalse));
}

/** y·a + (1 − y)·b. */
export function mixByTarget(builder: GraphBuilder, target: ValueId, a: ValueId, b: ValueId): ValueId {
  return builder.add(builder.mul(target, a), builder.mul(builder.oneMinus(target), b));
}

export function logProbabilities({ logTrue, logFalse }: HeadValue): {
  readonly logTrue: ValueId;
  readonly logFalse: ValueId;
} {
  if (logTrue === undefined || logFalse === undefined) throw new Error("the head is not a probability");
  return { logTrue, logFalse };
}
