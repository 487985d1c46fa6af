import { averagePrecision } from "../../kernels/areas.js";
import type { Metric } from "../../metric.js";
import { label, weighted } from "../../parameters.js";
import { noPositive, orUndefined } from "../../undefined.js";

export const prAuc: Metric = {
  name: "pr_auc",
  summary: "Area under the precision-recall curve: average precision over the distinct scores, not interpolated.",
  heads: ["probability", "score"],
  group: "none",
  relevance: "label",
  parameters: [label, weighted],
  better: "greater",
  compute: ({ ascending, predictions, targets, weights }) =>
    orUndefined(averagePrecision(ascending(), predictions, targets, weights), noPositive),
};
