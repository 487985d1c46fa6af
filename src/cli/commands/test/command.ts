import { defineCommand } from "../../command.js";
import { denyOption, formatOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const testVerb = defineCommand(
  {
    name: "test",
    summary: "Run the tests in specs: candidates in, order and scores out",
    about: [
      "Runs every `test` block: ranks its candidates at its time and compares with what it expects. Of an expectation that does not hold it prints the value under every part, and for each candidate the rules that moved it. Reads no data and loads no engine. Exits with 1 when a test fails.",
    ],
    positional: {
      name: "SPEC",
      min: 0,
      max: Infinity,
      doc: "specs whose tests to run: files, folders with specs in them, or globs in quotes (default: the `paths` of `mtlc.json`)",
    },
    options: { deny: denyOption, format: formatOption },
    examples: [
      { line: "mtlc test hall.mtl", does: "the tests of one spec" },
      { line: "mtlc test specs --format json", does: "all tests below a folder, for a program" },
    ],
  },
  async ({ arguments: paths, options }, terminal) => {
    const [{ runTests }, { testView }] = await Promise.all([import("./run.js"), import("./view.js")]);
    return show(terminal, options.format, testView, await runTests(paths, options.deny));
  },
);
