import { defineCommand } from "../../command.js";
import { outputOption, printText } from "../../print-text.js";

export const graphVerb = defineCommand(
  {
    name: "graph",
    summary: "Draw a model: inputs, experts, gates, towers, tasks and chains",
    about: [
      "Draws what a spec declares from left to right, as SVG for light and dark backgrounds, or as DOT for Graphviz. Copies of experts are a stack; a gate's dashed line shows what its weights are computed from.",
    ],
    positional: { name: "MODEL", min: 1, max: 1, doc: "a spec, an artifact, or a spec in a git revision" },
    options: {
      output: outputOption,
      format: {
        kind: "choice",
        values: ["svg", "dot", "json"],
        doc: "output format (default: by the ending of FILE, else svg)",
      },
    },
    output: ({ output }) => (output === undefined ? "answer" : "files"),
    examples: [
      { line: "mtlc graph model.mtl -o model.svg", does: "a picture for a page" },
      { line: "mtlc graph model.mtl --format dot | dot -Tpdf > model.pdf", does: "through Graphviz" },
    ],
  },
  async ({ arguments: [name = ""], options }, terminal) => {
    const [{ runGraph }, { graphFormats, graphText }] = await Promise.all([import("./run.js"), import("./view.js")]);
    const ending = graphFormats.find((each) => options.output?.endsWith(`.${each}`) === true);
    const format = graphFormats.find((each) => each === options.format) ?? ending ?? "svg";
    return printText(terminal, graphText(await runGraph(name, options.output), format), options.output);
  },
);
