import { plural } from "../../../compiler/text/index.js";
import type { BestTrial, SearchResult, SearchTrial } from "../../../runtime/search/result.js";
import type { View } from "../../command.js";
import { paintDiff } from "../../unified-diff.js";
import { scoresTable } from "../../views/scores.js";
import { decimal, duration, table } from "../../views/text.js";

/** Trials that are shown. */
const shownTrials = 10;

export const searchView: View<SearchResult> = {
  document: "search",
  human: (result, { outStyle }) =>
    [
      opening(result),
      trialsTable(result),
      ...(result.best === undefined ? [] : [valuesTable(result, result.best)]),
      ...(result.best === undefined ? [] : [measuredTable(result.best)]),
      closing(result),
      result.best === undefined
        ? ""
        : result.best.patch === ""
          ? "the defaults are the best\n"
          : paintDiff(result.best.patch, outStyle),
    ]
      .filter((part) => part !== "")
      .join("\n"),
  json: (result) => result,
};

function opening({ method, halving, seed, trials, ended, planned }: SearchResult): string {
  const count = (state: SearchTrial["state"]): number => trials.filter((trial) => trial.state === state).length;
  const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0);
  const failed = count("failed") === 0 ? "" : `, ${count("failed")} failed`;
  const paused = count("paused") === 0 ? "" : `, ${count("paused")} not trained to their end`;
  const why: Readonly<Record<SearchResult["ended"], string>> = {
    done: "",
    exhausted: "; there are no other points",
    time: `; the time was over before ${plural(planned, "trial")}`,
    interrupted: "; interrupted: the same command goes on",
  };
  return `${method}${halving ? " with halving" : ""}, seed ${seed}: ${plural(trials.length, "trial")}${failed}${paused}, ${duration(seconds)}${why[ended]}\n`;
}

/** The best trials and the defaults, or the front. */
function trialsTable({ objectives, trials, front, best }: SearchResult): string {
  const sorted =
    front === undefined
      ? bySmallest(trials, objectives[0]?.greaterIsBetter ?? true).slice(0, shownTrials)
      : front.flatMap((number) => trials.find(({ trial }) => trial === number) ?? []);
  const [first] = trials;
  const shown = first === undefined || sorted.includes(first) ? sorted : [...sorted, first];
  if (shown.length === 0) return "";
  return table([
    [front === undefined ? "trial" : "front", ...objectives.map(({ metric }) => metric), "epochs", ""],
    ...shown.map((trial) => [
      String(trial.trial),
      ...trial.objectives.map((value) => (value === null ? "" : decimal(value))),
      String(trial.epochs),
      [
        trial.trial === best?.trial ? "best" : "",
        trial.trial === 1 ? "defaults" : "",
        trial.state === "done" ? "" : trial.state,
      ]
        .filter((word) => word !== "")
        .join(", "),
    ]),
  ]);
}

function bySmallest(trials: readonly SearchTrial[], greaterIsBetter: boolean): readonly SearchTrial[] {
  const costOf = ({ objectives: [value] }: SearchTrial): number =>
    value === null || value === undefined ? Infinity : greaterIsBetter ? -value : value;
  return trials.filter(({ state }) => state !== "failed").toSorted((a, b) => costOf(a) - costOf(b));
}

function valuesTable({ dimensions }: SearchResult, { values }: BestTrial): string {
  return table([
    ["dimension", "searched", "default", "best"],
    ...dimensions.map(({ name, choices, low, high, log, default: standing }) => [
      name,
      choices === undefined ? `${low}..${high}${log === true ? " log" : ""}` : `[${choices.join(", ")}]`,
      String(standing),
      String(values[name] ?? ""),
    ]),
  ]);
}

/** What the model of the best spec came to in the end. */
function measuredTable({ evaluation }: BestTrial): string {
  return evaluation === undefined ? "" : `the best, on ${evaluation.role} data\n${scoresTable(evaluation)}`;
}

function closing({ table: file, best }: SearchResult): string {
  const files = [
    file,
    ...(best === undefined ? [] : [best.file]),
    ...(best?.artifact === undefined ? [] : [best.artifact]),
  ];
  return files.map((each) => `wrote ${each}\n`).join("");
}
