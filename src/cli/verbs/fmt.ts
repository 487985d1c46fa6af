import { defineCommand } from "../command.js";
import { formatOption } from "../shared-options.js";
import { show } from "../show.js";
import { showDiagnostics } from "../show-diagnostics.js";

export const fmtVerb = defineCommand(
  {
    name: "fmt",
    summary: "Write specs in the canonical layout",
    about: [
      "Formats files in place; comments and blank lines stay. A file that does not parse is left as it is. `-` reads standard input and writes standard output.",
    ],
    positional: { name: "SPEC", min: 1, max: Infinity, doc: "specs to format, or `-`" },
    options: {
      check: { kind: "flag", doc: "write nothing; exit with 1 when a file is not in canonical layout" },
      format: formatOption,
    },
    examples: [
      { line: "mtlc fmt model.mtl", does: "format a file" },
      { line: "mtlc fmt --check specs/*.mtl", does: "for continuous integration" },
      { line: "mtlc fmt - < model.mtl", does: "as a filter" },
    ],
  },
  async ({ arguments: paths, options }, terminal) => {
    const [{ formatText, runFmt }, { fmtView }] = await Promise.all([
      import("../commands/fmt.js"),
      import("../views/fmt.js"),
    ]);
    if (paths.length === 1 && paths[0] === "-") {
      const formatted = await formatText("<stdin>", await terminal.readInput());
      if (typeof formatted === "string") {
        terminal.out(formatted);
        return 0;
      }
      showDiagnostics(terminal, formatted, { footer: true });
      return 1;
    }
    const outcome = await runFmt(paths, options.check);
    showDiagnostics(terminal, outcome.result.diagnostics, { footer: true });
    return show(terminal, options.format, fmtView, outcome);
  },
);
