/** Which columns of texts are worth reading by their entries: those whose texts are short, or in plain lines come again, as far as the first rows tell. */
import type { Database } from "../../files/database.js";
import type { Relation } from "../../files/relation.js";
import { entryWords, shortBytes, textEntriesOf } from "./short-texts.js";
import { type ColumnChunk, firstPlainRows } from "./stream-columns.js";

/** Rows that are looked at, one chunk of the database. */
const seenRows = 2048;
/** One long text in so many takes longer by itself than the others gain. */
const shortForLong = 8;

/** The relation with texts as its files have them only where that is quick. It decides how fast they are read, and nothing else. */
export async function seeTexts(database: Database, relation: Relation, names: readonly string[]): Promise<Relation> {
  const { columns } = relation;
  const texts = [...new Set(names)].flatMap((name) => {
    const { plain } = columns(name);
    return plain?.kind === "text" ? [{ name, sql: plain.sql }] : [];
  });
  // What is read of a server is not read for this.
  const isNear = relation.source.files.every(({ file }) => file.remote === undefined || file.format !== "parquet");
  const short = isNear && texts.length > 0 ? await shortOf(database, relation, texts) : new Set<string>();
  return {
    ...relation,
    columns: (name) => {
      const { plain, ...clean } = columns(name);
      return plain === undefined || (plain.kind === "text" && !short.has(name)) ? clean : { ...clean, plain };
    },
  };
}

async function shortOf(
  database: Database,
  relation: Relation,
  texts: readonly { readonly name: string; readonly sql: string }[],
): Promise<ReadonlySet<string>> {
  const { sql } = relation;
  const plain = await firstPlainRows(
    relation,
    texts.map(({ name }) => name),
  );
  if (plain !== undefined) return new Set(texts.filter((_, at) => areQuick(plain, at)).map(({ name }) => name));
  const longs = texts.map((text) => `count(*) FILTER (WHERE strlen(${text.sql}) > ${shortBytes}), count(${text.sql})`);
  const rows = `(SELECT ${texts.map((text) => text.sql).join(", ")} FROM ${sql} LIMIT ${seenRows})`;
  const [found = []] = await database.rows(`SELECT ${longs.join(", ")} FROM ${rows}`);
  const isShort = (at: number): boolean => Number(found[2 * at]) * shortForLong <= Number(found[2 * at + 1]);
  return new Set(texts.filter((_, at) => isShort(at)).map(({ name }) => name));
}

/** Whether texts of plain lines are short, or come again: a long one that is known costs little more than a short one. */
function areQuick({ rowCount, getColumnVector }: ColumnChunk, column: number): boolean {
  const vector = getColumnVector(column);
  const entries = textEntriesOf(vector);
  const different = new Set<unknown>();
  let long = 0;
  let all = 0;
  for (let row = 0; row < rowCount; row++) {
    const length = entries[row * entryWords]!;
    if (length > shortBytes) {
      long += 1;
      different.add(vector.getItem(row));
    }
    if (length > 0) all += 1;
  }
  return long * shortForLong <= all || different.size * shortForLong <= long;
}
