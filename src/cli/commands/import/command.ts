import { omitUndefined } from "../../../compiler/text/index.js";
import { defineCommand } from "../../command.js";
import { Interrupted, withInterrupt } from "../../interrupt.js";
import { formatOption, quietOption, targetOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const importVerb = defineCommand(
  {
    name: "import",
    summary: "Make an artifact of what a package for PyTorch trained",
    about: [
      "`mtlc compile --target torch` writes a package that trains by itself. This takes the folder that its `train.py` wrote and makes an artifact that is evaluated, served, ranked and exported like one of `mtlc train`.",
      "The spec, vocabularies and scales are those that the package was made with; no data is read.",
    ],
    positional: { name: "RUN", min: 1, max: 1, doc: "folder of a complete run: what `train.py --output` named" },
    options: {
      output: { kind: "text", short: "o", value: "DIR", doc: "directory of the artifact (default: out/MODEL)" },
      target: targetOption,
      quiet: quietOption,
      format: formatOption,
    },
    output: () => "files",
    examples: [
      { line: "mtlc import run -o out/shop", does: "an artifact of the weights that `train.py --output run` left" },
      { line: "mtlc eval out/shop --test test.csv", does: "what the package's eval.py says" },
    ],
  },
  async ({ arguments: [run = ""], options }, terminal) => {
    const { createProgressView } = await import("../../views/progress.js");
    const progress = createProgressView(terminal, options.quiet);
    try {
      const { importRun } = await import("../../../runtime/jobs/import-run.js");
      const result = await withInterrupt((signal) =>
        importRun({
          run,
          ...omitUndefined({ output: options.output, targets: options.target }),
          signal,
          onEvent: progress.onEvent,
        }),
      );
      progress.close();
      if (result instanceof Interrupted) return result.exitCode;
      const { importView } = await import("./view.js");
      return show(terminal, options.format, importView, { result, exitCode: 0 });
    } finally {
      progress.close();
    }
  },
);
