import { defineCommand } from "../../command.js";
import { formatOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const targetsVerb = defineCommand(
  {
    name: "targets",
    summary: "List the forms in which others can run a model, and what each can carry",
    about: [
      "A target is a form that `mtlc compile --target` writes and `mtlc train --target` adds to the artifact. It carries functions of the network (train, evaluate, predict), the serving stage (formulas, rules, rankings), or both.",
      "With a spec or an artifact, it says for each target whether it can carry the model, and what it cannot with the location in the spec. Reads no data.",
    ],
    positional: { name: "SPEC|ARTIFACT", min: 0, max: 1, doc: "whose model is asked about (`-`: standard input)" },
    options: { format: formatOption },
    examples: [
      { line: "mtlc targets", does: "the targets" },
      { line: "mtlc targets model.mtl", does: "what each can carry of this model" },
    ],
  },
  async ({ arguments: [spec], options }, terminal) => {
    const [{ describeTargets }, { targetsView }] = await Promise.all([
      import("../../../runtime/jobs/describe-targets.js"),
      import("./view.js"),
    ]);
    return show(terminal, options.format, targetsView, { result: await describeTargets(spec), exitCode: 0 });
  },
);
