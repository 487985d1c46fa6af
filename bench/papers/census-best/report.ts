/** What each step towards `specs/census/best.mtl` adds, and where the spec ends beside LightGBM. */
import { summarize } from "../../../src/runtime/statistics/index.js";
import { withInterval } from "../numbers.js";
import type { Paper, ReportPart } from "../report.js";
import type { PaperResults } from "../results.js";
import { steps } from "./variants.js";

/** A training, measured on held-out training rows (a variant) or on the test file (a final). */
export interface BestRun {
  /** `income` or `college` of the finished spec, or the number of steps that a variant has. */
  readonly spec: "income" | "college" | number;
  readonly seed: number;
  /** AUC of the main task, and of never married. */
  readonly main: number;
  readonly marital: number;
  /** Log loss of the main task. */
  readonly logloss: number;
}

export type BestResults = PaperResults<BestRun>;

/** Test AUC of LightGBM, and of plain networks in PyTorch, both tuned by hand on the same rows. */
const beside = { income: ["0.9573", "0.9495"], college: ["0.9001", "0.8946"] } as const;

export const censusBest: Paper<BestResults> = {
  name: "census-best",
  parts: (results) => ({ finals: finals(results), steps: stepsTable(results) }),
};

function finals({ runs }: BestResults): ReportPart {
  const rows = (["income", "college"] as const).flatMap((task) => {
    const own = runs.filter(({ spec }) => spec === task);
    if (own.length === 0) return [];
    return [
      [
        task,
        withInterval(
          own.map(({ main }) => main),
          4,
        ),
        Math.max(...own.map(({ main }) => main)).toFixed(4),
        ...beside[task],
        withInterval(
          own.map(({ logloss }) => logloss),
          4,
        ),
        withInterval(
          own.map(({ marital }) => marital),
          4,
        ),
        String(own.length),
      ],
    ];
  });
  const head = ["test", "AUC, mean", "best", "LightGBM", "plain networks", "log loss", "marital AUC", "runs"];
  return { kind: "table", rows: [head, ...rows] };
}

function stepsTable({ runs }: BestResults): ReportPart {
  const labels = ["shared bottom of 256 units, Adam at 1e-3", ...steps.map(({ label }) => `+ ${label}`)];
  const valuesOf = (count: number): readonly number[] =>
    runs.filter(({ spec }) => spec === count).map(({ main }) => main);
  const rows = labels.map((label, count) => {
    const [values, before] = [valuesOf(count), valuesOf(count - 1)];
    if (values.length === 0) return [label, "–", "–"];
    const gain = before.length === 0 ? "" : (summarize(values).mean - summarize(before).mean).toFixed(4);
    return [label, withInterval(values, 4), gain];
  });
  return { kind: "table", rows: [["income, step by step", "held-out AUC", "gain"], ...rows] };
}
