import type { ImportRunResult } from "../../../runtime/jobs/import-run.js";
import type { View } from "../../command.js";
import { parameterCount } from "../../views/parameter-count.js";

export const importView: View<ImportRunResult> = {
  document: "import",
  human: ({ artifact, manifest }) => {
    const heads = manifest.heads.map(({ name, type }) => `  ${name}: ${type}\n`).join("");
    return `${heads}${parameterCount(manifest)}\nwrote ${artifact}\n`;
  },
  json: ({ artifact, manifest }) => ({ artifact, manifest }),
};
