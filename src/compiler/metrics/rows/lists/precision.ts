import { precisionOf } from "../../kernels/lists.js";
import { confusionAt } from "../../kernels/thresholds.js";
import { overLists } from "../../list-metric.js";
import type { Metric } from "../../metric.js";
import { above, at, atOrAbove, averageOver, by, label, numberOr, positionsOf, weighted } from "../../parameters.js";

const lists = overLists((args) => precisionOf(positionsOf(args)));

export const precision: Metric = {
  name: "precision",
  summary:
    "Share of positive rows among the first positions of each group as a list (`at`), or among the rows above a threshold (`above`).",
  heads: ["probability", "score"],
  group: { where: "at" },
  relevance: "label",
  parameters: [at, above, label, by, averageOver("groups"), weighted],
  better: "greater",
  problem: atOrAbove,
  compute: (input, args) => {
    if (args["at"] !== null) return lists.compute(input, args);
    const { hits, said } = confusionAt(numberOr(args, "above", 0.5), input);
    return said > 0 ? hits / said : { undefined: "no prediction is above the threshold" };
  },
  ...(lists.ofList === undefined ? {} : { ofList: lists.ofList }),
};
