import { booleanArgument, numberArgument } from "../arguments.js";
import type { ListLossBuiltin } from "../builtin.js";
import { logSumExp, whereMember } from "../list-values.js";
import { crossEntropy } from "./bce.js";

/** A probability is the softmax of two logits z₁ and z₀ with z₁ − z₀ its own: `base` gives z₀, else they are ± half of it. */
export const jrc: ListLossBuiltin = {
  kind: "loss",
  per: "list",
  name: "jrc",
  summary:
    "α·bce + (1 − α)·L over the rows of a list: L is −log softmax of a row's logit z₁ where y = 1, else z₀, among itself and the rows of the other outcome.",
  paper: "Sheng et al.: Joint Optimization of Ranking and Calibration with Contextualized Hybrid Model, 2023",
  heads: ["probability"],
  parameters: [
    {
      name: "alpha",
      type: { kind: "number", min: 0, max: 1 },
      default: 0.5,
      doc: "α: 1 is only the cross-entropy, 0 only the order within lists.",
    },
    {
      name: "base",
      type: { kind: "reference", to: "head", is: "score" },
      default: null,
      doc: "A head whose score is the logit z₀ of the outcome 0; z₁ is that plus the head's own logit.",
    },
    {
      name: "same_outcome",
      type: { kind: "boolean" },
      default: false,
      doc: "Whether a row is compared with the rows of its own outcome as well, as in the paper.",
    },
  ],
  lower: (context) => {
    const { builder, gain: target, score: logit, weights, lists, arguments: args } = context;
    const alpha = numberArgument(args, "alpha");
    const { base } = args;
    const other = typeof base === "string" ? context.head(base) : undefined;
    const zero = other === undefined ? builder.scale(logit, -0.5) : (other.logit ?? other.value);
    const one = builder.add(zero, logit);
    const isPositive = lists.own(builder.less(builder.scalar(0), target));
    const members = builder.select(isPositive, lists.members(one), lists.members(zero));
    const own = builder.select(builder.less(builder.scalar(0), target), one, zero);
    const isOther = builder.not(builder.equal(lists.members(target), lists.own(target)));
    const among = booleanArgument(args, "same_outcome")
      ? lists.isMember()
      : whereMember(context, builder.or(isOther, lists.isSelf()));
    const within = builder.sub(logSumExp(context, members, among), own);
    const pointwise = crossEntropy(builder, context.prediction, target);
    const losses = builder.add(builder.scale(pointwise, alpha), builder.scale(within, 1 - alpha));
    return { total: builder.mul(weights, losses), weight: weights };
  },
};
