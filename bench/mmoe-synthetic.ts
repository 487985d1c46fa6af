/**
 * The synthetic experiment of MMoE (Ma et al., KDD 2018, sections 3.3 and 5, figures 2, 4 and 5): Shared-Bottom, OMoE and MMoE with as
 * many parameters, on data whose two tasks have a chosen correlation, each run with fresh data and fresh weights.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Model } from "../src/compiler/model/index.js";
import { loadSpec } from "../src/runtime/specs/load-spec.js";
import { countWeights } from "./papers/mmoe-synthetic/count-weights.js";
import { type Plan, runExperiment, specHashes, type Variant } from "./papers/mmoe-synthetic/experiment.js";
import { specsFolder } from "./papers/mmoe-synthetic/jobs.js";
import { type PresetName, presets } from "./papers/mmoe-synthetic/generator.js";
import { labelCorrelations } from "./papers/mmoe-synthetic/labels.js";
import { generatorOf, numberOption, numbersOption, presetNamed, presetNames } from "./papers/mmoe-synthetic/options.js";
import { mmoeSynthetic } from "./papers/mmoe-synthetic/report.js";
import { correlations, type ModelName, modelNames, type SyntheticResults } from "./papers/mmoe-synthetic/results.js";
import type { RunLength } from "./papers/mmoe-synthetic/trainer.js";
import { reportPaper } from "./papers/report.js";
import { machine, note, option, projectRoot, UsageError } from "./report.js";

export const summary =
  "Shared-Bottom, OMoE and MMoE on data whose tasks have a chosen correlation, as MMoE's paper has it";

/**
 * The variant that charts show, and those beside it with their runs. A batch of 32 rows needs 20,000 steps to settle, for which the
 * quick form has time for fewer runs only.
 */
const forms = {
  quick: {
    main: { batch: 128, steps: 1600, runs: 50, gridSeeds: 1 },
    beside: { "batch-32": 8 },
    besides: { correlations: [0.5, 1], gridSeeds: 0 },
  },
  full: {
    main: { batch: 32, steps: 20_000, runs: 200, gridSeeds: 2 },
    beside: { "batch-128": 30, keras: 30, pytorch: 30 },
    besides: { correlations: [0.5, 1], gridSeeds: 1 },
  },
} as const;

/** Steps of variants beside the main one, by batch. */
const stepsBeside = { 32: 20_000, 128: 8000 } as const;

/**
 * `--quick`: 50 runs and fewer steps; `--write`: results, charts and page into the repository; `--fresh`: forget finished runs.
 * Free choices of the runs that charts show: `--preset google` and the flags of {@link generatorOf}, `--runs`, `--grid-seeds`,
 * `--steps`, `--batch`, `--correlations 0.5,0.9,1`; of all `--points 40`, `--rates 1e-4,1e-3,1e-2`, `--workers`.
 * `--beside batch-32,batch-128,keras,pytorch` are variants with fewer runs, which take the learning rates of the others where
 * the form has no time for a grid of their own; `--beside none` leaves them out.
 */
export async function run(words: readonly string[]): Promise<void> {
  const form = words.includes("--quick") ? "quick" : "full";
  const plan = planOf(words, form);
  const labels = labelCorrelations(presetNames, [0, 0.25, 0.5, 0.75, 0.9, 1]);
  note("labels are done");
  const { grid, curves, runs } = await runExperiment(plan);
  const flags = words.filter((word) => word !== "--write" && word !== "--fresh");
  const results: SyntheticResults = {
    experiment: mmoeSynthetic.name,
    form,
    command: ["npm run bench -- mmoe-synthetic", ...flags].join(" "),
    machine: machine(),
    specs: Object.fromEntries(specHashes()),
    options: {
      heldOutRows: heldOut.end,
      rates: plan.rates,
      variants: Object.fromEntries(
        plan.variants.map(({ variant, length: { steps, batch }, runs: seeds, gridSeeds }) => [
          variant,
          { steps, batch, runs: seeds, gridSeeds },
        ]),
      ),
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

/** Rows for each point of a curve, and for the loss at the end. */
const heldOut = { point: 1000, end: 20_000 } as const;

function planOf(words: readonly string[], form: keyof typeof forms): Plan {
  const { main, beside } = forms[form];
  const named = option(words, "beside", Object.keys(beside).join(","));
  const preset = presetNamed(option(words, "preset", "google"));
  const batch = numberOption(words, "batch", main.batch);
  return {
    variants: [
      {
        variant: variantName(preset, batch),
        generator: generatorOf(words),
        length: lengthOf(words, { batch, steps: numberOption(words, "steps", main.steps) }),
        correlations: numbersOption(words, "correlations", correlations),
        runs: numberOption(words, "runs", main.runs),
        gridSeeds: numberOption(words, "grid-seeds", main.gridSeeds),
      },
      ...(named === "none" ? [] : named.split(",")).map((name) => variantBeside(words, form, name)),
    ],
    rates: numbersOption(words, "rates", [1e-4, 1e-3, 1e-2]),
    workers: numberOption(words, "workers", availableParallelism()),
    fresh: words.includes("--fresh"),
  };
}

function variantBeside(words: readonly string[], form: keyof typeof forms, name: string): Variant {
  const { beside, besides } = forms[form];
  const runs = (beside as Readonly<Record<string, number>>)[name] ?? 12;
  const batch = name === "batch-32" ? 32 : 128;
  const preset = name.startsWith("batch-") ? "google" : presetNamed(name);
  const length = lengthOf(words, { batch, steps: stepsBeside[batch] });
  return { variant: variantName(preset, batch), generator: presets[preset], length, runs, ...besides };
}

function variantName(preset: PresetName, batch: number): string {
  return `${preset}, batch ${batch}`;
}

function lengthOf(
  words: readonly string[],
  { steps, batch }: { readonly steps: number; readonly batch: number },
): RunLength {
  const points = numberOption(words, "points", 40);
  if (steps % points !== 0) throw new UsageError(`${steps} steps are not a multiple of --points ${points}`);
  return { batch, steps, points, heldOut };
}
