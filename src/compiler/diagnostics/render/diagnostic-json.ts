import { positionAt, type SourceFile, type Span } from "../../text/index.js";
import { definitionOf } from "../catalogue/index.js";
import type { Diagnostic, Severity } from "../diagnostic.js";

/** A source location for machines: 1-based lines and columns (UTF-16 units), the end exclusive. */
export interface LocationJson {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A diagnostic with its locations as lines and columns. All other forms are made from this one. */
export interface DiagnosticJson extends Partial<LocationJson> {
  readonly code: string;
  /** The code's name, such as `gate-width`. */
  readonly slug: string;
  readonly severity: Severity;
  readonly message: string;
  /** A few words about the location itself. */
  readonly caption?: string;
  readonly labels: readonly (LocationJson & { readonly message: string })[];
  readonly notes: readonly string[];
  readonly help?: string;
  readonly fixes: readonly {
    readonly title: string;
    /** It cannot be a wrong guess: `mtlc check --fix` applies it. */
    readonly safe: boolean;
    readonly edits: readonly (LocationJson & { readonly newText: string })[];
  }[];
}

/** How many diagnostics there are, by severity, and in how many files. */
export interface DiagnosticCounts {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly files: number;
}

/**
 * The machine form of a diagnostic. Locations in files that `sources` does not hold are left out, but for the file's name;
 * a diagnostic that is about no file has an empty one.
 */
export function toDiagnosticJson(diagnostic: Diagnostic, sources: ReadonlyMap<string, SourceFile>): DiagnosticJson {
  const { code, severity, message, caption, notes, help } = diagnostic;
  return {
    code,
    slug: definitionOf(code).slug,
    severity,
    message,
    ...(locationOf(diagnostic.span, sources) ?? (diagnostic.span.file === "" ? {} : { file: diagnostic.span.file })),
    ...(caption === "" ? {} : { caption }),
    labels: diagnostic.labels.flatMap((label) => withLocation(label.span, sources, { message: label.message })),
    notes,
    ...(help === undefined ? {} : { help }),
    fixes: diagnostic.fixes.map((fix) => ({
      title: fix.title,
      safe: fix.safe === true,
      edits: fix.edits.flatMap((edit) => withLocation(edit.span, sources, { newText: edit.newText })),
    })),
  };
}

function withLocation<T>(span: Span, sources: ReadonlyMap<string, SourceFile>, rest: T): readonly (LocationJson & T)[] {
  const location = locationOf(span, sources);
  return location === undefined ? [] : [{ ...location, ...rest }];
}

function locationOf(span: Span, sources: ReadonlyMap<string, SourceFile>): LocationJson | undefined {
  const source = sources.get(span.file);
  if (source === undefined) return undefined;
  const start = positionAt(source, span.start);
  const end = positionAt(source, span.end);
  return { file: span.file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

/** Counts diagnostics for a footer or an exit code. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): DiagnosticCounts {
  const of = (severity: Severity): number => diagnostics.filter((each) => each.severity === severity).length;
  const files = new Set(diagnostics.map((each) => each.span.file).filter((file) => file !== ""));
  return { errors: of("error"), warnings: of("warning"), infos: of("info"), files: files.size };
}

/** Version of the document that {@link renderJson} gives. */
export const diagnosticsVersion = 1;

/** The document `mtlc-diagnostics`: the diagnostics, and how many there are of each severity. `indent` 0: on one line. */
export function renderJson(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, SourceFile>,
  { indent = 2 }: { readonly indent?: number } = {},
): string {
  const { errors, warnings, infos, files } = countDiagnostics(diagnostics);
  const document = {
    format: "mtlc-diagnostics",
    version: diagnosticsVersion,
    diagnostics: diagnostics.map((each) => toDiagnosticJson(each, sources)),
    errors,
    warnings,
    infos,
    filesWithDiagnostics: files,
  };
  return JSON.stringify(document, undefined, indent);
}
