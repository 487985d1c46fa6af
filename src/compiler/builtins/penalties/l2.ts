import type { PenaltyBuiltin } from "../builtin.js";

export const l2: PenaltyBuiltin = {
  kind: "penalty",
  name: "l2",
  summary:
    "The sum of the squares of all numbers in a group of parameters. Of a table that is updated sparsely, the rows that the batch touches count, each once.",
  on: "parameters",
  parameters: [
    {
      name: "of",
      type: { kind: "reference", to: "parameters" },
      default: "all",
      doc: "`embeddings`, `weights`, `biases`, `all`, or the name of a feature, a part of the network or a task.",
    },
  ],
  lower: ({ builder, parameters }) =>
    parameters
      .map(({ value, rowWeights }) => {
        const squares = builder.square(value);
        return builder.sum(
          rowWeights === undefined ? squares : builder.mul(squares, builder.expandDims(rowWeights, -1)),
        );
      })
      .reduce((total, part) => builder.add(total, part), builder.scalar(0)),
};
