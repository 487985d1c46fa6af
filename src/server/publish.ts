/** Which diagnostics go to which file: a part that others import is judged by the models that it is a part of. */
import type { Diagnostic } from "vscode-languageserver";
import { DiagnosticSeverity } from "vscode-languageserver";
import { isStdPath } from "../compiler/std/index.js";
import { diagnosticsOf, toLspDiagnostic } from "./features/diagnostics.js";
import { failuresOf } from "./features/tests.js";
import { createAnalysis } from "./analysis/analysis.js";
import type { TestRuns } from "./test-runs.js";
import type { Workspace } from "./workspace.js";

/** The diagnostics of every open file with the expectations that failed there, and of closed files that they import where something is wrong there. */
export function collectDiagnostics(
  workspace: Workspace,
  tests: TestRuns,
  uriOf: (path: string) => string,
  pageOf?: (code: string) => string | undefined,
): ReadonlyMap<string, readonly Diagnostic[]> {
  const result = new Map<string, readonly Diagnostic[]>();
  for (const path of workspace.openPaths().filter((each) => !isStdPath(each)))
    result.set(path, [
      ...merge(workspace.rootsOf(path).map((root) => diagnosticsOf(workspace.compilation(root), path, uriOf, pageOf))),
      ...failuresIn(workspace, path, tests),
    ]);
  for (const path of workspace.openPaths()) {
    const compilation = workspace.compilation(path);
    for (const file of compilation.files.keys()) {
      if (result.has(file) || isStdPath(file)) continue;
      const errors = diagnosticsOf(compilation, file, uriOf, pageOf).filter(isError);
      if (errors.length > 0) result.set(file, errors);
    }
  }
  for (const { source, diagnostic } of workspace.projects.faults())
    result.set(source.path, [toLspDiagnostic(diagnostic, source, pageOf)]);
  return result;
}

function failuresIn(workspace: Workspace, path: string, tests: TestRuns): readonly Diagnostic[] {
  const runs = tests.of(path);
  if (runs.size === 0) return [];
  const [root = path] = workspace.rootsOf(path);
  const analysis = createAnalysis(path, workspace.compilation(root));
  return analysis === undefined ? [] : failuresOf(analysis, runs);
}

/** Errors of any model; warnings only where all models agree, as what one of them does not use another may. */
function merge(lists: readonly (readonly Diagnostic[])[]): readonly Diagnostic[] {
  const [first = [], ...rest] = lists;
  if (rest.length === 0) return first;
  const counts = new Map<string, { readonly diagnostic: Diagnostic; count: number }>();
  for (const diagnostic of lists.flat()) {
    const key = JSON.stringify([diagnostic.code, diagnostic.range]);
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { diagnostic, count: 1 });
    else known.count++;
  }
  return [...counts.values()].flatMap(({ diagnostic, count }) =>
    isError(diagnostic) || count === lists.length ? [diagnostic] : [],
  );
}

function isError({ severity }: Diagnostic): boolean {
  return severity === DiagnosticSeverity.Error;
}
