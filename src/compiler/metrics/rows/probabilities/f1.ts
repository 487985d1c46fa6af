import { confusionAt, f1Of } from "../../kernels/thresholds.js";
import type { Metric } from "../../metric.js";
import { numberOr, threshold, weighted } from "../../parameters.js";
import { noPositive } from "../../undefined.js";

export const f1: Metric = {
  name: "f1",
  summary: "The harmonic mean of precision and recall at a threshold.",
  heads: ["probability"],
  group: "none",
  parameters: [threshold, weighted],
  better: "greater",
  compute: (input, args) => {
    const confusion = confusionAt(numberOr(args, "above", 0.5), input);
    return confusion.positives > 0 ? f1Of(confusion) : { undefined: noPositive };
  },
};
