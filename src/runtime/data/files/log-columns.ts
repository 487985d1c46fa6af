/** Columns of a log as values: what formulas, rules and objectives read of it, each in the type that its reader needs. */
import { dirname, resolve } from "node:path";
import type { FileReading } from "../../../compiler/model/model.js";
import { noLocation } from "../../failure.js";
import { openCacheFolder } from "../batches/cache.js";
import { withDatabase } from "./database.js";
import { explainReadError, type Reading } from "./diagnose.js";
import { compileBoolean, compileFinite, compileText, type ExpressionColumns } from "../expressions/expression-sql.js";
import { requestOfArguments } from "./files.js";
import { createGzipCheck } from "./gzip.js";
import { checkSource, expressionColumns, openSource, relationSql, type Source } from "./source.js";

/** `json`: lists and vectors; a text in their place is read as JSON. */
export type LogValueKind = "number" | "text" | "boolean" | "json";

export interface LogColumnUse {
  readonly column: string;
  readonly kind: LogValueKind;
  /** Who reads it, as a message says it: "the objective". */
  readonly user: string;
  /** It may be missing from a file. */
  readonly optional?: boolean;
}

/** Values by row; null where there is none. */
export type LogValues = readonly (number | string | boolean | null)[];

export interface LogColumns {
  readonly rows: number;
  /** By use; undefined when it is optional and missing from the files. */
  readonly values: (use: LogColumnUse) => LogValues | undefined;
}

/** Reads files of the command line, rows in their order, all of the columns into memory. Throws a {@link Failure}. */
export async function readLogColumns(
  files: readonly string[],
  uses: readonly LogColumnUse[],
  {
    specPath,
    reading,
    signal,
  }: {
    readonly specPath: string;
    /** How the spec reads files. */
    readonly reading?: FileReading | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<LogColumns> {
  const folder = await openCacheFolder(dirname(resolve(specPath)));
  return withDatabase({ folder, signal }, async (database) => {
    const source = await openSource(database, requestOfArguments(files, reading));
    const isThere = ({ column }: LogColumnUse): boolean => source.column(column) !== undefined;
    const read = uses.filter((use) => use.optional !== true || isThere(use));
    const needs = read.map(({ column, kind, user }) => ({
      column,
      user,
      needs: kind === "json" ? ("list" as const) : ("value" as const),
      span: source.span,
    }));
    checkSource(source, needs);
    const names = [...new Set(read.map(({ column }) => column))];
    const columns = expressionColumns(source, names);
    const sql = read.map((use) => valueSql(use, columns));
    const values = read.map((): (number | string | boolean | null)[] => []);
    let rows = 0;
    try {
      await createGzipCheck(signal)(source);
      for await (const chunk of database.stream(`SELECT ${sql.join(", ") || "1"} FROM ${relationSql(source, names)}`)) {
        rows += chunk.rowCount;
        for (const [i, into] of values.entries()) {
          const vector = chunk.getColumnVector(i);
          for (let row = 0; row < chunk.rowCount; row++) into.push(vector.getItem(row) as number | string | null);
        }
      }
    } catch (error) {
      throw await explainReadError(database, source, readingsOf(source, read), error);
    }
    const found = new Map(read.map((use, i) => [use, values[i]]));
    return { rows, values: (use) => found.get(use) };
  });
}

function valueSql({ column, kind }: LogColumnUse, columns: ExpressionColumns): string {
  const expression = { kind: "column", name: column, span: noLocation() } as const;
  switch (kind) {
    case "number":
      return compileFinite(expression, columns);
    case "text":
      return compileText(expression, columns);
    case "boolean":
      return compileBoolean(expression, columns);
    case "json": {
      const found = columns(column);
      return found.kind === "list" ? `CAST(to_json(${found.sql}) AS VARCHAR)` : compileText(expression, columns);
    }
  }
}

function readingsOf({ span }: Source, uses: readonly LogColumnUse[]): readonly Reading[] {
  return uses.flatMap(({ column, kind, user }) =>
    kind === "json" ? [] : [{ expression: { kind: "column", name: column, span }, as: kind, user, span }],
  );
}
