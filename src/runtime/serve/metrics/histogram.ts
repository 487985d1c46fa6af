/**
 * Histograms whose series are at hand: an observation is a few additions. Those of prom-client put the labels together again and hash
 * them each time, which took a twentieth of a request of one row.
 */
import type { Metric, Registry } from "prom-client";

export interface HistogramOptions {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
}

export interface Series {
  readonly observe: (value: number) => void;
}

/** The series with these values of the labels, in their order; the same one for the same values. */
export type HistogramSeries = (...values: readonly string[]) => Series;

interface Counted extends Series {
  readonly labels: Readonly<Record<string, string>>;
  /** By bucket, the last of what is above all bounds. */
  readonly counts: Float64Array;
  readonly sum: () => number;
}

/** Registers a histogram. */
export function createHistogram({ name, help, labels, buckets, registry }: HistogramOptions): HistogramSeries {
  const bounds = Float64Array.from(buckets);
  const all = new Map<string, Counted>();
  const metric = {
    name,
    help,
    type: "histogram",
    aggregator: "sum",
    get: () => ({ name, help, type: "histogram", aggregator: "sum", values: [...all.values()].flatMap(valuesOf) }),
    reset: () => all.clear(),
  };
  const valuesOf = ({ labels: own, counts, sum }: Counted): readonly object[] => {
    let count = 0;
    const upTo = Array.from(bounds, (bound, i) => {
      count += counts[i]!;
      return { metricName: `${name}_bucket`, labels: { le: bound, ...own }, value: count };
    });
    count += counts[bounds.length]!;
    return [
      ...upTo,
      { metricName: `${name}_bucket`, labels: { le: "+Inf", ...own }, value: count },
      { metricName: `${name}_sum`, labels: own, value: sum() },
      { metricName: `${name}_count`, labels: own, value: count },
    ];
  };
  // What a registry asks of a metric is its name and `get`; the type lists classes of prom-client only.
  registry.registerMetric(metric as unknown as Metric);
  return (...values) => {
    const key = values.join("\0");
    let series = all.get(key);
    if (series === undefined) all.set(key, (series = createSeries(bounds, Object.fromEntries(zip(labels, values)))));
    return series;
  };
}

function createSeries(bounds: Float64Array, labels: Readonly<Record<string, string>>): Counted {
  const counts = new Float64Array(bounds.length + 1);
  let sum = 0;
  return {
    labels,
    counts,
    sum: () => sum,
    observe: (value) => {
      let at = 0;
      while (at < bounds.length && value > bounds[at]!) at++;
      counts[at]! += 1;
      sum += value;
    },
  };
}

function zip(names: readonly string[], values: readonly string[]): readonly (readonly [string, string])[] {
  return names.map((name, i) => [name, values[i] ?? ""]);
}
