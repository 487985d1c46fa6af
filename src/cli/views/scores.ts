import type { HeadScores } from "../../runtime/train/events.js";
import { count, decimal, table } from "./text.js";

/** A table of metrics: a row a task, a column a metric that any task has. */
export function scoresTable(tasks: HeadScores): string {
  const metrics = [...new Set(Object.values(tasks).flatMap((scores) => Object.keys(scores)))].filter(
    (name) => name !== "rows",
  );
  return table([
    ["task", "rows", ...metrics],
    ...Object.entries(tasks).map(([task, scores]) => [
      task,
      count(scores.rows),
      ...metrics.map((metric) => (scores[metric] === undefined ? "–" : decimal(scores[metric]))),
    ]),
  ]);
}

/** The same on one line: `income auc 0.94310 · marital auc 0.99391`. */
export function scoresLine(tasks: HeadScores): string {
  return Object.entries(tasks)
    .map(([task, { rows: _, ...scores }]) => {
      const [metric, value] = Object.entries(scores)[0] ?? [];
      return metric === undefined || value === undefined ? task : `${task} ${metric} ${decimal(value)}`;
    })
    .join(" · ");
}
