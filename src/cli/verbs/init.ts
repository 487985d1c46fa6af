import { defineCommand } from "../command.js";
import { formatOption } from "../shared-options.js";
import { show } from "../show.js";

export const initVerb = defineCommand(
  {
    name: "init",
    summary: "Write a first spec with data to train it on",
    about: ["Makes a directory with a spec of two tasks, and made-up data of a small shop. Nothing is overwritten."],
    positional: { name: "DIR", min: 1, max: 1, doc: "directory to make" },
    options: { format: formatOption },
    output: () => "files",
    examples: [
      { line: "mtlc init hello && mtlc train hello/model.mtl -o hello/out", does: "a model in a few seconds" },
    ],
  },
  async ({ arguments: [directory = ""], options }, terminal) => {
    const [{ runInit }, { initView }] = await Promise.all([import("../commands/init.js"), import("../views/init.js")]);
    return show(terminal, options.format, initView, await runInit(directory));
  },
);
