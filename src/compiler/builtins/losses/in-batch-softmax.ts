import type { ValueId } from "../../graph/graph.js";
import { numberArgument } from "../arguments.js";
import type { BatchLossBuiltin, BatchLossContext } from "../builtin.js";
import { gainParameter } from "../list-parameters.js";
import { logSumExp } from "../list-values.js";

export const inBatchSoftmax: BatchLossBuiltin = {
  kind: "loss",
  per: "batch",
  name: "in_batch_softmax",
  summary:
    "Of a head that is `dot(user, item)`: the mean over positive rows i of −log softmax over the rows j of the batch of uᵢ·vⱼ / temperature − log qⱼ at j = i.",
  paper:
    "Yi et al.: Sampling-Bias-Corrected Neural Modeling for Large Corpus Item Recommendations, 2019; without `frequency`, Covington, Adams, Sargin: Deep Neural Networks for YouTube Recommendations, 2016",
  heads: ["probability", "score"],
  parameters: [
    gainParameter,
    {
      name: "temperature",
      type: { kind: "number", min: 0, minOpen: true },
      default: 0.05,
      doc: "Smaller values tell more of the items that score highest.",
    },
    {
      name: "frequency",
      type: { kind: "reference", to: "label", base: "amount" },
      default: null,
      doc: "The label q > 0: how often the row's item is in the data, as a share or a count; without it nothing is corrected.",
    },
    {
      name: "item",
      type: { kind: "reference", to: "feature" },
      default: null,
      doc: "The feature with the item's id: rows of the same item are not negatives of each other; without it they are.",
    },
  ],
  lower: (context) => {
    const { builder, arguments: args, sides, gain } = context;
    const [user, item] = sides;
    const scale = 1 / numberArgument(args, "temperature");
    const { logarithm, counted } = sampling(context);
    const across = (value: ValueId): ValueId => builder.reshape(value, [1, "B"]);
    const products = builder.matmul(user, item, { transposeB: true });
    const logits = builder.sub(builder.scale(products, scale), across(logarithm));
    const product = builder.sum(builder.mul(user, item), { axes: [1] });
    const own = builder.sub(builder.scale(product, scale), logarithm);
    const weight = builder.mul(builder.mul(context.weights, counted), gain);
    return { total: builder.mul(weight, lossOfRows(context, logits, own, across(counted))), weight };
  },
};

/** [B] each: log q, 0 without a correction or where q is not known; and which rows take part, 1 or 0. */
function sampling({ builder, arguments: args, counted, label }: BatchLossContext): {
  readonly logarithm: ValueId;
  readonly counted: ValueId;
} {
  const { frequency } = args;
  if (typeof frequency !== "string") return { logarithm: builder.zeros(["B"]), counted };
  const { value, isKnown } = label(frequency);
  const isValid = builder.less(builder.scalar(0), builder.mul(value, isKnown));
  return {
    logarithm: builder.log(builder.select(isValid, value, builder.scalar(1))),
    counted: builder.mul(counted, builder.cast(isValid, "float32")),
  };
}

/** [B]: −log softmax of a row's own logit among itself and the others. `logits`: [B, B]; `counted`: [1, B]. */
function lossOfRows(context: BatchLossContext, logits: ValueId, own: ValueId, counted: ValueId): ValueId {
  const { builder, arguments: args, ids } = context;
  if (typeof args["item"] !== "string") return builder.sub(logSumExp(context, logits, counted), own);
  const items = ids(args["item"]);
  const isSame = builder.cast(builder.equal(items, builder.reshape(items, [1, "B"])), "float32");
  const others = builder.mul(builder.oneMinus(isSame), counted);
  return builder.softplus(builder.sub(logSumExp(context, logits, others), own));
}
