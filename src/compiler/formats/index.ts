/**
 * The formats of data files, a row each: which names of files tell them, what a spec may say of their fields, and a sentence for
 * editors. Checker, completion, hover, `describe` and the reader of files read the rows; how a format's rows are read is the
 * runtime's (`runtime/data/files`). Pure; imports nothing.
 */

/** What a spec may say of how a file is read, in the order in which it is written. */
export type FormatOption = "delimiter" | "header" | "columns" | "nulls" | "trim" | "common" | "table" | "order";

interface FormatRow {
  /** One sentence for editors. */
  readonly summary: string;
  /** Ends of file names, without the dot; `.gz` or `.zst` may follow. */
  readonly endings: readonly string[];
  /** What separates fields where the spec does not say it. */
  readonly delimiter: string;
  readonly options: readonly FormatOption[];
  /** Another format by whose endings its files are named. */
  readonly namedLike?: string;
}

const rows = {
  csv: {
    summary: "Text files with commas between the fields, or another delimiter.",
    endings: ["csv"],
    delimiter: ",",
    options: ["delimiter", "header", "columns", "nulls", "trim"],
  },
  tsv: {
    summary: "Text files with tabs between the fields.",
    endings: ["tsv", "tab"],
    delimiter: "\t",
    options: ["header", "columns", "nulls", "trim"],
  },
  parquet: {
    summary: "Parquet files.",
    endings: ["parquet", "pq"],
    delimiter: ",",
    options: ["nulls", "trim"],
  },
  jsonl: {
    summary: "Text files with one JSON object per line.",
    endings: ["jsonl", "ndjson"],
    delimiter: ",",
    options: ["nulls", "trim"],
  },
  libsvm: {
    summary: "Text files of lines `label index:value …`, with `qid:` or without.",
    endings: ["libsvm", "svm", "svmlight"],
    delimiter: ",",
    options: ["nulls"],
  },
  slots: {
    summary: "Text files of lines of plain values and `slot:value` pairs; a slot may come several times.",
    endings: [],
    delimiter: " ",
    options: ["delimiter", "columns", "nulls"],
  },
  ali_ccp: {
    summary: "The two files of Ali-CCP: a sample skeleton, and the common features that its rows share.",
    endings: [],
    delimiter: ",",
    options: ["common", "nulls"],
    namedLike: "csv",
  },
  duckdb: {
    summary: "A table or a view of a DuckDB file.",
    endings: ["duckdb"],
    delimiter: ",",
    options: ["table", "order", "nulls", "trim"],
  },
  sqlite: {
    summary: "A table or a view of a SQLite file.",
    endings: ["sqlite", "sqlite3"],
    delimiter: ",",
    options: ["table", "order", "nulls", "trim"],
  },
  postgres: {
    summary: "A table or a view of a PostgreSQL server.",
    endings: [],
    delimiter: ",",
    options: ["table", "order", "nulls", "trim"],
  },
} satisfies Readonly<Record<string, FormatRow>>;

export type FileFormat = keyof typeof rows;

/** Every format, in the order in which editors offer them. */
export const fileFormats: Readonly<Record<FileFormat, FormatRow>> = rows;

export const fileFormatNames = Object.keys(rows) as readonly FileFormat[];

/** The formats that are tables of text: a header or a list of columns names their fields. */
export function isTextTable(format: FileFormat): boolean {
  return fileFormats[format].options.includes("header");
}

/** The formats of which one table is read. */
export type DatabaseFormat = "duckdb" | "sqlite" | "postgres";

/** Whether a format is a database, of which one table is read. */
export function isDatabase(format: FileFormat): format is DatabaseFormat {
  return fileFormats[format].options.includes("table");
}

const byEnding: ReadonlyMap<string, FileFormat> = new Map(
  fileFormatNames.flatMap((name) => fileFormats[name].endings.map((ending) => [ending, name] as const)),
);

/** The format that a file's name tells, in upper or lower case and packed or not; `packed` are the endings of compression. */
export function formatOfName(path: string, packed: readonly string[] = ["gz", "zst"]): FileFormat | undefined {
  const parts = path.toLowerCase().split(".");
  if (parts.length > 2 && packed.includes(parts.at(-1) ?? "")) parts.pop();
  return parts.length < 2 ? undefined : byEnding.get(parts.at(-1) ?? "");
}
