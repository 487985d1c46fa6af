/** All values of a column that cannot be what is needed, and what to write about them. */
import { omitUndefined, quote, writeColumn } from "../../../compiler/text/index.js";
import type { ColumnExpression } from "../../../compiler/model/model.js";
import { cellOf } from "../encode/cells.js";
import type { Database } from "./database.js";
import { evaluateBoolean, evaluateNumber } from "../expressions/expression-evaluate.js";
import { relationSql, type Source } from "./source.js";
import { type Needed, ValueError } from "../expressions/values.js";

/** Distinct values that are looked at, and that a message shows. */
const looked = 1000;
const shown = 8;

export interface BadValues {
  readonly notes: readonly string[];
  readonly help?: string;
}

/** Counts the values of a column that are not what is needed; `label` is the event that reads the column by itself. */
export async function explainBadValues(
  database: Database,
  source: Source,
  { column, needed, label }: { readonly column: string; readonly needed: Needed; readonly label?: string | undefined },
): Promise<BadValues> {
  const kind = source.column(column)?.kind;
  if (needed === "boolean" && label !== undefined && (kind === "integer" || kind === "number"))
    return { notes: [], help: eventHelp(label, column, "> 0") };
  if (needed === "text" || kind !== "text") return { notes: [] };
  const fits = needed === "number" ? "TRY_CAST(v0 AS DOUBLE) IS NULL" : "lower(v0) NOT IN ('true', 'false')";
  const query =
    `SELECT v0, count(*) FROM ${relationSql(source, [column])} WHERE v0 IS NOT NULL AND ${fits} ` +
    `GROUP BY v0 ORDER BY count(*) DESC, v0 LIMIT ${looked}`;
  // Something else may be wrong with rows further down; this one is what is told.
  const rows = await database.rows(query).catch(() => []);
  const bad = rows
    .map(([value, count]) => ({ value: String(cellOf(value ?? null)), count: Number(count) }))
    .filter(({ value }) => isBad(column, value, needed));
  const [first] = bad;
  if (first === undefined) return { notes: [] };
  const list = bad
    .slice(0, shown)
    .map(({ value, count }) => `${shorten(value)} (${count} ${count === 1 ? "row" : "rows"})`);
  const more =
    bad.length > shown ? `, … (${rows.length === looked ? `${bad.length} or more` : bad.length} in all)` : "";
  const help = helpFor(
    bad.map(({ value }) => value),
    needed,
    label,
    column,
  );
  return {
    notes: bad.length === 1 && first.count === 1 ? [] : [`such values: ${list.join(", ")}${more}`],
    ...omitUndefined({ help }),
  };
}

function isBad(column: string, value: string, needed: Needed): boolean {
  const expression: ColumnExpression = { kind: "column", name: column, span: { file: "", start: 0, end: 0 } };
  const rules = { nulls: [], trim: false };
  try {
    if (needed === "number") evaluateNumber(expression, { [column]: value }, rules);
    else evaluateBoolean(expression, { [column]: value }, rules);
    return false;
  } catch (error) {
    if (error instanceof ValueError) return true;
    throw error;
  }
}

function shorten(value: string): string {
  return quote(value.length > 40 ? `${value.slice(0, 39)}…` : value);
}

function eventHelp(label: string, column: string, condition: string): string {
  return `say when it happened, such as \`${label}: event = ${writeColumn(column)} ${condition}\``;
}

function helpFor(
  values: readonly string[],
  needed: Needed,
  label: string | undefined,
  column: string,
): string | undefined {
  const all = (form: RegExp): boolean => values.every((value) => form.test(value.trim()));
  if (all(/^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/))
    return "numbers have no signs between thousands: write the file again";
  if (all(/^[-+]?\d+,\d+$/) || all(/^[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?$/))
    return "numbers are written with a decimal point, `12.5`, and without signs between thousands: write the file again";
  if (all(/^(?:[-+]?[\d.]+ ?%|[$€£¥] ?[-+]?[\d.,]+)$/)) return "numbers have no unit: write the file without it";
  const [first = ""] = values;
  if (needed === "boolean" && label !== undefined && values.length <= 20) {
    if (values.every((value) => Number.isFinite(Number(value)))) return eventHelp(label, column, "> 0");
    const yes = values.find((value) => /^(?:yes|y|ja|oui|是|t|positive|pos|clicked)$/i.test(value)) ?? first;
    return eventHelp(label, column, `== ${quote(yes)}`);
  }
  if (values.length <= 20)
    return `if ${values.length === 1 ? "this means" : "these mean"} that the value is not known: \`nulls: [${values.map((value) => quote(value)).join(", ")}]\``;
  return needed === "number" ? "a text with many values is a category: `categorical`" : undefined;
}
