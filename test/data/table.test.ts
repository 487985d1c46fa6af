import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { tableFormatOf, writeTable } from "../../src/runtime/data/index.js";
import { categorical, event, failureOf, folderWith, numeric, openIn, rowsOf, source, spec } from "./fixtures.js";

const columns = [
  { name: "user", values: ["a", 'say "hi", you', null, "é\n"] },
  { name: "p ctr", values: Float32Array.of(0.1, 0.25, 1e-8, 1) },
  { name: "n", values: Int32Array.of(1, -2, 3, 4) },
];

describe("a table", () => {
  it("is written as CSV, JSON lines and Parquet", async () => {
    const folder = folderWith();
    const path = (name: string) => join(folder, "out", name);
    await writeTable(path("t.csv"), "csv", columns);
    expect(readFileSync(path("t.csv"), "utf8")).toBe(
      'user,p ctr,n\na,0.1,1\n"say ""hi"", you",0.25,-2\n,1e-08,3\n"é\n",1.0,4\n',
    );
    await writeTable(path("t.csv.gz"), "csv", columns);
    expect(gunzipSync(readFileSync(path("t.csv.gz"))).toString()).toBe(readFileSync(path("t.csv"), "utf8"));
    await writeTable(path("t.jsonl"), "jsonl", columns);
    expect(
      readFileSync(path("t.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown)[1],
    ).toEqual({
      user: 'say "hi", you',
      "p ctr": 0.25,
      n: -2,
    });
    await writeTable(path("t.parquet"), "parquet", columns);
    for (const [name, format] of [
      ["t.csv", "csv"],
      ["t.csv.gz", "csv"],
      ["t.jsonl", "jsonl"],
      ["t.parquet", "parquet"],
    ] as const) {
      const model = spec({ train: source(`out/${name}`, format) }, [
        numeric("p ctr"),
        numeric("n"),
        categorical("user"),
      ]);
      const { train, fitted } = await openIn(folder, model);
      const rows = rowsOf(train);
      expect(rows.map((row) => row.numbers)).toEqual(
        [0.1, 0.25, 1e-8, 1].map((p, i) => [Math.fround(p), [1, -2, 3, 4][i]]),
      );
      expect(fitted.features["user"]).toEqual({ kind: "vocabulary", values: ["a", 'say "hi", you', "é\n"] });
      expect(rows.map(({ ids: [id] }) => id)).toEqual([1, 2, 0, 3]);
    }
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["t.csv", "t.csv.gz", "t.jsonl", "t.parquet"]);
  });

  it("of many rows keeps their order", async () => {
    const folder = folderWith();
    const count = 10_000;
    const n = Int32Array.from({ length: count }, (_, i) => (i * 7919) % count);
    await writeTable(join(folder, "t.parquet"), "parquet", [{ name: "n", values: n }]);
    const { train } = await openIn(folder, spec({ train: source("t.parquet", "parquet") }, [numeric("n")]));
    expect(rowsOf(train).map(({ numbers: [x] }) => x)).toEqual([...n]);
  });

  it("that cannot be written is a clear error, and leaves what was there", async () => {
    const folder = folderWith({ file: "" });
    const message = await failureOf(folder, writeTable(join(folder, "file", "out", "t.csv"), "csv", columns));
    expect(message).toBe("MTL8008: `FOLDER/file/out/t.csv` cannot be written: a part of its path is a file");
    writeFileSync(join(folder, "old.csv"), "old");
    await expect(writeTable(join(folder, "old.csv"), "csv", [...columns, ...columns])).rejects.toThrow("MTL7120");
    expect(readFileSync(join(folder, "old.csv"), "utf8")).toBe("old");
    expect(readdirSync(folder).sort()).toEqual(["file", "old.csv"]);
  });

  it("has the format that its name tells", () => {
    expect(
      ["a.csv", "a.CSV.gz", "a.jsonl", "a.ndjson", "a.parquet", "a.pq", "a.tsv", "a.txt", "csv"].map(tableFormatOf),
    ).toEqual(["csv", "csv", "jsonl", "jsonl", "parquet", "parquet", undefined, undefined, undefined]);
  });
});

describe("columns of the data", () => {
  const folder = folderWith({ "a.csv": "user,x,click\n1,5,1\n,6,0\nc,7,\n1,8,1\n" });
  const split = { by: ["x"], fraction: 0.5, rest: "test", seed: 3 } as const;
  const model = spec({ train: source("a.csv"), split }, [numeric("x")], [event("click")]);

  it("are beside the rows of a data set", async () => {
    const options = { specPath: join(folder, "spec.mtl") };
    const { train, test } = await openIn(folder, model);
    for (const [role, dataset] of [
      ["train", train],
      ["test", test],
    ] as const) {
      const rows = rowsOf(dataset);
      const scores = [{ name: "p", values: Int32Array.from(rows, ({ numbers: [x] }) => x ?? 0) }];
      await writeTable(join(folder, "o.csv"), "csv", scores, { spec: model, role, names: ["user", "x"], options });
      const lines = readFileSync(join(folder, "o.csv"), "utf8").trim().split("\n").slice(1);
      const users: Readonly<Record<number, string>> = { 5: "1", 6: "", 7: "c", 8: "1" };
      expect(lines).toEqual(rows.map(({ numbers: [x] }) => `${users[x ?? 0]},${x},${x}`));
    }
  });

  it("leave nothing behind but the cache", () => {
    expect(existsSync(join(folder, ".mtlc", "cache"))).toBe(true);
    expect(readdirSync(join(folder, ".mtlc", "cache")).filter((name) => name.startsWith("."))).toEqual([]);
  });
});
