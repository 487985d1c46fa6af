/** The tables and the chart of `npm run bench -- delayed-feedback`; nothing here trains. */
import { summarize } from "../../../src/runtime/statistics/index.js";
import { drawCurves } from "../charts.js";
import { fixed, withInterval } from "../numbers.js";
import type { Paper, ReportPart } from "../report.js";
import { methods } from "./methods.js";
import type { DelayResults, DelayRun, Measured } from "./results.js";

export const delayedFeedbackPaper: Paper<DelayResults> = {
  name: "delayed-feedback",
  parts: (results) => ({
    calibration: ageTable(results, "mean / true mean", "calibration", 3),
    error: ageTable(results, "calibration error, points", "error", 2, 100),
    excess: ageTable(results, "log loss above the truth's, per 1000", "excess", 2, 1000),
    differences: differencesTable(results),
    curves: curvesChart(results, "mean prediction / true mean", "calibration"),
    losses: curvesChart(results, "log loss above the truth's, per 1000", "excess", 1000),
  }),
};

function runsOf({ runs }: DelayResults, age: number): readonly DelayRun[] {
  return runs.filter((run) => run.age === age);
}

function valuesOf(runs: readonly DelayRun[], method: string, metric: keyof Measured): readonly number[] {
  return runs.flatMap((run) => run.methods[method]?.[metric] ?? []);
}

/** A row for each age of the log, a column for each method. */
function ageTable(
  results: DelayResults,
  title: string,
  metric: keyof Measured,
  digits: number,
  factor = 1,
): ReportPart {
  return {
    kind: "table",
    rows: [
      [`age, days: ${title}`, "not seen yet", ...methods.map(({ name }) => name)],
      ...results.options.ages.map((age) => {
        const runs = runsOf(results, age);
        return [
          String(age),
          `${fixed(100 * summarize(runs.map(({ unseen }) => unseen)).mean, 1)} %`,
          ...methods.map(({ name }) =>
            withInterval(
              valuesOf(runs, name, metric).map((value) => factor * value),
              digits,
            ),
          ),
        ];
      }),
    ],
  };
}

/** Of the same clicks: what differs from seed to seed is in both. */
function differencesTable(results: DelayResults): ReportPart {
  const others = methods.filter(({ name }) => name !== "delayed");
  return {
    kind: "table",
    rows: [
      ["age, days: log loss of delayed less that of, per 1000", ...others.map(({ name }) => name)],
      ...results.options.ages.map((age) => {
        const runs = runsOf(results, age);
        const own = valuesOf(runs, "delayed", "excess");
        return [
          String(age),
          ...others.map(({ name }) => {
            const other = valuesOf(runs, name, "excess");
            return withInterval(
              own.map((value, run) => 1000 * (value - other[run]!)),
              2,
              true,
            );
          }),
        ];
      }),
    ],
  };
}

function curvesChart(results: DelayResults, title: string, metric: keyof Measured, factor = 1): ReportPart {
  const series = methods.map(({ name }) => ({
    name,
    points: results.options.ages.map((age) => {
      const values = valuesOf(runsOf(results, age), name, metric).map((value) => factor * value);
      const { mean, interval } = summarize(values);
      return { x: age, mean, low: interval?.low ?? mean, high: interval?.high ?? mean };
    }),
  }));
  return {
    kind: "chart",
    alt: `${title} of each method at each age of the log`,
    draw: () =>
      drawCurves({
        xTitle: "days between the last click and the log",
        yTitle: "",
        panels: [{ title, series }],
        intervals: "bars",
      }),
  };
}
