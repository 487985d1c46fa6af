/** What several runs found, by metric, and which of them is the best. */
import { declaredHeads, type Model } from "../../compiler/model/index.js";
import { greaterIsBetter, metricText, rowOfMetric, watchedText } from "../../compiler/metrics/index.js";
import { own } from "../../compiler/text/index.js";
import { summarize } from "../statistics/index.js";
import { watchedValue } from "../train/plateau.js";
import {
  type BestRun,
  isTrained,
  type MetricOfRuns,
  type RunNumbers,
  type RunResult,
  type RunsOfSetting,
  scoresOf,
  type TrainedRun,
} from "./types.js";

/** The runs by the numbers that they share, in the order of their first runs, each metric over its seeds. */
export function summarizeRuns(runs: readonly RunResult[]): readonly RunsOfSetting[] {
  const groups = new Map<string, RunResult[]>();
  for (const run of runs) {
    const key = numbersKey(run.numbers);
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [run]);
    else same.push(run);
  }
  return [...groups.values()].map(settingOf);
}

/** The same text for the same numbers, whatever their order. */
export function numbersKey(numbers: RunNumbers = {}): string {
  return JSON.stringify(Object.entries(numbers).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function settingOf(runs: readonly RunResult[]): RunsOfSetting {
  const names = new Map<string, Set<string>>();
  for (const run of runs)
    for (const [head, { rows: _, ...metrics }] of Object.entries(scoresOf(run))) {
      const known = names.get(head) ?? new Set();
      names.set(head, known);
      for (const metric of Object.keys(metrics)) known.add(metric);
    }
  const role = runs.flatMap((run) => (isTrained(run) ? (run.evaluation?.role ?? []) : []))[0];
  return {
    numbers: runs[0]?.numbers ?? {},
    runs: runs.map(({ run }) => run),
    ...(role === undefined ? {} : { role }),
    heads: Object.fromEntries(
      [...names].map(([head, metrics]) => [
        head,
        Object.fromEntries([...metrics].map((metric) => [metric, metricOf(runs, head, metric)])),
      ]),
    ),
  };
}

function metricOf(runs: readonly RunResult[], head: string, metric: string): MetricOfRuns {
  const values = runs.map((run) => own(own(scoresOf(run), head) ?? { rows: 0 }, metric) ?? null);
  return { ...summarize(values.filter((value) => value !== null)), values };
}

/** What the best run is chosen by. */
export interface Choice {
  readonly by: string;
  readonly greaterIsBetter: boolean;
  /** Undefined where a run has no such value. */
  readonly valueOf: (run: TrainedRun) => number | undefined;
}

/**
 * What early stopping watches, at the evaluation whose weights are kept; without it the first metric of the spec's first head
 * that has any, of the kept weights; where nothing is measured, the mean training loss of the last epoch.
 */
export function choiceOf(model: Model, isMeasured: boolean): Choice {
  const { stop } = model.train;
  if (stop !== undefined)
    return {
      by: watchedText(stop),
      greaterIsBetter: greaterIsBetter(stop),
      valueOf: ({ history, summary }) => {
        const kept = history.find(({ step }) => step === summary.keptStep)?.evaluation;
        return kept === undefined ? undefined : watchedValue(stop, kept);
      },
    };
  const first = declaredHeads(model.heads)
    .map(({ name }) => model.metrics.find(({ head }) => head === name))
    .find((asked) => asked !== undefined && asked.metrics.length > 0);
  const [metric] = first?.metrics ?? [];
  if (!isMeasured || first === undefined || metric === undefined)
    return {
      by: "loss",
      greaterIsBetter: false,
      valueOf: ({ history }) => history.at(-1)?.losses["loss"],
    };
  const { better } = rowOfMetric(metric);
  return {
    by: metricText(metric, first.head),
    greaterIsBetter: better === "greater",
    valueOf: (run) => {
      const value = own(own(scoresOf(run), first.head) ?? { rows: 0 }, metricText(metric));
      return value === undefined ? undefined : better === "nearest to 1" ? Math.abs(value - 1) : value;
    },
  };
}

/** The best of the runs, the first among equals; undefined where none has a value. */
export function bestOf(runs: readonly RunResult[], choice: Choice): BestRun | undefined {
  let best: BestRun | undefined;
  for (const run of runs) {
    const value = isTrained(run) ? choice.valueOf(run) : undefined;
    if (value === undefined || !Number.isFinite(value)) continue;
    const isBetter = best === undefined || (choice.greaterIsBetter ? value > best.value : value < best.value);
    if (isBetter) best = { run: run.run, by: choice.by, value };
  }
  return best;
}
