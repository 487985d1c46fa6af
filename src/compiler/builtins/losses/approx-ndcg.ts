import { numberArgument } from "../arguments.js";
import type { ListLossBuiltin } from "../builtin.js";
import { gainParameter } from "../list-parameters.js";
import { discount, idealDcg, meanOverLists, quotient, whereMember } from "../list-values.js";

export const approxNdcg: ListLossBuiltin = {
  kind: "loss",
  per: "list",
  name: "approx_ndcg",
  summary: "1 − NDCG of a list, a row's position being 1 + Σ σ((sⱼ − sᵢ) / temperature) over the other rows.",
  paper:
    "Qin, Liu, Li: A General Approximation Framework for Direct Optimization of Information Retrieval Measures, 2010",
  heads: ["probability", "expectation", "score"],
  parameters: [
    gainParameter,
    {
      name: "temperature",
      type: { kind: "number", min: 0, minOpen: true },
      default: 0.1,
      doc: "How far scores must be apart to count as ordered, in units of the score; smaller is closer to NDCG and flatter.",
    },
  ],
  lower: (context) => {
    const { builder, gain, score, lists } = context;
    const scaled = builder.scale(score, 1 / numberArgument(context.arguments, "temperature"));
    const ahead = builder.sigmoid(builder.sub(lists.members(scaled), lists.own(scaled)));
    const others = whereMember(context, builder.not(lists.isSelf()));
    const position = builder.add(builder.scalar(1), builder.sum(builder.mul(others, ahead), { axes: [1] }));
    const gains = builder.mul(builder.mul(gain, lists.counted), discount(context, position, undefined));
    const ideal = idealDcg(context, undefined);
    return meanOverLists(context, builder.oneMinus(quotient(context, lists.sum(gains), ideal)), ideal);
  },
};
