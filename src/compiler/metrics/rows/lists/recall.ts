import { recallOf } from "../../kernels/lists.js";
import { atPositionsOrAbove } from "../../list-metric.js";
import type { Metric } from "../../metric.js";
import { noPositive } from "../../undefined.js";

export const recall: Metric = {
  ...atPositionsOrAbove(recallOf, ({ hits, positives }) =>
    positives > 0 ? hits / positives : { undefined: noPositive },
  ),
  name: "recall",
  summary:
    "Share of the positive rows that are among the first positions of their group as a list (`at`), or above a threshold (`above`).",
};
