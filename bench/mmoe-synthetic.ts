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
import { presets } from "./papers/mmoe-synthetic/generator.js";
import { labelCorrelations } from "./papers/mmoe-synthetic/labels.js";
import { generatorOf, numberOption, numbersOption, presetNamed, presetNames } from "./papers/mmoe-synthetic/options.js";
import { mmoeSynthetic } from "./papers/mmoe-synthetic/report.js";
import { correlations, type ModelName, modelNames, type SyntheticResults } from "./papers/mmoe-synthetic/results.js";
import type { RunLength } from "./papers/mmoe-synthetic/trainer.js";
import { reportPaper } from "./papers/report.js";
import { machine, note, option, projectRoot, UsageError } from "./report.js";

export const summary =
  "Shared-Bottom, OMoE and MMoE on data whose tasks have a chosen correlation, as MMoE's paper has it";

/** Of the form: seeds and steps of the variant that charts show, and of those beside it. */
const forms = {
  quick: {
    main: { steps: 3000, runs: 50, gridSeeds: 1 },
    beside: { pytorch: 12, "batch-32": 12 },
    besides: { correlations: [0.5], gridSeeds: 1, longer: 1 },
  },
  full: {
    main: { steps: 8000, runs: 200, gridSeeds: 4 },
    beside: { keras: 30, pytorch: 30, "batch-32": 50 },
    besides: { correlations: [0.5, 1], gridSeeds: 2, longer: 2 },
  },
} as const;

/** Steps of the variant of small batches in the quick form: about as many rows as the others see. */
const smallBatch = { batch: 32, steps: 10_000 } as const;

/**
 * `--quick`: 50 runs and fewer steps; `--write`: results, charts and page into the repository; `--fresh`: forget finished runs.
 * Free choices of the runs that charts show: `--preset google` and the flags of {@link generatorOf}, `--runs`, `--grid-seeds`,
 * `--steps`, `--batch 128`, `--correlations 0.5,0.9,1`; of all `--points 40`, `--rates 1e-4,1e-3,1e-2`, `--workers`.
 * `--beside keras,pytorch,batch-32` are variants with fewer runs; `--beside none` leaves them out.
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
  const length = lengthOf(words, {
    steps: numberOption(words, "steps", main.steps),
    batch: numberOption(words, "batch", 128),
  });
  return {
    variants: [
      {
        variant: presetNamed(option(words, "preset", "google")),
        generator: generatorOf(words),
        length,
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
  const { main, beside, besides } = forms[form];
  const runs = (beside as Readonly<Record<string, number>>)[name] ?? 12;
  const given = { runs, correlations: besides.correlations, gridSeeds: besides.gridSeeds };
  if (name === "batch-32") {
    const { batch, steps } = smallBatch;
    const length = lengthOf(words, { batch, steps: besides.longer * steps });
    return { variant: "google, batch 32", generator: presets.google, length, ...given };
  }
  const preset = presetNamed(name);
  return {
    variant: preset,
    generator: presets[preset],
    length: lengthOf(words, { batch: 128, steps: main.steps }),
    ...given,
  };
}

function lengthOf(
  words: readonly string[],
  { steps, batch }: { readonly steps: number; readonly batch: number },
): RunLength {
  const points = numberOption(words, "points", 40);
  if (steps % points !== 0) throw new UsageError(`${steps} steps are not a multiple of --points ${points}`);
  return { batch, steps, points, heldOut };
}
