import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BrokenLine, streamRawRows, type RawRow } from "../../src/runtime/data/index.js";
import { duckdb, folderWith } from "./fixtures.js";

/** Short texts that come again, one beside a null, one as long as a place holds and longer; one that differs in its last byte. */
const texts = [null, "a", "é", "twelve bytes", "thirteen byte", "twelve byteS", "a\0", "", "1.0", "True", "-0"];
const clean = [null, "a", "é", "twelve bytes", "thirteen byte", "twelve byteS", "a\0", null, "1", "true", "0"];

async function rowsOfQuery(sql: string): Promise<readonly RawRow[]> {
  const folder = folderWith({});
  const file = join(folder, "rows.parquet");
  await duckdb(`COPY (${sql}) TO '${file}' (FORMAT parquet)`);
  const rows: RawRow[] = [];
  for await (const row of streamRawRows([file])) if (!(row instanceof BrokenLine)) rows.push(row);
  return rows;
}

describe("cells of rows", () => {
  it("are the texts of each row over many chunks, and null where there is none", async () => {
    const list = texts.map((text) => (text === null ? "NULL" : `replace('${text.replace("\0", "|")}', '|', chr(0))`));
    const rows = await rowsOfQuery(
      `SELECT i, list_extract([${list.join(", ")}], 1 + (i * i) % ${texts.length}) AS word, 'row ' || i AS own FROM range(9000) t(i)`,
    );
    expect(rows.length).toBe(9000);
    for (const { i, word, own } of rows) {
      const at = Number(i);
      expect([word, own]).toEqual([clean[(at * at) % texts.length], `row ${at}`]);
    }
  });

  it("are numbers of 32 bits as their shortest decimals, and null for what is none", async () => {
    const rows = await rowsOfQuery(
      "SELECT * FROM (VALUES (0.1::FLOAT, 0.1::DOUBLE), ('nan'::FLOAT, 'inf'::DOUBLE), (NULL, NULL), " +
        "('-inf'::FLOAT, 'nan'::DOUBLE), (16777217::FLOAT, 1e300), (3.4e38::FLOAT, -0.0::DOUBLE)) t(f, d)",
    );
    expect(rows.map(({ f, d }) => [f, d])).toEqual([
      [0.1, 0.1],
      [null, null],
      [null, null],
      [null, null],
      [16777216, 1e300],
      [3.4e38, -0],
    ]);
  });
});
