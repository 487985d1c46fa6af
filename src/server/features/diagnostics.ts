import {
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic as LspDiagnostic,
  type DiagnosticRelatedInformation,
} from "vscode-languageserver";
import type { Compilation } from "../../compiler/compile.js";
import { definitionOf, type Diagnostic, type Severity } from "../../compiler/diagnostics/index.js";
import type { SourceFile } from "../../compiler/text/index.js";
import { toRange } from "../positions.js";

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/**
 * What the compiler says about one file, in the protocol's form; places in other files become related information.
 * A code is named by its slug; `pageOf` gives the address of the page about a code.
 */
export function diagnosticsOf(
  compilation: Compilation,
  path: string,
  uriOf: (path: string) => string,
  pageOf: (code: string) => string | undefined = () => undefined,
): readonly LspDiagnostic[] {
  const source = compilation.sources.get(path);
  if (source === undefined) return [];
  return compilation.diagnostics
    .filter(({ span }) => span.file === path)
    .map((diagnostic) => ({
      ...toLspDiagnostic(diagnostic, source, pageOf),
      relatedInformation: relatedTo(diagnostic, compilation, uriOf),
      ...(definitionOf(diagnostic.code).unused === true ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    }));
}

/** A diagnostic without places in other files, in the protocol's form. */
export function toLspDiagnostic(
  diagnostic: Diagnostic,
  source: SourceFile,
  pageOf: (code: string) => string | undefined = () => undefined,
): LspDiagnostic {
  return {
    range: toRange(source, diagnostic.span),
    severity: severities[diagnostic.severity],
    code: definitionOf(diagnostic.code).slug,
    ...pageLink(pageOf(diagnostic.code)),
    source: "mtl",
    message: messageOf(diagnostic),
  };
}

function pageLink(href: string | undefined): Pick<LspDiagnostic, "codeDescription"> {
  return href === undefined ? {} : { codeDescription: { href } };
}

/** The sentence, what is under the caret on a terminal, the facts and the help: one per line. */
function messageOf({ message, caption, notes, help }: Diagnostic): string {
  return [
    caption === "" ? message : `${message} (here: ${caption})`,
    ...notes,
    ...(help === undefined ? [] : [`help: ${help}`]),
  ].join("\n");
}

function relatedTo(
  { labels }: Diagnostic,
  { sources }: Compilation,
  uriOf: (path: string) => string,
): DiagnosticRelatedInformation[] {
  return labels.flatMap(({ span, message }) => {
    const source = sources.get(span.file);
    return source === undefined ? [] : [{ location: { uri: uriOf(span.file), range: toRange(source, span) }, message }];
  });
}
