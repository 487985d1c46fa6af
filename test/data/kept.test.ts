import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { type KeptColumns, type TableFormat, writeTable } from "../../src/runtime/data/index.js";
import { duckdb, failureOf, folderWith, numeric, source, spec } from "./fixtures.js";

/** Columns that a table of predictions keeps of the data: their types, their digits, their rows. */

const score = [{ name: "ctr", values: Float32Array.of(0.1, 0.25) }];
const typed = `
  SELECT 1742345678901234567 AS user_id, CAST(0.1 AS FLOAT) AS f32, TRUE AS flag, TIMESTAMP '2026-11-04 05:06:07' AS ts,
    DATE '2026-11-04' AS day, CAST(1.10 AS DECIMAL(4, 2)) AS dec, CAST(1742345678901234569 AS DECIMAL(38, 0)) AS big,
    ['a', NULL, 'b'] AS tags, [CAST(0.1 AS FLOAT)] AS v, {'a': 1} AS nested, CAST('nan' AS DOUBLE) AS x, 1 AS n
  UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2.5, 2`;

function keptOf(folder: string, file: string, names: readonly string[], all = source(file, "parquet")): KeptColumns {
  const model = spec({ test: all }, [numeric("n")]);
  return { spec: model, role: "test", names, options: { specPath: join(folder, "spec.mtl") } };
}

async function writeKept(folder: string, name: string, format: TableFormat, kept: KeptColumns): Promise<string> {
  await writeTable(join(folder, name), format, score, kept);
  return format === "parquet" ? "" : readFileSync(join(folder, name), "utf8");
}

/** The names and types of a Parquet file, and its first row. */
async function describeParquet(path: string): Promise<readonly string[]> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const types = await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${path}'`);
  const rows = await connection.runAndReadAll(`SELECT * FROM '${path}' LIMIT 1`);
  connection.closeSync();
  return types.getRows().map(([name, type], i) => `${String(name)} ${String(type)} ${String(rows.getRows()[0]?.[i])}`);
}

describe("columns that are kept", () => {
  const names = ["user_id", "f32", "flag", "ts", "day", "dec", "big", "tags", "v", "nested", "x"];
  const folder = folderWith();

  it("have their types in Parquet", async () => {
    await duckdb(`COPY (${typed}) TO '${join(folder, "a.parquet")}'`);
    await writeKept(folder, "o.parquet", "parquet", keptOf(folder, "a.parquet", names));
    expect(await describeParquet(join(folder, "o.parquet"))).toEqual([
      "user_id BIGINT 1742345678901234567",
      "f32 FLOAT 0.10000000149011612",
      "flag BOOLEAN true",
      "ts TIMESTAMP 2026-11-04 05:06:07",
      "day DATE 2026-11-04",
      "dec DECIMAL(4,2) 1.10",
      "big DECIMAL(38,0) 1742345678901234569",
      "tags VARCHAR[] ['a', NULL, 'b']",
      "v FLOAT[] [0.10000000149011612]",
      "nested STRUCT(a INTEGER) {'a': 1}",
      "x DOUBLE NaN",
      "ctr FLOAT 0.10000000149011612",
    ]);
  });

  it("have their types and digits in JSON lines, which has no NaN", async () => {
    const text = await writeKept(folder, "o.jsonl", "jsonl", keptOf(folder, "a.parquet", names));
    expect(text.split("\n")[0]).toBe(
      '{"user_id":1742345678901234567,"f32":0.1,"flag":true,"ts":"2026-11-04 05:06:07","day":"2026-11-04","dec":1.1,' +
        '"big":1742345678901234569,"tags":["a",null,"b"],"v":[0.1],"nested":{"a":1},"x":null,"ctr":0.1}',
    );
  });

  it("have the digits that the column writes in CSV, which holds no lists", async () => {
    const scalars = names.filter((name) => !["tags", "v", "nested"].includes(name));
    const text = await writeKept(folder, "o.csv", "csv", keptOf(folder, "a.parquet", scalars));
    expect(text).toBe(
      "user_id,f32,flag,ts,day,dec,big,x,ctr\n" +
        "1742345678901234567,0.1,true,2026-11-04 05:06:07,2026-11-04,1.10,1742345678901234569,nan,0.1\n,,,,,,,2.5,0.25\n",
    );
    const message = await failureOf(folder, writeKept(folder, "l.csv", "csv", keptOf(folder, "a.parquet", ["tags"])));
    expect(message).toBe(
      "MTL7104: column `tags` of `a.parquet` has lists of text, but the output needs one value per row",
    );
  });

  it("of a text format are texts with the characters that the file has", async () => {
    const csv = folderWith({ "a.csv": "id,n\n 007 ,1\n1.0,2\n" });
    const all = source("a.csv", "csv", { trim: true });
    expect(await writeKept(csv, "o.jsonl", "jsonl", keptOf(csv, "a.csv", ["id", "n"], all))).toBe(
      '{"id":"007","n":"1","ctr":0.1}\n{"id":"1.0","n":"2","ctr":0.25}\n',
    );
  });

  it("of JSON lines are what they were, whole numbers of any width", async () => {
    const lines = '{"id":12345678901234567890123,"t":"2026-11-04","n":1}\n{"id":7,"n":2}\n';
    const json = folderWith({ "a.jsonl": lines });
    const kept = keptOf(json, "a.jsonl", ["id", "t"], source("a.jsonl", "jsonl"));
    expect(await writeKept(json, "o.csv", "csv", kept)).toBe(
      "id,t,ctr\n12345678901234567890123,2026-11-04,0.1\n7,,0.25\n",
    );
  });

  it("are texts where files differ in the type, so that no digit is lost", async () => {
    await duckdb(`COPY (SELECT 1742345678901234567 AS id, 1 AS n) TO '${join(folder, "m1.parquet")}'`);
    await duckdb(`COPY (SELECT CAST(2.5 AS DOUBLE) AS id, 2 AS n) TO '${join(folder, "m2.parquet")}'`);
    const kept = keptOf(folder, "", ["id"], source(["m1.parquet", "m2.parquet"], "parquet"));
    expect(await writeKept(folder, "m.csv", "csv", kept)).toBe("id,ctr\n1742345678901234567,0.1\n2.5,0.25\n");
  });

  it("with one name, or almost one, are refused", async () => {
    const twice = keptOf(folder, "a.parquet", ["n", "n"]);
    expect(await failureOf(folder, writeKept(folder, "t.csv", "csv", twice))).toBe(
      "MTL7120: the table would have two columns `n`; name each column once",
    );
    const almost = keptOf(folder, "a.parquet", ["n", "CTR"]);
    expect(await failureOf(folder, writeKept(folder, "t.csv", "csv", almost))).toBe(
      "MTL7120: the table would have the columns `CTR` and `ctr`, which many readers treat as one; keep only one of them",
    );
  });

  it("of files that have other rows by now are refused", async () => {
    const rows = folderWith({ "a.csv": "n\n1\n2\n3\n" });
    const work = writeKept(rows, "o.csv", "csv", keptOf(rows, "a.csv", ["n"], source("a.csv")));
    expect(await failureOf(rows, work)).toBe(
      "MTL7121: there are predictions for 2 rows, but the files now have 3: they changed while they were read; run it again",
    );
  });

  it("that are not there are an error", async () => {
    const files = folderWith({ "a.csv": "user,n\n1,1\n2,2\n" });
    const work = writeKept(files, "o.csv", "csv", keptOf(files, "a.csv", ["usr"], source("a.csv")));
    expect(await failureOf(files, work)).toBe(
      "MTL7103: the output needs the column `usr`, which `a.csv` does not have; did you mean `user`?\nits columns are `user`, `n`",
    );
  });
});
