import type { ParameterGroup, PenaltyBuiltin } from "../builtin.js";

/** What `only` can say besides all. */
const groups: ReadonlyMap<string, ParameterGroup> = new Map([
  ["weights", "weight"],
  ["biases", "bias"],
]);

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
    {
      name: "only",
      type: { kind: "choice", values: [...groups.keys()] },
      default: null,
      elided: true,
      doc: "Which parameters of a part count; all where it is not given.",
    },
  ],
  lower: ({ builder, parameters, arguments: { only } }) =>
    parameters
      .filter(({ group }) => typeof only !== "string" || group === groups.get(only))
      .map(({ value, rowWeights }) => {
        const squares = builder.square(value);
        return builder.sum(
          rowWeights === undefined ? squares : builder.mul(squares, builder.expandDims(rowWeights, -1)),
        );
      })
      .reduce((total, part) => builder.add(total, part), builder.scalar(0)),
};
