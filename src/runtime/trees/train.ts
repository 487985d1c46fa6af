/** The run of a model of trees: round by round, with early stopping on what the spec watches. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { availableParallelism } from "node:os";
import type { GraphFunction } from "../../compiler/graph/index.js";
import { type LossTerm, type Model, type TreeHead, treeHeads } from "../../compiler/model/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import type { Tree } from "../../compiler/trees/index.js";
import type { Dataset } from "../data/batches/dataset.js";
import type { Fitted, OpenedData } from "../data/index.js";
import { threadCount } from "../thread-count.js";
import type { EpochRecord, TrainEvent, TrainSummary } from "../events.js";
import type { StopState } from "../train/early-stopping.js";
import { hasWaitedEnough, judge, writeEpoch } from "../train/run.js";
import { createEventWriter, type EventWriter } from "../train/tensorboard.js";
import { type Growing, startGrowing, type Watched, watchRows } from "./growth.js";
import type { LightGbm } from "./lightgbm.js";
import { treeParameters } from "./parameters.js";
import { readTreeRows } from "./rows.js";
import { trainingRows } from "./training-data.js";

export interface TreesRun {
  readonly model: Model;
  readonly fitted: Fitted;
  /** The program's `evaluate`, without losses. */
  readonly evaluate: GraphFunction;
  readonly data: OpenedData;
  /** The rows that are trained on. */
  readonly rows: Dataset;
  readonly library: LightGbm;
  /** Folder of event files. */
  readonly tensorboard?: string;
  readonly signal?: AbortSignal;
  readonly onEvent: (event: TrainEvent) => void;
}

export interface TreesOutcome {
  readonly summary: TrainSummary;
  readonly history: readonly EpochRecord[];
  /** The record of the trees that are kept; absent when none was made of them. */
  readonly kept?: EpochRecord;
  /** LightGBM's text of the trees of each task. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Records that a run without early stopping makes. */
const records = 10;

/**
 * Makes the trees of all tasks, a round of each at a time, until all rounds are done, early stopping ends it, or the signal
 * does. What is kept are the trees of the best round under early stopping, else all of them.
 */
export async function trainTrees(run: TreesRun): Promise<TreesOutcome> {
  const { model } = run;
  const tasks = treeHeads(model);
  const growing: Growing[] = [];
  const board = run.tensorboard === undefined ? undefined : createEventWriter(run.tensorboard, Date.now() / 1000);
  try {
    for (const task of tasks) growing.push(startTask(run, task));
    return await growAll(run, growing, watchedRows(run, tasks), board);
  } finally {
    for (const each of growing) each.close();
    board?.close();
  }
}

/** Of fewer rows a thread waits longer for the others than it works. */
const rowsPerThread = 10_000;

function startTask({ model, fitted, rows, library }: TreesRun, task: TreeHead): Growing {
  const term = termOf(model, task);
  const made = trainingRows(task, term, readTreeRows(rows, { model, fitted, tasks: [task] }, "recorded"), rows.lists());
  const threads = Math.min(threadCount() ?? availableParallelism(), Math.ceil(made.data.rows / rowsPerThread));
  const parameters = treeParameters(task, term, { seed: model.train.seed, threads, gains: made.gains });
  return startGrowing(library, task, made, parameters);
}

function termOf({ loss }: Model, { head }: TreeHead): LossTerm {
  const term = loss.terms.find((each) => each.head === head.name);
  if (term === undefined) throw new Error(`${head.name} has no loss`);
  return term;
}

/** What rounds are measured on: validation data, else test data. */
function watchedRows({ model, fitted, evaluate, data }: TreesRun, tasks: readonly TreeHead[]): Watched | undefined {
  const role = data.validation !== undefined ? "validation" : "test";
  const dataset = data[role];
  if (dataset === undefined) return undefined;
  const rows = readTreeRows(dataset, { model, fitted, tasks }, "served");
  return watchRows(model, evaluate, role, rows, (column) => dataset.groups(column));
}

interface Progress {
  readonly history: EpochRecord[];
  stop: StopState;
  round: number;
}

async function growAll(
  run: TreesRun,
  growing: readonly Growing[],
  watched: Watched | undefined,
  board: EventWriter | undefined,
): Promise<TreesOutcome> {
  const { model, onEvent, signal } = run;
  const rounds = Math.max(...growing.map((each) => each.rounds));
  const begun = performance.now();
  const progress: Progress = { history: [], stop: { waited: 0 }, round: 0 };
  while (progress.round < rounds && !hasWaitedEnough(model, progress.stop) && signal?.aborted !== true) {
    progress.round += 1;
    growRound(growing, progress.round, watched);
    const isDue = progress.round === rounds || progress.round % Math.ceil(rounds / records) === 0;
    if (watched !== undefined && (isDue || model.train.stop !== undefined)) {
      const record = recordRound(run, progress, watched);
      if (board !== undefined) writeEpoch(board, record);
      if (isDue || hasWaitedEnough(model, progress.stop)) onEvent({ kind: "epoch", record, epochs: rounds });
    }
    await nextTurn();
  }
  const { history, stop, round } = progress;
  const keptRound = stop.best?.epoch ?? round;
  const seconds = (performance.now() - begun) / 1000;
  const summary: TrainSummary = {
    ended: round < rounds ? (hasWaitedEnough(model, stop) ? "stopped" : "interrupted") : "done",
    steps: round,
    epochs: round,
    keptEpoch: keptRound,
    keptStep: keptRound,
    rowsPerSecond: seconds > 0 ? (run.rows.rows * round) / seconds : 0,
    seconds,
  };
  onEvent({ kind: "finished", summary });
  const kept = history.find(({ epoch }) => epoch === keptRound);
  const texts = growing.map(({ task, counts, text }): readonly [string, string] => [
    task.head.name,
    text(counts[Math.min(keptRound, counts.length - 1)] ?? 0),
  ]);
  return { summary, history, texts: new Map(texts), ...omitUndefined({ kept }) };
}

function growRound(growing: readonly Growing[], round: number, watched: Watched | undefined): void {
  for (const each of growing) {
    if (round > each.rounds) continue;
    const trees: readonly Tree[] = each.grow();
    watched?.add(each.task, trees);
  }
}

/** Measures a round and asks early stopping about it. */
function recordRound({ model, onEvent }: TreesRun, progress: Progress, watched: Watched): EpochRecord {
  const { round } = progress;
  const evaluation = { role: watched.role, ...watched.measure() };
  const verdict = judge(model, progress.stop, evaluation, { epoch: round, step: round }, onEvent);
  if (verdict !== undefined) progress.stop = verdict.state;
  const record: EpochRecord = {
    epoch: round,
    step: round,
    losses: {},
    evaluation,
    ...omitUndefined({ best: verdict?.improved }),
  };
  progress.history.push(record);
  return record;
}
