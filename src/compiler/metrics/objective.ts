/** What early stopping watches: one metric of a head, or a weighted sum of several. */
import { numberText, type StopModel, type StopTerm } from "../model/index.js";
import { metricText, rowOfMetric } from "./metric-model.js";

/** The metrics that are watched, with their weights. */
export function stopTerms(stop: StopModel): readonly StopTerm[] {
  return "terms" in stop ? stop.terms : [{ weight: 1, metric: stop.metric, head: stop.head }];
}

/** What is watched, as a spec says it: `auc(ctr) + 0.5 * ndcg(pref, at: 10)`. */
export function watchedText(stop: StopModel): string {
  return stopTerms(stop)
    .map(({ weight, metric, head }, index) => {
      const sign = weight < 0 ? (index === 0 ? "-" : " - ") : index === 0 ? "" : " + ";
      const factor = Math.abs(weight) === 1 ? "" : `${numberText(Math.abs(weight))} * `;
      return `${sign}${factor}${metricText(metric, head)}`;
    })
    .join("");
}

/** Whether more of a term is better: a metric that is best near 1 counts by its distance from 1. */
export function isBetterGreater({ weight, metric }: Pick<StopTerm, "weight" | "metric">): boolean {
  return weight > 0 === (rowOfMetric(metric).better === "greater");
}

/** Whether more of the watched sum is better: its terms agree. */
export function greaterIsBetter(stop: StopModel): boolean {
  return stopTerms(stop).every(isBetterGreater);
}

/**
 * The watched sum, and undefined where one of its metrics is.
 *
 * @param valueOf the value of a metric of a head, by the metric's text
 */
export function stopValue(
  stop: StopModel,
  valueOf: (head: string, metric: string) => number | undefined,
): number | undefined {
  let sum = 0;
  for (const { weight, metric, head } of stopTerms(stop)) {
    const value = valueOf(head, metricText(metric));
    if (value === undefined) return undefined;
    sum += weight * (rowOfMetric(metric).better === "nearest to 1" ? Math.abs(value - 1) : value);
  }
  return sum;
}
