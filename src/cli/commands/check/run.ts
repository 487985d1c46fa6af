import { type Checked, type Diagnostic, fixSafely } from "../../../compiler/diagnostics/index.js";
import { compileSpec } from "../../../compiler/compile.js";
import type { Host } from "../../../compiler/host.js";
import { omitUndefined, type SourceFile } from "../../../compiler/text/index.js";
import { replaceFile } from "../../../runtime/artifact/directory.js";
import { createFileHost } from "../../../runtime/specs/load-spec.js";
import type { Outcome } from "../../command.js";
import { deniedBy, type Deny } from "../../refuse-warnings.js";
import { namedSpecs } from "../../named-specs.js";

export interface CheckResult {
  /** The specs that were checked. */
  readonly files: readonly string[];
  /** Of all files, each once, in the order of the files given. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** Files that `fix` wrote. */
  readonly fixed: readonly string[];
  /** The error that the warnings are, where they are denied. */
  readonly denied?: Diagnostic;
}

/** Compiles each spec up to its typed model; with `fix`, applies safe fixes first and writes the files that they change. */
export async function runCheck(
  paths: readonly string[],
  { fix = false, deny }: { readonly fix?: boolean; readonly deny?: Deny } = {},
): Promise<Outcome<CheckResult>> {
  const files = await namedSpecs(paths, "check");
  const disk = createFileHost();
  const found = checkFiles(files, disk);
  const again = (texts: ReadonlyMap<string, string>): Checked =>
    checkFiles(files, { readFile: (path) => texts.get(path) ?? disk.readFile(path) });
  const { checked, changed } = fix ? fixSafely(found, again) : { checked: found, changed: new Map<string, string>() };
  for (const [file, text] of changed) await replaceFile(file, text);
  const failed = checked.diagnostics.some(({ severity }) => severity === "error");
  const denied = failed ? undefined : denialIn(files, checked.diagnostics, deny);
  return {
    result: { files, ...checked, fixed: [...changed.keys()], ...omitUndefined({ denied }) },
    exitCode: failed || denied !== undefined ? 1 : 0,
  };
}

/** The error that warnings are where they are denied, each file by its own project. */
function denialIn(files: readonly string[], diagnostics: readonly Diagnostic[], deny: Deny): Diagnostic | undefined {
  const [first = "."] = files;
  if (deny !== undefined) return deniedBy(deny, first, diagnostics);
  const inFile = (file: string): readonly Diagnostic[] => diagnostics.filter(({ span }) => span.file === file);
  return files.map((file) => deniedBy(deny, file, inFile(file))).find((each) => each !== undefined);
}

function checkFiles(files: readonly string[], host: Host): Checked {
  const sources = new Map<string, SourceFile>();
  const seen = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const path of files) {
    const compilation = compileSpec(path, host);
    for (const [file, source] of compilation.sources) sources.set(file, source);
    for (const diagnostic of compilation.diagnostics) {
      // A file that two specs import is reported once.
      const key = JSON.stringify([diagnostic.code, diagnostic.span, diagnostic.message]);
      if (!seen.has(key)) diagnostics.push(diagnostic);
      seen.add(key);
    }
  }
  return { diagnostics, sources };
}
