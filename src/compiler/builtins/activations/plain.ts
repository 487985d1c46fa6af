/** Activations that train nothing. */
import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/graph.js";
import { numberArgument } from "../arguments.js";
import type { LayerContext } from "../builtin.js";
import { type ActivationBuiltin, belowZero } from "./activation.js";

type Row = Omit<ActivationBuiltin, "kind" | "lower" | "parameters"> & {
  readonly parameters?: ActivationBuiltin["parameters"];
  readonly of: (builder: GraphBuilder, x: ValueId, args: LayerContext["arguments"]) => ValueId;
};

function plain({ of, parameters = [], ...row }: Row): ActivationBuiltin {
  return {
    kind: "activation",
    ...row,
    parameters,
    lower: ({ builder, arguments: args }, { value }) => of(builder, value, args),
  };
}

export const relu = plain({
  name: "relu",
  summary: "max(0, x) of each unit.",
  of: (builder, x) => builder.relu(x),
});

export const gelu = plain({
  name: "gelu",
  summary: "x·Φ(x) of each unit, in its tanh form.",
  paper: "Hendrycks, Gimpel: Gaussian Error Linear Units, 2016",
  of: (builder, x) => {
    const cubic = builder.mul(builder.scale(builder.square(x), 0.044715), x);
    const inner = builder.scale(builder.add(x, cubic), Math.sqrt(2 / Math.PI));
    return builder.mul(builder.scale(x, 0.5), builder.add(builder.scalar(1), builder.tanh(inner)));
  },
});

export const swish = plain({
  name: "swish",
  summary: "x·σ(x) of each unit.",
  paper: "Ramachandran, Zoph, Le: Searching for Activation Functions, 2017",
  of: (builder, x) => builder.mul(x, builder.sigmoid(x)),
});

export const tanh = plain({
  name: "tanh",
  summary: "The hyperbolic tangent of each unit.",
  of: (builder, x) => builder.tanh(x),
});

export const sigmoid = plain({
  name: "sigmoid",
  summary: "1 / (1 + e⁻ˣ) of each unit.",
  of: (builder, x) => builder.sigmoid(x),
});

export const softplus = plain({
  name: "softplus",
  summary: "log(1 + eˣ) of each unit.",
  of: (builder, x) => builder.softplus(x),
});

export const leakyRelu = plain({
  name: "leaky_relu",
  summary: "x where it is above 0, else slope·x, of each unit.",
  paper: "Maas, Hannun, Ng: Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013",
  parameters: [
    {
      name: "slope",
      type: { kind: "number", min: 0, max: 1, maxOpen: true },
      default: 0.01,
      doc: "The slope below 0.",
    },
  ],
  // max(x, slope·x), as slope < 1.
  of: (builder, x, args) => builder.maximum(x, builder.scale(x, numberArgument(args, "slope"))),
});

export const elu = plain({
  name: "elu",
  summary: "x where it is above 0, else alpha·(eˣ − 1), of each unit.",
  paper: "Clevert, Unterthiner, Hochreiter: Fast and Accurate Deep Network Learning by Exponential Linear Units, 2016",
  parameters: [
    {
      name: "alpha",
      type: { kind: "number", min: 0, minOpen: true },
      default: 1,
      doc: "Its limit far below 0 is −alpha.",
    },
  ],
  of: (builder, x, args) => {
    // eˣ only of what is below 0: above, it would overflow.
    const bent = builder.scale(builder.expm1(belowZero(builder, x)), numberArgument(args, "alpha"));
    return builder.add(builder.relu(x), bent);
  },
});
