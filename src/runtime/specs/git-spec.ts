/** Specs of git revisions, compiled; what is wrong with one is shown with its own text. */
import type { Diagnostic } from "../../compiler/diagnostics/index.js";
import { isStdPath } from "../../compiler/std/index.js";
import { createSourceFile, type SourceFile, type Span } from "../../compiler/text/index.js";
import { createFailure, Failure } from "../failure.js";
import { createGitHost, type GitFile, gitName } from "./git.js";
import { type LoadedSpec, loadSpec } from "./load-spec.js";

/**
 * Compiles a spec as it is in a revision, with the imports of that revision. Throws a {@link Failure} whose locations are in
 * `REV:path` and whose sources are the texts of the revision.
 */
export function loadGitSpec(file: GitFile): LoadedSpec {
  const host = createGitHost(file);
  const nameOf = (path: string): string => (path === "" || isStdPath(path) ? path : gitName({ ...file, path }));
  if (host.readFile(file.path) === undefined)
    throw createFailure("MTL8007", { file: gitName(file), problem: "the revision has no such file" });
  try {
    return loadSpec(file.path, host, gitName(file));
  } catch (error) {
    // A project file comes with its own text and the revision's path.
    if (!(error instanceof Failure) || error.sources.size > 0) throw error;
    const diagnostics = error.diagnostics.map((diagnostic) => renamed(diagnostic, nameOf));
    const sources = new Map<string, SourceFile>();
    for (const { file: path } of error.diagnostics.flatMap(locationsOf)) {
      const text = host.readFile(path);
      if (text !== undefined) sources.set(nameOf(path), createSourceFile(nameOf(path), text));
    }
    throw new Failure(diagnostics, sources);
  }
}

function locationsOf({ span, labels }: Diagnostic): readonly Span[] {
  return [span, ...labels.map((label) => label.span)];
}

/** Fixes are left out: nothing of a revision can be changed. */
function renamed(diagnostic: Diagnostic, nameOf: (path: string) => string): Diagnostic {
  const move = (span: Span): Span => ({ ...span, file: nameOf(span.file) });
  return {
    ...diagnostic,
    span: move(diagnostic.span),
    labels: diagnostic.labels.map((label) => ({ ...label, span: move(label.span) })),
    fixes: [],
  };
}
