/** Tables and chart of the census experiment: what we measure beside what the paper printed. */
import { summarize } from "../../../src/runtime/statistics/index.js";
import { drawIntervals } from "../charts.js";
import { withInterval } from "../numbers.js";
import type { Paper, ReportPart } from "../report.js";
import { type Group, groups, type Method, methods } from "./methods.js";
import { type CensusResults, type CensusRun, type CensusTrial, type PaperFigures, paperFigures } from "./results.js";

const mainTasks: Readonly<Record<Group, string>> = { 1: "income", 2: "education" };

export const mmoeCensus: Paper<CensusResults> = {
  name: "mmoe-census",
  parts: (results) => ({
    ...Object.fromEntries(measuredGroups(results).map((group) => [`group${group}`, table(group, results)])),
    differences: differences(results),
    chosen: chosen(results),
    means: {
      kind: "chart",
      alt: "Mean AUC of the main task by method with its 95 % interval: income on the left, education on the right",
      draw: () => chart(results),
    },
  }),
};

/** Both groups, but where a command asked for one. */
function measuredGroups({ runs }: CensusResults): readonly Group[] {
  return groups.filter((group) => runs.some((run) => run.group === group));
}

/** The runs of a method on a group. */
function runsOf({ runs }: CensusResults, group: Group, method: Method): readonly CensusRun[] {
  return runs.filter((run) => run.group === group && run.method === method.name);
}

function bestOf<Scored extends { readonly main: number }>(scored: readonly Scored[]): Scored | undefined {
  return scored.reduce<Scored | undefined>(
    (best, each) => (best === undefined || each.main > best.main ? each : best),
    undefined,
  );
}

function table(group: Group, results: CensusResults): ReportPart {
  const main = mainTasks[group];
  const rows = methods.flatMap((method) => {
    const runs = runsOf(results, group, method);
    const best = bestOf(runs);
    const paper = paperFigures[group][method.name];
    return best === undefined || paper === undefined ? [] : [row(method, runs, best, paper)];
  });
  const head = [
    `group ${group}`,
    `${main}, best run`,
    "paper",
    `${main}, mean`,
    "paper",
    "marital, that run",
    "paper",
    "marital, mean",
    "paper",
  ];
  return { kind: "table", rows: [head, ...rows] };
}

function row(method: Method, runs: readonly CensusRun[], best: CensusRun, paper: PaperFigures): readonly string[] {
  return [
    method.label,
    auc(best.main),
    auc(paper.best.main),
    withInterval(
      runs.map(({ main }) => main),
      4,
    ),
    auc(paper.mean.main),
    auc(best.marital),
    auc(paper.best.marital),
    withInterval(
      runs.map(({ marital }) => marital),
      4,
    ),
    auc(paper.mean.marital),
  ];
}

function auc(value: number): string {
  return value.toFixed(4);
}

/** How far each method's mean is from the best one's: runs of equal seeds are paired. */
function differences(results: CensusResults): ReportPart {
  const byGroup = measuredGroups(results).map((group) => {
    const means = methods.map((method) => {
      const values = runsOf(results, group, method).map(({ main }) => main);
      return { method, values, main: summarize(values).mean };
    });
    return { means, best: bestOf(means.filter(({ values }) => values.length > 0)) };
  });
  const head = ["below the best mean by", ...measuredGroups(results).map((group) => mainTasks[group])];
  const rows = methods.map((method) => [
    method.label,
    ...byGroup.map(({ means, best }) => {
      const own = means.find((each) => each.method === method);
      if (own === undefined || best === undefined || own.values.length === 0) return "–";
      if (own === best) return "best";
      return withInterval(
        own.values.map((value, run) => (best.values[run] ?? NaN) - value),
        4,
      );
    }),
  ]);
  return { kind: "table", rows: [head, ...rows] };
}

/** The best trial of a method's search; of equal ones the first. */
export function bestTrial(trials: readonly CensusTrial[], group: Group, method: Method): CensusTrial | undefined {
  return bestOf(trials.filter((trial) => trial.group === group && trial.method === method.name));
}

function chosen({ trials }: CensusResults): ReportPart {
  const rows = groups.flatMap((group) =>
    methods.flatMap((method) => {
      const best = bestTrial(trials, group, method);
      if (best === undefined) return [];
      const numbers = Object.entries(best.choice).map(([name, value]) => `${name} ${value}`);
      return [[`${mainTasks[group]}, ${method.label}`, numbers.join(", ") || "the spec as it is", auc(best.main)]];
    }),
  );
  return { kind: "table", rows: [["search", "chosen", "validation AUC"], ...rows] };
}

function chart(results: CensusResults): Promise<string> {
  return drawIntervals({
    xTitle: "AUC",
    panels: measuredGroups(results).map((group) => ({
      title: mainTasks[group],
      series: methods.flatMap((method) => {
        const { mean, interval } = summarize(runsOf(results, group, method).map(({ main }) => main));
        return interval === undefined ? [] : [{ name: method.label, mean, ...interval }];
      }),
    })),
  });
}
