/** The tables and the chart of `npm run bench -- esmm`; nothing here trains. */
import { summarize } from "../../../src/runtime/statistics/index.js";
import { drawIntervals } from "../charts.js";
import { withInterval } from "../numbers.js";
import type { Paper, ReportPart } from "../report.js";
import { methods, reference } from "./methods.js";
import { defaultSetting, type EsmmResults, type EsmmRun, type Measured, type Setting } from "./results.js";

export const esmmPaper: Paper<EsmmResults> = {
  name: "esmm",
  parts: (results) => {
    const main = runsOf(results, defaultSetting);
    return {
      methods: methodsTable(main),
      differences: differencesTable(main),
      calibration: calibrationTable(main),
      settings: settingsTable(results),
      intervals: intervalsChart(main),
    };
  },
};

type Metric = keyof Measured;

function runsOf({ runs }: EsmmResults, { name }: Setting): readonly EsmmRun[] {
  return runs.filter(({ setting }) => setting === name);
}

/** Methods that were run, with their values in each run. */
function measuredMethods(
  runs: readonly EsmmRun[],
): readonly { readonly name: string; readonly paper: readonly string[]; readonly values: readonly Measured[] }[] {
  return methods.flatMap(({ name, paper = ["", ""] }) => {
    const values = runs.flatMap((run) => run.methods[name] ?? []);
    return values.length === 0 ? [] : [{ name, paper, values }];
  });
}

function methodsTable(runs: readonly EsmmRun[]): ReportPart {
  return {
    kind: "table",
    rows: [
      ["AUC, %", "CVR, clicked", "paper", "CTCVR, all rows", "paper", "CVR, all, truth", "CTCVR, all, truth"],
      ...measuredMethods(runs).map(({ name, paper, values }) => {
        const cell = (metric: Metric): string =>
          withInterval(
            values.map((each) => 100 * each[metric]),
            2,
          );
        return [
          name,
          cell("cvrClicked"),
          paper[0] ?? "",
          cell("ctcvrAll"),
          paper[1] ?? "",
          cell("cvrTruth"),
          cell("ctcvrTruth"),
        ];
      }),
      [
        "the true probabilities",
        "",
        "",
        "",
        "",
        withInterval(
          runs.map(({ best }) => 100 * best.cvrTruth),
          2,
        ),
        withInterval(
          runs.map(({ best }) => 100 * best.ctcvrTruth),
          2,
        ),
      ],
    ],
  };
}

/** Of the same runs: what differs from log to log is in both. */
function differencesTable(runs: readonly EsmmRun[]): ReportPart {
  const base = runs.map((run) => run.methods[reference]);
  return {
    kind: "table",
    rows: [
      [`less ${reference}, points`, "CVR, clicked", "CTCVR, all rows", "CVR, all, truth", "CTCVR, all, truth"],
      ...measuredMethods(runs)
        .filter(({ name }) => name !== reference)
        .map(({ name, values }) => [
          name,
          ...(["cvrClicked", "ctcvrAll", "cvrTruth", "ctcvrTruth"] as const).map((metric) =>
            signed(values.map((each, run) => 100 * (each[metric] - (base[run]?.[metric] ?? NaN)))),
          ),
        ]),
    ],
  };
}

function calibrationTable(runs: readonly EsmmRun[]): ReportPart {
  return {
    kind: "table",
    rows: [
      ["pCVR over all impressions", "mean / true mean", "calibration error, %"],
      ...measuredMethods(runs).map(({ name, values }) => [
        name,
        withInterval(
          values.map(({ calibration }) => calibration),
          2,
        ),
        withInterval(
          values.map(({ calibrationError }) => 100 * calibrationError),
          2,
        ),
      ]),
    ],
  };
}

/** ESMM beside BASE in worlds that differ from the default one in what the first column says. */
function settingsTable(results: EsmmResults): ReportPart {
  return {
    kind: "table",
    rows: [
      [
        "world",
        "runs",
        "clicks, conversions to train",
        "true CVR: all, clicked",
        "BASE: CVR, truth",
        "ESMM less BASE: CVR, truth",
        "CTCVR, all rows",
        "mean / true mean: BASE",
        "ESMM",
      ],
      ...results.options.settings.flatMap((setting) => {
        const runs = runsOf(results, setting).filter(({ methods: own }) => own["ESMM"] && own[reference]);
        return runs.length === 0 ? [] : [settingRow(setting, runs)];
      }),
    ],
  };
}

function settingRow({ name }: Setting, runs: readonly EsmmRun[]): readonly string[] {
  const of = (method: string, metric: Metric): readonly number[] => runs.map((run) => run.methods[method]![metric]);
  const less = (metric: Metric): string =>
    signed(of("ESMM", metric).map((value, run) => 100 * (value - of(reference, metric)[run]!)));
  const average = (value: (run: EsmmRun) => number): number => summarize(runs.map(value)).mean;
  const count = (value: (run: EsmmRun) => number): string => Math.round(average(value)).toLocaleString("en-US");
  const percent = (value: (run: EsmmRun) => number): string => `${(100 * average(value)).toFixed(2)} %`;
  return [
    name,
    String(runs.length),
    `${count(({ log }) => log.clicks)}, ${count(({ log }) => log.conversions)}`,
    `${percent(({ log }) => log.cvrAll)}, ${percent(({ log }) => log.cvrClicked)}`,
    withInterval(
      of(reference, "cvrTruth").map((value) => 100 * value),
      2,
    ),
    less("cvrTruth"),
    less("ctcvrAll"),
    withInterval(of(reference, "calibration"), 2),
    withInterval(of("ESMM", "calibration"), 2),
  ];
}

function intervalsChart(runs: readonly EsmmRun[]): ReportPart {
  const panel = (title: string, metric: Metric) => ({
    title,
    series: measuredMethods(runs).map(({ name, values }) => {
      const { mean, interval } = summarize(values.map((each) => each[metric]));
      return { name, mean, low: interval?.low ?? mean, high: interval?.high ?? mean };
    }),
  });
  return {
    kind: "chart",
    alt: "AUC of each method with its interval: CVR on clicked rows, CTCVR on all rows, CVR over all impressions against the truth",
    draw: () =>
      drawIntervals({
        xTitle: "AUC",
        panels: [
          panel("CVR, clicked rows", "cvrClicked"),
          panel("CTCVR, all rows", "ctcvrAll"),
          panel("CVR, all impressions, truth", "cvrTruth"),
        ],
      }),
  };
}

function signed(values: readonly number[]): string {
  return withInterval(values, 2, true);
}
