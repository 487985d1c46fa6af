import { compareText, type Span } from "../text/index.js";
import { catalogue, definitionOf, type DiagnosticCode, type DiagnosticParameters } from "./catalogue/index.js";
import type { DiagnosticDefinition } from "./define.js";
import type { Diagnostic, Fix, Label, Severity } from "./diagnostic.js";

/** The optional parts of a diagnostic. */
export interface ReportDetails {
  readonly caption?: string;
  readonly labels?: readonly Label[];
  readonly notes?: readonly string[];
  readonly help?: string;
  readonly fixes?: readonly Fix[];
  /** A fix more: the word that is most likely meant, for what is written at `span`. No word, no fix. */
  readonly suggest?: { readonly span: Span; readonly word: string | undefined };
}

/** Makes one diagnostic from the catalogue; for places that have no {@link Reporter} at hand. */
export function createDiagnostic<C extends DiagnosticCode>(
  code: C,
  parameters: DiagnosticParameters<C>,
  span: Span,
  details: ReportDetails = {},
): Diagnostic {
  // The type checker does not see that `catalogue[code]` and `DiagnosticParameters<C>` belong to the same row.
  const definition = catalogue[code] as unknown as DiagnosticDefinition<DiagnosticParameters<C>>;
  return {
    code: code as string,
    severity: definition.severity,
    message: definition.message(parameters),
    span,
    caption: details.caption ?? "",
    labels: details.labels ?? [],
    notes: details.notes ?? [],
    ...(details.help === undefined ? {} : { help: details.help }),
    fixes: [...(details.fixes ?? []), ...suggestedFixes(details.suggest)],
  };
}

function suggestedFixes(suggested: ReportDetails["suggest"]): readonly Fix[] {
  if (suggested?.word === undefined) return [];
  const { span, word } = suggested;
  return [{ title: `write \`${word}\``, edits: [{ span, newText: word }] }];
}

/** Collects diagnostics, at most one for a code at a place, and one error there: a second one is about the same mistake. */
export class Reporter {
  private readonly seen = new Set<string>();
  private readonly list: Diagnostic[] = [];

  /** Adds a diagnostic of the catalogue unless the same code, or an error, was reported at the same place. */
  report<C extends DiagnosticCode>(
    code: C,
    parameters: DiagnosticParameters<C>,
    span: Span,
    details: ReportDetails = {},
  ): void {
    const { severity } = definitionOf(code);
    if (this.claim(code, severity, span)) this.list.push(createDiagnostic(code, parameters, span, details));
  }

  /** Adds diagnostics that another reporter collected, by the same rule. */
  take(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics)
      if (this.claim(diagnostic.code, diagnostic.severity, diagnostic.span)) this.list.push(diagnostic);
  }

  /** Whether nothing like it was reported at the place; from now on something was. */
  private claim(code: string, severity: Severity, { file, start, end }: Span): boolean {
    const key = `${severity === "error" ? "error" : code}@${file}:${start}-${end}`;
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    return true;
  }

  /** What was reported, in the order of files and places. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.list].sort(
      (a, b) => compareText(a.span.file, b.span.file) || a.span.start - b.span.start || compareText(a.code, b.code),
    );
  }

  get hasErrors(): boolean {
    return this.list.some((d) => d.severity === "error");
  }
}
