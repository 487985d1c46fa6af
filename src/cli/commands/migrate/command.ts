import { defineCommand } from "../../command.js";
import { formatOption } from "../../shared-options.js";
import { show } from "../../show.js";
import { showDiagnostics } from "../../show-diagnostics.js";

export const migrateVerb = defineCommand(
  {
    name: "migrate",
    summary: "Rewrite specs for the newest edition of the language",
    about: [
      "Puts current words in the place of those that a later edition deprecates or removes, and sets the `edition:` line. Comments and layout stay, and so does what each spec means. A file that does not parse is left as it is. Files that a spec imports have editions of their own: name them, or the folder that they are in.",
    ],
    positional: {
      name: "SPEC",
      min: 0,
      max: Infinity,
      doc: "specs to rewrite: files, folders with specs in them, or globs in quotes (default: the `paths` of `mtlc.json`)",
    },
    options: {
      check: { kind: "flag", doc: "write nothing; exit with 1 when a file would change" },
      diff: { kind: "flag", doc: "write nothing; show what would change" },
      format: formatOption,
    },
    output: ({ check, diff }) => (check || diff ? "answer" : "files"),
    examples: [
      { line: "mtlc migrate --diff specs", does: "look first" },
      { line: "mtlc migrate specs", does: "rewrite all specs below a folder" },
      { line: "mtlc migrate --check", does: "for continuous integration" },
    ],
  },
  async ({ arguments: paths, options }, terminal) => {
    const [{ runMigrate }, { migrateView }] = await Promise.all([import("./run.js"), import("./view.js")]);
    const outcome = await runMigrate(paths, { check: options.check, diff: options.diff });
    showDiagnostics(terminal, outcome.result.diagnostics, { footer: true });
    return show(terminal, options.format, migrateView, outcome);
  },
);
