/**
 * Delayed feedback on clicks whose probability of a conversion is known: the delayed loss beside cross-entropy on labels as seen, waiting,
 * the loss for data in which every click is a negative first, and cross-entropy on what is known in the end, at several ages of the log,
 * against the truth.
 *
 * `--runs N`: seeds, each with clicks and first values of its own (20). `--ages 0,2,5`: days between the last click and the log. `--rows`,
 * `--testRows`, `--days`, `--delay`, `--delaySpread`, `--base`, `--slower`: the free choices, as in bench/papers/delayed-feedback/clicks.ts. `--quick`: 5 seeds,
 * three ages. `--write`: the results become those of the repository. `--fresh`: forget finished runs.
 */
import { join } from "node:path";
import { hashModel } from "../src/compiler/model/index.js";
import { loadSpec } from "../src/runtime/specs/load-spec.js";
import { type ClickChoices, defaultClicks } from "./papers/delayed-feedback/clicks.js";
import { methods } from "./papers/delayed-feedback/methods.js";
import { delayedFeedbackPaper } from "./papers/delayed-feedback/report.js";
import type { DelayResults, DelayRun } from "./papers/delayed-feedback/results.js";
import { runSeed, specsFolder } from "./papers/delayed-feedback/run.js";
import { openKeptRuns } from "./papers/kept-runs.js";
import { reportPaper } from "./papers/report.js";
import { machine, note, option, projectRoot } from "./report.js";

export const summary = "the delayed loss beside naive ones at several ages of the log, against known probabilities";

export async function run(words: readonly string[]): Promise<void> {
  const quick = words.includes("--quick");
  const number = (name: string, fallback: number): number => Number(option(words, name, String(fallback)));
  const clicks = Object.fromEntries(
    Object.entries(defaultClicks).map(([name, value]) => [name, number(name, value)]),
  ) as unknown as Omit<ClickChoices, "seed">;
  const ages = option(words, "ages", quick ? "0,5,20" : "0,2,5,10,20,40")
    .split(",")
    .map(Number);
  const specs = Object.fromEntries(
    [...new Set(methods.map(({ spec }) => `${specsFolder}/${spec}.mtl`))].map((path) => [
      path,
      hashModel(loadSpec(join(projectRoot, path)).model),
    ]),
  );
  const kept = openKeptRuns<readonly DelayRun[]>(
    "delayed-feedback",
    { specs, clicks, ages },
    { fresh: words.includes("--fresh") },
  );
  const count = number("runs", quick ? 5 : 20);
  const runs: DelayRun[] = [];
  for (let seed = 1; seed <= count; seed++) {
    runs.push(...(await kept.once(String(seed), () => runSeed({ ...clicks, seed }, ages))));
    note(`${seed} of ${count} seeds`);
  }
  const results: DelayResults = {
    experiment: "delayed-feedback",
    form: quick ? "quick" : "full",
    command: [
      "npm run bench -- delayed-feedback",
      ...words.filter((word) => word !== "--write" && word !== "--fresh"),
    ].join(" "),
    machine: machine(),
    specs,
    options: { clicks, ages },
    runs,
  };
  await reportPaper(delayedFeedbackPaper, results, { write: words.includes("--write") });
}
