import { defineCommand } from "../command.js";
import { formatOption } from "../shared-options.js";
import { show } from "../show.js";

export const checkVerb = defineCommand(
  {
    name: "check",
    summary: "Say what is wrong in a spec, before any data is read",
    about: [
      "Compiles each spec up to its typed model: names, types, shapes, events, leakage, ranges. Reads no data and loads no engine. Exits with 1 when there is an error.",
    ],
    positional: { name: "SPEC", min: 1, max: Infinity, doc: "specs to check" },
    options: { format: formatOption },
    examples: [
      { line: "mtlc check model.mtl", does: "one spec" },
      { line: "mtlc check specs/*.mtl --format json", does: "several, for a program" },
    ],
  },
  async ({ arguments: paths, options }, terminal) => {
    const [{ runCheck }, { checkView }] = await Promise.all([
      import("../commands/check.js"),
      import("../views/check.js"),
    ]);
    return show(terminal, options.format, checkView, runCheck(paths));
  },
);
