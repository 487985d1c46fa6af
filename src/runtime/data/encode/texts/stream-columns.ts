/** Columns of a relation, chunk after chunk: of plain lines without the database where all of them are texts as the files have them. */
import type { Database } from "../../files/database.js";
import { blockRows, type LineBlock, type LineFile, readPlainLines, UnplainLines } from "../../files/plain-lines.js";
import type { Relation } from "../../files/relation.js";
import type { ColumnVector } from "../vectors.js";
import { entrySql, entryWords, shortBytes, shortText } from "./short-texts.js";

/** Some rows of a query; good until the next ones are asked for. */
export interface ColumnChunk {
  readonly rowCount: number;
  getColumnVector(column: number): ColumnVector;
}

/**
 * The rows of a query of `sql` over a relation; `how` is that of `Database.stream`. Throws {@link UnplainLines}, maybe after some rows, where the
 * relation is to be read {@link byDatabase}.
 */
export async function* streamColumns(
  database: Database,
  relation: Relation,
  sql: readonly string[],
  how?: "beside",
): AsyncIterableIterator<ColumnChunk> {
  const names = textNames(relation, sql);
  if (relation.lines === undefined || names === undefined) {
    yield* database.stream(`SELECT ${sql.length === 0 ? "1" : sql.join(", ")} FROM ${relation.sql}`, how);
    return;
  }
  for (const file of relation.lines) yield* readColumns(file, names, database.signal);
}

/** The first rows of some columns of plain lines, as texts; undefined where the relation has no such lines. */
export async function firstPlainRows({ lines }: Relation, names: readonly string[]): Promise<ColumnChunk | undefined> {
  const [file] = lines ?? [];
  if (file === undefined) return undefined;
  for await (const chunk of readColumns(file, names, undefined)) return chunk;
  return undefined;
}

/** Works on a relation; where its lines turn out not to be plain, once more by the database. */
export async function orByDatabase<T>(relation: Relation, work: (relation: Relation) => Promise<T>): Promise<T> {
  try {
    return await work(relation);
  } catch (error) {
    if (!(error instanceof UnplainLines)) throw error;
    return work(byDatabase(relation));
  }
}

/** The relation as only the database reads it. */
export function byDatabase(relation: Relation): Relation {
  return { ...relation, lines: undefined };
}

/** The columns whose texts, null being empty, are what a query asks for; undefined where it asks for something else. */
function textNames({ source, columns, lines }: Relation, sql: readonly string[]): readonly string[] | undefined {
  if (lines === undefined || sql.length === 0) return undefined;
  const names = new Map<string, string>();
  for (const { name } of source.files[0]?.columns ?? []) {
    const plain = source.column(name) === undefined ? undefined : columns(name).plain;
    if (plain?.kind === "text") names.set(entrySql(plain.sql), name);
  }
  const found = sql.flatMap((each) => names.get(each) ?? []);
  return found.length === sql.length ? found : undefined;
}

async function* readColumns(
  file: LineFile,
  names: readonly string[],
  signal: AbortSignal | undefined,
): AsyncIterableIterator<ColumnChunk> {
  const vectors = new Map(names.map((name) => [name, createTextVector(file.columns.indexOf(name))] as const));
  const inOrder = names.map((name) => vectors.get(name)!);
  for await (const block of readPlainLines(file, signal)) {
    for (const vector of vectors.values()) vector.take(block);
    yield { rowCount: block.rows, getColumnVector: (column) => inOrder[column]! };
  }
}

interface TextVector extends ColumnVector {
  readonly dataView: DataView;
  take(block: LineBlock): void;
}

/** Which bits of each of the three words a text of so many bytes has. */
const masks = [0, 4, 8].map((first) =>
  Int32Array.from({ length: shortBytes + 1 }, (_, length) => {
    const bytes = Math.min(4, Math.max(0, length - first));
    return bytes === 4 ? -1 : (1 << (8 * bytes)) - 1;
  }),
);

/** One column of a block, as entries. */
function createTextVector(column: number): TextVector {
  const entries = new Int32Array(blockRows * entryWords);
  const [aMask, bMask, cMask] = masks as [Int32Array, Int32Array, Int32Array];
  let bytes: Buffer = Buffer.alloc(0);
  return {
    type: { toString: () => "VARCHAR" },
    dataView: new DataView(entries.buffer),
    take: ({ rows, bytes: taken, start: first, ends, columns }) => {
      bytes = taken;
      const view = new DataView(taken.buffer, taken.byteOffset, taken.byteLength);
      for (let row = 0, at = 0, value = column; row < rows; row++, at += entryWords, value += columns) {
        const start = value === 0 ? first : ends[value - 1]! + 1;
        const length = ends[value]! - start;
        entries[at] = length;
        if (length > shortBytes) {
          entries[at + 1] = start;
          continue;
        }
        entries[at + 1] = view.getInt32(start, true) & aMask[length]!;
        entries[at + 2] = view.getInt32(start + 4, true) & bMask[length]!;
        entries[at + 3] = view.getInt32(start + 8, true) & cMask[length]!;
      }
    },
    getItem: (row) => {
      const at = row * entryWords;
      const length = entries[at]!;
      if (length <= shortBytes) return shortText(entries[at + 1]!, entries[at + 2]!, entries[at + 3]!, length);
      return bytes.toString("utf8", entries[at + 1]!, entries[at + 1]! + length);
    },
  };
}
