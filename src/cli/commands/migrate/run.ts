import { compileSpec } from "../../../compiler/compile.js";
import { createDiagnostic, type Diagnostic } from "../../../compiler/diagnostics/index.js";
import {
  declaredNames,
  language as currentLanguage,
  migrateText,
  newestEdition,
  type Language,
} from "../../../compiler/semantics/index.js";
import { parse } from "../../../compiler/syntax/index.js";
import { createSourceFile } from "../../../compiler/text/index.js";
import { replaceFile } from "../../../runtime/artifact/directory.js";
import { noLocation } from "../../../runtime/failure.js";
import { createFileHost } from "../../../runtime/specs/load-spec.js";
import { version } from "../../../runtime/version.js";
import type { Outcome } from "../../command.js";
import { namedSpecs } from "../../named-specs.js";
import { readSpec } from "../../read-spec.js";
import { unifiedDiff } from "../../unified-diff.js";

export interface MigratedFile {
  readonly path: string;
  readonly changed: boolean;
  /** The edition that it was written for. */
  readonly from: number;
  /** What changes, as a unified diff; empty unless asked for. */
  readonly diff: string;
}

export interface MigrateResult {
  readonly edition: number;
  readonly files: readonly MigratedFile[];
  readonly mode: MigrateMode;
  readonly diagnostics: readonly Diagnostic[];
}

export interface MigrateMode {
  /** Fail when a file would change. */
  readonly check: boolean;
  /** Show what would change. */
  readonly diff: boolean;
}

/** Rewrites specs for the newest edition; with `check` or `diff`, it writes none. All are rewritten before one is written. */
export async function runMigrate(
  paths: readonly string[],
  mode: MigrateMode,
  language: Language = currentLanguage,
): Promise<Outcome<MigrateResult>> {
  const files: MigratedFile[] = [];
  const diagnostics: Diagnostic[] = [];
  const texts = new Map<string, string>();
  for (const path of await namedSpecs(paths, "migrate")) {
    const before = readSpec(path);
    const result = migrateFile(path, before, language);
    diagnostics.push(...result.diagnostics);
    const changed = result.text !== before;
    if (changed) texts.set(path, result.text);
    const diff = changed && mode.diff ? await unifiedDiff(path, before, result.text) : "";
    files.push({ path, changed, from: result.from, diff });
  }
  if (!mode.check && !mode.diff) for (const [path, text] of texts) await replaceFile(path, text);
  const failed = diagnostics.some(({ severity }) => severity === "error") || (mode.check && texts.size > 0);
  return { result: { edition: newestEdition(language), files, mode, diagnostics }, exitCode: failed ? 1 : 0 };
}

interface Result {
  readonly text: string;
  readonly from: number;
  readonly diagnostics: readonly Diagnostic[];
}

function migrateFile(path: string, before: string, language: Language): Result {
  const host = createFileHost();
  const compiled = compileSpec(path, host, { language });
  const from = compiled.editions.get(path) ?? newestEdition(language);
  const kept = (...diagnostics: readonly Diagnostic[]): Result => ({ text: before, from, diagnostics });
  const unknown = compiled.diagnostics.filter(({ code, span }) => /^MTL102[01]$/.test(code) && span.file === path);
  if (unknown.length > 0) return kept(...unknown);
  if (parse(createSourceFile(path, before)).diagnostics.length > 0)
    return kept(createDiagnostic("MTL8053", { file: path }, noLocation(path)));
  const { text, diagnostics } = migrateText(path, before, from, declaredNames(compiled.files.values()), language);
  const after = compileSpec(
    path,
    { ...host, readFile: (file) => (file === path ? text : host.readFile(file)) },
    { language },
  );
  if (compiled.hash !== undefined && after.hash !== compiled.hash)
    return kept(
      createDiagnostic(
        "MTL9001",
        { problem: "a migration would change the model, and is not made", version },
        noLocation(path),
      ),
    );
  return { text, from, diagnostics };
}
