import { numberArgument, textArgument } from "../../arguments.js";
import type { RowLossBuiltin } from "../../builtin.js";

/** A teacher's probability is held this far from 0 and 1, where its logit is ±16. */
const margin = 1e-7;

export const distill: RowLossBuiltin = {
  kind: "loss",
  per: "row",
  name: "distill",
  summary:
    "T²·cross-entropy of the head and a teacher, both at the temperature T: their logits divided by T under the sigmoid.",
  paper: "Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network, 2015",
  heads: ["probability"],
  parameters: [
    {
      name: "teacher",
      type: { kind: "reference", to: "label", base: "amount" },
      doc: "The label that is the teacher's probability of the head's event; a row on which it is null is left out.",
    },
    {
      name: "temperature",
      type: { kind: "number", min: 0, minOpen: true },
      default: 1,
      doc: "T: above 1 says more of what is unlikely.",
    },
  ],
  lower: ({ builder, arguments: args, prediction, label }) => {
    const temperature = numberArgument(args, "temperature");
    const { logit, logTrue, logFalse } = prediction;
    if (logTrue === undefined || logFalse === undefined) throw new Error("the head is not a probability");
    const own = builder.scale(logit ?? builder.sub(logTrue, logFalse), 1 / temperature);
    const given = label(textArgument(args, "teacher"));
    const taught = builder.minimum(builder.maximum(given, builder.scalar(margin)), builder.scalar(1 - margin));
    const odds = builder.sub(builder.log(taught), builder.log(builder.oneMinus(taught)));
    const soft = builder.stopGradient(builder.sigmoid(builder.scale(odds, 1 / temperature)));
    const loss = builder.sub(builder.softplus(own), builder.mul(soft, own));
    return builder.scale(loss, temperature * temperature);
  },
};
