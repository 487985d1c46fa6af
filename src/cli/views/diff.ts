import { type ModelDiff, renderDiffMarkdown, renderDiffText } from "../../compiler/diff/index.js";
import type { View } from "../command.js";
import type { FileDiff } from "../commands/diff-files.js";
import { plural } from "./text.js";

export const diffView: View<ModelDiff> = {
  human: (diff, { outStyle }) =>
    renderDiffText(diff, {
      added: outStyle.green,
      removed: outStyle.red,
      strong: outStyle.bold,
      faint: outStyle.dim,
    }),
  json: (diff) => diff,
};

/** Many specs beside themselves: those with changes in full, the others counted. */
export const fileDiffsView: View<readonly FileDiff[]> = {
  human: (files, terminal) =>
    joined(
      files,
      (diff) => diffView.human(diff, terminal),
      (file) => terminal.outStyle.bold(file),
    ),
  json: (files) => files,
};

export const fileDiffsMarkdownView: View<readonly FileDiff[]> = {
  human: (files) => joined(files, renderDiffMarkdown, (file) => `## \`${file}\``),
  json: (files) => files,
};

function joined(
  files: readonly FileDiff[],
  show: (diff: ModelDiff) => string,
  title: (file: string) => string,
): string {
  const changed = files.flatMap((each) =>
    each.state === "compared" && each.diff.class !== "none" ? [`${title(each.file)}\n\n${show(each.diff)}`] : [],
  );
  const added = files.flatMap((each) => (each.state === "new" ? [`${title(each.file)}\n\na new spec\n`] : []));
  const same = files.filter((each) => each.state === "compared" && each.diff.class === "none").length;
  return [...changed, ...added, `no change in ${plural(same, "spec")}\n`].join("\n");
}

/** For a pull request. */
export const diffMarkdownView: View<ModelDiff> = { human: renderDiffMarkdown, json: (diff) => diff };
