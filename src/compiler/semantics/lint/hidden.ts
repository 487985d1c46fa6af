/** Characters in texts and comments that nobody sees: what is read there is not what the file says. */
import { Reporter, type Diagnostic, type Fix } from "../../diagnostics/index.js";
import type { Spec } from "../../syntax/index.js";
import { encodingFault, findHidden, replaceHidden, type SourceFile, type Span } from "../../text/index.js";

/** Warnings (MTL6045) of one file. Outside of texts and comments such a character is an error of the syntax. */
export function lintHidden(source: SourceFile, { comments }: Spec): readonly Diagnostic[] {
  // What a decoder made of other bytes is not what was written.
  if (encodingFault(source.text) !== undefined) return [];
  const reporter = new Reporter();
  for (const { start, end, names } of findHidden(source.text)) {
    const span: Span = { file: source.path, start, end };
    const isComment = comments.some((comment) => comment.span.start <= start && end <= comment.span.end);
    if (!isComment && !isInText(source.text, start)) continue;
    const escaped = replaceHidden(source.text.slice(start, end), escape);
    const fix: Fix = isComment
      ? { title: "take it out", edits: [{ span, newText: "" }] }
      : { title: `write \`${escaped}\``, edits: [{ span, newText: escaped }], safe: true };
    reporter.report("MTL6045", { names, where: isComment ? "comment" : "text" }, span, {
      help: isComment ? "take it out" : `write \`${escaped}\` when it is meant, or take it out`,
      fixes: [fix],
    });
  }
  return reporter.diagnostics;
}

/** Whether a place is between quotes on its line; a comment was looked for before. */
function isInText(text: string, at: number): boolean {
  const line = text.slice(Math.max(text.lastIndexOf("\n", at - 1), text.lastIndexOf("\r", at - 1)) + 1, at);
  return (line.replace(/\\./g, "").split('"').length - 1) % 2 === 1;
}

function escape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;
}
