import { multiplyDims } from "../../graph/dims.js";
import type { ValueId } from "../../graph/graph.js";
import { numberArgument, numbersArgument, textArgument } from "../arguments.js";
import type { FamilyBuiltin, FamilyContext } from "../builtin.js";
import { mlpLayer, mlpParameters, mlpShape } from "../layers/mlp.js";
import { copiesFirst, inputSignal, rowsFirst, type Signal, widthOf } from "../replicas.js";
import { problem } from "../shapes.js";

export const stitch: FamilyBuiltin = {
  kind: "family",
  name: "stitch",
  summary:
    "A column of layers for each member, as `mlp` has them; after each layer the members' units are mixed with one another by trained weights α.",
  paper: "Misra, Shrivastava, Gupta, Hebert: Cross-stitch Networks for Multi-task Learning, 2016",
  inputs: ["x"],
  parameters: [
    ...mlpParameters,
    {
      name: "same",
      type: { kind: "number", min: 0, max: 1 },
      default: 0.9,
      doc: "α from a member to itself at the start; the other members have equal parts of 1 − `same`.",
    },
    {
      name: "per",
      type: { kind: "choice", values: ["layer", "channel"] },
      default: "layer",
      doc: "Whether two members have one α in a layer, or one for each of its units.",
    },
  ],
  shape: (inputs, args, members) =>
    members < 2 ? problem(`needs two members or more, has ${members}`) : mlpShape(inputs, args),
  lower: (context) => {
    const widths = numbersArgument(context.arguments, "widths");
    const signal = widths.reduce<Signal>((input, width, index) => {
      const hidden = mlpLayer(context, input, width, `${index}.`, index === widths.length - 1);
      return { layout: "copies", value: mix(context, hidden, `${index}.stitch`) };
    }, inputSignal(context));
    return rowsFirst(context, signal);
  },
};

/** Σⱼ αₖⱼ·hⱼ for each member k, unit by unit: [members, B, d]. */
function mix(context: FamilyContext, hidden: Signal, name: string): ValueId {
  const { builder, replicas: size } = context;
  const h = copiesFirst(context, hidden);
  const shape = builder.shape(h);
  const width = widthOf(context, hidden);
  const on = numberArgument(context.arguments, "same");
  const start = { kind: "diagonal", on, off: (1 - on) / (size - 1), size } as const;
  if (textArgument(context.arguments, "per") === "layer") {
    const alpha = context.parameter(name, [size, size], { ...start, block: 1 }, "scale");
    const units = builder.reshape(h, [size, multiplyDims(...shape.slice(1))]);
    return builder.reshape(builder.matmul(alpha, units), shape);
  }
  const alpha = context.parameter(name, [size, size, width], { ...start, block: width }, "scale");
  const parts = Array.from({ length: size }, (_, j) =>
    builder.mul(builder.slice(alpha, { axis: 1, begin: j, size: 1 }), builder.slice(h, { axis: 0, begin: j, size: 1 })),
  );
  return parts.reduce((sum, part) => builder.add(sum, part));
}
