import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FileFormat } from "../../src/compiler/formats/index.js";
import type { ServingInput } from "../../src/compiler/model/index.js";
import { createRowEncoder, inputValue, type RawRow, streamRawRows } from "../../src/runtime/data/index.js";
import { BrokenLine } from "../../src/runtime/data/index.js";
import { numberText } from "../../src/runtime/data/expressions/values.js";
import {
  bag,
  binary,
  bucket,
  categorical,
  column,
  duckdb,
  event,
  folderWith,
  numeric,
  openIn,
  rowsOf,
  rowsOfBatch,
  source,
  spec,
} from "./fixtures.js";

/** One table in every format that holds it is one table: for training, for ranking and for rows of a program. */

/** Columns with their types in Parquet. */
const types = {
  id: "BIGINT",
  wide: "DECIMAL(38, 0)",
  narrow: "DECIMAL(9, 0)",
  unsigned: "UBIGINT",
  f32: "FLOAT",
  real: "DOUBLE",
  flag: "BOOLEAN",
  at: "TIMESTAMP",
  word: "VARCHAR",
  a: "INTEGER",
  b: "BIGINT",
  c: "DOUBLE",
  tags: "VARCHAR[]",
  ids: "BIGINT[]",
  scores: "FLOAT[]",
  w: "DOUBLE",
} as const;
type Name = keyof typeof types;
/** A value is its digits: what a writer of text writes, but for the spelling of whole numbers and booleans. */
type Cell = string | null;
type Row = Readonly<Record<Name, Cell | readonly string[]>>;

const option = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 6 });
const whole = (low: bigint, high: bigint): fc.Arbitrary<string> => fc.bigInt(low, high).map(String);
const large = 1742345678901234567n;
const float32 = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }).map(float32Text);
const double = fc.oneof(
  fc.constantFrom(0, 1, 2, -3, 0.5, 2.5, 1e-7, 1e16, 310100, 9007199254740991),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const rowOf: fc.Arbitrary<Row> = fc.record({
  id: option(whole(large, large + 3n)),
  wide: option(whole(10n ** 30n, 10n ** 30n + 2n)),
  narrow: option(whole(-2n, 2n)),
  unsigned: option(whole(2n ** 64n - 3n, 2n ** 64n - 1n)),
  f32: option(fc.oneof(fc.constantFrom("0.1", "1.5", "3", "16777216"), float32)),
  real: option(double.map(numberText)),
  flag: option(fc.constantFrom("true", "false")),
  at: option(fc.constantFrom("2026-11-04 00:00:00", "2026-11-04 05:06:07.5", "1999-12-31 23:59:59")),
  word: option(fc.constantFrom("a", "b", "007", "1.0", "True", "-0", "1.10", "é")),
  a: option(whole(-3n, 3n)),
  b: option(fc.oneof(whole(-3n, 3n), whole(8n, 11n))),
  c: option(fc.constantFrom("0", "1", "2.5", "10", "9")),
  tags: fc.array(fc.constantFrom("a", "1.0", "True", "b"), { maxLength: 3 }),
  ids: fc.array(whole(large, large + 2n), { maxLength: 3 }),
  scores: fc.array(fc.constantFrom("0.1", "2", "0.7"), { maxLength: 2 }),
  w: fc.constantFrom("0", "0.5", "1", "3"),
});

/** The shortest digits that mean a number of 32 bits. */
function float32Text(value: number): string {
  for (let digits = 1; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return numberText(short);
  }
  return numberText(value);
}

const names = Object.keys(types) as readonly Name[];
/** Numbers that writers of text give a fraction: pandas a whole column with a null in it, DuckDB doubles. */
const withFraction = new Set<Name>(["real", "c", "w", "f32"]);

function spell(name: Name, text: string): string {
  if (name === "flag") return text === "true" ? "True" : "FALSE";
  return withFraction.has(name) && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function asText(rows: readonly Row[], delimiter: string): string {
  const line = (row: Row): string =>
    names
      .map((name) => {
        const value = row[name];
        return typeof value === "string" ? spell(name, value) : value === null ? "" : value.join("|");
      })
      .join(delimiter);
  return [names.join(delimiter), ...rows.map(line)].join("\n");
}

function asJson(rows: readonly Row[]): string {
  const isQuoted = (name: Name): boolean => /VARCHAR|TIMESTAMP/.test(types[name]);
  const cell = (name: Name, value: string): string => (isQuoted(name) ? JSON.stringify(value) : value);
  return rows
    .map((row) => {
      const members = names.map((name) => {
        const value = row[name];
        const text =
          value === null
            ? "null"
            : typeof value === "string"
              ? cell(name, value)
              : `[${value.map((each) => cell(name, each)).join()}]`;
        return `"${name}":${text}`;
      });
      return `{${members.join()}}`;
    })
    .join("\n");
}

async function writeParquet(path: string, rows: readonly Row[]): Promise<void> {
  const quote = (text: string): string => `'${text}'`;
  const values = rows.map(
    (row, i) =>
      `(${i}, ${names
        .map((name) => {
          const value = row[name];
          const text =
            value === null ? "NULL" : typeof value === "string" ? quote(value) : `[${value.map(quote).join()}]`;
          return `CAST(${text} AS ${types[name]})`;
        })
        .join()})`,
  );
  const columns = names.map((name) => `"${name}"`).join();
  const table = `(VALUES ${values.join()}) AS t(i, ${columns})`;
  await duckdb(`COPY (SELECT ${columns} FROM ${table} ORDER BY i) TO '${path}'`);
}

const hash = { vocabulary: { kind: "hash", buckets: 1000 } } as const;
const features = [
  ...(["id", "wide", "narrow", "unsigned", "f32", "real", "flag", "at", "word"] as const).flatMap((name) => [
    categorical(name),
    categorical(`${name}_hashed`, { source: column(name), ...hash }),
  ]),
  ...(["narrow", "f32", "real", "flag"] as const).flatMap((name) => [
    numeric(`${name}_number`, { source: column(name), scale: "standard", missing: "mean" }),
    bucket(`${name}_bucket`, { source: column(name), boundaries: { kind: "quantiles", count: 3 } }),
  ]),
  bag("tags"),
  bag("ids"),
  bag("scores"),
];
const labels = [
  event("flag"),
  event("longer", { source: binary(column("b"), ">=", column("a")) }),
  event("numbers", { source: binary(column("c"), "<", column("b")) }),
  event("same", { source: binary(column("c"), "==", column("a")) }),
  event("ids_same", { source: binary(column("id"), "!=", column("wide")) }),
  event("amount", { base: "amount", source: column("f32") }),
];
const files = ["t.csv", "t.tsv", "t.parquet", "t.jsonl"] as const;
const tables = fc.array(rowOf, { minLength: 10, maxLength: 40 });

/** A first row without nulls, so that JSON tells what every column holds. */
const full = Object.fromEntries(
  Object.entries({ id: `${large}`, wide: `${10n ** 30n}`, narrow: "1", unsigned: `${2n ** 64n - 1n}` }).concat(
    Object.entries({ f32: "0.1", real: "0.5", flag: "true", at: "2026-11-04 00:00:00", word: "a", a: "9", b: "10" }),
    Object.entries({ c: "2.5", w: "1" }),
  ),
);

async function folderOf(table: readonly Row[]): Promise<string> {
  const rows = [{ ...full, tags: ["a"], ids: [`${large}`], scores: ["0.1"] } as unknown as Row, ...table];
  const folder = folderWith({ "t.csv": asText(rows, ","), "t.tsv": asText(rows, "\t"), "t.jsonl": asJson(rows) });
  await writeParquet(join(folder, "t.parquet"), rows);
  return folder;
}

function formatOf(file: string): FileFormat {
  return file.slice(2) as FileFormat;
}

async function rawRows(file: string): Promise<readonly RawRow[]> {
  const rows: RawRow[] = [];
  for await (const row of streamRawRows([file])) if (!(row instanceof BrokenLine)) rows.push(row);
  return rows;
}

describe("a table in several formats", () => {
  it("is fitted, split, grouped and encoded to the same bytes", async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const folder = await folderOf(table);
        const results = [];
        for (const file of files) {
          const split = { by: ["id", "wide", "f32", "flag"], fraction: 0.5, rest: "test", seed: 7 } as const;
          const data = { train: source(file, formatOf(file)), split, weight: "w", group: "id" };
          const { train, test, fitted } = await openIn(folder, spec(data, features, labels));
          results.push({ fitted, train: rowsOf(train), test: rowsOf(test), groups: [train?.groups(), test?.groups()] });
        }
        for (const result of results) expect(result).toEqual(results[0]);
      }),
      { seed: 11, numRuns: 3 },
    );
  });

  it("gives rows of a program that are encoded as the file is", async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const folder = await folderOf(table);
        for (const file of files) {
          const model = spec({ train: source(file, formatOf(file)), weight: "w" }, features, labels);
          const { train, fitted } = await openIn(folder, model);
          const encode = createRowEncoder(model, fitted, { mode: "data" });
          expect(rowsOfBatch(encode(await rawRows(join(folder, file))), labels.length)).toEqual(rowsOf(train));
        }
      }),
      { seed: 12, numRuns: 3 },
    );
  });

  it("gives the same inputs of a ranking", async () => {
    const inputs: Readonly<Record<Name, ServingInput["type"]>> = {
      id: "text",
      wide: "text",
      narrow: "number",
      unsigned: "text",
      f32: "number",
      real: "number",
      flag: "bool",
      at: "time",
      word: "text",
      a: "number",
      b: "text",
      c: "text",
      tags: "texts",
      ids: "texts",
      scores: "vector",
      w: "duration",
    };
    const asInput = (value: unknown): unknown => (Array.isArray(value) && value.length === 0 ? undefined : value);
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const folder = await folderOf(table);
        const read = async (file: string): Promise<unknown> =>
          (await rawRows(join(folder, file))).map((row) =>
            Object.fromEntries(names.map((name) => [name, asInput(inputValue(row[name], inputs[name]))])),
          );
        const first = await read(files[0]);
        for (const file of files.slice(1)) expect(await read(file)).toEqual(first);
      }),
      { seed: 13, numRuns: 6 },
    );
  });
});
