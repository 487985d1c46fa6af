import { omitUndefined } from "../../../compiler/text/index.js";
import { changeClasses } from "../../../compiler/diff/policy.js";
import { defineCommand } from "../../command.js";
import { idsOption } from "../../id-options.js";
import { show } from "../../show.js";

export const diffVerb = defineCommand(
  {
    name: "diff",
    summary: "Show what changed between two models, not between two texts",
    about: [
      "Compares what two specs mean: inputs, labels, network, losses, training, and what of a checkpoint a warm start can transfer. Differences in layout, order and comments are ignored, and so are defaults that are written out.",
      "A model is a spec, an artifact's directory, or a spec in a git revision (`HEAD~1:specs/x.mtl`, from the repository's root as in git), whose imports are read from that revision too.",
      "Every change has a class, the farthest first: serving (callers notice), checkpoint (tensors do not fit), training (train again), score (no training needed), report (nothing that is predicted).",
    ],
    positional: {
      name: "MODEL",
      min: 1,
      max: Infinity,
      doc: "the old model and the new one; with `--git` any number of specs",
    },
    options: {
      git: { kind: "text", value: "REVISION", doc: "compare each spec with itself in a revision" },
      driver: { kind: "flag", doc: "act as git's external diff: takes the seven arguments that git gives" },
      "exit-code": { kind: "flag", doc: "exit with 1 when there is any change" },
      "fail-on": {
        kind: "choice",
        values: changeClasses,
        doc: "exit with 1 when there is a change of this class or of a more severe one",
      },
      ids: idsOption,
      format: {
        kind: "choice",
        values: ["text", "json", "markdown"],
        default: "text",
        doc: "output format",
      },
    },
    examples: [
      { line: "mtlc diff old.mtl new.mtl", does: "two files" },
      { line: "mtlc diff --git main specs/*.mtl --format markdown", does: "all specs, for a pull request" },
      { line: "mtlc diff --git HEAD~1 model.mtl", does: "what the last commit and the work since changed" },
      {
        line: "mtlc diff main:specs/a.mtl HEAD:specs/a.mtl --format markdown",
        does: "two revisions",
      },
      { line: "mtlc diff out model.mtl --fail-on checkpoint", does: "can what was trained go on under the new spec?" },
    ],
  },
  async ({ arguments: models, options }, terminal) => {
    const [{ runDiff }, { diffMarkdownView, diffView }] = await Promise.all([import("./run.js"), import("./view.js")]);
    if (options.driver) {
      const { runDriver } = await import("./driver.js");
      terminal.out(await runDriver(models, (diff) => diffView.human(diff, terminal)));
      return 0;
    }
    const failOn = options["fail-on"] ?? (options["exit-code"] ? "report" : undefined);
    const { isPart, runFileDiffs } = await import("./files.js");
    const [first] = models;
    if (options.git !== undefined && first !== undefined && (models.length > 1 || (await isPart(first)))) {
      const { fileDiffsMarkdownView, fileDiffsView } = await import("./view.js");
      const files = await runFileDiffs(models, options.git, omitUndefined({ ids: options.ids, failOn }));
      const many = options.format === "markdown" ? fileDiffsMarkdownView : fileDiffsView;
      return show(terminal, options.format === "json" ? "json" : "human", many, files);
    }
    const outcome = await runDiff({ models, ...omitUndefined({ revision: options.git, ids: options.ids, failOn }) });
    const view = options.format === "markdown" ? diffMarkdownView : diffView;
    return show(terminal, options.format === "json" ? "json" : "human", view, outcome);
  },
);
