/** Metrics of several specs over the same seeds: Student's t of the differences, seed by seed. */
import { metricText, rowOfMetric } from "../../compiler/metrics/index.js";
import type { HeadMetrics } from "../events.js";
import { meanOf, summarize } from "../statistics/index.js";
import type { SharedHead } from "./align.js";
import type { Difference, HeadComparison, MetricComparison } from "./result.js";
import { comparedValue, verdictOf } from "./verdict.js";

/** What one run measured of a head, in the order of the seeds; undefined where the run failed or nothing was measured. */
export type ScoresBySeed = readonly (HeadMetrics | undefined)[];

/** @param scores by model; each has an entry per seed. @param level in (0, 1) */
export function compareSeeds(
  { head, metrics }: SharedHead,
  scores: readonly ScoresBySeed[],
  { base, level }: { readonly base: number; readonly level: number },
): HeadComparison {
  return {
    head: head.name,
    rows: scores[base]?.find((each) => each !== undefined)?.rows ?? 0,
    metrics: metrics.map((metric): MetricComparison => {
      const text = metricText(metric);
      const { better } = rowOfMetric(metric);
      const bySeed = scores.map((runs) => runs.map((run) => run?.[text] ?? null));
      const differences = bySeed.flatMap((_, model) =>
        model === base ? [] : [differenceOf(bySeed[base]!, bySeed[model]!, { model, better, level })],
      );
      return {
        metric: text,
        better,
        method: "student",
        unit: "seeds",
        units: bySeed[base]!.length,
        values: bySeed.map((values) => {
          const found = values.filter((value) => value !== null);
          return found.length === 0 ? null : meanOf(found);
        }),
        bySeed,
        differences,
      };
    }),
  };
}

function differenceOf(
  before: readonly (number | null)[],
  after: readonly (number | null)[],
  { model, better, level }: Pick<Difference, "model"> & { better: MetricComparison["better"]; level: number },
): Difference {
  const differences = after.flatMap((value, seed) => {
    const other = before[seed] ?? null;
    return value === null || other === null ? [] : [comparedValue(value, better) - comparedValue(other, better)];
  });
  if (differences.length === 0)
    return {
      model,
      verdict: "unknown",
      reason: "no seed has a value of both: a run failed, or the metric is undefined",
    };
  const { mean, interval } = summarize(differences, level);
  return interval === undefined
    ? { model, difference: mean, verdict: "unknown", reason: "only one seed has a value of both" }
    : { model, difference: mean, interval, verdict: verdictOf(interval, better) };
}
