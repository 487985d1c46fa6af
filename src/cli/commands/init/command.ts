import { createFailure } from "../../../runtime/failure.js";
import { defineCommand, usageLine } from "../../command.js";
import { Interrupted, withInterrupt } from "../../interrupt.js";
import { formatOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const initVerb = defineCommand(
  {
    name: "init",
    summary: "Write a first spec with data to train it on",
    about: [
      "Makes a directory with a spec of two tasks, and synthetic data of a small shop. Nothing is overwritten.",
      "With `--from FILE` the spec is of your own data: kinds of features, labels and the group are guessed from the file's columns, other columns that may be labels appear as questions, and the spec checks, trains and ranks unchanged written.",
    ],
    positional: { name: "[DIR]", min: 0, max: 1, doc: "directory to make; with `--from`, by default the file's name" },
    options: {
      from: { kind: "text", value: "FILE", doc: "data file to guess a spec from" },
      label: { kind: "names", value: "COLUMN", doc: "columns of the file that are labels (default: guessed)" },
      format: formatOption,
    },
    output: () => "files",
    examples: [
      { line: "mtlc init hello && mtlc train hello/model.mtl -o hello/out", does: "a model in a few seconds" },
      { line: "mtlc init --from log.csv first", does: "a first model of your own data" },
    ],
  },
  async ({ arguments: [directory], options }, terminal) => {
    const [{ runInit, runInitFrom }, { initView }] = await Promise.all([import("./run.js"), import("./view.js")]);
    const { from, label } = options;
    if (from !== undefined) {
      const outcome = await withInterrupt((signal) => runInitFrom({ from, directory, labels: label, signal }));
      if (outcome instanceof Interrupted) return outcome.exitCode;
      return show(terminal, options.format, initView, outcome);
    }
    const missing =
      directory === undefined ? "DIR" : label === undefined ? undefined : "`--from FILE` beside `--label`";
    if (directory === undefined || missing !== undefined)
      throw createFailure("MTL8005", { command: "init", argument: missing ?? "DIR", usage: usageLine(initVerb.spec) });
    return show(terminal, options.format, initView, await runInit(directory));
  },
);
