/** A column of numbers of a query as doubles: plain ones of files are cleaned here, which costs a tenth of what it costs in SQL. */
import type { DuckDBVector } from "@duckdb/node-api";
import type { ColumnExpression } from "../../../compiler/model/model.js";
import { compileFinite, type ExpressionColumns } from "../expressions/expression-sql.js";
import { shortestDecimal } from "../expressions/shortest.js";
import { floatsOf } from "./vectors.js";

export interface NumberColumn {
  readonly sql: string;
  /** The values of the first `rows` rows, each finite or NaN, which stands for null; good until the next call. */
  valuesOf(vector: DuckDBVector, rows: number): Float64Array;
}

/** The finite values of an expression. Numbers of 32 bits are the shortest decimals that mean them, as their texts are. */
export function createNumberColumn(source: ColumnExpression, columns: ExpressionColumns): NumberColumn {
  const plain = source.kind === "column" ? columns(source.name).plain : undefined;
  let values = new Float64Array(0);
  return {
    sql: `coalesce(${plain ?? compileFinite(source, columns)}, 'nan')`,
    valuesOf: (vector, rows) => {
      const found = floatsOf(vector);
      if (plain === undefined && found instanceof Float64Array) return found;
      if (values.length < rows) values = new Float64Array(rows);
      const isShort = found instanceof Float32Array;
      for (let i = 0; i < rows; i++) {
        const value = found[i]!;
        values[i] = value - value !== 0 ? NaN : isShort ? shortestDecimal(value) : value;
      }
      return values;
    },
  };
}
