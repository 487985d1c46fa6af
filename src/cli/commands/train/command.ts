import { omitUndefined } from "../../../compiler/text/index.js";
import { defineCommand } from "../../command.js";
import { interruptCode, Interrupted, withInterrupt } from "../../interrupt.js";
import { show } from "../../show.js";
import { trainOptions } from "./options.js";

export const trainVerb = defineCommand(
  {
    name: "train",
    summary: "Train the model of a spec and write an artifact",
    about: [
      "Reads the data that the spec names, trains, measures every task over its sample space, and writes an artifact: weights, vocabularies, a SavedModel, a tfjs GraphModel and a manifest. The same spec, data, seed, engine and thread count give the same bytes.",
      "With `--runs` or `--vary` it trains several times: the data is read once, and `runs.json` of the output directory has what each run found. Ctrl-C keeps the runs that are finished, and `--resume` trains the others.",
      "With `--profile` it takes some steps only, and prints what each declaration of the spec and each kind of op takes of one.",
      "Checkpoints are kept in the output directory until the artifact replaces them. Ctrl-C writes one. `--resume` continues from the newest checkpoint, starts from the beginning where there is none, and does nothing when the run is complete.",
    ],
    positional: {
      name: "SPEC",
      min: 0,
      max: 1,
      doc: "spec to train; with `--continue` the artifact's own where none is given",
    },
    options: trainOptions,
    output: () => "files",
    examples: [
      { line: "mtlc train model.mtl -o out", does: "with the spec's own data" },
      { line: "mtlc train model.mtl -o out --train day1/*.csv --test day2.csv", does: "with other files" },
      { line: "mtlc train model.mtl -o new --warm-start out", does: "from the weights of an earlier model" },
      { line: "mtlc train --continue monday -o tuesday --train tuesday.csv", does: "on tomorrow's data" },
      { line: "mtlc train model.mtl -o out --resume", does: "go on after Ctrl-C" },
      { line: "mtlc train model.mtl -o out --target TARGET", does: "with another form in the artifact" },
      { line: "mtlc train model.mtl --runs 20", does: "twenty seeds, and how far they differ" },
      { line: "mtlc train model.mtl --profile trace.json", does: "where the time of a step goes" },
      { line: "mtlc train model.mtl --runs 5 --vary lr=1e-4,1e-3,1e-2", does: "five seeds of each learning rate" },
    ],
  },
  async ({ arguments: [given], options }, terminal) => {
    const spec = given ?? options.continue;
    const { createFailure } = await import("../../../runtime/failure.js");
    if (spec === undefined)
      throw createFailure("MTL8005", { command: "train", argument: "SPEC", usage: "mtlc train SPEC [options]" });
    if (options.continue !== undefined && options["warm-start"] !== undefined)
      throw createFailure("MTL8009", { first: "--continue", second: "--warm-start" });
    const manyRuns = await import("./many-runs.js");
    const isMany = manyRuns.isOfMany(options);
    // Before anything of the spec is loaded, which takes as long as what the thread loads.
    if (options.profile === undefined && !isMany)
      (await import("../../../runtime/jobs/training-data/data-thread.js")).startDataThread();
    (await import("../../refuse-warnings.js")).refuseWarnings(options.deny, spec);
    if (options.profile !== undefined)
      return (await import("./profile.js")).profile(spec, { ...options, profile: options.profile }, terminal);
    if (isMany) return (await import("./train-many.js")).trainMany(spec, options, terminal);
    const unused = (["keep", "workers"] as const).find((name) => options[name] !== undefined);
    if (unused !== undefined) throw createFailure("MTL8042", { option: `--${unused}`, needed: "--runs" });
    const [{ train }, { trainView }, { createProgressView }, { canResume, defaultOutput }] = await Promise.all([
      import("../../../runtime/jobs/train.js"),
      import("./view.js"),
      import("../../views/progress.js"),
      import("./run.js"),
    ]);
    const progress = createProgressView(terminal, options.quiet);
    const { createEventLog } = await import("../../views/event-log.js");
    const log = options.log === undefined ? undefined : createEventLog(options.log);
    const output = options.output ?? (await defaultOutput(spec));
    const everySteps = options["checkpoint-steps"];
    try {
      const outcome = await withInterrupt(async (signal, deafness) => {
        const result = await train({
          spec,
          output,
          ...omitUndefined({ train: options.train, validation: options.validation, test: options.test }),
          ...omitUndefined({
            seed: options.seed,
            epochs: options.epochs,
            steps: options.steps,
            tensorboard: options.tensorboard,
            targets: options.target,
          }),
          ...omitUndefined({ engine: options.engine, products: options.products }),
          ...omitUndefined({ warmStart: options["warm-start"], continues: options.continue }),
          resume: options.resume,
          force: options.force,
          checkpoints: omitUndefined({ everySteps }),
          signal,
          onEvent: (event) => {
            // Before the line that tells of it: a signal that answers the line would be lost in the engine's call.
            if (event.kind === "compiling") deafness.begin();
            progress.onEvent(event);
            log?.write(event);
            if (event.kind === "compiled") deafness.end();
          },
        });
        return { result, exitCode: result.summary.ended === "interrupted" ? interruptCode(signal) : 0 } as const;
      });
      progress.close();
      if (outcome instanceof Interrupted) {
        const next = (await canResume(output)) ? "; the same command with `--resume` goes on" : "";
        terminal.err(`interrupted before there was a result${next}\n`);
        return outcome.exitCode;
      }
      return show(terminal, options.format, trainView, outcome);
    } finally {
      progress.close();
      log?.close();
    }
  },
);
