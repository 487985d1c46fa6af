/** How a shadow's answers differ, as Prometheus reads it. */
import { Counter, Gauge, type Registry } from "prom-client";
import type { ShadowWatcher } from "../shadow/shadow.js";
import { createHistogram, type Series } from "./histogram.js";
import { createQuantiles, type Quantiles, toldShares } from "./quantiles.js";

export interface ShadowMetrics extends ShadowWatcher {
  /** Sets what is computed when somebody asks. */
  readonly write: () => void;
}

const sizes = [0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 10];

export function createShadowMetrics(registry: Registry): ShadowMetrics {
  const registers = [registry];
  const calls = new Counter({
    name: "mtlc_shadow_requests_total",
    help: "Requests that a shadow was to answer: compared, dropped (there was no time for it), failed.",
    labelNames: ["model", "version", "result"] as const,
    registers,
  });
  const differences = createHistogram({
    name: "mtlc_shadow_score_difference",
    help: "Distance of the shadow's value of a head, or score in a ranking, from the one that was answered.",
    labels: ["model", "version", "of"],
    buckets: sizes,
    registry,
  });
  const shift = new Gauge({
    name: "mtlc_shadow_score_shift",
    help: "Quantiles of the latest of these differences: the shadow's value less the one that was answered.",
    labelNames: ["model", "version", "of", "quantile"] as const,
    registers,
  });
  const missing = createHistogram({
    name: "mtlc_shadow_items_missing",
    help: "Share of a list's items that the shadow's list has not.",
    labels: ["model", "version", "ranking"],
    buckets: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
    registry,
  });
  const moved = createHistogram({
    name: "mtlc_shadow_positions_moved",
    help: "Mean distance of the positions of an item that both lists have.",
    labels: ["model", "version", "ranking"],
    buckets: [0, 0.5, 1, 2, 3, 5, 10, 20, 50, 100],
    registry,
  });
  const latest = new Map<string, Latest>();

  const note = (labels: Labels, found: readonly number[]): void => {
    if (found.length === 0) return;
    const key = JSON.stringify(Object.values(labels));
    let known = latest.get(key);
    if (known === undefined) {
      const series = differences(labels.model, labels.version, labels.of);
      latest.set(key, (known = { labels, quantiles: createQuantiles(), series }));
    }
    known.quantiles.note(found);
    for (const difference of found) known.series.observe(Math.abs(difference));
  };
  return {
    onShadow: (model, version, result) => calls.inc({ model, version, result }),
    onScores: (model, version, found) => {
      for (const [head, all] of found) note({ model, version, of: head }, all);
    },
    onList: (model, version, ranking, difference) => {
      missing(model, version, ranking).observe(difference.missing);
      if (difference.moved !== undefined) moved(model, version, ranking).observe(difference.moved);
      note({ model, version, of: ranking }, difference.scores);
    },
    write: () => {
      shift.reset();
      for (const { labels, quantiles } of latest.values())
        for (const [share, value] of quantiles.at(toldShares)) shift.set({ ...labels, quantile: String(share) }, value);
    },
  };
}

interface Latest {
  readonly labels: Labels;
  readonly quantiles: Quantiles;
  readonly series: Series;
}

interface Labels {
  readonly model: string;
  readonly version: string;
  /** A head, or a ranking. */
  readonly of: string;
}
