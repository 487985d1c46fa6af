import { plural } from "../../../compiler/text/index.js";
import type { Figures, FrontResult, TuneResult } from "../../../runtime/tune/result.js";
import type { View } from "../../command.js";
import { paintDiff } from "../../unified-diff.js";
import type { Style } from "../../style.js";
import { count, decimal, duration, table } from "../../views/text.js";

export const tuneView: View<TuneResult> = {
  document: "tune",
  human: (result, { outStyle }) =>
    [
      opening(result),
      paramsTable(result),
      objectivesTable(result),
      guardsTable(result),
      ...(result.front === undefined ? [] : [frontTable(result.front, result)]),
      sensitivityTable(result),
      evidence(result),
      closing(result, outStyle),
    ]
      .filter((part) => part !== "")
      .join("\n"),
  json: (result) => result,
};

function opening({ target, log, method, trials, seconds, seed, interrupted }: TuneResult): string {
  const noun = target.kind === "rank" ? "ranking" : "formula";
  const held =
    log.holdout === undefined
      ? "nothing held out: too few users"
      : log.holdout.by === "time"
        ? `held out: ${plural(log.holdout.requests, "request")} from ${log.holdout.from}`
        : `${count(log.holdout.users)} of ${plural(log.holdout.totalUsers, "user")} held out`;
  const left = log.leftOut === 0 ? "" : `; ${plural(log.leftOut, "row")} left out as at serving`;
  const how = trials === 0 ? method : `${method}, seed ${seed}, ${plural(trials, "trial")}`;
  return [
    `${noun} ${target.name}: ${plural(log.rows, "row")}, ${plural(log.requests, "request")}, ${plural(log.users, "user")}; ${held}${left}`,
    ...log.missing.map(
      ({ column, rows }) => `${column}: ${plural(rows, "row")} without a value, left out of what is measured of it`,
    ),
    ...log.negativeGains.map(({ column, rows }) => `${column}: ${plural(rows, "row")} below 0, which ndcg counts as 0`),
    `${how}, ${duration(seconds)}${interrupted ? "; stopped, this is the best so far" : ""}`,
    "",
  ].join("\n");
}

function paramsTable({ params, anchor }: TuneResult): string {
  const rows = params.map(({ name, low, high, production, proposed, fitted }) => [
    name,
    `[${low}, ${high}]`,
    String(production),
    String(proposed),
    name === anchor?.name ? "fixed" : fitted === undefined ? "" : `the fit gave ${decimal(fitted)}`,
  ]);
  const lines = table([["parameter", "range", "production", "proposed", ""], ...rows]);
  if (anchor === undefined) return lines;
  const what = anchor.link === "log" ? "score^k" : "k * score";
  return `${lines}\nThe order of ${what} is that of the score, so \`${anchor.name}\` is fixed at ${anchor.value}.\n`;
}

const figure = ({ train, holdout }: Figures): readonly string[] => [
  decimal(train),
  ...(holdout === undefined ? [] : [decimal(holdout)]),
];

function objectivesTable({ objectives, log }: TuneResult): string {
  const slices = log.holdout === undefined ? [""] : ["", ` (${sliceOf(log.holdout)})`];
  const head = ["objective", ...["production", "proposed"].flatMap((name) => slices.map((slice) => name + slice))];
  const rows = objectives.map(({ text, production, proposed, difference: { value, interval } }) => [
    text,
    ...figure(production),
    ...figure(proposed),
    signed(value),
    ...(interval === undefined ? [] : [`[${signed(interval.low)}, ${signed(interval.high)}]`]),
  ]);
  const judged = objectives.some(({ difference: { interval } }) => interval !== undefined) ? ["95 % by user"] : [];
  return `${table([[...head, "difference", ...judged], ...rows])}${verdict(objectives, log)}`;
}

function sliceOf({ by }: NonNullable<TuneResult["log"]["holdout"]>): string {
  return by === "time" ? "later" : "held out";
}

/** What the intervals say, where they do not say that something is better. */
function verdict(objectives: TuneResult["objectives"], { holdout }: TuneResult["log"]): string {
  const intervals = objectives.flatMap(({ difference: { interval } }) => (interval === undefined ? [] : [interval]));
  if (intervals.length === 0)
    return holdout === undefined
      ? "Measured on the requests that the search saw, which says nothing of others: the log has too few users to hold some out.\n"
      : "Too few users are held out for an interval: this is not evidence that it is better.\n";
  if (intervals.some(({ low }) => low > 0)) return "";
  if (intervals.every(({ high }) => high < 0)) return "The log shows that this is worse.\n";
  const found = intervals.length === 1 ? "the interval holds 0" : "no interval is above 0";
  return `The log does not show that this is better: ${found}.\n`;
}

function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${decimal(Math.abs(value))}`;
}

function guardsTable({ guards }: TuneResult): string {
  if (guards.length === 0) return "";
  const rows = guards.map(({ text, production, proposed, holds }) => [
    text,
    figure(production).join(" / "),
    figure(proposed).join(" / "),
    holds ? "holds" : "broken",
  ]);
  return table([["guard", "production", "proposed", ""], ...rows]);
}

/** Rows of a front that are shown. */
const shownPoints = 12;

function frontTable(front: FrontResult, { objectives, params, anchor, log }: TuneResult): string {
  const names = params.map(({ name }) => name).filter((name) => name !== anchor?.name);
  const { points } = front;
  const step = Math.max(1, (points.length - 1) / (shownPoints - 1));
  const shown = new Set(Array.from({ length: Math.min(shownPoints, points.length) }, (_, i) => Math.round(i * step)));
  const rows = points.flatMap(({ params: values, objectives: found, knee, proposed }, i) =>
    shown.has(i) || knee || proposed
      ? [
          [
            String(i + 1),
            ...found.map(decimal),
            ...names.map((name) => String(values[name] ?? "")),
            [...(knee ? ["knee"] : []), ...(proposed ? ["proposed"] : [])].join(", "),
          ],
        ]
      : [],
  );
  const volumes = figure(front.hypervolume).join(`, ${log.holdout === undefined ? "" : sliceOf(log.holdout)} `);
  return [
    table([["front", ...objectives.map(({ text }) => text), ...names, ""], ...rows]),
    `${plural(points.length, "point")}; hypervolume from production: ${volumes}\n`,
  ].join("");
}

function sensitivityTable({ sensitivity, objectives: [first] }: TuneResult): string {
  if (sensitivity.length === 0 || first === undefined) return "";
  const rows = sensitivity.map(({ param, points, spread }) => [
    param,
    sparkline(points.map(({ objective }) => objective)),
    spread < 1e-9 ? "does not change it" : decimal(spread),
  ]);
  return table([["sensitivity", `${first.text} along the range`, "spread"], ...rows]);
}

function sparkline(values: readonly number[]): string {
  const blocks = "▁▂▃▄▅▆▇█";
  const low = Math.min(...values);
  const range = Math.max(...values) - low;
  return values.map((value) => blocks[range < 1e-9 ? 0 : Math.round(((value - low) / range) * 7)]).join("");
}

function evidence({ offPolicy }: TuneResult): string {
  if (offPolicy === undefined) return "";
  const { snips, standardError, ips, effectiveSampleSize, requests } = offPolicy;
  return `off-policy: SNIPS ${decimal(snips)} ± ${decimal(standardError)}, IPS ${decimal(ips)}; effective sample size ${count(effectiveSampleSize)} of ${count(requests)} requests\n`;
}

function closing({ patch, written, files, feasible, spec }: TuneResult, style: Style): string {
  const lines = files.map((file) => `wrote ${file}\n`).join("");
  if (!feasible)
    return `${lines}No trial keeps every guard: this one breaks them least, and nothing is proposed to be written.\n`;
  if (patch === "") return `${lines}The spec has these values already.\n`;
  return `${lines}${written ? `wrote ${spec}\n` : ""}${paintDiff(patch, style)}`;
}
