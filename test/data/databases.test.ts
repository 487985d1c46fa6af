/**
 * Tables of databases. SQLite and PostgreSQL need DuckDB's extensions; PostgreSQL also a server that takes the names and
 * passwords of the environment, `MTLC_POSTGRES=postgres://HOST/DATABASE`, in which the test makes and drops a table.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileSpec } from "../../src/compiler/compile.js";
import { specText } from "../../src/compiler/describe/index.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import { findExtension } from "../../src/runtime/data/files/remote/extensions.js";
import { duckdbVersion } from "../../src/runtime/data/files/remote/setup.js";
import { colorRows, duckdb, failureOf, folderWith, source } from "./fixtures.js";

const version = await duckdbVersion();
const sqlite = findExtension("sqlite_scanner", version);
const postgres = process.env["MTLC_POSTGRES"];
if (sqlite === undefined)
  console.log("SQLite is not tested: `node bin/mtlc.js doctor --install` installs its extension");
if (postgres === undefined) console.log("PostgreSQL is not tested: MTLC_POSTGRES names no database");

const values = "('red', 1.5, 1), ('blue', NULL, 0), ('red', 3, NULL), (NULL, 2, 0)";
const table = (name: string): string =>
  `CREATE TABLE ${name} AS SELECT * FROM (VALUES ${values}) AS t(color, size, click)`;

const csv = "color,size,click\nred,1.5,1\nblue,,0\nred,3,\n,2,0\n";

describe("a table in a spec", () => {
  const check = (data: string) =>
    compileSpec(
      "m.mtl",
      createMemoryHost({
        "m.mtl": `model m\ndata { ${data} }\nfeatures { size: numeric }\nlabels { click: event }\ntower t = mlp(size, [4])\ntask p: P(click) = sigmoid(logit(t))\nloss { p: bce }\n`,
      }),
    );
  const told = (data: string): readonly string[] =>
    check(data).diagnostics.map(({ code, message }) => `${code}: ${message}`);

  it("has its options, which the model and its text keep", () => {
    const { model, diagnostics } = check(
      'train: postgres("postgres://db:5433/shop", table: "logs.events", order: [day, id]), test: "last.sqlite", format: sqlite(table: "events")',
    );
    expect(diagnostics).toEqual([]);
    expect(model?.data.train?.options).toMatchObject({ table: "logs.events", order: ["day", "id"] });
    expect(model?.data.test?.options).toMatchObject({ table: "events" });
    expect(model === undefined ? "" : specText(model)).toContain(
      'postgres("postgres://db:5433/shop", table: "logs.events", order: [day, id], nulls: [], trim: false)',
    );
  });

  it("has to be named, and a server without credentials", () => {
    const missing = "MTL3001: `sqlite` needs `table`: the name of a table in quotes";
    expect(told('train: "a.sqlite"')).toEqual([missing]);
    expect(told('train: sqlite("a.db")')).toEqual([missing]);
    expect(told('train: "a.db", format: sqlite')).toEqual([missing]);
    expect(told('train: postgres("postgres://me:word@db/shop", table: "a")')).toEqual([
      "MTL3028: `postgres://…@db/shop` cannot name data: it holds a user or a password",
    ]);
    expect(told('train: postgres("shop", table: "a")')).toEqual([
      "MTL3028: `shop` cannot name data: it is not a URL of PostgreSQL",
    ]);
    expect(told('train: csv("postgres://db/shop")')).toEqual([
      "MTL3028: `postgres://db/shop` cannot name data: `postgres://` is not read",
    ]);
  });
});

describe("a table of DuckDB", () => {
  it("gives the rows that a file of text gives, in its order or in that of columns, from views and schemas too", async () => {
    const folder = folderWith({ "a.csv": csv, "sorted.csv": "color,size,click\nred,3,\n,2,0\nred,1.5,1\nblue,,0\n" });
    await duckdb(
      `ATTACH '${folder}/shop.duckdb' AS shop; ${table("shop.events")}; CREATE SCHEMA shop.logs; ${table("shop.logs.day")};` +
        `CREATE VIEW shop.sorted AS SELECT *, -size AS down, 170141183460469231731687303715884105727::HUGEINT AS wide FROM shop.events; DETACH shop`,
    );
    const expected = await colorRows(folder, "a.csv");
    expect(expected).toHaveLength(4);
    expect(await colorRows(folder, "shop.duckdb", "duckdb", { table: "events" })).toEqual(expected);
    expect(await colorRows(folder, "*.duckdb", "duckdb", { table: "logs.day" })).toEqual(expected);
    const sorted = { table: "sorted", order: ["down"] };
    expect(await colorRows(folder, "shop.duckdb", "duckdb", sorted)).toEqual(await colorRows(folder, "sorted.csv"));
  });

  it("is told where it is not there", async () => {
    const folder = folderWith({ "not.duckdb": "something else" });
    await duckdb(`ATTACH '${folder}/shop.duckdb' AS shop; ${table("shop.events")}; DETACH shop`);
    const told = (...what: Parameters<typeof source>) => failureOf(folder, colorRows(folder, ...what));
    expect(await told("shop.duckdb", "duckdb", { table: "event" })).toBe(
      "MTL7685: `shop.duckdb` has no table `event`\nhelp: it has `events`",
    );
    expect(await told("shop.duckdb", "duckdb")).toBe(
      "MTL7684: `shop.duckdb` is a database, and nothing says which table is read",
    );
    expect(await told("shop.duckdb", "duckdb", { table: "events", order: ["id"] })).toBe(
      "MTL7103: `order` needs the column `id`, which `shop.duckdb` does not have",
    );
    expect(await told("not.duckdb", "duckdb", { table: "events" })).toMatch(/^MTL7102: `not\.duckdb` cannot be read: /);
  });
});

describe.skipIf(sqlite === undefined)("a table of SQLite", () => {
  it("is read as it was last committed, also where that is still in the log beside the file", async () => {
    const { default: Sqlite } = await import("libsql");
    const folder = folderWith({ "a.csv": csv });
    const shop = new Sqlite(join(folder, "shop.sqlite"));
    shop.pragma("journal_mode = WAL");
    shop.exec(`CREATE TABLE events (color TEXT, size REAL, click INTEGER); INSERT INTO events VALUES ${values}`);
    const rows = () => colorRows(folder, "shop.sqlite", "sqlite", { table: "events" });
    const expected = await colorRows(folder, "a.csv");
    expect(await rows()).toEqual(expected);
    shop.exec("INSERT INTO events VALUES ('red', 9, 1)");
    expect(await rows()).toHaveLength(5);
    shop.close();
    expect((await rows())[4]?.numbers).toEqual([9]);
  });
});

describe.skipIf(postgres === undefined)("a table of PostgreSQL", () => {
  it("is read with the credentials of the environment, and again where it has changed", async () => {
    const folder = folderWith({ "a.csv": csv });
    const run = (sql: string) => execFileSync("psql", ["-q", postgres ?? "", "-c", sql], { stdio: "pipe" });
    run("DROP TABLE IF EXISTS mtlc_events; CREATE TABLE mtlc_events (color text, size numeric(5,2), click int)");
    try {
      run(`INSERT INTO mtlc_events VALUES ${values}`);
      const rows = () =>
        colorRows(folder, postgres ?? "", "postgres", { table: "public.mtlc_events", order: ["size"] });
      const sizes = async () => (await rows()).map(({ numbers }) => numbers[0]);
      expect(await sizes()).toEqual([1.5, 2, 3, -1]);
      run("INSERT INTO mtlc_events VALUES ('red', 0.5, 1)");
      expect(await sizes()).toEqual([0.5, 1.5, 2, 3, -1]);
      expect(await failureOf(folder, colorRows(folder, postgres ?? "", "postgres", { table: "nothing" }))).toMatch(
        /^MTL7685: /,
      );
    } finally {
      run("DROP TABLE mtlc_events");
    }
  });
});
