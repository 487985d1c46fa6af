import { defineCommand } from "../../command.js";
import { idsOption } from "../../id-options.js";
import { formatOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const costVerb = defineCommand(
  {
    name: "cost",
    summary: "Count a model's parameters, bytes and operations, by part",
    about: [
      "Counts the parameters, the bytes and the floating-point operations of a served row, part by part; what tasks share and what each has for itself; and what the same tasks would cost as models of their own. Reads no data.",
      "The number of ids of a feature comes from the spec (`hash:`, `vocab:`, `values:`, boundaries), from `--ids`, or from an artifact.",
    ],
    positional: { name: "MODEL", min: 1, max: 1, doc: "a spec, an artifact, or a spec in a git revision" },
    options: { ids: idsOption, format: formatOption },
    examples: [
      { line: "mtlc cost model.mtl", does: "by part" },
      {
        line: "mtlc cost model.mtl --ids user_id=1_000_000,item_id=1_000_000",
        does: "with sizes that the spec leaves open",
      },
      { line: "mtlc cost out --format json", does: "of what was trained, for a program" },
    ],
  },
  async ({ arguments: [name = ""], options }, terminal) => {
    const [{ runCost }, { costView }] = await Promise.all([import("./run.js"), import("./view.js")]);
    return show(terminal, options.format, costView, await runCost(name, options.ids));
  },
);
