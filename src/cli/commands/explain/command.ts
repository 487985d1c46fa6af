import { defineCommand } from "../../command.js";
import { formatOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const explainVerb = defineCommand(
  {
    name: "explain",
    summary: "Print a spec with every default written out, or explain a diagnostic code",
    about: [
      "Of a spec: the same spec with imports, variants and macros expanded and every default written out, in canonical layout. It compiles to the same model.",
      "Of a code such as MTL4003, or its slug, gate-width: its page, with a spec that triggers it and the fix.",
    ],
    positional: {
      name: "SPEC|CODE",
      min: 1,
      max: 1,
      doc: "a spec, an artifact, a spec in a git revision, a code or a slug",
    },
    options: {
      textconv: {
        kind: "flag",
        doc: "act as git's textconv: prints the text unchanged where it cannot be written out",
      },
      format: formatOption,
    },
    examples: [
      { line: "mtlc explain model.mtl", does: "what the spec says and what it leaves unsaid" },
      { line: "mtlc explain MTL4003", does: "what a code means" },
      { line: "mtlc explain gate-width", does: "the same, by its slug" },
    ],
  },
  async ({ arguments: [name = ""], options }, terminal) => {
    const [{ runExplain, runTextconv }, { isGitCopy }, { explainView }] = await Promise.all([
      import("./run.js"),
      import("../../../runtime/specs/git-copy.js"),
      import("./view.js"),
    ]);
    if (options.textconv || isGitCopy(name)) {
      terminal.out(await runTextconv(name));
      return 0;
    }
    return show(terminal, options.format, explainView, await runExplain(name));
  },
);
