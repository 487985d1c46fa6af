/** Which columns of texts are worth reading by their entries: those whose texts are short, as far as the first rows tell. */
import type { Database } from "../../files/database.js";
import type { Relation } from "../../files/relation.js";
import { shortBytes } from "./short-texts.js";

/** Rows that are looked at, one chunk of the database. */
const seenRows = 2048;
/** One long text in so many takes longer by itself than the others gain. */
const shortForLong = 8;

/** The relation with texts as its files have them only where they are short. It decides how fast they are read, and nothing else. */
export async function seeTexts(database: Database, relation: Relation, names: readonly string[]): Promise<Relation> {
  const { columns } = relation;
  const texts = [...new Set(names)].flatMap((name) => {
    const { plain } = columns(name);
    return plain?.kind === "text" ? [{ name, sql: plain.sql }] : [];
  });
  // What is read of a server is not read for this.
  const isNear = relation.source.files.every(({ file }) => file.remote === undefined || file.format !== "parquet");
  const short = isNear ? await shortOf(database, relation, texts) : new Set<string>();
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
  { sql }: Relation,
  texts: readonly { readonly name: string; readonly sql: string }[],
): Promise<ReadonlySet<string>> {
  if (texts.length === 0) return new Set();
  const longs = texts.map((text) => `count(*) FILTER (WHERE strlen(${text.sql}) > ${shortBytes}), count(${text.sql})`);
  const rows = `(SELECT ${texts.map((text) => text.sql).join(", ")} FROM ${sql} LIMIT ${seenRows})`;
  const [found = []] = await database.rows(`SELECT ${longs.join(", ")} FROM ${rows}`);
  const isShort = (at: number): boolean => Number(found[2 * at]) * shortForLong <= Number(found[2 * at + 1]);
  return new Set(texts.filter((_, at) => isShort(at)).map(({ name }) => name));
}
