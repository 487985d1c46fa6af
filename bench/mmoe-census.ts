/**
 * MMoE's second experiment (Ma et al., KDD 2018, section 6) on Census-Income: seven methods on two groups of tasks. The test
 * file is halved at random; a search of equal budget for each method chooses on one half, the best is trained many times
 * and measured on the other.
 *
 *     npm run bench -- mmoe-census [--quick] [--write] [--fresh] [--group 1|2] [--method NAME] [--trials N] [--runs N] [--data DIR]
 *
 * The full form has 10 trials and 20 runs for each method and group; `--quick` has 2 and 3, on 30,000 training rows. Trainings
 * that are over are kept in `.mtlc/papers/mmoe-census`. `--data` is a folder with `census-income.data.gz` and
 * `census-income.test.gz` (UCI data set 117); without the data the slice of specs/census is taken.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { hashModel } from "../src/compiler/model/index.js";
import { loadSpec } from "../src/runtime/specs/load-spec.js";
import { train } from "../src/runtime/jobs/train.js";
import { trainRuns } from "../src/runtime/jobs/train-runs.js";
import type { RunsEvent } from "../src/runtime/runs/types.js";
import type { TrainResult } from "../src/runtime/train/result.js";
import { createDraws } from "../src/runtime/statistics/index.js";
import { type KeptRuns, openKeptRuns, workFolder } from "./papers/kept-runs.js";
import {
  type Choice,
  drawChoices,
  type Group,
  groups,
  type Method,
  methods,
  specsFolder,
  specText,
} from "./papers/mmoe-census/methods.js";
import { bestTrial, mmoeCensus } from "./papers/mmoe-census/report.js";
import type { CensusResults, CensusRun, CensusTrial, Scores } from "./papers/mmoe-census/results.js";
import { type CensusFiles, type ProtocolFiles, writeProtocol } from "./papers/mmoe-census/rows.js";
import { reportPaper } from "./papers/report.js";
import { machine, note, option, projectRoot, sharedData } from "./report.js";

export const summary = "MMoE's census experiment: seven methods on two pairs of tasks, searched and trained alike";

const experiment = "mmoe-census";
const folder = join(projectRoot, workFolder(experiment));

interface Plan {
  readonly form: "quick" | "full";
  readonly trials: number;
  readonly runs: number;
  readonly groups: readonly Group[];
  readonly methods: readonly Method[];
}

export async function run(words: readonly string[]): Promise<void> {
  const plan = planOf(words);
  const files = writeProtocol(censusFiles(words), folder, plan.form === "quick" ? 30_000 : undefined);
  const specs = committedSpecs();
  // What a training measures is decided by its spec, its seed and these.
  const kept = openKeptRuns<Scores>(experiment, { specs, rows: files.rows }, { fresh: words.includes("--fresh") });
  note(
    `${files.rows.train} rows to train on, ${files.rows.validation} to choose on, ${files.rows.test} to report; ${kept.count} trainings are kept`,
  );
  const trials: CensusTrial[] = [];
  const runs: CensusRun[] = [];
  for (const group of plan.groups)
    for (const method of plan.methods) {
      const job = { method, group, files, kept };
      trials.push(...(await search(job, plan.trials)));
      const { choice = {} } = bestTrial(trials, group, method) ?? {};
      runs.push(...(await repeat(job, choice, plan.runs)));
    }
  const results: CensusResults = {
    experiment,
    form: plan.form,
    command: ["npm run bench -- mmoe-census", ...words.filter((word) => word !== "--write" && word !== "--fresh")].join(
      " ",
    ),
    machine: machine(),
    specs,
    options: { trials: plan.trials, runs: plan.runs, rows: files.rows },
    runs,
    trials,
  };
  await reportPaper(mmoeCensus, results, { write: words.includes("--write") });
}

function planOf(words: readonly string[]): Plan {
  const quick = words.includes("--quick");
  const group = option(words, "group", "");
  const method = option(words, "method", "");
  return {
    form: quick ? "quick" : "full",
    trials: Number(option(words, "trials", quick ? "2" : "10")),
    runs: Number(option(words, "runs", quick ? "3" : "20")),
    groups: groups.filter((each) => group === "" || Number(group) === each),
    methods: methods.filter(({ name }) => method === "" || method === name),
  };
}

function censusFiles(words: readonly string[]): CensusFiles {
  const given = option(words, "data", "");
  const named = (name: string): string | undefined =>
    given === "" ? sharedData(`census/${name}`) : join(resolve(given), name);
  const [trainFile, testFile] = [named("census-income.data.gz"), named("census-income.test.gz")];
  if (trainFile !== undefined && testFile !== undefined && existsSync(trainFile) && existsSync(testFile))
    return { train: trainFile, test: testFile };
  note("the full data is not there: the slice in specs/census/data, on which AUC is lower");
  const slice = join(projectRoot, "specs/census/data");
  return { train: join(slice, "census-train.csv.gz"), test: join(slice, "census-test.csv.gz") };
}

/** The hash of each method on each group with nothing chosen, by the name of the model. */
function committedSpecs(): Readonly<Record<string, string>> {
  const hashes = groups.flatMap((group) =>
    methods.map(
      (method) => [`${method.name}_group${group}`, hashModel(loadSpec(writeSpec(method, group, {})).model)] as const,
    ),
  );
  return Object.fromEntries(hashes);
}

/** Writes the spec of a choice, and returns its path. */
function writeSpec(method: Method, group: Group, choice: Choice): string {
  const specs = join(folder, "specs");
  mkdirSync(specs, { recursive: true });
  const file = join(specs, `${method.name}-group${group}.mtl`);
  const text = specText(method, group, choice, `../../../../${specsFolder}`);
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
  return file;
}

/** Trainings of one method on one group. */
interface Job {
  readonly method: Method;
  readonly group: Group;
  readonly files: ProtocolFiles;
  readonly kept: KeptRuns<Scores>;
}

/** Trains each drawn choice once, with one seed for all. */
async function search(job: Job, count: number): Promise<readonly CensusTrial[]> {
  const { method, group, files, kept } = job;
  const trials: CensusTrial[] = [];
  const draws = createDraws(group, ...[...method.name].map((letter) => letter.charCodeAt(0)));
  for (const choice of drawChoices(method, count, draws)) {
    const scores = await kept.once(`${nameOf(job, choice)} validation`, async () => {
      const spec = writeSpec(method, group, choice);
      return scoresOf(await train({ spec, seed: 1, train: [files.train], test: [files.validation] }));
    });
    note(`group ${group}, ${method.label}: ${JSON.stringify(choice)} ${scores.main.toFixed(4)}`);
    trials.push({ group, method: method.name, choice, ...scores });
  }
  return trials;
}

/** Trains one choice with a seed each, none of which the search had; those that are kept from before are not trained again. */
async function repeat(job: Job, choice: Choice, count: number): Promise<readonly CensusRun[]> {
  const { method, group, files, kept } = job;
  const seeds = Array.from({ length: count }, (_, run) => 101 + run);
  const idOf = (seed: number): string => `${nameOf(job, choice)} test ${seed}`;
  const waiting = seeds.filter((seed) => kept.get(idOf(seed)) === undefined);
  const onEvent = (event: RunsEvent): void => {
    if (event.kind !== "runFinished") return;
    const { result } = event;
    if ("failure" in result) throw new Error(`${idOf(result.seed)}: ${result.failure.message}`);
    kept.add(idOf(result.seed), scoresOf(result));
  };
  if (waiting.length > 0)
    await trainRuns({
      spec: writeSpec(method, group, choice),
      train: [files.train],
      test: [files.test],
      runs: waiting.map((seed) => ({ seed })),
      keep: "none",
      onEvent,
    });
  return seeds.map((seed) => {
    const scores = kept.get(idOf(seed));
    if (scores === undefined) throw new Error(`${idOf(seed)} was not trained`);
    note(
      `group ${group}, ${method.label}, seed ${seed}: ${scores.main.toFixed(4)}, marital ${scores.marital.toFixed(4)}`,
    );
    return { group, method: method.name, seed, ...scores };
  });
}

function nameOf({ group, method }: Job, choice: Choice): string {
  return `${group} ${method.name} ${JSON.stringify(choice)}`;
}

function scoresOf({ evaluation }: Pick<TrainResult, "evaluation">): Scores {
  const auc = (head: string): number => evaluation?.heads[head]?.["auc"] ?? NaN;
  return { main: auc("main"), marital: auc("marital") };
}
