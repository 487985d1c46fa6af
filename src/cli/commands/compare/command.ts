import { omitUndefined } from "../../../compiler/text/index.js";
import { defineCommand } from "../../command.js";
import { withDataInput } from "../../data-input.js";
import { Interrupted, withInterrupt } from "../../interrupt.js";
import { engineOption, formatOption, quietOption, testOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const compareVerb = defineCommand(
  {
    name: "compare",
    summary: "Say whether one trained model is better than another",
    about: [
      "Measures artifacts on the same rows and says of each metric whether a model is better than the first one, worse, or not told apart from it, with an interval of the difference: DeLong's test for AUC, a paired bootstrap for other metrics, over groups where rows are in groups. Without `--test`, the data is what training was measured on; it must be the same rows for all.",
      "Artifacts are compared as they are, and what another seed would have given is not in their intervals. With `--runs`, specs are compared: each is trained with the same seeds, and the interval is Student's t of the differences, seed by seed. Nothing is written.",
    ],
    positional: {
      name: "MODEL",
      min: 2,
      max: Infinity,
      doc: "directories of artifacts, or with `--runs` specs; the first is the base",
    },
    options: {
      base: {
        kind: "text",
        value: "MODEL",
        doc: "the one of them that the others are compared with (default: the first)",
      },
      test: testOption,
      runs: { kind: "integer", value: "N", min: 2, max: 10_000, doc: "train each spec with N seeds and compare specs" },
      level: {
        kind: "text",
        value: "SHARE",
        doc: "how often the interval of one comparison holds the truth (default: 0.95)",
      },
      resamples: {
        kind: "integer",
        value: "N",
        min: 100,
        max: 1_000_000,
        doc: "resamples of a bootstrap (default: 400)",
      },
      seed: {
        kind: "integer",
        value: "N",
        min: 0,
        max: 2 ** 32 - 1,
        doc: "random seed of the resamples (default: 1); with `--runs` the first seed (default: the first spec's)",
      },
      "fail-on": {
        kind: "choice",
        values: ["worse"],
        doc: "exit with 1 when a model is worse than the base in any metric",
      },
      engine: engineOption,
      quiet: quietOption,
      format: formatOption,
    },
    examples: [
      { line: "mtlc compare out/old out/new", does: "on the test data of both" },
      { line: "mtlc compare out/old out/new --test day3.csv", does: "on another day" },
      { line: "mtlc compare old.mtl new.mtl --runs 5", does: "five trainings of each spec" },
      { line: "mtlc compare out/old out/new --fail-on worse", does: "a check before a release" },
    ],
  },
  async ({ arguments: models, options }, terminal) => {
    const [{ runCompare }, { compareView }, { createRunsProgress }] = await Promise.all([
      import("./run.js"),
      import("./view.js"),
      import("../../views/runs-progress.js"),
    ]);
    const progress = createRunsProgress(terminal, options.quiet);
    try {
      const { base, test, level, resamples, seed, runs, engine } = options;
      const result = await withInterrupt((signal) =>
        withDataInput(test ?? [], (files) =>
          runCompare({
            models,
            ...omitUndefined({
              base,
              level,
              resamples,
              seed,
              runs,
              engine,
              test: test === undefined ? undefined : files,
              failOn: options["fail-on"],
            }),
            signal,
            onEvent: progress.onEvent,
          }),
        ),
      );
      progress.close();
      if (result instanceof Interrupted) return result.exitCode;
      return show(terminal, options.format, compareView, result);
    } finally {
      progress.close();
    }
  },
);
