import { aucOfOrder } from "../../kernels/areas.js";
import type { Metric } from "../../metric.js";
import { label, weighted } from "../../parameters.js";
import { orUndefined, oneClass } from "../../undefined.js";

export const auc: Metric = {
  name: "auc",
  summary: "Area under the ROC curve: the chance that a positive scores above a negative, ties counting half.",
  heads: ["probability", "score"],
  group: "none",
  relevance: "label",
  parameters: [label, weighted],
  better: "greater",
  compute: ({ ascending, predictions, targets, weights }) =>
    orUndefined(aucOfOrder(ascending(), predictions, targets, weights), oneClass),
};
