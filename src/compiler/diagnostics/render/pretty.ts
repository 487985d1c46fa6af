import { lineText, plural, type SourceFile } from "../../text/index.js";
import type { Diagnostic, Severity } from "../diagnostic.js";
import { countDiagnostics, toDiagnosticJson, type DiagnosticJson } from "./diagnostic-json.js";
import { visible } from "./display.js";
import { renderMarkedLine, type Mark, type Row } from "./marked-line.js";

/** How the text form looks. */
export interface PrettyOptions {
  /** ANSI colours; the caller knows whether a terminal wants them. */
  readonly color?: boolean;
  /** Columns there are; source lines are cut to them. 100 unless given. */
  readonly width?: number;
}

/** Diagnostics as people read them: one after another with a blank line between, ending with a line break. */
export function renderPretty(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, SourceFile>,
  options: PrettyOptions = {},
): string {
  return diagnostics
    .map((each) => `${renderOne(toDiagnosticJson(each, sources), sources, options).join("\n")}\n`)
    .join("\n");
}

/** `2 errors, 1 warning in 3 files`; empty when there is nothing to count. */
export function renderFooter(diagnostics: readonly Diagnostic[], options: Pick<PrettyOptions, "color"> = {}): string {
  const { errors, warnings, infos, files } = countDiagnostics(diagnostics);
  const counted = (
    [
      [errors, "error"],
      [warnings, "warning"],
      [infos, "note"],
    ] as const
  ).flatMap(([number, noun]) => (number === 0 ? [] : [plural(number, noun)]));
  if (counted.length === 0) return "";
  const text = `${counted.join(", ")}${files === 0 ? "" : ` in ${plural(files, "file")}`}`;
  return paint(text, errors > 0 ? "error" : warnings > 0 ? "warning" : "info", options.color ?? false);
}

type Place = Required<Pick<DiagnosticJson, "file" | "line" | "column" | "endLine" | "endColumn">>;

function renderOne(
  diagnostic: DiagnosticJson,
  sources: ReadonlyMap<string, SourceFile>,
  { color = false, width = 100 }: PrettyOptions,
): readonly string[] {
  const { severity } = diagnostic;
  const lines = [
    `${paint(`${severity}[${diagnostic.code}]`, severity, color)}${paint(`: ${visible(diagnostic.message)}`, "bold", color)}`,
  ];
  const place = placeOf(diagnostic);
  const files = place === undefined ? [] : filesOf(place, diagnostic);
  const lastLine = Math.max(0, ...files.flatMap((file) => [...file.marks.keys()]));
  const gutter = Math.max(2, String(lastLine).length);
  const edge = (sign: string): string => paint(`${" ".repeat(gutter)}${sign}`, "gutter", color);

  files.forEach((file, i) => {
    lines.push(`${edge(i === 0 ? "┌─" : "├─")} ${file.path}:${file.line}:${file.column}`, edge("│"));
    const source = sources.get(file.path);
    let previous: number | undefined;
    for (const [line, marks] of [...file.marks].toSorted(([a], [b]) => a - b)) {
      if (previous !== undefined && line > previous + 2) lines.push(edge("·"));
      else if (previous !== undefined && line === previous + 2)
        lines.push(numbered(line - 1, renderMarkedLine(textOf(source, line - 1), [], width - gutter - 2)[0] ?? []));
      const [text = [], ...below] = renderMarkedLine(textOf(source, line), marks, width - gutter - 2);
      lines.push(numbered(line, text), ...below.map((row) => `${edge("│")} ${paintRow(row, severity, color)}`));
      previous = line;
    }
  });
  if (place === undefined && diagnostic.file !== undefined) lines.push(`${edge("┌─")} ${visible(diagnostic.file)}`);
  lines.push(...diagnostic.notes.map((note) => `${edge("=")} ${visible(note)}`));
  if (diagnostic.help !== undefined)
    lines.push(`${edge("=")} ${paint("help:", "help", color)} ${visible(diagnostic.help)}`);
  return lines.map((line) => line.trimEnd());

  function numbered(line: number, row: Row): string {
    return `${paint(`${String(line).padStart(gutter)}│`, "gutter", color)} ${paintRow(row, severity, color)}`;
  }
}

function placeOf({ file, line, column, endLine, endColumn }: DiagnosticJson): Place | undefined {
  return file === undefined ||
    line === undefined ||
    column === undefined ||
    endLine === undefined ||
    endColumn === undefined
    ? undefined
    : { file, line, column, endLine, endColumn };
}

function textOf(source: SourceFile | undefined, line: number): string {
  return source === undefined ? "" : lineText(source, line);
}

/** What to show of one file: its first place, and the marks by line. */
interface FileMarks {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly marks: Map<number, Mark[]>;
}

/** The file of the diagnostic first, then those of its labels. */
function filesOf(place: Place, { caption, labels }: DiagnosticJson): readonly FileMarks[] {
  const files = new Map<string, FileMarks>();
  const add = (at: Place, message: string, primary: boolean): void => {
    const file = files.get(at.file) ?? { path: at.file, line: at.line, column: at.column, marks: new Map() };
    files.set(at.file, file);
    const mark = (line: number, start: number, end: number, text: string): void => {
      const list = file.marks.get(line) ?? [];
      list.push({ start, end, primary, message: text });
      file.marks.set(line, list);
    };
    if (at.line === at.endLine) mark(at.line, at.column - 1, at.endColumn - 1, message);
    else {
      // Of a place over several lines, the first one from its start and the last one up to its end.
      mark(at.line, at.column - 1, Infinity, "");
      mark(at.endLine, 0, at.endColumn - 1, message);
    }
  };
  add(place, caption ?? "", true);
  for (const label of labels) add(label, label.message, false);
  return [...files.values()];
}

type Style = Severity | "bold" | "gutter" | "help" | "secondary";

const ansi: Readonly<Record<Style, string>> = {
  error: "1;31",
  warning: "1;33",
  info: "1;36",
  bold: "1",
  gutter: "34",
  help: "1;32",
  secondary: "34",
};

function paint(text: string, style: Style, color: boolean): string {
  return color && text !== "" ? `\u001B[${ansi[style]}m${text}\u001B[0m` : text;
}

function paintRow(row: Row, severity: Severity, color: boolean): string {
  return row
    .map(({ text, style }) => (style === "plain" ? text : paint(text, style === "primary" ? severity : style, color)))
    .join("");
}
