import { format, FormatError } from "../../../compiler/format/index.js";
import { createDiagnostic, type Diagnostic } from "../../../compiler/diagnostics/index.js";
import { replaceFile } from "../../../runtime/artifact/directory.js";
import { noLocation } from "../../../runtime/failure.js";
import { findProject } from "../../../runtime/specs/project-file.js";
import { version } from "../../../runtime/version.js";
import { namedSpecs } from "../../named-specs.js";
import { readSpec } from "../../read-spec.js";
import { unifiedDiff } from "../../unified-diff.js";
import type { Outcome } from "../../command.js";

export interface FmtFile {
  readonly file: string;
  readonly changed: boolean;
  /** What would change, as a unified diff; empty unless asked for, and for a file that stays as it is. */
  readonly diff: string;
}

export interface FmtResult {
  readonly files: readonly FmtFile[];
  readonly mode: FmtMode;
  /** Files that do not parse, and what is wrong with them. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface FmtMode {
  /** Fail when a file is not in canonical layout. */
  readonly check: boolean;
  /** Show what would change. */
  readonly diff: boolean;
  /** Columns of a line; those of the project file unless given. */
  readonly width?: number | undefined;
}

/** Formats files, folders and globs of them in place; with `check` or `diff`, it writes none. */
export async function runFmt(paths: readonly string[], mode: FmtMode): Promise<Outcome<FmtResult>> {
  const files: FmtFile[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of await namedSpecs(paths, "fmt")) {
    const text = readSpec(path);
    const formatted = await formatText(path, text, mode.width);
    if (typeof formatted !== "string") {
      diagnostics.push(...formatted);
      continue;
    }
    const changed = formatted !== text;
    if (changed && !mode.check && !mode.diff) await replaceFile(path, formatted);
    files.push({ file: path, changed, diff: changed && mode.diff ? await unifiedDiff(path, text, formatted) : "" });
  }
  const unformatted = mode.check && files.some(({ changed }) => changed);
  return { result: { files, mode, diagnostics }, exitCode: diagnostics.length > 0 || unformatted ? 1 : 0 };
}

/** The text in canonical layout, or what is wrong with it; places are in `path`. The width is that of the project unless given. */
export async function formatText(
  path: string,
  text: string,
  width: number | undefined = findProject(path)?.width,
): Promise<string | readonly Diagnostic[]> {
  try {
    return await format(text, width === undefined ? {} : { width });
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    if (error.reason === "changed")
      return [createDiagnostic("MTL9001", { problem: error.message, version }, noLocation(path))];
    return error.diagnostics.map((diagnostic) => ({
      ...diagnostic,
      span: { ...diagnostic.span, file: path },
      labels: diagnostic.labels.map((label) => ({ ...label, span: { ...label.span, file: path } })),
    }));
  }
}
