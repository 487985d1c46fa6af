import type { ListLossBuiltin } from "../builtin.js";
import { gainParameter } from "../list-parameters.js";
import { logSumExp, meanOverLists, whereMember } from "../list-values.js";

/** A row of the smallest gain of its list has nobody to go before: what is not known of its position costs nothing. */
export const listmle: ListLossBuiltin = {
  kind: "loss",
  per: "list",
  name: "listmle",
  summary:
    "−log of the chance that a list is drawn in the order of its gains, each next row by the softmax of the scores that are left.",
  paper: "Xia et al.: Listwise Approach to Learning to Rank: Theory and Algorithm, 2008",
  heads: ["probability", "expectation", "score"],
  parameters: [gainParameter],
  lower: (context) => {
    const { builder, gain, score, lists } = context;
    const [own, members] = [lists.own(gain), lists.members(gain)];
    const left = whereMember(context, builder.lessEqual(members, own));
    const below = builder.sum(whereMember(context, builder.less(members, own)), { axes: [1] });
    const hasBelow = builder.cast(builder.less(builder.scalar(0), below), "float32");
    const losses = builder.sub(logSumExp(context, lists.members(score), left), score);
    return meanOverLists(context, lists.sum(builder.mul(hasBelow, losses)), lists.sum(hasBelow));
  },
};
