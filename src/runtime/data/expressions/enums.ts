/** Vocabularies inside DuckDB: an ENUM each, which turns a text into its place without a word of JavaScript. */
import type { Database } from "../files/database.js";

/** SQL of the id of a text: an INTEGER, 0 for a text that the vocabulary does not hold. */
export type IdSql = (text: string) => string;

/** Makes a vocabulary known to the database; the same list, asked for again, is not loaded again. */
export type Enums = (values: readonly string[]) => Promise<IdSql>;

export function createEnums(database: Database): Enums {
  const known = new Map<readonly string[], string>();
  return async (values) => {
    if (values.length === 0) return () => "CAST(0 AS INTEGER)";
    let name = known.get(values);
    if (name === undefined) {
      name = `vocabulary_${known.size}`;
      known.set(values, name);
      await database.load(`${name}_values`, [{ name: "value", values }]);
      await database.run(`CREATE TYPE ${name} AS ENUM (SELECT value FROM ${name}_values ORDER BY rowid)`);
      await database.run(`DROP TABLE ${name}_values`);
    }
    return (text) => `coalesce(CAST(enum_code(TRY_CAST(${text} AS ${name})) AS INTEGER) + 1, 0)`;
  };
}
