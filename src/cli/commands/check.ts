import type { Diagnostic } from "../../compiler/diagnostics/index.js";
import { compileSpec } from "../../compiler/program.js";
import type { SourceFile } from "../../compiler/text/index.js";
import { createFileHost } from "../../runtime/spec.js";
import type { Outcome } from "../command.js";

export interface CheckResult {
  readonly files: number;
  /** Of all files, each once, in the order of the files given. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, SourceFile>;
}

/** Compiles each spec up to its typed model. */
export function runCheck(paths: readonly string[]): Outcome<CheckResult> {
  const host = createFileHost();
  const sources = new Map<string, SourceFile>();
  const seen = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    const compilation = compileSpec(path, host);
    for (const [file, source] of compilation.sources) sources.set(file, source);
    for (const diagnostic of compilation.diagnostics) {
      // A file that two specs import is spoken of once.
      const key = JSON.stringify([diagnostic.code, diagnostic.span, diagnostic.message]);
      if (!seen.has(key)) diagnostics.push(diagnostic);
      seen.add(key);
    }
  }
  const failed = diagnostics.some(({ severity }) => severity === "error");
  return { result: { files: paths.length, diagnostics, sources }, exitCode: failed ? 1 : 0 };
}
