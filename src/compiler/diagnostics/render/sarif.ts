import type { SourceFile } from "../../text/index.js";
import { definitionOf } from "../catalogue/index.js";
import type { Diagnostic, Severity } from "../diagnostic.js";
import { toDiagnosticJson, type DiagnosticJson, type LocationJson } from "./diagnostic-json.js";

const levels: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };

/** What a log says about the tool. */
export interface SarifTool {
  readonly version: string;
}

/** Diagnostics as a log of SARIF 2.1.0 (OASIS), which code-scanning services read; paths become relative URIs. */
export function renderSarif(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, SourceFile>,
  { version }: SarifTool,
): string {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].toSorted();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "mtlc", semanticVersion: version, rules: codes.map((code) => ruleOf(code)) },
        },
        columnKind: "utf16CodeUnits",
        results: diagnostics.map((each) => resultOf(toDiagnosticJson(each, sources), codes)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

/** A rule with its page as text: a log is read on other machines, where a file of this one has no address. */
function ruleOf(code: string): unknown {
  const { slug, title, severity, about, fix } = definitionOf(code);
  return {
    id: code,
    name: slug,
    shortDescription: { text: title },
    fullDescription: { text: about },
    help: { text: fix, markdown: `${about}\n\n**Fix:** ${fix}` },
    defaultConfiguration: { level: levels[severity] },
  };
}

function resultOf(diagnostic: DiagnosticJson, codes: readonly string[]): unknown {
  const { code, severity, message, caption, notes, help, labels, fixes } = diagnostic;
  const text = [
    message,
    ...(caption === undefined ? [] : [caption]),
    ...notes,
    ...(help === undefined ? [] : [`help: ${help}`]),
  ];
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: levels[severity],
    message: { text: text.join("\n") },
    locations: locationsOf(diagnostic),
    ...(labels.length === 0
      ? {}
      : {
          relatedLocations: labels.map((label, id) => ({
            id,
            physicalLocation: physicalLocation(label),
            message: { text: label.message },
          })),
        }),
    ...(fixes.length === 0 ? {} : { fixes: fixes.map(fixOf) }),
  };
}

function locationsOf({ file, line, column, endLine, endColumn }: DiagnosticJson): readonly unknown[] {
  if (file === undefined) return [];
  if (line === undefined || column === undefined || endLine === undefined || endColumn === undefined)
    return [{ physicalLocation: { artifactLocation: { uri: uriOf(file) } } }];
  return [{ physicalLocation: physicalLocation({ file, line, column, endLine, endColumn }) }];
}

function physicalLocation(place: LocationJson): unknown {
  return { artifactLocation: { uri: uriOf(place.file) }, region: regionOf(place) };
}

function regionOf({ line, column, endLine, endColumn }: LocationJson): unknown {
  return { startLine: line, startColumn: column, endLine, endColumn };
}

function fixOf({ title, edits }: DiagnosticJson["fixes"][number]): unknown {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: title },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: uriOf(file) },
      replacements: edits
        .filter((edit) => edit.file === file)
        .map((edit) => ({ deletedRegion: regionOf(edit), insertedContent: { text: edit.newText } })),
    })),
  };
}

/** A path as a URI reference: an absolute one becomes a `file:` URI, of a relative one only its characters are escaped. */
function uriOf(path: string): string {
  const slashes = path.replaceAll("\\", "/");
  const drive = /^[A-Za-z]:(?=\/)/.exec(slashes)?.[0];
  const rest = slashes
    .slice(drive?.length ?? 0)
    .split("/")
    .map(encodeURIComponent)
    .join("/");
  if (drive !== undefined) return `file:///${drive}${rest}`;
  return slashes.startsWith("/") ? `file://${rest}` : rest;
}
