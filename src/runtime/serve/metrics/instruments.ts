/** The counters, gauges and histograms of a server; docs/serve.md lists them. */
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { createHistogram } from "./histogram.js";

/** Seconds: from 10 µs to 10 s, three a decade. */
const seconds = [
  1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

const rows = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

// oxlint-disable-next-line explicit-function-return-type -- the labels of each are its type
export function createInstruments() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = createHistogram({
    name: "mtlc_request_seconds",
    help: "From the first byte of a request to the last of its answer.",
    labels: ["route", "status"],
    buckets: seconds,
    registry,
  });
  const stage = createHistogram({
    name: "mtlc_stage_seconds",
    help: "read: the body; queue: until the batch of a call begins; encode, score, list: of a batch; write: the answer as text.",
    labels: ["stage"],
    buckets: seconds,
    registry,
  });
  const stages = {
    read: stage("read"),
    queue: stage("queue"),
    encode: stage("encode"),
    score: stage("score"),
    list: stage("list"),
    write: stage("write"),
  };
  const batches = createHistogram({
    name: "mtlc_batch_rows",
    help: "Rows of a batch.",
    labels: ["model"],
    buckets: rows,
    registry,
  });
  const scored = counter("mtlc_rows_total", "Rows that were scored.", ["model", "version"]);
  const refusals = counter("mtlc_refused_requests_total", "Requests that were not answered, by reason.", ["reason"]);
  const missing = counter("mtlc_missing_values_total", "Rows in which a feature has no value.", ["model", "feature"]);
  const unseen = counter("mtlc_unseen_values_total", "Values that the training data did not hold.", [
    "model",
    "feature",
  ]);
  const loads = counter("mtlc_version_loads_total", "Versions that were opened, or refused.", ["model", "result"]);
  const queue = gauge("mtlc_queue_rows", "Rows that wait for a worker.", ["model", "version"]);
  const open = gauge("mtlc_version_open", "1 for each version that answers.", ["model", "version", "hash"]);
  const score = gauge("mtlc_score", "Quantiles of the latest scores of a head.", [
    "model",
    "version",
    "head",
    "quantile",
  ]);
  const drift = gauge(
    "mtlc_feature_drift",
    "Mean of the latest values of a feature less that of the training data, in deviations of the training data.",
    ["model", "version", "feature"],
  );

  function counter<N extends string>(name: string, help: string, labelNames: readonly N[]): Counter<N> {
    return new Counter({ name, help, labelNames: [...labelNames], registers });
  }
  function gauge<N extends string>(name: string, help: string, labelNames: readonly N[]): Gauge<N> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers });
  }

  return {
    registry,
    requests,
    stages,
    batches,
    scored,
    refusals,
    missing,
    unseen,
    ...rankingInstruments(counter),
    loads,
    queue,
    open,
    score,
    drift,
  };
}

/** A counter of these labels. */
type MakeCounter = <N extends string>(name: string, help: string, labelNames: readonly N[]) => Counter<N>;

/** What is counted of lists and their items. */
// oxlint-disable-next-line explicit-function-return-type -- the labels of each are its type
function rankingInstruments(counter: MakeCounter) {
  const ranked = counter("mtlc_ranked_requests_total", "Requests that were ranked.", ["model", "version", "ranking"]);
  const candidates = counter("mtlc_candidates_total", "Candidates of requests that were ranked.", ["model", "ranking"]);
  const removed = counter("mtlc_removed_candidates_total", "Candidates that a rule took out.", [
    "model",
    "ranking",
    "rule",
  ]);
  const leftOut = counter(
    "mtlc_left_out_candidates_total",
    "Candidates that came to no rule: value (validation), shown (a page before), source (none provided it), stage (not among its first).",
    ["model", "ranking", "reason"],
  );
  const relaxed = counter("mtlc_relaxed_rules_total", "Lists in which a rule could not hold.", [
    "model",
    "ranking",
    "rule",
  ]);
  const arms = counter("mtlc_arm_requests_total", "Requests by arm of an experiment.", ["model", "experiment", "arm"]);
  const exposures = counter("mtlc_exposures_total", "Items that clients reported: counted, repeated, late.", [
    "model",
    "ranking",
    "result",
  ]);
  return { ranking: { ranked, candidates, removed, leftOut, relaxed, arms }, exposures };
}
