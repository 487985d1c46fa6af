import { aucOfOrder } from "../../kernels/areas.js";
import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";
import { orUndefined, oneClass } from "../../undefined.js";

export const auc: Metric = {
  name: "auc",
  summary: "Area under the ROC curve: the chance that a positive scores above a negative, ties counting half.",
  heads: ["probability"],
  group: "none",
  parameters: [weighted],
  better: "greater",
  compute: ({ ascending, predictions, targets, weights }) =>
    orUndefined(aucOfOrder(ascending(), predictions, targets, weights), oneClass),
};
