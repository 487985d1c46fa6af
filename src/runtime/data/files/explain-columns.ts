/** What to say of columns missing from a file: about its first line as a whole, or about each column. */
import { createDiagnostic, type Diagnostic } from "../../../compiler/diagnostics/index.js";
import { omitUndefined, quote, type Span, suggest } from "../../../compiler/text/index.js";
import { createFailure, type Failure } from "../../failure.js";
import type { DataFile } from "./files.js";
import { isTextTable } from "../../../compiler/formats/index.js";
import type { ColumnUse, FileColumn } from "./columns.js";

/** Characters of a name, and of a list of names, that a message shows. */
const shownName = 40;
const shownList = 400;

function shorten(name: string): string {
  return name.length > shownName ? `${name.slice(0, shownName - 1)}…` : name;
}

/** Names as a message lists them, cut where they get long. */
export function listNames(names: readonly string[]): string {
  const shown: string[] = [];
  let length = 0;
  for (const name of names.map(shorten)) {
    if (length + name.length > shownList) break;
    shown.push(`\`${name}\``);
    length += name.length + 4;
  }
  const more = names.length - shown.length;
  return `${shown.join(", ")}${more === 0 ? "" : ` and ${more} more`}`;
}

/** One diagnostic about the first line of a file where this explains it, else one for each place that reads a column. */
export function explainMissing(
  file: DataFile,
  columns: readonly FileColumn[],
  uses: readonly ColumnUse[],
  span: Span,
): readonly Diagnostic[] {
  const names = columns.map(({ name }) => name);
  const problem =
    isTextTable(file.format) && file.options.columns === undefined ? explainHeader(file, names, uses) : undefined;
  if (problem !== undefined)
    return [createDiagnostic("MTL7132", { file: file.shown, problem: problem.problem }, span, { help: problem.help })];
  return groupByPlace(uses).flatMap(([first, ...more]) =>
    first === undefined ? [] : [missingColumn(first, more, file, names)],
  );
}

/** Features that share one location of the spec, as those of a range do, together. */
function groupByPlace(uses: readonly ColumnUse[]): readonly (readonly ColumnUse[])[] {
  const groups: ColumnUse[][] = [];
  const isFeature = ({ user }: ColumnUse): boolean => user.startsWith("feature ");
  for (const use of uses) {
    const group = groups.find(
      ([first]) => first !== undefined && isFeature(first) && isFeature(use) && touch(first.span, use.span),
    );
    if (group === undefined) groups.push([use]);
    else group.push(use);
  }
  return groups;
}

function touch(a: Span, b: Span): boolean {
  const holds = (outer: Span, inner: Span): boolean =>
    outer.file === inner.file && outer.start <= inner.start && inner.end <= outer.end;
  return holds(a, b) || holds(b, a);
}

function missingColumn(
  use: ColumnUse,
  more: readonly ColumnUse[],
  file: DataFile,
  names: readonly string[],
): Diagnostic {
  const suggestion =
    suggest(
      use.column,
      names.filter((name) => name !== ""),
    ) ?? longerName(use.column, names);
  const others = more.length === 0 ? [] : [`it is also missing ${listNames(more.map(({ column }) => column))}`];
  const help = suggestion === undefined ? renameHelp(use) : undefined;
  const { column, span, user } = use;
  // A column in quotes, or of a feature of another name, is not what is written at the span.
  const isWritten = span.file !== "" && span.end - span.start === column.length;
  return createDiagnostic("MTL7103", { column, file: file.shown, user, suggestion }, span, {
    suggest: { span, word: isWritten ? suggestion : undefined },
    notes: [...others, `its columns are ${listNames(names)}`],
    ...omitUndefined({ help }),
  });
}

/** The one name that begins or ends with another: `user_id` for `user`. */
function longerName(name: string, names: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const isPart = (each: string): boolean => {
    const other = each.toLowerCase();
    return other !== wanted && (other.startsWith(`${wanted}_`) || other.endsWith(`_${wanted}`));
  };
  const found = wanted.length < 3 ? [] : names.filter(isPart);
  return found.length === 1 ? found[0] : undefined;
}

/** How a feature or a label reads a column of another name. */
function renameHelp({ user, column }: ColumnUse): string | undefined {
  const [, kind, name] = /^(feature|label) `(\w+)`$/.exec(user) ?? [];
  if (name !== column) return undefined;
  return kind === "feature"
    ? `if its column is called otherwise, say so: \`${name}: …(column: "uid")\``
    : `if its column is called otherwise, say so: \`${name}: … = column("is click")\``;
}

interface HeaderProblem {
  readonly problem: string;
  readonly help: string;
}

function explainHeader(
  file: DataFile,
  names: readonly string[],
  uses: readonly ColumnUse[],
): HeaderProblem | undefined {
  const wanted = [...new Set(uses.map(({ column }) => column))];
  return (
    explainEmpty(names) ??
    explainDelimiter(file, names, wanted) ??
    explainTypes(names, wanted) ??
    explainForm(file, names)
  );
}

/** A first line with nothing in it, which is read as one name. */
function explainEmpty(names: readonly string[]): HeaderProblem | undefined {
  if (names.some((name) => name.trim() !== "")) return undefined;
  return {
    problem: "its first line, which names the columns, is empty",
    help: "delete the empty line; a file without a header line needs `header: false, columns: [...]`",
  };
}

/** Another delimiter by which the first line has the columns that are read. */
function explainDelimiter(
  file: DataFile,
  names: readonly string[],
  wanted: readonly string[],
): HeaderProblem | undefined {
  const { delimiter } = file.options;
  const [line] = names;
  // A line that is cut at all has its delimiter.
  if (line === undefined || names.length > 1) return undefined;
  for (const other of [",", ";", "\t", "|", " "]) {
    if (other === delimiter) continue;
    const parts = line.split(other).map((part) => part.trim().replace(/^"(.*)"$/, "$1"));
    const hits = wanted.filter((name) => parts.includes(name)).length;
    if (parts.length < 2 || hits === 0 || hits * 2 < wanted.length) continue;
    return {
      problem: `its values are parted by ${quote(other)}, and it is read with ${quote(delimiter)}`,
      help:
        other === "\t"
          ? `write \`tsv("${file.shown}")\`, or \`data { format: tsv }\` for all files`
          : `write \`csv("${file.shown}", delimiter: ${quote(other)})\`, or \`data { format: csv(delimiter: ${quote(other)}) }\` for all files`,
    };
  }
  return undefined;
}

const typedName = /^(.+):(?:token|float|token_seq|float_seq|string|int|bigint|double|str)$/;

/** `user_id:token`, as RecBole names columns. */
function explainTypes(names: readonly string[], wanted: readonly string[]): HeaderProblem | undefined {
  const plain = names.map((name) => typedName.exec(name)?.[1] ?? name);
  const [typed] = names.filter((name) => typedName.test(name));
  if (typed === undefined || !wanted.some((name) => plain.includes(name))) return undefined;
  const list = plain.map((name) => (/^[A-Za-z_]\w*$/.test(name) ? name : quote(name))).join(", ");
  return {
    problem: `its header has types in its names, as \`${shorten(typed)}\``,
    help: `name the columns without them: \`columns: [${list.length > shownList ? `${list.slice(0, shownList)}…` : list}]\``,
  };
}

/** A first line that is not a header: values, or lines of another format. */
function explainForm(file: DataFile, names: readonly string[]): HeaderProblem | undefined {
  const { delimiter } = file.options;
  const line = names.join(delimiter);
  const pieces = line.trim().split(/\s+/);
  const pair = /^(?:qid|\d+):[^:\s]+$/;
  if (pieces.length > 1 && isValue(pieces[0] ?? "") && pair.test(pieces[1] ?? ""))
    return {
      problem: "its lines are those of libsvm: a label and pairs `index:value`",
      help: `write \`libsvm("${file.shown}")\`, or \`data { format: libsvm }\` for all files`,
    };
  const parts = names.length > 1 ? names : line.split(/[,\s]+/);
  const plain = parts.findIndex((part) => part.includes(":"));
  if (plain >= 0 && parts.length - plain > 2 && parts.slice(plain).every((part) => /^[^:\s]+:[^:\s]+$/.test(part)))
    return {
      problem: "its lines are plain values and pairs `slot:id`",
      help: `write \`slots("${file.shown}", delimiter: ${quote(names.length > 1 ? delimiter : " ")}${plain === 0 ? "" : `, columns: [${Array.from({ length: plain }, (_, i) => `v${i + 1}`).join(", ")}]`})\``,
    };
  const values = names.filter((name) => name === "" || isValue(name)).length;
  if (names.length < 2 || values * 2 < names.length) return undefined;
  return {
    problem: `its first line holds values and no names: ${listNames(names.slice(0, 5))}`,
    help: `write \`header: false, columns: [...]\` with a name for each of its ${names.length} columns`,
  };
}

function isValue(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

/** The failure for a header with a name twice. */
export function doubledName(file: DataFile, names: readonly string[], twice: string, span: Span): Failure {
  const form = explainForm(file, names);
  return form === undefined
    ? createFailure("MTL7111", { file: file.shown, column: shorten(twice) }, span)
    : createFailure("MTL7132", { file: file.shown, problem: form.problem }, span, { help: form.help });
}
