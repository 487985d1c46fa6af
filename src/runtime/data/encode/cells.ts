/** Values of DuckDB as the plain values of a row: texts, numbers, bigints, booleans, null, lists and records of these. */
import type { DuckDBValue } from "@duckdb/node-api";

/**
 * A value as a row of a program would have it. Whole numbers beyond what a double holds stay bigints; decimals, dates and
 * times are their texts.
 */
export function cellOf(value: DuckDBValue): unknown {
  switch (typeof value) {
    case "bigint": {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value;
    }
    case "object":
      if (value === null) return null;
      if ("items" in value) return value.items.map(cellOf);
      if ("entries" in value && !Array.isArray(value.entries))
        return Object.fromEntries(Object.entries(value.entries).map(([name, entry]) => [name, cellOf(entry)]));
      return value.toString();
    default:
      return value;
  }
}
