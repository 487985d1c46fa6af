import { textArgument } from "../arguments.js";
import type { RowLossBuiltin } from "../builtin.js";
import { isPositive, logOfAmount } from "./amounts.js";

export const weightedLogistic: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "weighted_logistic",
  summary:
    "Logistic regression whose odds are the prediction, rows with an amount y > 0 being positives of weight y: −y·log(p/(1 + p)) − n·log(1/(1 + p)).",
  paper: "Covington, Adams, Sargin: Deep Neural Networks for YouTube Recommendations, 2016",
  heads: ["expectation"],
  needs: "positive",
  parameters: [
    {
      name: "against",
      type: { kind: "choice", values: ["zeros", "all"] },
      default: "zeros",
      doc: "`zeros`: rows with y = 0 are the negatives, as in the paper, so that p estimates E(y) / P(y = 0). `all`: each row is one, and p estimates E(y).",
    },
  ],
  lower: ({ builder, arguments: args, prediction, target }) => {
    const logit = logOfAmount(builder, prediction.value);
    const amount = builder.relu(target);
    const negative =
      textArgument(args, "against") === "all" ? undefined : builder.oneMinus(isPositive(builder, target));
    const against = builder.softplus(logit);
    return builder.add(
      builder.mul(amount, builder.softplus(builder.neg(logit))),
      negative === undefined ? against : builder.mul(negative, against),
    );
  },
};
