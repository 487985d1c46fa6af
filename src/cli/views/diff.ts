import { type ModelDiff, renderDiffMarkdown, renderDiffText } from "../../compiler/diff/index.js";
import type { View } from "../command.js";

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

/** For a pull request. */
export const diffMarkdownView: View<ModelDiff> = { human: renderDiffMarkdown, json: (diff) => diff };
