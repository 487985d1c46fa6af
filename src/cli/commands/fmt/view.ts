import { plural } from "../../../compiler/text/index.js";
import type { View } from "../../command.js";
import type { FmtResult } from "./run.js";
import { paintDiff } from "../../unified-diff.js";

export const fmtView: View<FmtResult> = {
  document: "fmt",
  human: ({ files, mode }, { outStyle }) => {
    if (mode.diff) return files.map(({ diff }) => paintDiff(diff, outStyle)).join("");
    const changed = files.filter((file) => file.changed);
    const lines = changed.map(({ file }) => `${mode.check ? "would change" : "formatted"} ${file}\n`);
    const rest = files.length - changed.length;
    return [...lines, ...(rest > 0 ? [`${plural(rest, "file")} already in canonical layout\n`] : [])].join("");
  },
  json: ({ files, mode }) => ({
    files: files.map(({ file, changed, diff }) => ({ file, changed, ...(mode.diff ? { diff } : {}) })),
    written: !mode.check && !mode.diff,
  }),
};
