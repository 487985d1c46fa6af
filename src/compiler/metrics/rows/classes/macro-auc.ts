import { aucOfClasses, meanOfDefined } from "../../kernels/classes.js";
import type { Metric } from "../../metric.js";
import { weighted } from "../../parameters.js";
import { oneClass, orUndefined } from "../../undefined.js";

export const macroAuc: Metric = {
  name: "macro_auc",
  summary: "The mean over classes of the area under the ROC curve of a class against all others.",
  heads: ["classes"],
  group: "none",
  parameters: [weighted],
  better: "greater",
  compute: (input) => orUndefined(meanOfDefined(aucOfClasses(input)), oneClass),
};
