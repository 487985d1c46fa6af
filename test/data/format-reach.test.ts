import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { modelOf } from "./parse-spec.js";
import { readingOf } from "../../src/compiler/model/index.js";
import { streamRawRows } from "../../src/runtime/data/index.js";
import { readLogColumns } from "../../src/runtime/data/files/log-columns.js";
import { duckdb, folderWith } from "./fixtures.js";

/** `data { format: … }` without a file in the spec: what rank and tune read of files that they are given. */

const { data, features } = modelOf(`model m
data { format: csv(delimiter: ";", nulls: ["NULL"]) }
features { f1 .. f2: numeric }
labels { click: event }
tower t = mlp(features, [2])
task p: P(click) = sigmoid(logit(t))
loss { p: bce }
`);
const reading = readingOf(data);

async function rowsOf(path: string, options: Parameters<typeof streamRawRows>[1] = { reading }) {
  const rows: unknown[] = [];
  for await (const row of streamRawRows([path], options)) rows.push(row);
  return rows;
}

describe("options of `format`", () => {
  it("hold for rows to rank", async () => {
    const folder = folderWith({ "a.csv": "k;x\na;1\nNULL;2\n", "a.txt": "k;x\na;1\nNULL;2\n" });
    const expected = [
      { k: "a", x: "1" },
      { k: null, x: "2" },
    ];
    for (const name of ["a.csv", "a.txt"]) expect(await rowsOf(join(folder, name))).toEqual(expected);
    await expect(rowsOf(join(folder, "a.txt"), {})).rejects.toThrow("its name tells no format");
  });

  it("hold for a log to tune on", async () => {
    const folder = folderWith({ "log.csv": "request;ctr\nr1;0.5\nNULL;0.25\n" });
    const request = { column: "request", kind: "text", user: "x" } as const;
    const ctr = { column: "ctr", kind: "number", user: "x" } as const;
    const log = await readLogColumns([join(folder, "log.csv")], [request, ctr], {
      specPath: join(folder, "spec.mtl"),
      reading,
    });
    expect([log.values(request), log.values(ctr)]).toEqual([
      ["r1", null],
      [0.5, 0.25],
    ]);
  });
});

describe("rows to rank", () => {
  it("are read of libsvm, with 0 for an index that the file lacks", async () => {
    const folder = folderWith({ "a.svm": "1 qid:3 1:0.5 # x\n0 qid:3 1:2\n" });
    const columns = features.flatMap(({ source }) => (source.kind === "column" ? [source.name] : []));
    expect(await rowsOf(join(folder, "a.svm"), { columns })).toEqual([
      { label: "1", qid: "3", f1: "0.5", f2: "0", comment: "x" },
      { label: "0", qid: "3", f1: "2", f2: "0", comment: null },
    ]);
  });

  it("are read of files packed by zstd", async () => {
    const folder = folderWith();
    for (const [name, format] of [
      ["a.csv.zst", "FORMAT csv, HEADER, DELIMITER ';'"],
      ["a.jsonl.zst", "FORMAT json"],
    ] as const) {
      const path = join(folder, name);
      await duckdb(`COPY (SELECT 'u1' AS k, 7 AS x) TO '${path}' (${format}, COMPRESSION zstd)`);
      expect((await rowsOf(path)).map((row) => JSON.stringify(row).replaceAll('"7"', "7"))).toEqual([
        '{"k":"u1","x":7}',
      ]);
    }
    writeFileSync(join(folder, "b.jsonl.zst"), "not packed");
    await expect(rowsOf(join(folder, "b.jsonl.zst"))).rejects.toThrow("zstd data is damaged");
  });
});
