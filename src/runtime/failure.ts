import {
  createDiagnostic,
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticParameters,
  type ReportDetails,
} from "../compiler/diagnostics/index.js";
import type { SourceFile, Span } from "../compiler/text/index.js";

/**
 * Something that the user can fix and that stops a run: a column that is not there, a damaged artifact, a loss that is
 * not a number. It carries diagnostics, so that the command line and an editor show it as they show the compiler's.
 * Anything else that is thrown is a bug in mtlc.
 */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly diagnostics: readonly Diagnostic[];
  /** Texts that the diagnostics point into and that are not on the disk, by the names of their files. */
  readonly sources: ReadonlyMap<string, SourceFile>;

  constructor(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, SourceFile> = new Map()) {
    super(diagnostics.map((diagnostic) => `${diagnostic.code}: ${diagnostic.message}`).join("\n"));
    this.diagnostics = diagnostics;
    this.sources = sources;
  }
}

/** A place for what no line of a spec caused: the command line, an artifact's file. Renderers show no excerpt for it. */
export function noLocation(file = ""): Span {
  return { file, start: 0, end: 0 };
}

/** A {@link Failure} with one diagnostic of the catalogue. */
export function createFailure<C extends DiagnosticCode>(
  code: C,
  parameters: DiagnosticParameters<C>,
  span: Span = noLocation(),
  details: ReportDetails = {},
): Failure {
  return new Failure([createDiagnostic(code, parameters, span, details)]);
}
