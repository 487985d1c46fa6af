/**
 * The synthetic experiment of MMoE (Ma et al., KDD 2018, sections 3.3 and 5, figures 2, 4 and 5): Shared-Bottom, OMoE and MMoE with as
 * many parameters, on data whose two tasks have a chosen correlation, each run with fresh data and fresh weights.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Model } from "../src/compiler/model/index.js";
import { loadSpec } from "../src/runtime/specs/load-spec.js";
import { countWeights } from "./papers/mmoe-synthetic/count-weights.js";
import { type Plan, runExperiment, specHashes } from "./papers/mmoe-synthetic/experiment.js";
import { specsFolder } from "./papers/mmoe-synthetic/jobs.js";
import { presets } from "./papers/mmoe-synthetic/generator.js";
import { labelCorrelations } from "./papers/mmoe-synthetic/labels.js";
import { generatorOf, numberOption, numbersOption, presetNamed } from "./papers/mmoe-synthetic/options.js";
import { mmoeSynthetic } from "./papers/mmoe-synthetic/report.js";
import { correlations, type ModelName, modelNames, type SyntheticResults } from "./papers/mmoe-synthetic/results.js";
import { reportPaper } from "./papers/report.js";
import { machine, note, option, projectRoot } from "./report.js";

export const summary =
  "Shared-Bottom, OMoE and MMoE on data whose tasks have a chosen correlation, as MMoE's paper has it";

const forms = {
  quick: { steps: 3000, runs: 50, gridSeeds: 2, others: { correlations: [0.5], runs: 12, gridSeeds: 1 } },
  full: { steps: 8000, runs: 200, gridSeeds: 4, others: { correlations, runs: 50, gridSeeds: 2 } },
} as const;

/**
 * `--quick`: 50 runs and fewer steps; `--write`: results, charts and page into the repository; `--fresh`: forget finished runs.
 * Free choices: `--runs`, `--grid-seeds`, `--steps`, `--batch 128`, `--points 40`, `--rates 1e-4,1e-3,1e-2`, `--correlations
 * 0.5,0.9,1`, `--workers`; of the data `--preset google` and the flags of {@link generatorOf} for the runs that charts show;
 * `--others keras,pytorch` are presets with fewer runs, `--others none` leaves them out.
 */
export async function run(words: readonly string[]): Promise<void> {
  const form = words.includes("--quick") ? "quick" : "full";
  const plan = planOf(words, form);
  const labels = labelCorrelations(plan.presets, [0, 0.25, 0.5, 0.75, 0.9, 1]);
  note(`labels: ${plan.presets.length} presets`);
  const { grid, curves, runs } = await runExperiment(plan);
  const flags = words.filter((word) => word !== "--write" && word !== "--fresh");
  const results: SyntheticResults = {
    experiment: mmoeSynthetic.name,
    form,
    command: ["npm run bench -- mmoe-synthetic", ...flags].join(" "),
    machine: machine(),
    specs: Object.fromEntries(specHashes()),
    options: {
      steps: plan.length.steps,
      batch: plan.length.batch,
      heldOutRows: plan.length.heldOut.end,
      gridSeeds: plan.presets[0]?.gridSeeds ?? 0,
      runs: Object.fromEntries(plan.presets.map((each) => [each.preset, each.runs])),
    },
    parameters: modelNames.map((model) => ({ model, ...countWeights(loadModel(model)) })),
    labels,
    grid,
    curves,
    runs,
  };
  await reportPaper(mmoeSynthetic, results, { write: words.includes("--write") });
}

function loadModel(name: ModelName): Model {
  return loadSpec(join(projectRoot, specsFolder, `${name}.mtl`)).model;
}

function planOf(words: readonly string[], form: keyof typeof forms): Plan {
  const { steps, runs, gridSeeds, others } = forms[form];
  const main = option(words, "preset", "google");
  const named = option(words, "others", "keras,pytorch");
  const points = numberOption(words, "points", 40);
  const length = {
    batch: numberOption(words, "batch", 128),
    steps: numberOption(words, "steps", steps),
    points,
    heldOut: { point: 1000, end: 20_000 },
  };
  if (length.steps % points !== 0) throw new Error(`--steps ${length.steps} is not a multiple of --points ${points}`);
  return {
    length,
    presets: [
      {
        preset: presetNamed(main),
        generator: generatorOf(words),
        correlations: numbersOption(words, "correlations", correlations),
        runs: numberOption(words, "runs", runs),
        gridSeeds: numberOption(words, "grid-seeds", gridSeeds),
      },
      ...(named === "none" ? [] : named.split(","))
        .filter((name) => name !== main)
        .map((name) => ({ preset: presetNamed(name), generator: presets[presetNamed(name)], ...others })),
    ],
    rates: numbersOption(words, "rates", [1e-4, 1e-3, 1e-2]),
    workers: numberOption(words, "workers", availableParallelism()),
    fresh: words.includes("--fresh"),
  };
}
