import type { ValueId } from "../../graph/graph.js";
import { multiplyDims } from "../../graph/dims.js";
import { activationNames } from "../activations/index.js";
import { booleanArgument, numbersArgument, textArgument } from "../arguments.js";
import type { LayerBuiltin, LayerContext } from "../builtin.js";
import { denseCopies } from "../dense.js";
import { maskOf, positionRows } from "../positions.js";
import { inputOf, inputSignal, knownDim } from "../replicas.js";
import { fromSequence, problem, shapeOf, shapeText } from "../shapes.js";
import { mlpLayers } from "./mlp.js";

export const attend: LayerBuiltin = {
  kind: "layer",
  name: "attend",
  summary:
    "The sum of a sequence's values, each weighted by what a small network makes of it and of the target: of both, their difference and their product.",
  paper: "Zhou et al.: Deep Interest Network for Click-Through Rate Prediction, 2018",
  inputs: ["target", "over"],
  parameters: [
    {
      name: "hidden",
      type: { kind: "widths" },
      default: [36],
      doc: "Units of the hidden layers of the network that weights.",
    },
    {
      name: "activation",
      type: { kind: "choice", values: activationNames },
      default: "dice",
      doc: "What is applied to each hidden unit.",
    },
    {
      name: "normalize",
      type: { kind: "boolean" },
      default: false,
      doc: "Whether the weights of a row are a softmax, so that they sum to 1; without it, their sum says how much of the sequence is like the target.",
    },
  ],
  shape: ([target = [], over]) =>
    fromSequence(over, (_length, width) =>
      target.length === 1 && target[0] === width
        ? shapeOf(width)
        : problem(
            `needs a target of the width of the sequence's values, has ${shapeText(target)} and ${shapeText(over ?? [])}`,
            target.length === 1
              ? `read the same columns in both, or make the target as wide: \`linear(target, ${width})\``
              : "the target is the row's own: what is shown, not what was seen",
          ),
    ),
  lower: (context) => {
    const { builder, replicas } = context;
    const values = inputOf(context, 1);
    const mask = maskOf(context, 1);
    const scores = scoresOf(context, values);
    // [B, L, n]: a weight for each network, 0 where there is no value.
    const there = builder.expandDims(mask, -1);
    const weights = booleanArgument(context.arguments, "normalize")
      ? softmaxOver(context, scores, there)
      : builder.mul(scores, there);
    if (replicas === undefined) return builder.sum(builder.mul(weights, values), { axes: [1] });
    return builder.matmul(builder.transpose(weights, [0, 2, 1]), values);
  },
};

/** A score for each position and network: [B, L, n], n being 1 without replicas. */
function scoresOf(context: LayerContext, values: ValueId): ValueId {
  const { builder, arguments: args, replicas = 1 } = context;
  const [batch = "B", length, width] = builder.shape(values);
  const copies = context.inputReplicas[0];
  const target = inputOf(context, 0);
  const apart = copies === undefined ? [] : [copies];
  // Side by side [B, L, d], or [B, L, n, d] of a target of each network.
  const whole = [batch, knownDim(length), ...apart, knownDim(width)];
  const query = builder.broadcast(builder.expandDims(target, 1), whole);
  const key = copies === undefined ? values : builder.broadcast(builder.expandDims(values, 2), whole);
  const pairs = builder.concat([query, key, builder.sub(query, key), builder.mul(query, key)], -1);
  const rows = multiplyDims(batch, knownDim(length));
  const positions: LayerContext = {
    ...positionRows(context, 1, rows),
    inputs: [builder.reshape(pairs, [rows, ...apart, 4 * knownDim(width)])],
    inputReplicas: [copies],
    masks: [undefined],
    arguments: { activation: textArgument(args, "activation"), dropout: 0, norm: "none", last: "same" },
  };
  const hidden = mlpLayers(positions, inputSignal(positions), numbersArgument(args, "hidden"));
  const score = denseCopies(positions, hidden, 1, "score.", true);
  const rowsOfScores =
    score.layout === "copies" ? builder.transpose(builder.squeeze(score.value, 2), [1, 0]) : score.value;
  return builder.reshape(rowsOfScores, [batch, knownDim(length), replicas]);
}

/** Far below every score, so that its exponential is 0. */
const belowAll = -1e30;

/** Over the positions that are there; zeros where none is. */
function softmaxOver({ builder }: LayerContext, scores: ValueId, there: ValueId): ValueId {
  const isThere = builder.less(builder.scalar(0), there);
  const open = builder.select(isThere, scores, builder.scalar(belowAll));
  const rows = builder.softmax(builder.transpose(open, [0, 2, 1]));
  return builder.mul(builder.transpose(rows, [0, 2, 1]), there);
}
