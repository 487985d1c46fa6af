import {
  type FileFormat,
  fileFormatNames,
  fileFormats,
  type FormatOption,
  formatOfName,
  isDatabase,
} from "../../formats/index.js";
import type { Arguments, FileReading, SourceModel, SourceOptions } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { findUrlFault, publicUrl, rebasePath, type Span } from "../../text/index.js";
import { checkArguments, readArgument, type ArgumentSpec } from "../arguments/arguments.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { suggestedBy } from "../names/suggestion.js";

/** A format with its options: of one source, or of `format:` for all. */
export type Format = Pick<FileReading, "format" | "options">;

/** Endings of compression: that some cannot be read is said of the file. */
const packed = ["gz", "gzip", "zst", "bz2"];

/** The options of a format that says nothing. */
export function defaultOptions(format: FileFormat): SourceOptions {
  return { header: true, delimiter: fileFormats[format].delimiter, nulls: [], trim: false };
}

/** The options of a format; what `format:` says are their defaults. */
export function formatSpecs({ format, options }: Format): readonly ArgumentSpec[] {
  const specs: Readonly<Record<FormatOption, Omit<ArgumentSpec, "name">>> = {
    delimiter: { type: { kind: "text" }, default: options.delimiter },
    header: { type: { kind: "boolean" }, default: options.header },
    columns: { type: { kind: "names" }, default: options.columns ?? null },
    nulls: { type: { kind: "strings" }, default: options.nulls },
    trim: { type: { kind: "boolean" }, default: options.trim },
    common: { type: { kind: "text" }, default: options.common ?? null },
    table: { type: { kind: "text" }, default: options.table ?? null },
    order: { type: { kind: "names" }, default: options.order ?? null },
  };
  return fileFormats[format].options.map((name) => ({ name, ...specs[name] }));
}

/** The options of a call; `base` gives the defaults of its arguments. */
function optionsFrom(context: CheckContext, call: ast.CallExpression, base: Format, args: Arguments): SourceOptions {
  const defaults = defaultOptions(base.format);
  const { columns, table, order } = args;
  return {
    header: args["header"] === undefined ? defaults.header : args["header"] === true,
    delimiter: typeof args["delimiter"] === "string" ? args["delimiter"] : defaults.delimiter,
    ...(Array.isArray(columns) ? { columns: columns as readonly string[] } : {}),
    nulls: Array.isArray(args["nulls"]) ? (args["nulls"] as readonly string[]) : [],
    trim: args["trim"] === true,
    ...commonFrom(context, call, base, args["common"]),
    ...(typeof table === "string" ? { table } : {}),
    ...(Array.isArray(order) ? { order: order as readonly string[] } : {}),
  };
}

/** Like other paths, from where the spec lies; a default has been put there already. */
function commonFrom(
  context: CheckContext,
  call: ast.CallExpression,
  { options }: Format,
  given: Arguments[string] | undefined,
): Pick<SourceOptions, "common"> {
  if (typeof given !== "string") return {};
  if (given === options.common) return { common: given };
  checkUrls(context, [given], undefined, call.callee.span);
  return { common: rebasePath(given, call.span.file, context.spec.span.file) };
}

/** Says what is wrong with paths that are URLs; whether all are right. */
function checkUrls(
  context: CheckContext,
  paths: readonly string[],
  format: FileFormat | undefined,
  span: Span,
): boolean {
  const faults = paths.flatMap((path) => {
    const fault = findUrlFault(path, format === "postgres");
    return fault === undefined ? [] : [{ url: publicUrl(path), ...fault }];
  });
  for (const { url, problem, help } of faults) context.reporter.report("MTL3028", { url, problem }, span, { help });
  return faults.length === 0;
}

/** `format: csv(header: false, …)`, `format: tsv`. */
export function checkFormat(context: CheckContext, value: ast.Expression): Format | undefined {
  if (value.kind === "Missing") return undefined;
  const name = value.kind === "Call" ? value.callee : value.kind === "NameExpression" ? value.name : undefined;
  if (name === undefined) {
    context.reporter.report(
      "MTL3002",
      {
        callee: "data",
        parameter: "format",
        expected: fileFormatNames.map((each) => `\`${each}\``).join(", "),
        found: describeValue(value),
      },
      value.span,
    );
    return undefined;
  }
  const format = findFormat(context, name);
  if (format === undefined) return undefined;
  const base = { format, options: defaultOptions(format) };
  if (value.kind !== "Call") return base;
  const args = checkArguments(context, { name: format, span: name.span }, formatSpecs(base), value.arguments);
  return args === undefined
    ? undefined
    : checkHeader(context, value, { format, options: optionsFrom(context, value, base, args) });
}

function findFormat(context: CheckContext, name: ast.Name): FileFormat | undefined {
  if (name.text === "") return undefined;
  const format = fileFormatNames.find((each) => each === name.text);
  if (format === undefined) {
    const { suggestion, details } = suggestedBy(name, fileFormatNames);
    context.reporter.report(
      "MTL2004",
      { name: name.text, what: "a file format", known: fileFormatNames, suggestion },
      name.span,
      details,
    );
  }
  return format;
}

/** `"a.csv.gz"`, `["a.csv", "b.csv"]`, `csv("a.csv", header: false)`; `shared` is what `format:` says. */
export function checkSource(
  context: CheckContext,
  value: ast.Expression,
  shared: Format | undefined,
): SourceModel | undefined {
  if (value.kind === "Missing") return undefined;
  if (value.kind === "Call") return checkSourceCall(context, value, shared);
  const paths = readPaths(context, value, shared?.format);
  if (paths === undefined) return undefined;
  if (shared !== undefined)
    return hasTable(context, shared, value.span) ? { ...shared, paths, span: value.span } : undefined;
  const kinds = new Set(paths.map((path) => formatOfName(path, packed)));
  const [format] = kinds;
  if (kinds.size !== 1 || format === undefined) {
    const unknown = paths.find((path) => formatOfName(path, packed) === undefined);
    context.reporter.report("MTL3021", { path: unknown ?? paths[0] ?? "", mixed: unknown === undefined }, value.span, {
      help: `name the format: ${fileFormatNames.map((each) => `\`${each}("…")\``).join(", ")}`,
    });
    return undefined;
  }
  const base = { format, options: defaultOptions(format) };
  return hasTable(context, base, value.span) ? { ...base, paths, span: value.span } : undefined;
}

function checkSourceCall(
  context: CheckContext,
  call: ast.CallExpression,
  shared: Format | undefined,
): SourceModel | undefined {
  const format = findFormat(context, call.callee);
  if (format === undefined) return undefined;
  const callee = { name: format, span: call.callee.span };
  const isPath = ({ name }: ast.Argument): boolean => name === undefined || name.text === "path";
  const positional = call.arguments.filter(isPath);
  const named = call.arguments.filter((argument) => !isPath(argument));
  const base = shared?.format === format ? shared : { format, options: defaultOptions(format) };
  const args = checkArguments(context, callee, formatSpecs(base), named);
  const lists = positional.map((argument) => readPaths(context, argument.value, format));
  if (positional.length === 0 && args !== undefined)
    context.reporter.report(
      "MTL3001",
      { callee: format, parameter: "path", expected: "a text in quotes or a list of such" },
      callee.span,
    );
  if (args === undefined || lists.length === 0 || lists.includes(undefined)) return undefined;
  const paths = lists.flatMap((list) => list ?? []);
  const checked = checkHeader(context, call, { format, options: optionsFrom(context, call, base, args) });
  if (checked === undefined || !hasTable(context, checked, callee.span)) return undefined;
  return { ...checked, paths, span: call.span };
}

/** A database holds several tables: the spec says which. */
function hasTable(context: CheckContext, { format, options }: Format, span: Span): boolean {
  if (!isDatabase(format) || options.table !== undefined) return true;
  context.reporter.report(
    "MTL3001",
    { callee: format, parameter: "table", expected: "the name of a table in quotes" },
    span,
  );
  return false;
}

/** A file without a header says nothing about its columns: the spec must. */
function checkHeader(context: CheckContext, at: ast.CallExpression, format: Format): Format | undefined {
  if (format.options.header || format.options.columns !== undefined) return format;
  context.reporter.report("MTL3022", { format: format.format }, at.callee.span);
  return undefined;
}

function readPaths(
  context: CheckContext,
  value: ast.Expression,
  format: FileFormat | undefined,
): readonly string[] | undefined {
  const read = readArgument(
    context,
    { name: "data", span: value.span },
    { name: "path", type: { kind: "strings", nonEmpty: true } },
    value,
  );
  if (!Array.isArray(read) || !checkUrls(context, read as readonly string[], format, value.span)) return undefined;
  // An imported file writes paths from where it lies; the model has them all from where the spec lies.
  const { file } = context.spec.span;
  return (read as readonly string[]).map((path) => rebasePath(path, value.span.file, file));
}
