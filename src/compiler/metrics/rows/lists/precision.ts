import { precisionOf } from "../../kernels/lists.js";
import { atPositionsOrAbove } from "../../list-metric.js";
import type { Metric } from "../../metric.js";

export const precision: Metric = {
  ...atPositionsOrAbove(precisionOf, ({ hits, said }) =>
    said > 0 ? hits / said : { undefined: "no prediction is above the threshold" },
  ),
  name: "precision",
  summary:
    "Share of positive rows among the first positions of each group as a list (`at`), or among the rows above a threshold (`above`).",
};
