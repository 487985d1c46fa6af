import type { ListLossBuiltin } from "../builtin.js";
import { gainParameter } from "../list-parameters.js";
import { logSumExp, meanOverLists, quotient } from "../list-values.js";

export const softmaxList: ListLossBuiltin = {
  kind: "loss",
  per: "list",
  name: "softmax_list",
  summary:
    "−Σ gᵢ·log softmax(s)ᵢ / Σ gᵢ over the rows of a list: the cross-entropy of its gains and the softmax of its scores.",
  paper: "Cao et al.: Learning to Rank: From Pairwise Approach to Listwise Approach, 2007",
  heads: ["probability", "expectation", "score"],
  parameters: [gainParameter],
  lower: (context) => {
    const { builder, gain, score, lists } = context;
    const gains = builder.mul(gain, lists.counted);
    const total = lists.sum(gains);
    const normalizer = logSumExp(context, lists.padded(score, 0), lists.padded(lists.counted, 0));
    const mean = quotient(context, lists.sum(builder.mul(gains, score)), total);
    return meanOverLists(context, builder.sub(normalizer, mean), total);
  },
};
