import { omitUndefined } from "../../../compiler/text/index.js";
import { defineCommand } from "../../command.js";
import { Interrupted, withInterrupt } from "../../interrupt.js";
import { outputOption, printText } from "../../print-text.js";
import { quietOption, testOption, trainFilesOption, validationOption } from "../../shared-options.js";

export const dataVerb = defineCommand(
  {
    name: "data",
    summary: "Profile the data of a spec: values, nulls, labels, sample spaces, groups",
    about: [
      "Counts what the files of a spec hold as the spec reads them: each feature's values, each label's rate, the rows of each task's sample space, groups and weights, and warns of what is odd. Values of features are counted on the first 100,000 rows of each file set, all else on all rows. Exits with 1 where `severities` of `mtlc.json` make an error of what is odd.",
    ],
    positional: { name: "SPEC", min: 1, max: 1, doc: "a spec, or an artifact: with the ids that it was trained with" },
    options: {
      train: trainFilesOption,
      validation: validationOption,
      test: testOption,
      output: outputOption,
      format: {
        kind: "choice",
        values: ["human", "json", "html"],
        doc: "output format (default: by the ending of FILE, else human)",
      },
      quiet: quietOption,
    },
    output: ({ output }) => (output === undefined ? "answer" : "files"),
    examples: [
      { line: "mtlc data model.mtl", does: "tables on the terminal" },
      { line: "mtlc data out --test day3.csv", does: "what of another day a trained model does not know" },
      { line: "mtlc data model.mtl --train day1.csv -o data.html", does: "one page of another day" },
    ],
  },
  async ({ arguments: [spec = ""], options }, terminal) => {
    const [{ runData }, { dataFormats, dataText }, { createProgressView }] = await Promise.all([
      import("./run.js"),
      import("./view.js"),
      import("../../views/progress.js"),
    ]);
    const { train, validation, test, output } = options;
    const ending = dataFormats.find((each) => output?.endsWith(`.${each}`) === true);
    const format = dataFormats.find((each) => each === options.format) ?? ending ?? "human";
    const progress = createProgressView(terminal, options.quiet);
    try {
      const result = await withInterrupt((signal) =>
        runData({ spec, ...omitUndefined({ train, validation, test, output }), signal, onEvent: progress.onEvent }),
      );
      progress.close();
      if (result instanceof Interrupted) return result.exitCode;
      const code = await printText(terminal, dataText(result, format, terminal), output);
      return result.diagnostics.some(({ severity }) => severity === "error") ? 1 : code;
    } finally {
      progress.close();
    }
  },
);
