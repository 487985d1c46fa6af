import type { HeadScores, Measured } from "../../runtime/events.js";
import { count, decimal, table } from "./text.js";

/** A table of metrics, a row per task and a column per metric that any task was asked for, and why some have no value. */
export function scoresTable({ heads, undefinedMetrics = [] }: Measured): string {
  const measured = Object.values(heads).flatMap((scores) => Object.keys(scores));
  const asked = undefinedMetrics.flatMap(({ metrics }) => metrics);
  const metrics = [...new Set([...measured, ...asked])].filter((name) => name !== "rows");
  const scores = table([
    ["task", "rows", ...metrics],
    ...Object.entries(heads).map(([task, scores]) => [
      task,
      count(scores.rows),
      ...metrics.map((metric) => (scores[metric] === undefined ? "–" : decimal(scores[metric]))),
    ]),
  ]);
  return [scores, ...undefinedMetrics.map((each) => `${undefinedLine(each)}\n`)].join("");
}

/** `ctr: no row of the test data has click; auc and gauc are undefined`. */
function undefinedLine({ head, metrics, reason }: NonNullable<Measured["undefinedMetrics"]>[number]): string {
  const last = metrics.at(-1) ?? "";
  const names = metrics.length < 2 ? `${last} is` : `${metrics.slice(0, -1).join(", ")} and ${last} are`;
  return `${head}: ${reason.replaceAll("`", "")}; ${names} undefined`;
}

/** The same on one line: `income auc 0.94310 · marital auc 0.99391`. */
export function scoresLine(heads: HeadScores): string {
  return Object.entries(heads)
    .map(([task, { rows: _, ...scores }]) => {
      const [metric, value] = Object.entries(scores)[0] ?? [];
      return metric === undefined || value === undefined ? task : `${task} ${metric} ${decimal(value)}`;
    })
    .join(" · ");
}
