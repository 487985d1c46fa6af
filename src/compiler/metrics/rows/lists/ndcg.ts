import { ndcgOf } from "../../kernels/lists.js";
import { overLists } from "../../list-metric.js";
import type { Metric } from "../../metric.js";
import { at, averageOver, by, positionsOf, weighted } from "../../parameters.js";

export const ndcg: Metric = {
  name: "ndcg",
  summary: "Normalised discounted cumulative gain of each group as a list: gains over log2 of their positions, from 2.",
  paper: "Järvelin, Kekäläinen: Cumulated Gain-Based Evaluation of IR Techniques, TOIS 2002",
  heads: ["probability", "expectation", "score"],
  group: "required",
  relevance: "gain",
  parameters: [
    at,
    {
      name: "gain",
      type: { kind: "oneOf", options: [{ kind: "choice", values: ["linear", "exponential"] }, { kind: "gains" }] },
      default: "linear",
      doc: "The gain of a row: its truth y, or 2^y − 1, as for grades; or the largest of the gains of its labels.",
    },
    by,
    averageOver("groups"),
    weighted,
  ],
  better: "greater",
  ...overLists((args) =>
    ndcgOf(positionsOf(args), args["gain"] === "exponential" ? (gain) => 2 ** gain - 1 : (gain) => Math.max(0, gain)),
  ),
};
