import { defineCommand } from "../../command.js";

export const lspVerb = defineCommand(
  {
    name: "lsp",
    summary: "Serve an editor: the language server over standard input and output",
    about: [
      "Speaks the Language Server Protocol until the editor says `exit`. An editor starts it; how, is in docs/editors.md.",
    ],
    positional: { name: "", min: 0, max: 0, doc: "" },
    options: { stdio: { kind: "flag", doc: "use standard input and output, which is the only transport" } },
    output: () => "stream",
    examples: [{ line: "mtlc lsp", does: "what an editor runs" }],
  },
  async () => {
    const { serve } = await import("./run.js");
    return serve();
  },
);
