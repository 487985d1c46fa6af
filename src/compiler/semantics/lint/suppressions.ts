/**
 * `// mtlc-ignore unused-feature: reason`, at the end of a line or on lines of its own above one: warnings of these codes, or
 * slugs, on that line are left out. In come diagnostics and the comments of a file; out come those that remain, and what is wrong with
 * the suppressions themselves, which nothing suppresses.
 */
import { definitionOf, findCode, Reporter, type Diagnostic, type Fix } from "../../diagnostics/index.js";
import type { Comment, Spec } from "../../syntax/index.js";
import { lineText, positionAt, type SourceFile, type Span } from "../../text/index.js";

/** Files with their trees, and the one whose unused suppressions are told; those of imports may serve another spec. */
export interface SuppressionInput {
  readonly root: string;
  readonly sources: ReadonlyMap<string, SourceFile>;
  readonly files: ReadonlyMap<string, Spec>;
  /** Every check ran; an error, or a file that is but a part, keeps warnings from being found that a comment speaks of. */
  readonly complete: boolean;
}

/** One code of one comment. */
interface Suppression {
  readonly code: string;
  /** The code or the slug, as the comment has it. */
  readonly written: string;
  /** The comment names no other code, so that it can go as a whole. */
  readonly isOnly: boolean;
  readonly comment: Comment;
  /** The line concerned; undefined when none follows. */
  readonly line: number | undefined;
}

/** Takes out what comments suppress, and adds what is wrong with those comments. */
export function applySuppressions(diagnostics: readonly Diagnostic[], input: SuppressionInput): readonly Diagnostic[] {
  const reporter = new Reporter();
  const suppressions = [...input.files].flatMap(([path, spec]) => {
    const source = input.sources.get(path);
    return source === undefined ? [] : readSuppressions(source, spec, path === input.root ? reporter : undefined);
  });
  if (suppressions.length === 0 && reporter.diagnostics.length === 0) return diagnostics;
  const used = new Set<Suppression>();
  const kept = diagnostics.filter((diagnostic) => {
    if (diagnostic.severity === "error") return true;
    const source = input.sources.get(diagnostic.span.file);
    const line = source === undefined ? undefined : positionAt(source, diagnostic.span.start).line;
    const found = suppressions.filter(
      ({ code, comment, line: own }) =>
        own !== undefined && own === line && code === diagnostic.code && comment.span.file === diagnostic.span.file,
    );
    for (const each of found) used.add(each);
    return found.length === 0;
  });
  const source = input.sources.get(input.root);
  if (input.complete && source !== undefined)
    for (const each of suppressions)
      if (!used.has(each) && each.comment.span.file === input.root) reportUnused(source, each, reporter);
  return [...kept, ...reporter.diagnostics];
}

function readSuppressions(source: SourceFile, spec: Spec, reporter: Reporter | undefined): readonly Suppression[] {
  return spec.comments.flatMap((comment) => {
    const written = comment.doc ? undefined : /^mtlc-ignore(?![\w-])(.*)$/.exec(comment.text)?.[1];
    if (written === undefined) return [];
    const help = "write `// mtlc-ignore unused-feature: kept for the next model`";
    const parts = /^\s+([\w-]+(?:\s*,\s*[\w-]+)*)\s*(?::\s*(.*))?$/.exec(written);
    if (parts === null) {
      reporter?.report("MTL6010", { problem: "codes" }, comment.span, { help });
      return [];
    }
    const [, codes = "", reason = ""] = parts;
    if (reason.trim() === "") {
      reporter?.report("MTL6010", { problem: "reason" }, comment.span, {
        help: `write \`// mtlc-ignore ${codes}: why\``,
      });
      return [];
    }
    const line = lineOf(source, comment.span);
    return codes.split(/\s*,\s*/).flatMap((name): readonly Suppression[] => {
      const code = findCode(name);
      if (code !== undefined && definitionOf(code).severity !== "error")
        return [{ code, written: name, isOnly: !codes.includes(","), comment, line }];
      reporter?.report("MTL6011", { code: name, known: code !== undefined }, comment.span);
      return [];
    });
  });
}

/** The comment's own line when something is before it, else the next line with more than a comment. */
function lineOf(source: SourceFile, span: Span): number | undefined {
  const { line, column } = positionAt(source, span.start);
  if (
    lineText(source, line)
      .slice(0, column - 1)
      .trim() !== ""
  )
    return line;
  for (let next = line + 1; next <= source.lineStarts.length; next++)
    if (!/^\s*(?:\/\/.*)?$/.test(lineText(source, next))) return next;
  return undefined;
}

function reportUnused(source: SourceFile, { written, isOnly, comment, line }: Suppression, reporter: Reporter): void {
  reporter.report("MTL6009", { code: written, line }, comment.span, {
    help: "take the comment out",
    ...(isOnly ? { fixes: [removal(source, comment.span)] } : {}),
  });
}

/** Takes a comment out, with its line when nothing else is on it. */
function removal(source: SourceFile, span: Span): Fix {
  const { line, column } = positionAt(source, span.start);
  const before = lineText(source, line).slice(0, column - 1);
  const start = span.start - (before.length - before.trimEnd().length);
  const wholeLine = before.trim() === "";
  const place = wholeLine ? { ...span, start, end: source.lineStarts[line] ?? span.end } : { ...span, start };
  return { title: "take the comment out", edits: [{ span: place, newText: "" }], safe: true };
}
