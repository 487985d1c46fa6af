/**
 * How far one multi-task network gets on Census-Income: `specs/census/best.mtl` and `specs/census/group2/best.mtl` on the
 * test file, and what each step towards the first one adds, on a fifth of the training rows, so that nothing is chosen on the test file.
 *
 *     npm run bench -- census-best [--quick] [--write] [--fresh] [--runs N] [--data DIR]
 *
 * The full form has 5 runs of each spec and 3 of each variant, `--quick` 1 and 1. Trainings that are over are kept in
 * `.mtlc/papers/census-best`. It needs the whole data: `census-income.data.gz` and `census-income.test.gz` in `--data`.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { trainRuns } from "../src/runtime/jobs/train-runs.js";
import { scoresOf } from "../src/runtime/runs/types.js";
import { loadSpec } from "../src/runtime/specs/load-spec.js";
import { type BestResults, type BestRun, censusBest } from "./papers/census-best/report.js";
import { steps, variantText } from "./papers/census-best/variants.js";
import { openKeptRuns, workFolder } from "./papers/kept-runs.js";
import { reportPaper } from "./papers/report.js";
import { machine, note, option, projectRoot, sharedData } from "./report.js";

export const summary = "specs/census/best.mtl beside LightGBM, and what each of its parts adds";

const experiment = "census-best";
const finished = { income: "specs/census/best.mtl", college: "specs/census/group2/best.mtl" } as const;

/** Trainings of one spec; without `test` it is measured on what its spec holds out. */
interface Job {
  readonly name: BestRun["spec"];
  readonly path: string;
  readonly head: string;
  readonly test?: string;
  readonly runs: number;
}

export async function run(words: readonly string[]): Promise<void> {
  const quick = words.includes("--quick");
  const folder = option(words, "data", "");
  const [train, test] = ["census-income.data.gz", "census-income.test.gz"].map((name) =>
    folder === "" ? sharedData(`census/${name}`) : join(resolve(folder), name),
  );
  if (train === undefined || test === undefined || !existsSync(train) || !existsSync(test))
    return note("the whole data is not there: name its folder with --data (UCI data set 117)");
  const variants = writeVariants().map((path, name): Job => ({ name, path, head: "income", runs: quick ? 1 : 3 }));
  const finals = (["income", "college"] as const).map((head): Job => ({
    name: head,
    path: join(projectRoot, finished[head]),
    head,
    test,
    runs: Number(option(words, "runs", quick ? "1" : "5")),
  }));
  const jobs = [...variants, ...finals];
  const hashes = Object.fromEntries(jobs.map(({ name, path }) => [String(name), loadSpec(path).hash]));
  const kept = openKeptRuns<BestRun>(experiment, hashes, { fresh: words.includes("--fresh") });
  for (const job of jobs) {
    const seeds = Array.from({ length: job.runs }, (_, i) => i + 1);
    const waiting = seeds.filter((seed) => kept.get(`${job.name} ${seed}`) === undefined);
    if (waiting.length === 0) continue;
    await trainRuns({
      spec: job.path,
      train: [train],
      ...(job.test === undefined ? {} : { test: [job.test] }),
      runs: waiting.map((seed) => ({ seed })),
      keep: "none",
      onEvent: (event) => {
        if (event.kind !== "runFinished") return;
        const heads = scoresOf(event.result);
        const score = (head: string, metric: string): number => heads[head]?.[metric] ?? NaN;
        const { seed } = event.result;
        const scores = {
          main: score(job.head, "auc"),
          marital: score("marital", "auc"),
          logloss: score(job.head, "logloss"),
        };
        note(`${job.name}, seed ${seed}: ${scores.main.toFixed(4)}`);
        kept.add(`${job.name} ${seed}`, { spec: job.name, seed, ...scores });
      },
    });
  }
  const runs = jobs.flatMap(({ name, runs: count }) =>
    Array.from({ length: count }, (_, i) => kept.get(`${name} ${i + 1}`)).filter((each) => each !== undefined),
  );
  const results: BestResults = {
    experiment,
    form: quick ? "quick" : "full",
    command: ["npm run bench -- census-best", ...words.filter((word) => word !== "--write" && word !== "--fresh")].join(
      " ",
    ),
    machine: machine(),
    specs: Object.fromEntries(Object.entries(finished).map(([head, path]) => [path, hashes[head] ?? ""])),
    options: { steps: steps.map(({ label }) => label) },
    runs,
  };
  await reportPaper(censusBest, results, { write: words.includes("--write") });
}

/** Writes the specs with the first 0, 1, … steps, and returns their paths. */
function writeVariants(): readonly string[] {
  const folder = join(projectRoot, workFolder(experiment), "specs");
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: steps.length + 1 }, (_, count) => {
    const path = join(folder, `steps-${count}.mtl`);
    writeFileSync(path, variantText(count, "../../../../specs/census/best.mtl"));
    return path;
  });
}
