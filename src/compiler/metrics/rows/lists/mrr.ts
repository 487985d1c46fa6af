import { reciprocalRankOf } from "../../kernels/lists.js";
import { overLists } from "../../list-metric.js";
import type { Metric } from "../../metric.js";
import { at, averageOver, by, label, positionsOf, weighted } from "../../parameters.js";

export const mrr: Metric = {
  name: "mrr",
  summary: "Mean reciprocal rank: one over the position of the first positive row of each group as a list.",
  paper: "Voorhees: The TREC-8 Question Answering Track Report, TREC 1999",
  heads: ["probability", "score"],
  group: "required",
  relevance: "label",
  parameters: [at, label, by, averageOver("groups"), weighted],
  better: "greater",
  ...overLists((args) => reciprocalRankOf(positionsOf(args))),
};
