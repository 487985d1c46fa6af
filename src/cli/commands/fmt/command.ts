import { createSourceFile } from "../../../compiler/text/index.js";
import { defineCommand } from "../../command.js";
import { formatOption } from "../../shared-options.js";
import { show } from "../../show.js";
import { showDiagnostics } from "../../show-diagnostics.js";

export const fmtVerb = defineCommand(
  {
    name: "fmt",
    summary: "Write specs in the canonical layout",
    about: [
      "Formats files in place; comments and blank lines stay. A file that does not parse is left as it is, and so is one that would say something else afterwards. `-` reads standard input and writes standard output.",
    ],
    positional: {
      name: "SPEC",
      min: 0,
      max: Infinity,
      doc: "specs to format: files, folders with specs in them, globs in quotes, or `-` (default: the `paths` of `mtlc.json`)",
    },
    options: {
      check: { kind: "flag", doc: "write nothing; exit with 1 when a file is not in canonical layout" },
      diff: { kind: "flag", doc: "write nothing; show what would change" },
      width: {
        kind: "integer",
        value: "N",
        min: 40,
        max: 400,
        doc: "columns of a line (default: that of `mtlc.json`, else 100)",
      },
      format: formatOption,
    },
    output: ({ check, diff }, paths) => (check || diff || paths.includes("-") ? "answer" : "files"),
    examples: [
      { line: "mtlc fmt model.mtl", does: "format a file" },
      { line: "mtlc fmt --check specs", does: "for continuous integration" },
      { line: "mtlc fmt --diff model.mtl", does: "look first" },
      { line: "mtlc fmt - < model.mtl", does: "as a filter" },
    ],
  },
  async ({ arguments: paths, options }, terminal) => {
    const [{ formatText, runFmt }, { fmtView }, { paintDiff, unifiedDiff }] = await Promise.all([
      import("./run.js"),
      import("./view.js"),
      import("../../unified-diff.js"),
    ]);
    const { check, diff, format, width } = options;
    if (paths.length === 1 && paths[0] === "-") {
      const text = await terminal.readInput();
      const formatted = await formatText("<stdin>", text, width);
      if (typeof formatted !== "string") {
        const sources = new Map([["<stdin>", createSourceFile("<stdin>", text)]]);
        showDiagnostics(terminal, formatted, { footer: true, sources });
        return 1;
      }
      const changed = formatted !== text;
      if (diff && changed) terminal.out(paintDiff(await unifiedDiff("<stdin>", text, formatted), terminal.outStyle));
      if (!diff && !check) terminal.out(formatted);
      return check && changed ? 1 : 0;
    }
    const outcome = await runFmt(paths, { check, diff, width });
    showDiagnostics(terminal, outcome.result.diagnostics, { footer: true });
    return show(terminal, format, fmtView, outcome);
  },
);
