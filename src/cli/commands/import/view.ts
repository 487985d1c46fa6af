import { plural } from "../../../compiler/text/index.js";
import type { ImportRunResult } from "../../../runtime/jobs/import-run.js";
import type { View } from "../../command.js";

export const importView: View<ImportRunResult> = {
  document: "import",
  human: ({ artifact, manifest }) => {
    const trained = manifest.parameters.filter(({ role }) => role === "parameter");
    const size = trained.reduce((total, { shape }) => total + shape.reduce((product, side) => product * side, 1), 0);
    const heads = manifest.heads.map(({ name, type }) => `  ${name}: ${type}\n`).join("");
    return `${heads}${plural(size, "parameter")}\nwrote ${artifact}\n`;
  },
  json: ({ artifact, manifest }) => ({ artifact, manifest }),
};
