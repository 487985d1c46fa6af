import { omitUndefined } from "../../../compiler/text/index.js";
import { defineCommand } from "../../command.js";
import { withDataInput } from "../../data-input.js";
import { Interrupted, withInterrupt } from "../../interrupt.js";
import { formatOption, predictEngineOption, quietOption, testOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const evalVerb = defineCommand(
  {
    name: "eval",
    summary: "Measure an artifact on test data",
    about: [
      "Prints the metrics that the spec asks for, each task over the rows of its own sample space. Without `--test`, the data is what training was measured on.",
    ],
    positional: { name: "ARTIFACT", min: 1, max: 1, doc: "directory of an artifact" },
    options: { test: testOption, engine: predictEngineOption, quiet: quietOption, format: formatOption },
    examples: [
      { line: "mtlc eval out", does: "on the spec's test data" },
      { line: "mtlc eval out --test day3.csv --format json", does: "on another day, for a program" },
    ],
  },
  async ({ arguments: [artifact = ""], options }, terminal) => {
    const [{ evaluate }, { evalView }, { createProgressView }] = await Promise.all([
      import("../../../runtime/jobs/evaluate.js"),
      import("./view.js"),
      import("../../views/progress.js"),
    ]);
    const progress = createProgressView(terminal, options.quiet);
    try {
      const { test, engine } = options;
      const result = await withInterrupt((signal) =>
        withDataInput(test ?? [], (rows) =>
          evaluate({
            artifact,
            ...omitUndefined({ test: test === undefined ? undefined : rows, engine }),
            signal,
            onEvent: progress.onEvent,
          }),
        ),
      );
      progress.close();
      if (result instanceof Interrupted) return result.exitCode;
      return show(terminal, options.format, evalView, { result, exitCode: 0 });
    } finally {
      progress.close();
    }
  },
);
