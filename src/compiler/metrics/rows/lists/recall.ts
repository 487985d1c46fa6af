import { recallOf } from "../../kernels/lists.js";
import { confusionAt } from "../../kernels/thresholds.js";
import { overLists } from "../../list-metric.js";
import type { Metric } from "../../metric.js";
import { above, at, atOrAbove, averageOver, by, label, numberOr, positionsOf, weighted } from "../../parameters.js";
import { noPositive } from "../../undefined.js";
const lists = overLists((args) => recallOf(positionsOf(args)));

export const recall: Metric = {
  name: "recall",
  summary:
    "Share of the positive rows that are among the first positions of their group as a list (`at`), or above a threshold (`above`).",
  heads: ["probability", "score"],
  group: { where: "at" },
  relevance: "label",
  parameters: [at, above, label, by, averageOver("groups"), weighted],
  better: "greater",
  problem: atOrAbove,
  compute: (input, args) => {
    if (args["at"] !== null) return lists.compute(input, args);
    const { hits, positives } = confusionAt(numberOr(args, "above", 0.5), input);
    return positives > 0 ? hits / positives : { undefined: noPositive };
  },
  ...(lists.ofList === undefined ? {} : { ofList: lists.ofList }),
};
