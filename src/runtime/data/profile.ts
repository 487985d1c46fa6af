/** What a file's columns hold, counted: the ground on which a first spec is guessed. No spec is needed. */
import { omitUndefined } from "../../compiler/text/index.js";
import type { FileReading } from "../../compiler/model/model.js";
import { noLocation } from "../failure.js";
import { type Database, withDatabase } from "./files/database.js";
import { explainReadError } from "./files/diagnose.js";
import { type Format, requestOfArguments } from "./files/files.js";
import { relationSql, openSource, type Source } from "./files/source.js";
import { quoteText } from "./files/sql.js";
import type { ColumnKind } from "./files/columns.js";

/** One column of a file, counted over the sample. */
export interface ColumnProfile {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly rows: number;
  readonly nulls: number;
  /** Different values, null left out. */
  readonly distinct: number;
  /** Values that read as finite numbers. */
  readonly numbers: number;
  /** Of these, whole ones. */
  readonly wholes: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly mean?: number;
  readonly median?: number;
  /** The most frequent values as texts, at most eight, the most frequent first. */
  readonly top: readonly { readonly value: string; readonly count: number }[];
  /** Values that hold the separator, by separator: several values in one text. */
  readonly separated: Readonly<Record<"|" | "," | ";" | " ", number>>;
  /** Texts among numbers that usually mean null: `NULL`, `NA`, `nan`. */
  readonly nullTexts: readonly string[];
}

/** A file, counted. */
export interface FileProfile {
  /** Rows of the file. */
  readonly rows: number;
  /** Rows that were counted: the first ones. */
  readonly sampled: number;
  readonly format: Format;
  readonly columns: readonly ColumnProfile[];
  /** Of two columns of zeros and ones, whether the first is never 1 where the second is 0: it happens within it. */
  readonly liesWithin: (inner: string, outer: string) => Promise<boolean>;
  /** The largest number of a column over all rows of the file. */
  readonly largest: (column: string) => Promise<number>;
  /** The share of the different values in a column of several values (a list, or a text cut at the separator) that another column has too. */
  readonly shareWithin: (several: string, separator: string, other: string) => Promise<number>;
  /** The first rows as JSON objects with the names of the columns; of one value of a column where it is given. */
  readonly lines: (
    count: number,
    of?: { readonly column: string; readonly value: string },
  ) => Promise<readonly string[]>;
}

export interface ProfileOptions {
  /** Format and options; the ending of the path decides without. */
  readonly reading?: FileReading;
  /** Where intermediate results go. */
  readonly folder: string;
  /** Rows that are counted at most. */
  readonly rows: number;
  readonly signal?: AbortSignal | undefined;
}

/** Counts the columns of a file and hands them to `work`. Throws a Failure for a file that cannot be read. */
export async function profileFile<T>(
  path: string,
  { reading, folder, rows, signal }: ProfileOptions,
  work: (profile: FileProfile) => Promise<T>,
): Promise<T> {
  return withDatabase({ folder, signal }, async (database) => {
    const source = await openSource(database, requestOfArguments([path], reading));
    try {
      return await work(await countRows(database, source, { rows, signal }));
    } catch (error) {
      throw await explainReadError(database, source, [], error);
    }
  });
}

async function countRows(
  database: Database,
  source: Source,
  { rows, signal }: Pick<ProfileOptions, "rows" | "signal">,
): Promise<FileProfile> {
  const names = columnNames(source);
  const whole = relationSql(source, names);
  await database.run(`CREATE TABLE sample AS SELECT * FROM ${whole} LIMIT ${rows}`);
  const [[sampled] = []] = await database.rows("SELECT count(*) FROM sample");
  const total =
    Number(sampled) < rows ? Number(sampled) : Number((await database.rows(`SELECT count(*) FROM ${whole}`))[0]?.[0]);
  const columns: ColumnProfile[] = [];
  for (const [i, name] of names.entries()) {
    signal?.throwIfAborted();
    columns.push(await profileColumn(database, name, source.column(name) ?? { kind: "other" }, `v${i}`));
  }
  return {
    rows: total,
    sampled: Number(sampled),
    format: source.files[0]?.file.format ?? "csv",
    columns,
    liesWithin: (inner, outer) => liesWithin(database, names.indexOf(inner), names.indexOf(outer)),
    largest: async (name) => {
      const [[most] = []] = await database.rows(
        `SELECT max(TRY_CAST(v${names.indexOf(name)} AS DOUBLE)) FROM ${whole}`,
      );
      return Number(most);
    },
    shareWithin: (several, separator, other) => {
      const isList = source.column(several)?.kind === "list";
      return shareWithin(database, names.indexOf(several), isList ? undefined : separator, names.indexOf(other));
    },
    lines: async (count, of) => {
      const where =
        of === undefined ? "" : ` WHERE CAST(v${names.indexOf(of.column)} AS VARCHAR) = ${quoteText(of.value)}`;
      const list = names.map((_, i) => `CAST(to_json(v${i}) AS VARCHAR)`).join(", ");
      const found = await database.rows(`SELECT ${list} FROM sample${where} LIMIT ${count}`);
      return found.map(
        (row) => `{${names.map((name, i) => `${JSON.stringify(name)}: ${String(row[i] ?? "null")}`).join(", ")}}`,
      );
    },
  };
}

/** Columns with values or lists of them; what is nested deeper is left out. */
function columnNames({ files }: Source): readonly string[] {
  return files.flatMap(({ columns }) => columns.filter(({ type }) => type.kind !== "other").map(({ name }) => name));
}

const separators = ["|", ",", ";", " "] as const;
const nullWords = ["null", "na", "n/a", "nan", "none", "\\n", "-", "?", "unknown", "unkonwn", "missing"];

async function profileColumn(database: Database, name: string, kind: ColumnKind, sql: string): Promise<ColumnProfile> {
  const isList = kind.kind === "list";
  // Of lists, their elements are counted, and a null list is a null.
  const values = isList ? `(SELECT unnest(${sql}) AS v FROM sample)` : `(SELECT ${sql} AS v FROM sample)`;
  const text = "CAST(v AS VARCHAR)";
  const number = "CASE WHEN isfinite(TRY_CAST(v AS DOUBLE)) THEN TRY_CAST(v AS DOUBLE) END";
  const [row = []] = await database.rows(
    `SELECT (SELECT count(*) FROM sample), (SELECT count(*) FROM sample WHERE ${sql} IS NULL), count(DISTINCT ${text}), ` +
      `count(n), count(*) FILTER (WHERE n = trunc(n)), min(n), max(n), avg(n), quantile_cont(n, 0.5), ` +
      separators.map((each) => `count(*) FILTER (WHERE contains(${text}, '${each}'))`).join(", ") +
      ` FROM (SELECT v, ${number} AS n FROM ${values})`,
  );
  const top = await database.rows(
    `SELECT ${text}, count(*) FROM ${values} WHERE v IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 8`,
  );
  const words = nullWords.map((word) => `'${word}'`).join(", ");
  const nullTexts =
    kind.kind === "text"
      ? await database.rows(`SELECT DISTINCT ${text} FROM ${values} WHERE lower(${text}) IN (${words}) ORDER BY 1`)
      : [];
  const [rows = 0, nulls = 0, distinct = 0, numbers = 0, wholes = 0] = row.map(Number);
  const optional = (at: number): number | undefined => (row[at] === null ? undefined : Number(row[at]));
  const [minimum, maximum, mean, median] = [5, 6, 7, 8].map(optional);
  return {
    name,
    kind,
    rows,
    nulls,
    distinct,
    numbers,
    wholes,
    ...omitUndefined({ minimum, maximum, mean, median }),
    top: top.map(([value, count]) => ({ value: String(value), count: Number(count) })),
    separated: { "|": Number(row[9]), ",": Number(row[10]), ";": Number(row[11]), " ": Number(row[12]) },
    nullTexts: nullTexts.map(([value]) => String(value)),
  };
}

async function liesWithin(database: Database, inner: number, outer: number): Promise<boolean> {
  const number = (at: number): string => `TRY_CAST(v${at} AS DOUBLE)`;
  const [[counter, both] = []] = await database.rows(
    `SELECT count(*) FILTER (WHERE ${number(inner)} = 1 AND ${number(outer)} = 0), ` +
      `count(*) FILTER (WHERE ${number(inner)} = 1 AND ${number(outer)} = 1) FROM sample`,
  );
  return Number(counter) === 0 && Number(both) > 0;
}

async function shareWithin(
  database: Database,
  several: number,
  separator: string | undefined,
  other: number,
): Promise<number> {
  const values =
    separator === undefined ? `v${several}` : `string_split(CAST(v${several} AS VARCHAR), ${quoteText(separator)})`;
  const [[known, all] = []] = await database.rows(
    `SELECT count(*) FILTER (WHERE x IN (SELECT CAST(v${other} AS VARCHAR) FROM sample)), count(*) ` +
      `FROM (SELECT DISTINCT CAST(x AS VARCHAR) AS x FROM (SELECT unnest(${values}) AS x FROM sample))`,
  );
  return Number(all) === 0 ? 0 : Number(known) / Number(all);
}

/** A reading of files that the spec says nothing of. */
export function readingAs(format: Format, options: Partial<FileReading["options"]>): FileReading {
  const delimiter = format === "tsv" ? "\t" : format === "libsvm" ? " " : ",";
  return { format, options: { header: true, delimiter, nulls: [], trim: false, ...options }, span: noLocation() };
}
