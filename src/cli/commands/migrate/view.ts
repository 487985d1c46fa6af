import type { View } from "../../command.js";
import { paintDiff } from "../../unified-diff.js";
import { plural } from "../../../compiler/text/index.js";
import type { MigrateResult } from "./run.js";

export const migrateView: View<MigrateResult> = {
  document: "migrate",
  human: ({ edition, files, mode }, { outStyle }) => {
    if (mode.diff) return files.map(({ diff }) => paintDiff(diff, outStyle)).join("");
    const changed = files.filter((file) => file.changed);
    const lines = changed.map(({ path, from }) =>
      from === edition
        ? `${mode.check ? "would change" : "migrated"} ${path}\n`
        : `${mode.check ? "would change" : "migrated"} ${path} from the edition ${from}\n`,
    );
    const rest = files.length - changed.length;
    return [...lines, ...(rest > 0 ? [`${plural(rest, "file")} of the edition ${edition} already\n`] : [])].join("");
  },
  json: ({ edition, files, mode }) => ({
    edition,
    files: files.map(({ path, changed, from, diff }) => ({
      file: path,
      changed,
      from,
      ...(mode.diff ? { diff } : {}),
    })),
    written: !mode.check && !mode.diff,
  }),
};
