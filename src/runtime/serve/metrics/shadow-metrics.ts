/** How a shadow's answers differ, as Prometheus reads it. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { ShadowWatcher } from "../shadow/shadow.js";
import { createQuantiles, type Quantiles } from "./quantiles.js";

export interface ShadowMetrics extends ShadowWatcher {
  /** Sets what is computed when somebody asks. */
  readonly write: () => void;
}

/** Of differences. */
const shares = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99];

const sizes = [0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 10];

export function createShadowMetrics(registry: Registry): ShadowMetrics {
  const registers = [registry];
  const calls = new Counter({
    name: "mtlc_shadow_requests_total",
    help: "Requests that a shadow was to answer: compared, dropped (there was no time for it), failed.",
    labelNames: ["model", "version", "result"] as const,
    registers,
  });
  const differences = new Histogram({
    name: "mtlc_shadow_score_difference",
    help: "Distance of the shadow's value of a head, or score in a ranking, from the one that was answered.",
    labelNames: ["model", "version", "of"] as const,
    buckets: sizes,
    registers,
  });
  const shift = new Gauge({
    name: "mtlc_shadow_score_shift",
    help: "Quantiles of the latest of these differences: the shadow's value less the one that was answered.",
    labelNames: ["model", "version", "of", "quantile"] as const,
    registers,
  });
  const missing = new Histogram({
    name: "mtlc_shadow_items_missing",
    help: "Share of a list's items that the shadow's list has not.",
    labelNames: ["model", "version", "ranking"] as const,
    buckets: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
    registers,
  });
  const moved = new Histogram({
    name: "mtlc_shadow_positions_moved",
    help: "Mean distance of the positions of an item that both lists have.",
    labelNames: ["model", "version", "ranking"] as const,
    buckets: [0, 0.5, 1, 2, 3, 5, 10, 20, 50, 100],
    registers,
  });
  const latest = new Map<string, { readonly labels: Labels; readonly quantiles: Quantiles }>();

  const note = (labels: Labels, found: readonly number[]): void => {
    if (found.length === 0) return;
    const key = JSON.stringify(Object.values(labels));
    const known = latest.get(key) ?? { labels, quantiles: createQuantiles(4096) };
    latest.set(key, known);
    known.quantiles.note(found);
    for (const difference of found) differences.observe(labels, Math.abs(difference));
  };
  return {
    onShadow: (model, version, result) => calls.inc({ model, version, result }),
    onScores: (model, version, found) => {
      for (const [head, all] of found) note({ model, version, of: head }, all);
    },
    onList: (model, version, ranking, difference) => {
      missing.observe({ model, version, ranking }, difference.missing);
      if (difference.moved !== undefined) moved.observe({ model, version, ranking }, difference.moved);
      note({ model, version, of: ranking }, difference.scores);
    },
    write: () => {
      shift.reset();
      for (const { labels, quantiles } of latest.values())
        for (const [share, value] of quantiles.at(shares)) shift.set({ ...labels, quantile: String(share) }, value);
    },
  };
}

interface Labels {
  readonly model: string;
  readonly version: string;
  /** A head, or a ranking. */
  readonly of: string;
}
