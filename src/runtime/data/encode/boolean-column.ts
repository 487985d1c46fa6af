/** A column of truth of a query: 1, 0, and −1 for null. Texts of files are read here, which costs less than in SQL. */
import type { ColumnExpression } from "../../../compiler/model/model.js";
import { columnsOf } from "../../../compiler/model/column-kinds.js";
import { evaluateBoolean } from "../expressions/expression-evaluate.js";
import { compileBoolean, type ExpressionColumns } from "../expressions/expression-sql.js";
import { booleanOf, cleanText, type TextRules } from "../expressions/values.js";
import { meansNullDecimal } from "./texts/decimals.js";
import { entrySql, entryWords, textEntriesOf } from "./texts/short-texts.js";
import { createTextIds, nullText } from "./texts/text-ids.js";
import { type ColumnVector, int8Of, textReader } from "./vectors.js";

export interface BooleanColumn {
  readonly sql: string;
  /** Of the first `rows` rows; good until the next call. */
  valuesOf(vector: ColumnVector, rows: number): Int8Array;
}

const [zero, one] = [0x30, 0x31];

/** Reading throws a `ValueError`, or the query a conversion error, for what is neither true nor false. */
export function createBooleanColumn(source: ColumnExpression, columns: ExpressionColumns): BooleanColumn {
  const name = onlyColumn(source);
  const plain = name === undefined ? undefined : columns(name).plain;
  if (name === undefined || plain?.kind !== "text" || meansNullDecimal(plain.rules))
    return { sql: `coalesce(CAST(${compileBoolean(source, columns)} AS TINYINT), -1)`, valuesOf: int8Of };
  const { sql, rules } = plain;
  if (source.kind !== "column") return { sql: entrySql(sql), valuesOf: valuesOfTexts(source, name, rules) };
  let values = new Int8Array(0);
  return {
    sql: entrySql(sql),
    valuesOf: (vector, rows) => {
      if (values.length < rows) values = new Int8Array(rows);
      const entries = textEntriesOf(vector);
      const text = textReader(vector);
      for (let row = 0, at = 0; row < rows; row++, at += entryWords) {
        const isDigit = entries[at] === 1 && (entries[at + 1] === zero || entries[at + 1] === one);
        values[row] = isDigit ? entries[at + 1]! - zero : booleanOfText(text(row), rules);
      }
      return values;
    },
  };
}

/** The column that an expression reads, where it reads one. */
export function onlyColumn(source: ColumnExpression): string | undefined {
  const [name, ...others] = new Set(columnsOf(source));
  return others.length === 0 ? name : undefined;
}

/** What an expression says of each text of its column, found out once for each different one. */
function valuesOfTexts(source: ColumnExpression, name: string, rules: TextRules): BooleanColumn["valuesOf"] {
  const truthOf = (text: string | null): number => Number(evaluateBoolean(source, { [name]: text }, rules) ?? -1);
  const { ofRows } = createTextIds({ rules, missing: undefined, idOf: (text) => truthOf(text) + 1 });
  let ofNull: number | undefined;
  let values = new Int8Array(0);
  return (vector, rows) => {
    if (values.length < rows) values = new Int8Array(rows);
    const ids = ofRows(vector, rows);
    for (let row = 0; row < rows; row++) {
      const id = ids[row]!;
      values[row] = id === nullText ? (ofNull ??= truthOf(null)) : id - 1;
    }
    return values;
  };
}

function booleanOfText(raw: string | null, rules: TextRules): number {
  const text = raw === null ? null : cleanText(raw, rules);
  return text === null ? -1 : Number(booleanOf(text) ?? -1);
}
