import { createFailure } from "../../../runtime/failure.js";
import { isStandardInput } from "../../../runtime/specs/standard-input.js";
import { defineCommand } from "../../command.js";
import { denyOption } from "../../shared-options.js";

export const checkVerb = defineCommand(
  {
    name: "check",
    summary: "Check specs before any data is read",
    about: [
      "Compiles each spec up to its typed model: names, types, shapes, events, leakage, ranges. Reads no data and loads no engine. Exits with 1 when there is an error.",
      "A warning that does not matter is left out by a comment on its line or the line above: `// mtlc-ignore unused-feature: kept for the next model`, by the slug or the code. `mtlc explain` says what either means.",
    ],
    positional: {
      name: "SPEC",
      min: 0,
      max: Infinity,
      doc: "specs to check: files, folders with specs in them, or globs in quotes (default: the `paths` of `mtlc.json`)",
    },
    options: {
      format: {
        kind: "choice",
        values: ["pretty", "json", "sarif", "github"],
        default: "pretty",
        doc: "output format: for people, for programs, for code scanning, or as annotations of GitHub Actions",
      },
      deny: denyOption,
      fix: { kind: "flag", doc: "apply the fixes that cannot be a wrong guess, and check again" },
      watch: { kind: "flag", short: "w", doc: "check again whenever a spec or a file that it imports changes" },
    },
    output: ({ watch }) => (watch ? "stream" : "answer"),
    examples: [
      { line: "mtlc check model.mtl", does: "one spec" },
      { line: "mtlc check specs --format json", does: "all specs below a folder, for a program" },
      { line: "mtlc check specs --format sarif > mtlc.sarif", does: "for code scanning" },
      { line: "mtlc check model.mtl --watch", does: "while writing" },
    ],
  },
  async ({ arguments: paths, options }, terminal) => {
    const [{ runCheck }, { checkText }] = await Promise.all([import("./run.js"), import("./view.js")]);
    const { deny, fix, format, watch } = options;
    if ((fix || watch) && paths.some(isStandardInput))
      throw createFailure("MTL8040", { problem: `is not a file that \`${fix ? "--fix" : "--watch"}\` could work on` });
    const once = async (): ReturnType<typeof runCheck> => {
      const outcome = await runCheck(paths, { fix, deny });
      terminal.out(checkText(outcome.result, format, terminal));
      return outcome;
    };
    if (watch && (format === "json" || format === "sarif"))
      throw createFailure("MTL8009", { first: "--watch", second: `--format ${format}` });
    if (!watch) return (await once()).exitCode;
    const [{ nextChange }, { withInterrupt }] = await Promise.all([
      import("../../../runtime/specs/watch.js"),
      import("../../interrupt.js"),
    ]);
    await withInterrupt(async (signal) => {
      while (!signal.aborted) {
        const { result } = await once();
        terminal.err("watching; Ctrl-C ends\n\n");
        await nextChange([...result.files, ...result.sources.keys()], signal);
      }
    });
    return 0;
  },
);
