import { defineCommand } from "../../command.js";
import { formatOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const doctorVerb = defineCommand(
  {
    name: "doctor",
    summary: "Show which engine runs, and how to install the fast one",
    about: [
      "Engines that train, from fast to slow: fused (compiled for this processor), native (TensorFlow through tfjs-node), wasm and cpu (tfjs). `MTLC_ENGINE` chooses one; without it the fastest that works runs. LightGBM makes trees, and extensions of DuckDB read data of servers and databases.",
    ],
    positional: { name: "", min: 0, max: 0, doc: "" },
    options: {
      install: {
        kind: "flag",
        doc: "install the engines fused and native, LightGBM and DuckDB's extensions first, with a C++ compiler and from package registries",
      },
      format: formatOption,
    },
    output: () => "files",
    examples: [
      { line: "mtlc doctor", does: "look" },
      { line: "mtlc doctor --install", does: "install what is missing" },
    ],
  },
  async ({ options }, terminal) => {
    const [{ runDoctor }, { doctorView }] = await Promise.all([import("./run.js"), import("./view.js")]);
    return show(terminal, options.format, doctorView, await runDoctor({ install: options.install }, terminal.err));
  },
);
