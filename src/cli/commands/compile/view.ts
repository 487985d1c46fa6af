import type { CompileResult } from "../../../runtime/jobs/compile.js";
import type { View } from "../../command.js";
import { parameterCount } from "../../views/parameter-count.js";

export const compileView: View<CompileResult> = {
  document: "compile",
  human: ({ artifact, manifest }) => {
    const heads = manifest.heads.map(({ name, type }) => `  ${name}: ${type}\n`).join("");
    // Formulas and rules over given scores have no network.
    const network =
      manifest.heads.length === 0 ? "" : `${parameterCount(manifest)}${manifest.trained ? "" : ", untrained"}\n`;
    return `${heads}${network}wrote ${artifact}\n`;
  },
  json: ({ artifact, manifest }) => ({ artifact, manifest }),
};
