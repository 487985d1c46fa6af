import { hitRateOf } from "../../kernels/lists.js";
import { overLists } from "../../list-metric.js";
import type { Metric } from "../../metric.js";
import { averageOver, by, label, positionsOf, requiredAt, weighted } from "../../parameters.js";

export const hitRate: Metric = {
  name: "hit_rate",
  summary: "Share of groups with a positive row among the first positions of their list.",
  heads: ["probability", "score"],
  group: "required",
  relevance: "label",
  parameters: [requiredAt, label, by, averageOver("groups"), weighted],
  better: "greater",
  ...overLists((args) => hitRateOf(positionsOf(args))),
};
