import { omitUndefined } from "../../../compiler/text/index.js";
import { defineCommand } from "../../command.js";
import { withDataInput } from "../../data-input.js";
import { Interrupted, withInterrupt } from "../../interrupt.js";
import { formatOption, predictEngineOption, quietOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const predictVerb = defineCommand(
  {
    name: "predict",
    summary: "Write an artifact's predictions for files of rows",
    about: [
      "One row out for each row in, in the same order: the columns of `--keep`, then the value of each served head. The output's ending tells its format: .csv, .jsonl or .parquet, text formats also with .gz; `-o -` prints CSV. Labels need not be in the files.",
    ],
    positional: {
      name: "ARTIFACT FILE",
      min: 2,
      max: Infinity,
      doc: "directory of a trained artifact (a compiled one is enough for chains over signals), and the files; `-` is standard input",
    },
    options: {
      output: { kind: "text", short: "o", value: "FILE", doc: "table to write (default: `-`, CSV on standard output)" },
      keep: { kind: "names", value: "COLUMN", doc: "columns of the files to write before the predictions" },
      engine: predictEngineOption,
      quiet: quietOption,
      format: formatOption,
    },
    output: ({ output }) => (output === undefined || output === "-" ? "stream" : "files"),
    examples: [
      {
        line: "mtlc predict out today.parquet -o scores.parquet --keep user_id,item_id",
        does: "Parquet in, Parquet out",
      },
      { line: "mtlc predict out today.csv | head", does: "a look at the first rows" },
    ],
  },
  async ({ arguments: [artifact = "", ...files], options }, terminal) => {
    const [{ predictToTerminal, runPredict }, { predictView }, { createProgressView }] = await Promise.all([
      import("./run.js"),
      import("./view.js"),
      import("../../views/progress.js"),
    ]);
    const progress = createProgressView(terminal, options.quiet);
    const { output } = options;
    try {
      const outcome = await withInterrupt((signal) =>
        withDataInput(files, (rows) => {
          const call = {
            artifact,
            files: rows,
            ...omitUndefined({ keep: options.keep, engine: options.engine }),
            signal,
            onEvent: progress.onEvent,
          };
          return output === undefined || output === "-"
            ? predictToTerminal(call, terminal.out)
            : runPredict(call, output);
        }),
      );
      progress.close();
      if (outcome instanceof Interrupted) return outcome.exitCode;
      return outcome === undefined ? 0 : show(terminal, options.format, predictView, outcome);
    } finally {
      progress.close();
    }
  },
);
