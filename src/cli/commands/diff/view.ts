import { type ModelDiff, renderDiffMarkdown, renderDiffText } from "../../../compiler/diff/index.js";
import { type Diagnostic, renderPretty, toDiagnosticJson } from "../../../compiler/diagnostics/index.js";
import { plural, type SourceFile } from "../../../compiler/text/index.js";
import type { View } from "../../command.js";
import type { FileDiff } from "./files.js";
import { sourcesOf } from "../../show-diagnostics.js";

export const diffView: View<ModelDiff> = {
  document: "diff",
  human: (diff, { outStyle }) =>
    renderDiffText(diff, {
      added: outStyle.green,
      removed: outStyle.red,
      strong: outStyle.bold,
      faint: outStyle.dim,
    }),
  json: (diff) => diff,
};

/** Many specs beside themselves: those with changes in full, errors with their locations, the others counted. */
export const fileDiffsView: View<readonly FileDiff[]> = {
  document: "diff-files",
  human: (files, terminal) => {
    const color = terminal.outStyle.bold("") !== "";
    return joined(files, {
      show: (diff) => diffView.human(diff, terminal),
      title: (file) => terminal.outStyle.bold(file),
      errors: (diagnostics, sources) => renderPretty(diagnostics, sources, { color, width: terminal.width }),
    });
  },
  json: jsonOf,
};

export const fileDiffsMarkdownView: View<readonly FileDiff[]> = {
  document: "diff-files",
  human: (files) =>
    joined(files, {
      show: renderDiffMarkdown,
      title: (file) => `## \`${file}\``,
      errors: (diagnostics, sources) => `\`\`\`text\n${renderPretty(diagnostics, sources)}\`\`\`\n`,
    }),
  json: jsonOf,
};

function jsonOf(files: readonly FileDiff[]): object {
  return {
    files: files.map((each) => {
      if (each.state !== "failed") return each;
      const { file, state, diagnostics } = each;
      const sources = new Map([...sourcesOf(diagnostics), ...each.sources]);
      return { file, state, diagnostics: diagnostics.map((diagnostic) => toDiagnosticJson(diagnostic, sources)) };
    }),
  };
}

interface Form {
  readonly show: (diff: ModelDiff) => string;
  readonly title: (file: string) => string;
  readonly errors: (diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, SourceFile>) => string;
}

function joined(files: readonly FileDiff[], { show, title, errors }: Form): string {
  const told = files.flatMap((each): readonly string[] => {
    const head = `${title(each.file)}\n\n`;
    switch (each.state) {
      case "compared":
        return each.diff.class === "none" ? [] : [`${head}${show(each.diff)}`];
      case "new":
        return [`${head}a new spec\n`];
      case "part":
        return each.changed ? [`${head}a part that changed; the specs that import it show what it changes\n`] : [];
      case "failed": {
        const sources = new Map([...sourcesOf(each.diagnostics), ...each.sources]);
        return [`${head}${errors(each.diagnostics, sources)}`];
      }
    }
  });
  const same = files.filter((each) => each.state === "compared" && each.diff.class === "none").length;
  const compared = files.some((each) => each.state === "compared");
  return [...told, ...(compared || told.length === 0 ? [`no change in ${plural(same, "spec")}\n`] : [])].join("\n");
}

/** For a pull request. */
export const diffMarkdownView: View<ModelDiff> = { document: "diff", human: renderDiffMarkdown, json: (diff) => diff };
