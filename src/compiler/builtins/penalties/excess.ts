import type { PenaltyBuiltin } from "../builtin.js";

/** Far below every sum of sample weights that is not 0. */
const tiny = 1e-12;

export const excess: PenaltyBuiltin = {
  kind: "penalty",
  name: "excess",
  summary:
    "The mean over all rows, by their weights, of max(later − earlier, 0): the probability of a step is not to be above that of the step before it.",
  paper:
    "Xi et al.: Modeling the Sequential Dependence among Audience Multi-step Conversions with Multi-task Learning in Targeted Display Advertising, 2021, eq. 8",
  on: "heads",
  parameters: [
    { name: "later", type: { kind: "reference", to: "head" }, doc: "The probability of the later step." },
    { name: "earlier", type: { kind: "reference", to: "head" }, doc: "The probability of the step before it." },
  ],
  lower: ({ builder, heads, weights }) => {
    const [later, earlier] = heads;
    if (later === undefined || earlier === undefined) throw new Error("there are not two heads");
    const above = builder.relu(builder.sub(later.value, earlier.value));
    const counted = weights();
    const total = builder.maximum(builder.sum(counted), builder.scalar(tiny));
    return builder.div(builder.sum(builder.mul(counted, above)), total);
  },
};
