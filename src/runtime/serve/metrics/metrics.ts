/** What the server counts, for Prometheus. One set per server, so that two in a process do not add up. */
import { Failure } from "../../failure.js";
import type { HeadValues } from "../../jobs/predict/predictor.js";
import type { BatchReport, ModelVersion, RankReport, VersionWatcher } from "../model-version.js";
import type { RankWarning } from "../ranking/rank-call.js";
import type { Repository, RepositoryEvent } from "../repository/repository.js";
import { createDrift } from "./drift.js";
import { createInstruments } from "./instruments.js";
import type { ShadowWatcher } from "../shadow/shadow.js";
import { createShadowMetrics } from "./shadow-metrics.js";
import { createQuantiles, type Quantiles, toldShares } from "./quantiles.js";

export interface ServerMetrics {
  /** For the batches of a version; `onWarning` is told what is odd about requests to its rankings. */
  readonly watch: (
    model: string,
    version: string,
    onWarning: (warnings: readonly RankWarning[]) => void,
    /** Whether nobody waits for its answers: only what is told by version counts. */
    isShadow?: boolean,
  ) => VersionWatcher;
  readonly onRequest: (route: string, status: number, seconds: number) => void;
  readonly shadow: ShadowWatcher;
  readonly onStage: (stage: "read" | "write", seconds: number) => void;
  readonly onRefused: (reason: string) => void;
  /** Items that were reported of pages of a ranking, by what became of them. */
  readonly onExposures: (model: string, ranking: string, counts: Readonly<Record<string, number>>) => void;
  readonly onRepository: (event: RepositoryEvent) => void;
  /** The text that Prometheus reads. */
  readonly text: (repository: Repository) => Promise<{ readonly type: string; readonly text: string }>;
}

export function createMetrics(): ServerMetrics {
  const instruments = createInstruments();
  const { registry, requests, stages, refusals, loads, queue, open, score, drift } = instruments;
  const shadow = createShadowMetrics(registry);
  const watched = new Map<string, Watched>();
  const keyOf = (model: string, version: string): string => `${model}\0${version}`;

  const noteBatch = (
    model: string,
    version: string,
    batch: Omit<BatchReport, "answers">,
    values: readonly HeadValues[],
  ): void => {
    const { batches, missing, unseen } = instruments;
    stages.encode.observe(batch.encode);
    stages.score.observe(batch.score);
    batches(model).observe(batch.rows);
    for (const [feature, found] of batch.observed) {
      if (found.missing > 0) missing.inc({ model, feature }, found.missing);
      if (found.unseen > 0) unseen.inc({ model, feature }, found.unseen);
    }
    noteVersion(model, version, batch, values);
  };
  const noteVersion: typeof noteBatch = (model, version, batch, values) => {
    instruments.scored.inc({ model, version }, batch.rows);
    const { quantiles, features } = watchedOf(model, version);
    features.note(batch.observed);
    for (const heads of values)
      for (const [head, found] of Object.entries(heads)) quantilesOf(quantiles, head).note(found);
  };
  const watchedOf = (model: string, version: string): Watched => {
    const key = keyOf(model, version);
    let found = watched.get(key);
    if (found === undefined) watched.set(key, (found = { quantiles: new Map(), features: createDrift() }));
    return found;
  };

  const writeVersion = ({ model, version, description, queued }: ModelVersion): void => {
    queue.set({ model, version }, queued());
    open.set({ model, version, hash: description.hash }, 1);
    const { quantiles, features } = watchedOf(model, version);
    for (const [head, found] of quantiles)
      for (const [share, value] of found.at(toldShares))
        score.set({ model, version, head, quantile: String(share) }, value);
    for (const [feature, value] of features.of(description.trained)) drift.set({ model, version, feature }, value);
  };

  return {
    shadow,
    watch: (model, version, onWarning, isShadow = false) => ({
      onBatch: (batch) => (isShadow ? noteVersion : noteBatch)(model, version, batch, batch.answers.filter(isValues)),
      onRanked: (batch) => {
        if (isShadow) return noteVersion(model, version, batch, batch.heads);
        noteBatch(model, version, batch, batch.heads);
        stages.list.observe(batch.list);
        noteRanked(instruments.ranking, model, version, batch);
        if (batch.warnings.length > 0) onWarning(batch.warnings);
      },
      onQueued: (waited) => {
        if (!isShadow) stages.queue.observe(waited);
      },
    }),
    onRequest: (route, status, took) => requests(route, String(status)).observe(took),
    onStage: (stage, took) => stages[stage].observe(took),
    onRefused: (reason) => refusals.inc({ reason }),
    onExposures: (model, ranking, counts) => {
      for (const [result, count] of Object.entries(counts))
        if (count > 0) instruments.exposures.inc({ model, ranking, result }, count);
    },
    onRepository: (event) => {
      switch (event.kind) {
        case "loaded":
          watched.delete(keyOf(event.version.model, event.version.version));
          return loads.inc({ model: event.version.model, result: "loaded" });
        case "refused":
          return loads.inc({ model: event.model, result: "refused" });
        case "retired":
      }
    },
    text: async (repository) => {
      for (const each of [queue, open, score, drift]) each.reset();
      for (const version of repository.open()) writeVersion(version);
      shadow.write();
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

function isValues(answer: HeadValues | Failure): answer is HeadValues {
  return !(answer instanceof Failure);
}

function noteRanked(
  instruments: ReturnType<typeof createInstruments>["ranking"],
  model: string,
  version: string,
  { answers }: RankReport,
): void {
  for (const answer of answers) {
    if (answer.kind !== "ranked") continue;
    const { ranking, candidates, arms, removed, leftOut, relaxed } = answer;
    instruments.ranked.inc({ model, version, ranking });
    instruments.candidates.inc({ model, ranking }, candidates);
    for (const [rule, count] of removed) instruments.removed.inc({ model, ranking, rule }, count);
    for (const [reason, count] of leftOut) if (count > 0) instruments.leftOut.inc({ model, ranking, reason }, count);
    for (const rule of relaxed) instruments.relaxed.inc({ model, ranking, rule });
    for (const [experiment, arm] of Object.entries(arms)) instruments.arms.inc({ model, experiment, arm });
  }
}

/** What is told of a version besides counters. */
interface Watched {
  readonly quantiles: Map<string, Quantiles>;
  readonly features: ReturnType<typeof createDrift>;
}

function quantilesOf(heads: Map<string, Quantiles>, head: string): Quantiles {
  let found = heads.get(head);
  if (found === undefined) heads.set(head, (found = createQuantiles()));
  return found;
}
