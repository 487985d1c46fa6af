/** The experiment in its order: learning rates by a grid, then the runs, both side by side, each kept as it is done. */
import { join } from "node:path";
import { loadSpec } from "../../../src/runtime/specs/load-spec.js";
import { meanOf } from "../../../src/runtime/statistics/index.js";
import { note, projectRoot } from "../../report.js";
import { type KeptRuns, openKeptRuns } from "../kept-runs.js";
import { openWorkers, type WorkerPool } from "../side-by-side.js";
import type { Generator } from "./generator.js";
import { intervalPoint, numbersFrom, rounded } from "./figures.js";
import {
  lossOf,
  type ModelName,
  modelNames,
  type Setting,
  type SyntheticResults,
  type SyntheticRun,
} from "./results.js";
import type { RunLength, RunLosses } from "./trainer.js";
import { type Job, specsFolder } from "./jobs.js";

/** What a form of the experiment runs. */
export interface Plan {
  /** In the order in which they are done. */
  readonly variants: readonly Variant[];
  readonly rates: readonly number[];
  readonly workers: number;
  readonly fresh: boolean;
}

/** The experiment under some of its free choices. */
export interface Variant {
  readonly variant: string;
  readonly generator: Generator;
  readonly length: RunLength;
  readonly correlations: readonly number[];
  readonly runs: number;
  readonly gridSeeds: number;
}

/** Seeds of the grid are none of the runs': nothing is chosen by what is shown. */
const firstGridSeed = 100_001;

/** A run that is to be done. */
interface Wanted extends Setting {
  readonly generator: Generator;
  readonly length: RunLength;
  readonly model: ModelName;
  readonly lr: number;
  readonly seed: number;
}

interface Study {
  readonly plan: Plan;
  readonly pool: WorkerPool<Job, readonly RunLosses[]>;
  readonly kept: KeptRuns<RunLosses>;
}

type Outcome = Pick<SyntheticResults, "grid" | "curves" | "runs">;

export async function runExperiment(plan: Plan): Promise<Outcome> {
  const specs = Object.fromEntries(specHashes());
  const kept = openKeptRuns<RunLosses>("mmoe-synthetic", { specs }, { fresh: plan.fresh });
  if (kept.count > 0) note(`${kept.count} runs are kept from before`);
  const pool = openWorkers<Job, readonly RunLosses[]>(join(import.meta.dirname, "worker.js"), plan.workers);
  const study = { plan, pool, kept };
  try {
    const grid = await findRates(study);
    const rateOf = bestRates(grid);
    const wanted = plan.variants.flatMap(({ variant, generator, length, correlations, runs }) =>
      numbersFrom(1, runs).flatMap((seed) =>
        correlations.flatMap((correlation) =>
          modelNames.map((model): Wanted => {
            const lr = rateOf({ variant, correlation }, model);
            return { variant, generator, length, correlation, model, lr, seed };
          }),
        ),
      ),
    );
    const losses = await runAll(study, "runs", wanted);
    return { grid, curves: curvesOf(wanted, losses), runs: wanted.map((each, i) => shownRun(each, losses[i]!)) };
  } finally {
    pool.close();
  }
}

export function specHashes(): readonly (readonly [string, string])[] {
  return modelNames.map((name) => {
    const path = `${specsFolder}/${name}.mtl`;
    return [path, loadSpec(join(projectRoot, path)).hash];
  });
}

async function findRates(study: Study): Promise<SyntheticResults["grid"]> {
  const { variants, rates } = study.plan;
  const wanted = variants.flatMap(({ variant, generator, length, correlations, gridSeeds }) =>
    numbersFrom(firstGridSeed, gridSeeds).flatMap((seed) =>
      correlations.flatMap((correlation) =>
        modelNames.flatMap((model) =>
          rates.map((lr): Wanted => ({ variant, generator, length, correlation, model, lr, seed })),
        ),
      ),
    ),
  );
  const losses = await runAll(study, "learning rates", wanted);
  const cells = new Map<string, { readonly wanted: Wanted; readonly losses: number[] }>();
  wanted.forEach((each, i) => {
    const key = [each.variant, each.correlation, each.model, each.lr].join(" ");
    const cell = cells.get(key) ?? { wanted: each, losses: [] };
    cells.set(key, cell);
    cell.losses.push(lossOf(losses[i]!));
  });
  return [...cells.values()].map(({ wanted: { variant, correlation, model, lr }, losses: found }) => ({
    variant,
    correlation,
    model,
    lr,
    loss: rounded(meanOf(found)),
  }));
}

/** The learning rate of the smallest loss, by setting and model; a variant without a grid has that of the first one. */
export function bestRates(grid: SyntheticResults["grid"]): (setting: Setting, model: ModelName) => number {
  return ({ variant, correlation }, model) => {
    const own = grid.filter((each) => each.correlation === correlation && each.model === model);
    const measured = own.some((each) => each.variant === variant) ? variant : own[0]?.variant;
    const [best] = own.filter((each) => each.variant === measured).toSorted((a, b) => a.loss - b.loss);
    if (best === undefined) throw new Error(`no learning rate was tried for ${model} at ${correlation}`);
    return best.lr;
  };
}

/** Losses of the runs in their order: those that are kept, and those that are done now. Runs of one data set are one job. */
async function runAll({ pool, kept }: Study, what: string, wanted: readonly Wanted[]): Promise<readonly RunLosses[]> {
  const jobs = new Map<string, Job & { readonly runs: Wanted[] }>();
  for (const each of wanted) {
    if (kept.get(idOf(each)) !== undefined) continue;
    const { generator, length, correlation, seed } = each;
    const id = `${each.variant} ${correlation} ${seed}`;
    const job = jobs.get(id) ?? { generator, correlation, seed, length, runs: [] };
    jobs.set(id, job);
    job.runs.push(each);
  }
  const started = performance.now();
  let done = 0;
  await pool.run([...jobs.values()], (job, results) => {
    (job.runs as readonly Wanted[]).forEach((each, i) => kept.add(idOf(each), roundedLosses(results[i]!)));
    done++;
    const seconds = (performance.now() - started) / 1000;
    if (done % 10 === 0 || done === jobs.size)
      note(`${what}: ${done} of ${jobs.size} data sets, ${((seconds / done) * (jobs.size - done)).toFixed(0)} s to go`);
  });
  return wanted.map((each) => kept.get(idOf(each))!);
}

function idOf({ generator, length, correlation, model, lr, seed }: Wanted): string {
  return `${JSON.stringify(generator)} ${JSON.stringify(length)} ${correlation} ${model} ${lr} ${seed}`;
}

function shownRun({ variant, correlation, model, lr, seed }: Wanted, { end }: RunLosses): SyntheticRun {
  return { variant, correlation, model, lr, seed, end };
}

/** The mean loss of a setting's runs, with its interval, by step. */
function curvesOf(wanted: readonly Wanted[], losses: readonly RunLosses[]): SyntheticResults["curves"] {
  const groups = new Map<string, { readonly wanted: Wanted; readonly curves: (readonly number[])[] }>();
  wanted.forEach((each, i) => {
    const key = [each.variant, each.correlation, each.model].join(" ");
    const group = groups.get(key) ?? { wanted: each, curves: [] };
    groups.set(key, group);
    group.curves.push(losses[i]!.curve.map((end) => lossOf({ end })));
  });
  return [...groups.values()].map(({ wanted: { variant, correlation, model, length }, curves }) => ({
    variant,
    correlation,
    model,
    points: Array.from({ length: length.points }, (_, point) => ({
      x: ((point + 1) * length.steps) / length.points,
      ...intervalPoint(curves.map((curve) => curve[point]!)),
    })),
  }));
}

function roundedLosses({ curve, end }: RunLosses): RunLosses {
  const both = ([one, two]: readonly [number, number]): readonly [number, number] => [rounded(one), rounded(two)];
  return { curve: curve.map(both), end: both(end) };
}
