import { numberArgument } from "../arguments.js";
import type { BalanceBuiltin } from "../builtin.js";
import { meanLosses, stepsParameter } from "../intervals.js";
import { guarded, inner, vectorOf } from "../vectors.js";

/** Σ wₖ Lₖ with w = K·softmax(r/T), rₖ = Lₖ(t − 1) / Lₖ(t − 2) of mean losses; 1 until there are two. */
export const dwa: BalanceBuiltin = {
  kind: "balance",
  form: "losses",
  name: "dwa",
  summary: "Weights a loss more the less it fell from one epoch to the next.",
  paper: "Liu, Johns, Davison: End-To-End Multi-Task Learning With Attention, 2019",
  parameters: [
    {
      name: "temperature",
      type: { kind: "number", min: 0, minOpen: true },
      default: 2,
      doc: "T: the larger, the more alike the weights.",
    },
    stepsParameter,
  ],
  weight: (context) => {
    const { builder, arguments: args, losses } = context;
    const { last, before, ended } = meanLosses(context);
    // A loss without rows so far neither rises nor falls.
    const known = builder.and(builder.less(builder.scalar(0), last), builder.less(builder.scalar(0), before));
    const ratio = builder.select(known, builder.div(last, guarded(builder, before)), builder.scalar(1));
    const shares = builder.softmax(builder.scale(ratio, 1 / numberArgument(args, "temperature")));
    const weights = builder.scale(shares, losses.length);
    const isTold = builder.lessEqual(builder.scalar(2), ended);
    return inner(builder, vectorOf(builder, losses), builder.select(isTold, weights, builder.scalar(1)));
  },
};
