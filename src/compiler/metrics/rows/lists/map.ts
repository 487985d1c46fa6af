import { averagePrecisionOf } from "../../kernels/lists.js";
import { overLists } from "../../list-metric.js";
import type { Metric } from "../../metric.js";
import { at, averageOver, by, label, positionsOf, weighted } from "../../parameters.js";

export const map: Metric = {
  name: "map",
  summary: "Mean average precision of each group as a list: the precision at each positive row, averaged.",
  paper: "Buckley, Voorhees: Evaluating Evaluation Measure Stability, SIGIR 2000",
  heads: ["probability", "score"],
  group: "required",
  relevance: "label",
  parameters: [at, label, by, averageOver("groups"), weighted],
  better: "greater",
  ...overLists((args) => averagePrecisionOf(positionsOf(args))),
};
