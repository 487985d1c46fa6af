import { multiplyDims } from "../../graph/dims.js";
import type { ValueId } from "../../graph/graph.js";
import { numberArgument, numbersArgument } from "../arguments.js";
import type { FamilyBuiltin, FamilyContext } from "../builtin.js";
import { mlpLayer, mlpParameters, mlpShape } from "../layers/mlp.js";
import { copiesFirst, inputSignal, rowsFirst, type Signal } from "../replicas.js";
import { problem } from "../shapes.js";

export const sluice: FamilyBuiltin = {
  kind: "family",
  name: "sluice",
  summary:
    "A column of layers for each member, as `mlp` has them, each layer in subspaces: trained weights α mix the subspaces of all members after each layer, and trained weights β mix a member's layers into its output.",
  paper: "Ruder, Bingel, Augenstein, Søgaard: Latent Multi-task Architecture Learning, 2019",
  inputs: ["x"],
  parameters: [
    ...mlpParameters,
    {
      name: "subspaces",
      type: { kind: "number", min: 1, max: 64, integer: true },
      default: 2,
      doc: "Into how many parts of equal width each layer of a member is cut.",
    },
    {
      name: "same",
      type: { kind: "number", min: 0, max: 1 },
      default: 0.9,
      doc: "α from a subspace to itself and β of the last layer at the start; the others have equal parts of 1 − `same`.",
    },
  ],
  shape: (inputs, args, members) => {
    const result = mlpShape(inputs, args);
    if (result.kind === "problem") return result;
    if (members < 2) return problem(`needs two members or more, has ${members}`);
    const widths = numbersArgument(args, "widths");
    const [width = 1] = widths;
    const other = widths.find((each) => each !== width);
    if (other !== undefined)
      return problem(`mixes its layers into one output, so it needs layers of one width, has ${width} and ${other}`);
    const parts = numberArgument(args, "subspaces");
    return width % parts === 0
      ? result
      : problem(`needs layers that are cut into ${parts} equal parts, has ${width} units`);
  },
  lower: (context) => {
    const widths = numbersArgument(context.arguments, "widths");
    const layers: ValueId[] = [];
    let signal = inputSignal(context);
    for (const [index, width] of widths.entries()) {
      const hidden = mlpLayer(context, signal, width, `${index}.`, index === widths.length - 1);
      signal = { layout: "copies", value: mix(context, hidden, width, `${index}.subspaces`) };
      layers.push(signal.value);
    }
    return rowsFirst(context, { layout: "copies", value: skip(context, layers) });
  },
};

/** Σ α·subspace over the subspaces of all members: [members, B, width]. */
function mix(context: FamilyContext, hidden: Signal, width: number, name: string): ValueId {
  const { builder, replicas: members, arguments: args } = context;
  const parts = numberArgument(args, "subspaces");
  const on = numberArgument(args, "same");
  const size = members * parts;
  const start = { kind: "diagonal", on, off: (1 - on) / (size - 1), size, block: 1 } as const;
  const alpha = context.parameter(name, [size, size], start, "scale");
  const h = copiesFirst(context, hidden);
  const [, batch = "B"] = builder.shape(h);
  const cut = builder.transpose(builder.reshape(h, [members, batch, parts, width / parts]), [0, 2, 1, 3]);
  const flat = builder.reshape(cut, [size, multiplyDims(batch, width / parts)]);
  const mixed = builder.reshape(builder.matmul(alpha, flat), [members, parts, batch, width / parts]);
  return builder.reshape(builder.transpose(mixed, [0, 2, 1, 3]), [members, batch, width]);
}

/** Σ β·layer, with a β for each member and layer: [members, B, width]. */
function skip(context: FamilyContext, layers: readonly ValueId[]): ValueId {
  const { builder, replicas: members, arguments: args } = context;
  const same = numberArgument(args, "same");
  const last = layers.length - 1;
  const terms = layers.map((layer, index) => {
    const value = last === 0 ? 1 : index === last ? same : (1 - same) / last;
    const beta = context.ownParameter(`${index}.skip`, [1], { kind: "constant", value }, "scale");
    return builder.mul(builder.reshape(beta, [members, 1, 1]), layer);
  });
  return terms.reduce((sum, term) => builder.add(sum, term));
}
