import { multiplyDims } from "../../graph/dims.js";
import type { Initializer, ValueId } from "../../graph/graph.js";
import { numbersArgument, textArgument } from "../arguments.js";
import type { FamilyBuiltin, FamilyContext } from "../builtin.js";
import { zeros } from "../dense.js";
import { afterLinear, mlpParameters, mlpShape } from "../layers/mlp.js";
import { copiesFirst, inputSignal, rowsFirst, type Signal, widthOf } from "../replicas.js";
import { problem } from "../shapes.js";

export const factored: FamilyBuiltin = {
  kind: "family",
  name: "factored",
  summary:
    "A column of layers for each member, as `mlp` has them, whose weights are slices of one tensor of low Tucker rank; each member has its own biases.",
  paper: "Yang, Hospedales: Deep Multi-task Representation Learning: A Tensor Factorisation Approach, 2017",
  inputs: ["x"],
  parameters: [
    ...mlpParameters,
    {
      name: "rank",
      type: { kind: "widths" },
      doc: "Ranks of each layer's weights over its inputs, its units and the members: three numbers.",
    },
  ],
  shape: (inputs, args, members) => {
    const result = mlpShape(inputs, args);
    if (result.kind === "problem") return result;
    const widths = numbersArgument(args, "widths");
    const rank = numbersArgument(args, "rank");
    if (rank.length !== 3) return problem(`needs three ranks, of inputs, units and members; has ${rank.length}`);
    const [first = 1] = inputs[0] ?? [];
    for (const [index, width] of widths.entries()) {
      const sizes = [widths[index - 1] ?? first, width, members];
      const high = sizes.findIndex((size, axis) => (rank[axis] ?? 0) > size);
      if (high >= 0)
        return problem(
          `has a rank of ${rank[high] ?? 0} over ${sizes[high] ?? 0} ${["inputs", "units", "members"][high] ?? ""} of layer ${index + 1}; a rank is at most that`,
        );
    }
    return result;
  },
  lower: (context) => {
    const widths = numbersArgument(context.arguments, "widths");
    const signal = widths.reduce<Signal>(
      (input, width, index) =>
        afterLinear(context, product(context, input, width, `${index}.`), `${index}.`, index === widths.length - 1),
      inputSignal(context),
    );
    return rowsFirst(context, signal);
  },
};

function normal(variance: number): Initializer {
  return { kind: "normal", mean: 0, deviation: Math.sqrt(variance) };
}

/**
 * x·W_k + b_k with W_k = U₁·(Σᵢ U₃[k, i]·S[i])·U₂ᵀ, computed from the left, so that no member's weights are made. The
 * factors start so that the numbers of each W_k have the variance 2 / (inputs + units) that a plain layer's have.
 */
function product(context: FamilyContext, input: Signal, units: number, prefix: string): Signal {
  const { builder, replicas: members, arguments: args } = context;
  const [r1 = 1, r2 = 1, r3 = 1] = numbersArgument(args, "rank");
  const inputs = widthOf(context, input);
  const factor = (name: string, shape: readonly number[], variance: number): ValueId =>
    context.parameter(`${prefix}${name}`, shape, normal(variance), "weight");
  const u1 = factor("input_factor", [inputs, r1], 1 / r1);
  const core = factor("core", [r3, r1, r2], 2 / (inputs + units));
  const u2 = factor("unit_factor", [units, r2], 1 / r2);
  const u3 = context.ownParameter(`${prefix}member_factor`, [r3], normal(1 / r3), "weight");
  const cores = builder.reshape(builder.matmul(u3, builder.reshape(core, [r3, r1 * r2])), [members, r1, r2]);
  const signal = ((): Signal => {
    if (input.layout === "shared") {
      const own = builder.reshape(builder.transpose(cores, [1, 0, 2]), [r1, members * r2]);
      const low = builder.matmul(builder.matmul(input.value, u1), own);
      const [batch = "B"] = builder.shape(low);
      const rows = builder.reshape(low, [multiplyDims(batch, members), r2]);
      const value = builder.reshape(builder.matmul(rows, u2, { transposeB: true }), [batch, members * units]);
      return { layout: "flat", value };
    }
    const x = copiesFirst(context, input);
    const [, batch = "B"] = builder.shape(x);
    const rows = multiplyDims(batch, members);
    const low = builder.reshape(builder.matmul(builder.reshape(x, [rows, inputs]), u1), [members, batch, r1]);
    const own = builder.reshape(builder.matmul(low, cores), [rows, r2]);
    return {
      layout: "copies",
      value: builder.reshape(builder.matmul(own, u2, { transposeB: true }), [members, batch, units]),
    };
  })();
  // Batch normalization's shift is the bias.
  if (textArgument(args, "norm") === "batch") return signal;
  const bias = context.ownParameter(`${prefix}bias`, [units], zeros, "bias");
  const across = signal.layout === "flat" ? [members * units] : [members, 1, units];
  return { ...signal, value: builder.add(signal.value, builder.reshape(bias, across)) };
}
