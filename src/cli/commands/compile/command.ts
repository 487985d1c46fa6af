import { omitUndefined } from "../../../compiler/text/index.js";
import { defineCommand } from "../../command.js";
import { Interrupted, withInterrupt } from "../../interrupt.js";
import { formatOption, quietOption, trainFilesOption, denyOption, targetOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const compileVerb = defineCommand(
  {
    name: "compile",
    summary: "Compile a spec without training it, or an artifact to other targets, or print the result of a stage",
    about: [
      "Writes an artifact with the weights that training would start with: a SavedModel with the functions train, evaluate, predict, get and set, a tfjs GraphModel of predict, and a manifest. Training data is read when a vocabulary or a scale comes from it.",
      "With `--target`, writes only these forms, each in a folder of its own, and `targets.json`, which lists their files with their hashes: of an artifact with its weights, of a spec with those that training would start with. What a target cannot carry is said with its location in the spec before any data is read.",
      "With `--emit`, prints one stage of the compiler instead, and with `--stats` what its passes save of the graph.",
    ],
    positional: {
      name: "SPEC|ARTIFACT",
      min: 1,
      max: 1,
      doc: "spec to compile (`-`: standard input), or an artifact to rewrite, its weights kept",
    },
    options: {
      output: {
        kind: "text",
        short: "o",
        value: "DIR",
        doc: "directory of the artifact (default: out/MODEL), or of the targets (default: out/MODEL-targets)",
      },
      target: targetOption,
      train: trainFilesOption,
      emit: {
        kind: "choice",
        values: ["tokens", "ast", "model", "graph"],
        doc: "print this stage on standard output and write nothing",
      },
      stats: { kind: "flag", doc: "print what each pass of the compiler saves, and write nothing" },
      deny: denyOption,
      quiet: quietOption,
      format: formatOption,
    },
    output: ({ emit, stats }) => (emit === undefined && !stats ? "files" : "answer"),
    examples: [
      { line: "mtlc compile model.mtl -o out", does: "an artifact to train or load elsewhere" },
      { line: "mtlc compile out --target tfjs,javascript -o web", does: "a trained artifact for others to run" },
      { line: "mtlc compile model.mtl --emit graph", does: "read the tensor graph" },
      { line: "mtlc compile model.mtl --stats", does: "what the passes save of it" },
    ],
  },
  async ({ arguments: [spec = ""], options }, terminal) => {
    const exclusive = (["stats", "emit", "target", "output"] as const).filter(
      (name) => options[name] !== undefined && options[name] !== false,
    );
    const [first, second] = exclusive;
    // A target is written to a directory.
    if (second !== undefined && first !== "target")
      throw (await import("../../../runtime/failure.js")).createFailure("MTL8009", {
        first: `--${first}`,
        second: `--${second}`,
      });
    (await import("../../refuse-warnings.js")).refuseWarnings(options.deny, spec);
    const [{ createProgressView }, { defaultOutput }] = await Promise.all([
      import("../../views/progress.js"),
      import("../train/run.js"),
    ]);
    const progress = createProgressView(terminal, options.quiet);
    const { emit, target } = options;
    try {
      const print = await withInterrupt(async (signal) => {
        const call = { spec, ...omitUndefined({ train: options.train }), signal, onEvent: progress.onEvent };
        if (emit !== undefined) {
          const text = await (await import("./run.js")).emitStage(emit, call);
          return () => (terminal.out(text), 0 as const);
        }
        if (options.stats) {
          const { savingsOf } = await import("./run.js");
          const { savingsView } = await import("./stats-view.js");
          const result = await savingsOf(call);
          return () => show(terminal, options.format, savingsView, { result, exitCode: 0 });
        }
        const output = options.output ?? `${await defaultOutput(spec)}${target === undefined ? "" : "-targets"}`;
        if (target !== undefined) {
          const { compileTargets } = await import("../../../runtime/jobs/compile-targets.js");
          const { compileTargetsView } = await import("./targets-view.js");
          const result = await compileTargets({ ...call, output, targets: target });
          return () => show(terminal, options.format, compileTargetsView, { result, exitCode: 0 });
        }
        const { compile } = await import("../../../runtime/jobs/compile.js");
        const { compileView } = await import("./view.js");
        const result = await compile({ ...call, output });
        return () => show(terminal, options.format, compileView, { result, exitCode: 0 });
      });
      progress.close();
      return print instanceof Interrupted ? print.exitCode : print();
    } finally {
      progress.close();
    }
  },
);
