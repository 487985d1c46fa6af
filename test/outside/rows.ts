/** A row of each table as somebody writes it who adds one: what `rows.test.ts` puts into the tables for its own run. */
import type { ActivationBuiltin } from "../../src/compiler/builtins/activations/activation.js";
import { numberArgument } from "../../src/compiler/builtins/arguments.js";
import type {
  BalanceBuiltin,
  FamilyBuiltin,
  GateBuiltin,
  LayerBuiltin,
  ListLossBuiltin,
  PenaltyBuiltin,
  RowLossBuiltin,
} from "../../src/compiler/builtins/builtin.js";
import { dense, denseCopies } from "../../src/compiler/builtins/dense.js";
import { gainParameter } from "../../src/compiler/builtins/list-parameters.js";
import { meanOverLists, quotient } from "../../src/compiler/builtins/list-values.js";
import { inputOf, inputRows, inputSignal, rowsFirst } from "../../src/compiler/builtins/replicas.js";
import { fromEqualVectors, fromVector, shapeOf } from "../../src/compiler/builtins/shapes.js";
import { numbers, type CandidateFunction } from "../../src/compiler/functions/row.js";
import { weightedMean } from "../../src/compiler/metrics/kernels/means.js";
import type { Metric } from "../../src/compiler/metrics/metric.js";
import { weighted } from "../../src/compiler/metrics/parameters.js";
import { noRows, orUndefined } from "../../src/compiler/metrics/undefined.js";
import { condition, dates, optional } from "../../src/compiler/rules/clauses.js";
import { missing, zone } from "../../src/compiler/rules/options.js";
import { verb } from "../../src/compiler/rules/verb.js";

export const apart: LayerBuiltin = {
  kind: "layer",
  name: "apart",
  summary: "The squared difference of two vectors of one width, unit by unit.",
  inputs: ["a", "b"],
  parameters: [],
  shape: (inputs) => fromEqualVectors(inputs, (width) => shapeOf(width)),
  lower: (context) => context.builder.square(context.builder.sub(inputRows(context, 0), inputRows(context, 1))),
};

export const cubic: ActivationBuiltin = {
  kind: "activation",
  name: "cubic",
  summary: "x³ of each unit.",
  parameters: [],
  lower: ({ builder }, { value }) => builder.mul(builder.square(value), value),
};

export const meet: FamilyBuiltin = {
  kind: "family",
  name: "meet",
  summary: "A linear map for each member, and half of their mean.",
  inputs: ["x"],
  parameters: [{ name: "width", type: { kind: "number", min: 1, integer: true }, doc: "Number of units." }],
  shape: (inputs, args) => fromVector(inputs, () => shapeOf(numberArgument(args, "width"))),
  lower: (context) => {
    const { builder } = context;
    const maps = denseCopies(context, inputSignal(context), numberArgument(context.arguments, "width"), "", true);
    const rows = rowsFirst(context, maps);
    return builder.add(rows, builder.scale(builder.mean(rows, { axes: [1], keepDims: true }), 0.5));
  },
};

export const shares: GateBuiltin = {
  kind: "gate",
  name: "shares",
  summary: "Weights σ(W·x), each divided by their sum.",
  parameters: [],
  lower: (context, experts) => {
    const { builder } = context;
    const open = builder.sigmoid(dense(context, inputOf(context, 0), experts, "", true));
    return { weights: builder.div(open, builder.sum(open, { axes: [-1], keepDims: true })) };
  },
};

export const logCosh: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "log_cosh",
  summary: "log cosh(prediction − y): a square near 0, a line far from it.",
  heads: ["expectation"],
  parameters: [],
  lower: ({ builder, prediction, target }) => {
    const error = builder.sub(prediction.value, target);
    const tail = builder.softplus(builder.scale(error, -2));
    return builder.sub(builder.add(error, tail), builder.scalar(Math.log(2)));
  },
};

export const expList: ListLossBuiltin = {
  kind: "loss",
  per: "list",
  name: "exp_list",
  summary: "Σ gᵢ·exp(−sᵢ) / Σ gᵢ over the rows of a list.",
  heads: ["probability", "expectation", "score"],
  parameters: [gainParameter],
  lower: (context) => {
    const { builder, gain, score, lists } = context;
    const gains = builder.mul(gain, lists.counted);
    const total = lists.sum(gains);
    const costs = lists.sum(builder.mul(gains, builder.exp(builder.neg(score))));
    return meanOverLists(context, quotient(context, costs, total), total);
  },
};

export const l1: PenaltyBuiltin = {
  kind: "penalty",
  name: "l1",
  summary: "The sum of the absolute values of all numbers in parts of the network.",
  on: "parts",
  parameters: [],
  lower: ({ builder, parts }) =>
    parts
      .flatMap(({ parameters }) => parameters.map(({ value }) => builder.sum(builder.abs(value))))
      .reduce((sum, each) => builder.add(sum, each), builder.scalar(0)),
};

export const roots: BalanceBuiltin = {
  kind: "balance",
  form: "losses",
  name: "roots",
  summary: "Minimises the sum of the roots of the losses.",
  parameters: [],
  weight: ({ builder, losses }) =>
    losses
      .map((loss) => builder.sqrt(builder.add(loss, builder.scalar(1e-6))))
      .reduce((sum, each) => builder.add(sum, each)),
};

export const meanError: Metric = {
  name: "mean_error",
  summary: "Mean of prediction − y.",
  heads: ["expectation"],
  group: "none",
  parameters: [weighted],
  better: "smaller",
  compute: ({ predictions, targets, weights }) =>
    orUndefined(
      weightedMean(weights, (row) => predictions[row]! - targets[row]!),
      noRows,
    ),
};

export const cube: CandidateFunction = {
  summary: "x³.",
  of: "numbers",
  parameters: numbers("x"),
  result: "number",
  compute: (x) => x * x * x,
};

export const require = verb({
  summary: "Keeps only candidates for which a condition holds.",
  example: "require name when condition",
  clauses: { when: condition, during: optional(dates) },
  options: { missing: missing("apply"), zone },
  model: ({ base, clauses: { when }, options }) => ({
    ...base,
    verb: "drop",
    when: { kind: "not", type: "bool", operand: when, span: when.span },
    unknown: options.missing,
  }),
});
