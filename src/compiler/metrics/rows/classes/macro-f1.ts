import { f1OfClasses, meanOfDefined } from "../../kernels/classes.js";
import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";
import { noRows, orUndefined } from "../../undefined.js";

export const macroF1: Metric = {
  name: "macro_f1",
  summary: "The mean over classes of F1, a row being given its likeliest class.",
  heads: ["classes"],
  group: "none",
  parameters: [weighted],
  better: "greater",
  compute: (input) => orUndefined(meanOfDefined(f1OfClasses(input)), noRows),
};
