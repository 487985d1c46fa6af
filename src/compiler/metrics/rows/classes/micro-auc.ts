import { aucOfPairs } from "../../kernels/classes.js";
import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";
import { noRows, orUndefined } from "../../undefined.js";

export const microAuc: Metric = {
  name: "micro_auc",
  summary:
    "The area under the ROC curve of all pairs of a row and a class, of which those of the row's own are positive.",
  heads: ["classes"],
  group: "none",
  parameters: [weighted],
  better: "greater",
  compute: (input) => orUndefined(aucOfPairs(input), noRows),
};
