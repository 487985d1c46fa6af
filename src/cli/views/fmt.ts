import type { View } from "../command.js";
import type { FmtResult } from "../commands/fmt.js";
import { plural } from "./text.js";

export const fmtView: View<FmtResult> = {
  human: ({ files, checkOnly }) => {
    const changed = files.filter((file) => file.changed);
    const lines = changed.map(({ path }) => `${checkOnly ? "would change" : "formatted"} ${path}\n`);
    const rest = files.length - changed.length;
    return [...lines, ...(rest > 0 ? [`${plural(rest, "file")} already in canonical layout\n`] : [])].join("");
  },
  json: ({ files, checkOnly }) => ({ files, written: !checkOnly }),
};
