import { plural } from "../../../compiler/text/index.js";
import type { RunResult, RunsOfSetting, RunsResult } from "../../../runtime/runs/types.js";
import type { View } from "../../command.js";
import { count, decimal, table } from "../../views/text.js";

export const runsView: View<RunsResult> = {
  document: "train-runs",
  human: (result) =>
    [
      ...result.settings.map((setting) => settingText(setting, result)),
      ...result.runs.flatMap(failureLine),
      closing(result),
    ].join(""),
  json: (result) => result,
};

/** A table of the metrics of runs that differ by their seed only, under what they share where there are others. */
function settingText({ numbers, runs, role, heads }: RunsOfSetting, { settings, runs: all }: RunsResult): string {
  const shared = numbersText(numbers);
  const seeds = runs.flatMap((number) => all.find(({ run }) => run === number)?.seed ?? []);
  const title = `${shared === "" ? "" : `${shared}: `}${plural(runs.length, "run")}, ${seedsText(seeds)}${role === undefined ? "" : `, ${role} data`}\n`;
  const rows = Object.entries(heads).flatMap(([head, metrics]) =>
    Object.entries(metrics).map(([metric, { mean, deviation, interval, values }]) => {
      const known = values.filter((value) => value !== null);
      return [
        `${head} ${metric}`,
        decimal(mean),
        ...(deviation === undefined || interval === undefined
          ? ["–", "–"]
          : [decimal(deviation), `[${decimal(interval.low)}, ${decimal(interval.high)}]`]),
        decimal(Math.min(...known)),
        decimal(Math.max(...known)),
        ...(known.length === values.length ? [] : [`of ${count(known.length)}`]),
      ];
    }),
  );
  const head = ["metric", "mean", "deviation", "95 % interval", "least", "most"];
  const body = rows.length === 0 ? "" : table([head, ...rows]);
  return `${title}${body}${settings.length > 1 ? "\n" : ""}`;
}

function seedsText(seeds: readonly number[]): string {
  const [first = 0] = seeds;
  const inRow = seeds.every((seed, at) => seed === first + at);
  if (seeds.length === 1) return `seed ${first}`;
  return inRow ? `seeds ${first} to ${first + seeds.length - 1}` : `seeds ${seeds.join(", ")}`;
}

/** `lr 0.001, clip 1`; empty where the numbers are those of the spec. */
export function numbersText(numbers: RunsOfSetting["numbers"] = {}): string {
  return Object.entries(numbers)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

function failureLine(run: RunResult): readonly string[] {
  return "failure" in run ? [`run ${run.run}, seed ${run.seed}: ${run.failure.message} [${run.failure.code}]\n`] : [];
}

function closing({ ended, planned, runs, best, output }: RunsResult): string {
  const found = runs.find(({ run }) => run === best?.run);
  const shared = numbersText(found?.numbers);
  const bestLine =
    best === undefined || found === undefined || runs.length < 2
      ? ""
      : `best: run ${best.run}, seed ${found.seed}${shared === "" ? "" : `, ${shared}`}: ${best.by} ${decimal(best.value)}\n`;
  const endLine =
    ended === "interrupted"
      ? `interrupted: ${count(runs.length)} of ${plural(planned, "run")} are finished; the same command with \`--resume\` goes on\n`
      : "";
  const kept = runs.flatMap((run) => ("artifact" in run && run.artifact !== undefined ? [run.artifact] : []));
  const [first] = kept;
  const artifacts =
    first === undefined ? "" : kept.length === 1 ? ` and ${first}` : ` and ${plural(kept.length, "artifact")}`;
  const wrote = output === undefined ? "" : `wrote ${output}/runs.json${artifacts}\n`;
  return `${bestLine}${endLine}${wrote}`;
}
