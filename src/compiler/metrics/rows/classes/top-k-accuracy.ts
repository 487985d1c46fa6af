import { isAmongFirst } from "../../kernels/classes.js";
import { weightedMean } from "../../kernels/means.js";
import type { Metric } from "../../metric.js";
import { numberOr, weighted } from "../../parameters.js";
import { noRows, orUndefined } from "../../undefined.js";

export const topKAccuracy: Metric = {
  name: "top_k_accuracy",
  summary: "Share of rows whose class is among the `at` likeliest ones.",
  heads: ["classes"],
  group: "none",
  parameters: [
    {
      name: "at",
      type: { kind: "number", min: 1, integer: true },
      doc: "How many classes count, from the likeliest.",
    },
    weighted,
  ],
  better: "greater",
  compute: (input, args) =>
    orUndefined(
      weightedMean(input.weights, (row) => Number(isAmongFirst(input, row, numberOr(args, "at", 1)))),
      noRows,
    ),
};
