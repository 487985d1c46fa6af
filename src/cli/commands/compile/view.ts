import { plural } from "../../../compiler/text/index.js";
import type { CompileResult } from "../../../runtime/jobs/compile.js";
import type { View } from "../../command.js";

export const compileView: View<CompileResult> = {
  document: "compile",
  human: ({ artifact, manifest }) => {
    const trained = manifest.parameters.filter(({ role }) => role === "parameter");
    const size = trained.reduce((total, { shape }) => total + shape.reduce((product, side) => product * side, 1), 0);
    const heads = manifest.heads.map(({ name, type }) => `  ${name}: ${type}\n`).join("");
    // Formulas and rules over given scores have no network.
    const network =
      manifest.heads.length === 0 ? "" : `${plural(size, "parameter")}${manifest.trained ? "" : ", untrained"}\n`;
    return `${heads}${network}wrote ${artifact}\n`;
  },
  json: ({ artifact, manifest }) => ({ artifact, manifest }),
};
