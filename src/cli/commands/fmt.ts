import { readFileSync } from "node:fs";
import { format, FormatError } from "../../compiler/format/index.js";
import { createDiagnostic, type Diagnostic } from "../../compiler/diagnostics/index.js";
import { describeSystemError, isSystemError, replaceFile } from "../../runtime/artifact/directory.js";
import { createFailure, nowhere } from "../../runtime/failure.js";
import { version } from "../../runtime/version.js";
import type { Outcome } from "../command.js";

export interface FmtResult {
  readonly files: readonly { readonly path: string; readonly changed: boolean }[];
  readonly checkOnly: boolean;
  /** Files that do not parse, and what is wrong with them. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Formats files in place; with `checkOnly` it says which would change and writes none. */
export async function runFmt(paths: readonly string[], checkOnly: boolean): Promise<Outcome<FmtResult>> {
  const files: { path: string; changed: boolean }[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    const text = readSpec(path);
    const formatted = await formatText(path, text);
    if (typeof formatted !== "string") {
      diagnostics.push(...formatted);
      continue;
    }
    const changed = formatted !== text;
    if (changed && !checkOnly) await replaceFile(path, formatted);
    files.push({ path, changed });
  }
  const unformatted = checkOnly && files.some(({ changed }) => changed);
  return { result: { files, checkOnly, diagnostics }, exitCode: diagnostics.length > 0 || unformatted ? 1 : 0 };
}

/** The text in canonical layout, or what is wrong with it; places are in `path`. */
export async function formatText(path: string, text: string): Promise<string | readonly Diagnostic[]> {
  try {
    return await format(text);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    if (error.reason === "changed")
      return [createDiagnostic("MTL9001", { problem: error.message, version }, nowhere(path))];
    return error.diagnostics.map((diagnostic) => ({
      ...diagnostic,
      span: { ...diagnostic.span, file: path },
      labels: diagnostic.labels.map((label) => ({ ...label, span: { ...label.span, file: path } })),
    }));
  }
}

function readSpec(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw createFailure("MTL8007", { file: path, problem: describeSystemError(error) });
  }
}
