import { defineCommand } from "../../command.js";
import { documentText } from "../../documents.js";
import { outputOption, printText } from "../../print-text.js";

export const docVerb = defineCommand(
  {
    name: "doc",
    summary: "Write a page about a model: predictions, features, network, rules, cost",
    about: [
      "Makes a Markdown page out of a spec: what is predicted and on which rows it is measured, labels, features, network, losses, formulas and rules, and what the model costs, with the doc comments of the spec.",
    ],
    positional: { name: "MODEL", min: 1, max: 1, doc: "a spec, an artifact, or a spec in a git revision" },
    options: {
      output: outputOption,
      image: {
        kind: "text",
        value: "ADDRESS",
        doc: "address of the model's drawing, made by `mtlc graph`, to show on the page",
      },
      format: { kind: "choice", values: ["markdown", "json"], default: "markdown", doc: "output format" },
    },
    output: ({ output }) => (output === undefined ? "answer" : "files"),
    examples: [
      { line: "mtlc doc model.mtl -o model.md", does: "a page" },
      {
        line: "mtlc graph model.mtl -o model.svg && mtlc doc model.mtl --image model.svg -o model.md",
        does: "with its picture",
      },
    ],
  },
  async ({ arguments: [name = ""], options }, terminal) => {
    const { runDoc } = await import("./run.js");
    const page = await runDoc(name, options.image, options.output);
    const text = options.format === "json" ? documentText("doc", { page }) : page;
    return printText(terminal, text, options.output);
  },
);
