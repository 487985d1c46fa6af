import type { SourceFile } from "../../text/index.js";
import type { Diagnostic, Severity } from "../diagnostic.js";
import { toDiagnosticJson, type DiagnosticJson } from "./diagnostic-json.js";

const commands: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice" };

/**
 * Workflow commands of GitHub Actions, one per line: they become annotations on the lines of a pull request. See
 * "Workflow commands for GitHub Actions" in GitHub's documentation.
 */
export function renderGithub(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, SourceFile>): string {
  return diagnostics.map((each) => `${renderCommand(toDiagnosticJson(each, sources))}\n`).join("");
}

function renderCommand({ code, severity, message, caption, notes, help, labels, ...place }: DiagnosticJson): string {
  const isOneLine = place.line === place.endLine;
  const properties: readonly (readonly [string, string | number | undefined])[] = [
    ["file", place.file],
    ["line", place.line],
    ["endLine", place.endLine],
    // Columns are valid only for spans on one line; GitHub's end is inclusive.
    ["col", isOneLine ? place.column : undefined],
    [
      "endColumn",
      isOneLine && place.endColumn !== undefined ? Math.max(place.column ?? 1, place.endColumn - 1) : undefined,
    ],
    ["title", code],
  ];
  const written = properties.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeProperty(value)}`],
  );
  const text = [
    message,
    ...(caption === undefined ? [] : [caption]),
    ...labels.map((label) => `${label.file}:${label.line}:${label.column}: ${label.message}`),
    ...notes,
    ...(help === undefined ? [] : [`help: ${help}`]),
  ];
  return `::${commands[severity]} ${written.join(",")}::${escapeData(text.join("\n"))}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(value: string | number): string {
  return escapeData(String(value)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
