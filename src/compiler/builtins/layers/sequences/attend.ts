import type { ValueId } from "../../../graph/graph.js";
import { multiplyDims } from "../../../graph/dims.js";
import { activationNames } from "../../activations/index.js";
import { booleanArgument, numbersArgument, textArgument } from "../../arguments.js";
import type { LayerBuiltin, LayerContext } from "../../builtin.js";
import { dense, denseCopies, glorotUniform, zeros } from "../../dense.js";
import { softmaxOfPositions } from "./masked.js";
import { maskOf, positionRows } from "../../positions.js";
import { inputOf, inputSignal, knownDim } from "../../replicas.js";
import { fromSequence, problem, shapeOf, shapeText } from "../../shapes.js";
import { normSettings } from "../../normalize.js";
import type { ParameterSpec } from "../../parameter.js";
import { afterLinear, mlpLayer, mlpLayers } from "../mlp.js";
import type { Arguments } from "../../../model/model.js";

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
    {
      name: "norm",
      type: { kind: "choice", values: ["none", "layer", "batch"] },
      default: "none",
      elided: true,
      doc: "Normalization before each activation: over the units of a position, or over all positions of a batch that have a value.",
    },
    ...normSettings.map((setting): ParameterSpec => ({ ...setting, elided: true })),
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
      ? builder.transpose(
          softmaxOfPositions(builder, builder.transpose(scores, [0, 2, 1]), builder.expandDims(mask, 1)),
          [0, 2, 1],
        )
      : builder.mul(scores, there);
    if (replicas === undefined) return builder.sum(builder.mul(weights, values), { axes: [1] });
    return builder.matmul(builder.transpose(weights, [0, 2, 1]), values);
  },
};

/** A score for each position and network: [B, L, n], n being 1 without replicas. */
function scoresOf(context: LayerContext, values: ValueId): ValueId {
  return context.replicas === undefined
    ? scoresOfOne(context, values)
    : scoresOfEach(context, values, context.replicas);
}

/**
 * Of one network: [B, L, 1]. What reads [q, k, q − k, q·k] is linear in each of them, so that nothing is put side by side:
 * W·[…] is q·(W₁ + W₃), once per row, and k·(W₂ − W₃) + (q·k)·W₄, which is one product of k with a matrix per row.
 */
function scoresOfOne(context: LayerContext, values: ValueId): ValueId {
  const { builder, arguments: args } = context;
  const [batch = "B", length, width] = builder.shape(values);
  const [steps, d] = [knownDim(length), knownDim(width)];
  const rows = multiplyDims(batch, steps);
  const positions: LayerContext = { ...positionRows(context, 1, rows), masks: [undefined], arguments: settings(args) };
  const hidden = numbersArgument(args, "hidden");
  const [first = 1] = hidden;
  const prefix = hidden.length === 0 ? "score." : "0.";
  const target = inputOf(context, 0);
  const weight = context.parameter(`${prefix}weight`, [4 * d, first], glorotUniform(4 * d, first), "weight");
  const [query, key, difference, product] = [0, 1, 2, 3].map((part) =>
    builder.slice(weight, { axis: 0, begin: part * d, size: d }),
  ) as [ValueId, ValueId, ValueId, ValueId];
  const ofTarget = builder.matmul(target, builder.add(query, difference));
  // The shift of a batch normalization is the bias.
  const hasBias = hidden.length === 0 || textArgument(positions.arguments, "norm") !== "batch";
  const ofRow = hasBias ? builder.add(ofTarget, context.parameter(`${prefix}bias`, [first], zeros, "bias")) : ofTarget;
  const keys = builder.reshape(values, [rows, d]);
  const products = builder.reshape(builder.mul(values, builder.expandDims(target, 1)), [rows, d]);
  const ofPosition = builder.matmul(
    builder.concat([keys, products], 1),
    builder.concat([builder.sub(key, difference), product], 0),
  );
  const linear = builder.reshape(
    builder.add(builder.reshape(ofPosition, [batch, steps, first]), builder.expandDims(ofRow, 1)),
    [rows, first],
  );
  if (hidden.length === 0) return builder.reshape(linear, [batch, steps, 1]);
  let signal = afterLinear(positions, { layout: "shared", value: linear }, prefix, hidden.length === 1);
  hidden.slice(1).forEach((units, index) => {
    signal = mlpLayer(positions, signal, units, `${index + 1}.`, index === hidden.length - 2);
  });
  return builder.reshape(dense(positions, signal.value, 1, "score.", true), [batch, steps, 1]);
}

function settings(args: Arguments): Arguments {
  return { norm: "none", ...args, dropout: 0, last: "same" };
}

/** Of n networks: [B, L, n]. */
function scoresOfEach(context: LayerContext, values: ValueId, replicas: number): ValueId {
  const { builder, arguments: args } = context;
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
    arguments: settings(args),
  };
  const hidden = mlpLayers(positions, inputSignal(positions), numbersArgument(args, "hidden"));
  const score = denseCopies(positions, hidden, 1, "score.", true);
  const rowsOfScores =
    score.layout === "copies" ? builder.transpose(builder.squeeze(score.value, 2), [1, 0]) : score.value;
  return builder.reshape(rowsOfScores, [batch, knownDim(length), replicas]);
}
