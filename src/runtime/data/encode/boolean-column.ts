/** A column of truth of a query: 1, 0, and −1 for null. Texts of files are read here, which costs less than in SQL. */
import type { ColumnExpression } from "../../../compiler/model/model.js";
import { compileBoolean, type ExpressionColumns } from "../expressions/expression-sql.js";
import { booleanOf, cleanText, type TextRules } from "../expressions/values.js";
import { meansNullDecimal } from "./texts/decimals.js";
import { entrySql, entryWords, textEntriesOf } from "./texts/short-texts.js";
import { type ColumnVector, int8Of, textReader } from "./vectors.js";

export interface BooleanColumn {
  readonly sql: string;
  /** Of the first `rows` rows; good until the next call. */
  valuesOf(vector: ColumnVector, rows: number): Int8Array;
}

const [zero, one] = [0x30, 0x31];

/** Reading throws a `ValueError`, or the query a conversion error, for what is neither true nor false. */
export function createBooleanColumn(source: ColumnExpression, columns: ExpressionColumns): BooleanColumn {
  const plain = source.kind === "column" ? columns(source.name).plain : undefined;
  if (plain?.kind !== "text" || meansNullDecimal(plain.rules))
    return { sql: `coalesce(CAST(${compileBoolean(source, columns)} AS TINYINT), -1)`, valuesOf: int8Of };
  const { sql, rules } = plain;
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

function booleanOfText(raw: string | null, rules: TextRules): number {
  const text = raw === null ? null : cleanText(raw, rules);
  return text === null ? -1 : Number(booleanOf(text) ?? -1);
}
