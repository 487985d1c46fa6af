import type { DataModel, SampleModel, SourceModel, SplitModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { omitUndefined, suggest, type Span } from "../../text/index.js";
import { argumentFor, checkArguments, readArgument, type ArgumentSpec } from "../arguments/arguments.js";
import { dataKeys } from "../names/block-keys.js";
import { collectEntries, placesOf } from "../names/blocks.js";
import { columnNamed } from "./column-names.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { checkFormat, checkSource } from "./check-source.js";

const keys = dataKeys.map(({ name }) => name);
const roles = ["train", "validation", "test"] as const;

/** The `data` block: which files, how they are read, and the columns with a role of their own. */
export function checkData(context: CheckContext, block: ast.DataBlock | undefined): DataModel {
  if (block === undefined) return {};
  const entries = collectEntries(context, "data", block.entries, keys);
  const formatEntry = entries.get("format");
  const format = formatEntry === undefined ? undefined : checkFormat(context, formatEntry.value);
  const sources: { [R in (typeof roles)[number]]?: SourceModel } = {};
  for (const role of roles) {
    const entry = entries.get(role);
    const source = entry === undefined ? undefined : checkSource(context, entry.value, format);
    if (source !== undefined) sources[role] = source;
  }
  const splitEntry = entries.get("split");
  const split = splitEntry === undefined ? undefined : checkSplit(context, splitEntry, entries);
  const sampleEntry = entries.get("sample");
  const sample = sampleEntry === undefined ? undefined : checkSample(context, sampleEntry);
  const group = columnEntry(context, entries.get("group"));
  const weight = columnEntry(context, entries.get("weight"));
  return {
    ...(format === undefined || formatEntry === undefined
      ? {}
      : { format: { ...format, span: formatEntry.value.span } }),
    ...sources,
    ...omitUndefined({
      split,
      sample,
      group,
      weight,
      places: placesOf(entries, ["group", "weight", "split", "sample"]),
    }),
  };
}

/** `group: user_id`, or the name in quotes when it is not an identifier. */
function columnEntry(context: CheckContext, entry: ast.Entry | undefined): string | undefined {
  if (entry === undefined || entry.value.kind === "Missing") return undefined;
  const { value, key } = entry;
  const column = columnNamed(context, value);
  if (column !== undefined) return column === "" ? undefined : column;
  context.reporter.report(
    "MTL3002",
    { callee: "data", parameter: key.text, expected: "the name of a column", found: describeValue(value) },
    value.span,
  );
  return undefined;
}

export const sampleSpecs: readonly ArgumentSpec[] = [
  { name: "of", type: { kind: "reference", to: "label" } },
  { name: "share", type: { kind: "number", min: 0, max: 1, minOpen: true, maxOpen: true } },
  { name: "seed", type: { kind: "number", min: 0, max: 2 ** 31 - 1, integer: true }, default: 0 },
];

/** `negatives(of: click, share: 0.1)`: of the training rows without a click, a tenth. */
function checkSample(context: CheckContext, { value }: ast.Entry): SampleModel | undefined {
  if (value.kind === "Missing") return undefined;
  if (value.kind !== "Call" || value.callee.text !== "negatives") {
    const expected = "`negatives(of: click, share: 0.1)`";
    context.reporter.report(
      "MTL3002",
      { callee: "data", parameter: "sample", expected, found: describeValue(value) },
      value.span,
    );
    return undefined;
  }
  const args = checkArguments(context, { name: "negatives", span: value.callee.span }, sampleSpecs, value.arguments);
  if (args === undefined) return undefined;
  const label = String(args["of"]);
  const symbol = context.scope.labels.get(label);
  const type = symbol?.kind === "label" ? symbol.declaration.type : undefined;
  if (type?.kind === "LabelType" && type.base !== "event") {
    const { span } = argumentFor(sampleSpecs, value.arguments, "of") ?? value;
    if (type.base === "classes") context.reporter.report("MTL4042", { label, use: "an event" }, span);
    else
      context.reporter.report("MTL4001", { label }, span, {
        labels: [{ span: type.span, message: "an amount" }],
      });
    return undefined;
  }
  return { label, share: Number(args["share"]), seed: Number(args["seed"]) };
}

const keysForm = "`hash(column, …)` or `rows`";

export const splitSpecs: readonly ArgumentSpec[] = [
  { name: "fraction", type: { kind: "number", min: 0, max: 1, minOpen: true, maxOpen: true } },
  { name: "rest", type: { kind: "choice", values: ["validation", "test"] }, default: "validation" },
  { name: "seed", type: { kind: "number", min: 0, max: 2 ** 31 - 1, integer: true }, default: 0 },
  { name: "by", type: { kind: "expression", expected: keysForm }, default: null },
];

/** `split(by: hash(user_id), 0.9)`: the rows of the training files that train; the rest validates or tests. */
function checkSplit(
  context: CheckContext,
  entry: ast.Entry,
  entries: ReadonlyMap<string, ast.Entry>,
): SplitModel | undefined {
  const { value } = entry;
  if (value.kind === "Missing") return undefined;
  if (value.kind !== "Call" || value.callee.text !== "split") {
    context.reporter.report(
      "MTL3002",
      { callee: "data", parameter: "split", expected: "`split(by: hash(column), 0.9)`", found: describeValue(value) },
      value.span,
    );
    return undefined;
  }
  const callee = { name: "split", span: value.callee.span };
  const args = checkArguments(context, callee, splitSpecs, value.arguments);
  const by = argumentFor(splitSpecs, value.arguments, "by");
  const columns = by === undefined ? [] : checkSplitKeys(context, by.value);
  if (args === undefined || columns === undefined) return undefined;
  const role = args["rest"] === "test" ? "test" : "validation";
  const own = entries.get(role);
  if (own !== undefined) {
    context.reporter.report("MTL3020", { role }, value.span, {
      labels: [{ span: own.key.span, message: `the ${role} data has files of its own` }],
      help: "leave out one of them, or say with `rest:` what the other rows are for",
    });
    return undefined;
  }
  return { by: columns, fraction: Number(args["fraction"]), rest: role, seed: Number(args["seed"]) };
}

/** `hash(a, b)` → [a, b]; `rows` → []. */
function checkSplitKeys(context: CheckContext, value: ast.Expression): readonly string[] | undefined {
  if (value.kind === "Missing") return undefined;
  if (value.kind === "NameExpression" && value.name.text === "rows") return [];
  if (value.kind === "Call" && value.callee.text === "hash" && value.arguments.length > 0) {
    const columns: string[] = [];
    for (const argument of value.arguments) {
      if (argument.value.kind === "Call") {
        const column = columnNamed(context, argument.value);
        if (column === "") return undefined;
        if (column !== undefined) {
          columns.push(column);
          continue;
        }
      }
      if (argument.name !== undefined && argument.name.text !== "column") {
        const { text: name, span } = argument.name;
        context.reporter.report("MTL2005", { callee: "hash", name, known: ["column"] }, span);
        return undefined;
      }
      const read = readArgument(
        context,
        { name: "hash", span: value.callee.span },
        { name: "column", type: { kind: "names" } },
        argument.value,
      );
      if (!Array.isArray(read)) return undefined;
      columns.push(...(read as readonly string[]));
    }
    return columns;
  }
  context.reporter.report(
    "MTL3002",
    { callee: "split", parameter: "by", expected: keysForm, found: describeValue(value) },
    value.span,
  );
  return undefined;
}

/** What reads a column, for {@link checkColumns}. */
export interface ColumnUse {
  readonly column: string;
  readonly span: Span;
}

/** Columns that a spec reads must be among those that it lists for its files. */
export function checkColumns(context: CheckContext, data: DataModel, uses: readonly ColumnUse[]): void {
  const named = [data.train, data.validation, data.test].filter((source) => source !== undefined);
  const readings = named.length === 0 && data.format !== undefined ? [data.format] : named;
  const lists = readings.flatMap(({ options }) => options.columns ?? []);
  // A file with a header of its own may have any column, and one of slots its slots.
  const isListed = readings.every(({ format, options }) => options.columns !== undefined && format !== "slots");
  if (!isListed || lists.length === 0) return;
  const known = new Set(lists);
  for (const { column, span } of uses) {
    if (known.has(column)) continue;
    const suggestion = suggest(column, known);
    // A column in quotes, or of a feature of another name, is not what is written at the span.
    const word = span.end - span.start === column.length ? suggestion : undefined;
    context.reporter.report("MTL2011", { column, suggestion }, span, { suggest: { span, word } });
  }
}
