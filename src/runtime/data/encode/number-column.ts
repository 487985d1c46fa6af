/** A column of numbers of a query as doubles: plain ones of files are cleaned here, which costs a tenth of what it costs in SQL. */
import type { ColumnExpression } from "../../../compiler/model/model.js";
import { compileFinite, type ExpressionColumns } from "../expressions/expression-sql.js";
import { shortestDecimal } from "../expressions/shortest.js";
import { meansNullDecimal, readDecimals } from "./texts/decimals.js";
import { entrySql } from "./texts/short-texts.js";
import { type ColumnVector, float64Of, floatsOf } from "./vectors.js";

export interface NumberColumn {
  readonly sql: string;
  /** The values of the first `rows` rows, each finite or NaN, which stands for null; good until the next call. */
  valuesOf(vector: ColumnVector, rows: number): Float64Array;
}

export interface NumberColumnOptions {
  /** What is read of the values is only the number of 32 bits that is nearest to each: of one of 32 bits, the number itself. */
  readonly isRounded?: boolean;
}

/**
 * The finite values of an expression. Numbers of 32 bits are the shortest decimals that mean them, as their texts are. Reading throws a `ValueError`, or the
 * query a conversion error, for a text that is no number.
 */
export function createNumberColumn(
  source: ColumnExpression,
  columns: ExpressionColumns,
  { isRounded = false }: NumberColumnOptions = {},
): NumberColumn {
  const plain = source.kind === "column" ? columns(source.name).plain : undefined;
  let values = new Float64Array(0);
  const room = (rows: number): Float64Array => {
    if (values.length < rows) values = new Float64Array(rows);
    return values;
  };
  if (source.kind === "column" && plain?.kind === "text" && !meansNullDecimal(plain.rules)) {
    const { rules } = plain;
    return {
      sql: entrySql(plain.sql),
      valuesOf: (vector, rows) => readDecimals(vector, rows, room(rows), { rules, column: source.name }),
    };
  }
  if (plain?.kind !== "number")
    return { sql: `coalesce(${compileFinite(source, columns)}, 'nan')`, valuesOf: (vector) => float64Of(vector) };
  return {
    sql: `coalesce(${plain.sql}, 'nan')`,
    valuesOf: (vector, rows) => {
      const found = floatsOf(vector);
      const isShort = found instanceof Float32Array && !isRounded;
      const into = room(rows);
      for (let i = 0; i < rows; i++) {
        const value = found[i]!;
        into[i] = value - value !== 0 ? NaN : isShort ? shortestDecimal(value) : value;
      }
      return into;
    },
  };
}
