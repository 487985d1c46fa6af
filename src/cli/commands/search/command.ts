import { omitUndefined } from "../../../compiler/text/index.js";
import { createFailure } from "../../../runtime/failure.js";
import { searchMethods } from "../../../runtime/search/result.js";
import { defineCommand } from "../../command.js";
import { interruptCode, Interrupted, withInterrupt } from "../../interrupt.js";
import {
  denyOption,
  engineOption,
  productsOption,
  formatOption,
  quietOption,
  testOption,
  trainFilesOption,
  validationOption,
} from "../../shared-options.js";
import { show } from "../../show.js";

export const searchVerb = defineCommand(
  {
    name: "search",
    summary: "Search what a spec leaves to choose",
    about: [
      "Trains the model of a spec with other values of what it says `search` of, `units: search [16, 32]` or `lr: search 1e-4..1e-2 log`, and measures each trial on validation data. The first trial has the defaults. The best values are printed as a diff of the spec, and written as a spec of their own, whose model is trained once more and measured on test data.",
      "Trials share the encoded data. Each one that is over is kept in the output directory: the same command goes on where it was ended, by Ctrl-C or otherwise, and more trials may be asked for. The same spec, data, seed and engine give the same trials.",
    ],
    positional: {
      name: "SPEC",
      min: 1,
      max: 1,
      doc: "spec with searches in it",
    },
    options: {
      output: {
        kind: "text",
        short: "o",
        value: "DIR",
        doc: "directory of the search (default: out/MODEL-search)",
      },
      trials: {
        kind: "integer",
        value: "N",
        min: 1,
        max: 1_000_000,
        doc: "number of trials (default: 20)",
      },
      method: {
        kind: "choice",
        values: searchMethods,
        doc: "how points are chosen (default: tpe)",
      },
      metric: {
        kind: "list",
        value: "METRIC",
        doc: "what is searched for, such as `auc(ctr)`; several give a front (default: what early stopping watches)",
      },
      halving: {
        kind: "flag",
        doc: "compare trials while they train, and go on with the best third",
      },
      seed: {
        kind: "integer",
        value: "N",
        min: 0,
        max: 2 ** 32 - 1,
        doc: "search seed (default: 1)",
      },
      time: {
        kind: "text",
        value: "TIME",
        doc: "begin no training after this, such as `90m` or `2h`",
      },
      pick: {
        kind: "integer",
        value: "N",
        min: 1,
        max: 1_000_000,
        doc: "trial to take for the best (default: the best; of several metrics the knee of the front)",
      },
      workers: {
        kind: "integer",
        value: "N",
        min: 1,
        max: 4,
        doc: "how many trials are trained at once; changes no trial (default: one per core)",
      },
      train: trainFilesOption,
      validation: validationOption,
      test: testOption,
      force: {
        kind: "flag",
        doc: "remove the search that is in the output directory",
      },
      engine: engineOption,
      products: productsOption,
      deny: denyOption,
      quiet: quietOption,
      format: formatOption,
    },
    output: () => "files",
    examples: [
      {
        line: "mtlc search model.mtl --trials 50 -o tuned",
        does: "50 trials, by what early stopping watches",
      },
      {
        line: 'mtlc search model.mtl --metric "auc(ctr)" "auc(cvr)"',
        does: "two metrics, with the front of both",
      },
      {
        line: "mtlc search model.mtl --trials 100 --halving",
        does: "most trials end early",
      },
    ],
  },
  async ({ arguments: [spec = ""], options }, terminal) => {
    (await import("../../refuse-warnings.js")).refuseWarnings(options.deny, spec);
    const [{ runSearch, defaultFolder }, { searchView }, { createSearchProgress }] = await Promise.all([
      import("./run.js"),
      import("./view.js"),
      import("./progress.js"),
    ]);
    const progress = createSearchProgress(terminal, options.quiet);
    const { method, metric: metrics, seed, workers, pick, train, validation, test, engine, products } = options;
    const output = options.output ?? defaultFolder(spec);
    const seconds = options.time === undefined ? undefined : secondsOf(options.time);
    try {
      const outcome = await withInterrupt(async (signal, deafness) => {
        const ended = await runSearch({
          spec,
          output,
          trials: options.trials ?? 20,
          halving: options.halving,
          force: options.force,
          ...omitUndefined({
            method,
            metrics,
            seed,
            seconds,
            workers,
            pick,
            train,
            validation,
            test,
            engine,
            products,
          }),
          signal,
          onEvent: (event) => {
            const isCompiling = event.kind === "trialEvent" && event.event.kind === "compiling";
            if (isCompiling) deafness.begin();
            progress.onEvent(event);
            if (event.kind === "trialEvent" && event.event.kind === "compiled") deafness.end();
          },
        });
        return ended.result.ended === "interrupted" ? { ...ended, exitCode: interruptCode(signal) } : ended;
      });
      progress.close();
      if (!(outcome instanceof Interrupted)) return show(terminal, options.format, searchView, outcome);
      terminal.err("interrupted before there was a trial; the same command goes on\n");
      return outcome.exitCode;
    } finally {
      progress.close();
    }
  },
);

/** `90s`, `15m`, `2h`, `1d` in seconds. */
function secondsOf(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(text);
  const units: Readonly<Record<string, number>> = {
    s: 1,
    m: 60,
    h: 3600,
    d: 86_400,
  };
  const seconds = Number(found?.[1]) * (units[found?.[2] ?? ""] ?? NaN);
  if (seconds > 0) return seconds;
  throw createFailure("MTL7419", {
    option: "--time",
    value: text,
    needs: "a time such as `90s`, `15m` or `2h`",
  });
}
