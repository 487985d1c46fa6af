import { omitUndefined } from "../../../compiler/text/index.js";
import { defineCommand } from "../../command.js";
import { Interrupted, withInterrupt } from "../../interrupt.js";
import { formatOption, quietOption, trainFilesOption, denyOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const compileVerb = defineCommand(
  {
    name: "compile",
    summary: "Compile a spec to graphs without training it, or print the result of a stage",
    about: [
      "Writes an artifact with the weights that training would start with: a SavedModel with the functions train, evaluate, predict, get and set, a tfjs GraphModel of predict, and a manifest. Training data is read when a vocabulary or a scale comes from it.",
      "With `--emit`, prints one stage of the compiler instead.",
    ],
    positional: {
      name: "SPEC|ARTIFACT",
      min: 1,
      max: 1,
      doc: "spec to compile (`-`: standard input), or an artifact to rewrite, its weights kept",
    },
    options: {
      output: { kind: "text", short: "o", value: "DIR", doc: "directory of the artifact (default: out/MODEL)" },
      train: trainFilesOption,
      emit: {
        kind: "choice",
        values: ["tokens", "ast", "model", "graph"],
        doc: "print this stage on standard output and write nothing",
      },
      deny: denyOption,
      quiet: quietOption,
      format: formatOption,
    },
    output: ({ emit }) => (emit === undefined ? "files" : "answer"),
    examples: [
      { line: "mtlc compile model.mtl -o out", does: "an artifact to train or load elsewhere" },
      { line: "mtlc compile model.mtl --emit graph", does: "read the tensor graph" },
    ],
  },
  async ({ arguments: [spec = ""], options }, terminal) => {
    (await import("../../refuse-warnings.js")).refuseWarnings(options.deny, spec);
    const [{ compile }, { compileView }, { createProgressView }, { defaultOutput }, { emitStage }] = await Promise.all([
      import("../../../runtime/jobs/compile.js"),
      import("./view.js"),
      import("../../views/progress.js"),
      import("../train/run.js"),
      import("./run.js"),
    ]);
    const progress = createProgressView(terminal, options.quiet);
    const { emit } = options;
    try {
      const result = await withInterrupt(async (signal) => {
        const call = { spec, ...omitUndefined({ train: options.train }), signal, onEvent: progress.onEvent };
        if (emit !== undefined) return emitStage(emit, call);
        return compile({ ...call, output: options.output ?? (await defaultOutput(spec)) });
      });
      progress.close();
      if (result instanceof Interrupted) return result.exitCode;
      if (typeof result === "string") {
        terminal.out(result);
        return 0;
      }
      return show(terminal, options.format, compileView, { result, exitCode: 0 });
    } finally {
      progress.close();
    }
  },
);
