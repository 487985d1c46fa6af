import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { DataModel, FeatureModel, LabelModel } from "../../src/compiler/model/model.js";
import type { OpenDataOptions } from "../../src/runtime/data/index.js";
import {
  bag,
  binary,
  categorical,
  column,
  duckdb,
  event,
  failureOf,
  folderWith,
  literal,
  numeric,
  openIn,
  source,
  spec,
} from "./fixtures.js";

/** What opening says of a mistake, as the user reads it. */

const csv = "user_id,age,click,w\n1,30,1,1\n2,abc,0,1\n3,,2,-1\n4,5,,\n";

async function errorOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  data: DataModel,
  features: readonly FeatureModel[] = [],
  labels: readonly LabelModel[] = [],
  options: Partial<OpenDataOptions> = {},
): Promise<string> {
  const folder = folderWith(files);
  return failureOf(folder, openIn(folder, spec(data, features, labels), options));
}

describe("files that are not there", () => {
  it("by name", async () => {
    expect(await errorOf({}, { train: source("data/train.csv") })).toMatchInlineSnapshot(
      `"MTL7101: the file \`data/train.csv\` does not exist in \`FOLDER\`"`,
    );
  });
  it("by pattern", async () => {
    expect(await errorOf({ "data/a.csv": csv }, { train: source("data/*.parquet", "parquet") })).toMatchInlineSnapshot(
      `"MTL7101: no file matches \`data/*.parquet\` in \`FOLDER\`"`,
    );
  });
  it("but a folder is", async () => {
    expect(await errorOf({ "data/a.csv": csv }, { train: source("data") })).toMatchInlineSnapshot(`
      "MTL7102: \`data\` cannot be read: it is a folder
      help: name its files, such as \`data/*.parquet\`"
    `);
  });
  it("of the command line", async () => {
    const message = await errorOf({ "a.csv": csv }, { train: source("a.csv") }, [], [], { test: ["nowhere/*.csv"] });
    expect(message.replace(process.cwd(), "HERE")).toMatchInlineSnapshot(
      `"MTL7101: no file matches \`nowhere/*.csv\` in \`HERE\`"`,
    );
  });
});

describe("columns", () => {
  it("that is missing from a file, with what it has", async () => {
    expect(
      await errorOf(
        { "a.csv": csv },
        { train: source("a.csv") },
        [numeric("agee"), categorical("brand")],
        [event("clicks")],
      ),
    ).toMatchInlineSnapshot(`
      "MTL7103: feature \`agee\` needs the column \`agee\`, which \`a.csv\` does not have; did you mean \`age\`?
      it is also missing \`brand\`
      its columns are \`user_id\`, \`age\`, \`click\`, \`w\`
      MTL7103: label \`clicks\` needs the column \`clicks\`, which \`a.csv\` does not have; did you mean \`click\`?
      its columns are \`user_id\`, \`age\`, \`click\`, \`w\`"
    `);
  });
  it("that one of several files lacks", async () => {
    const files = { "a.csv": csv, "b.csv": "user_id,w\n1,1\n" };
    expect(await errorOf(files, { train: source("*.csv") }, [numeric("age")])).toMatchInlineSnapshot(`
      "MTL7103: feature \`age\` needs the column \`age\`, which \`b.csv\` does not have
      its columns are \`user_id\`, \`w\`
      help: if its column is called otherwise, say so: \`age: …(column: "uid")\`"
    `);
  });
  it("of the group, the weight and the split", async () => {
    const split = { by: ["session"], fraction: 0.9, rest: "validation", seed: 0 } as const;
    expect(await errorOf({ "a.csv": csv }, { train: source("a.csv"), group: "user", weight: "weight", split }))
      .toMatchInlineSnapshot(`
        "MTL7103: the sample weight needs the column \`weight\`, which \`a.csv\` does not have
        its columns are \`user_id\`, \`age\`, \`click\`, \`w\`
        MTL7103: \`group\` needs the column \`user\`, which \`a.csv\` does not have; did you mean \`user_id\`?
        its columns are \`user_id\`, \`age\`, \`click\`, \`w\`
        MTL7103: \`split\` needs the column \`session\`, which \`a.csv\` does not have
        its columns are \`user_id\`, \`age\`, \`click\`, \`w\`"
      `);
  });
  it("that hold lists or nested values", async () => {
    const folder = folderWith();
    await duckdb(`COPY (SELECT [1, 2] AS tags, {'a': 1} AS nested) TO '${join(folder, "a.parquet")}'`);
    const model = spec({ train: source("a.parquet", "parquet") }, [categorical("tags"), numeric("nested")]);
    expect(await failureOf(folder, openIn(folder, model))).toMatchInlineSnapshot(`
      "MTL7104: column \`tags\` of \`a.parquet\` has lists of numbers, but feature \`tags\` needs one value per row
      MTL7104: column \`nested\` of \`a.parquet\` has nested values, but feature \`nested\` needs one value per row"
    `);
  });
  it("named twice", async () => {
    expect(await errorOf({ "a.csv": "x,x\n1,2\n" }, { train: source("a.csv") }, [numeric("x")])).toMatchInlineSnapshot(
      `"MTL7111: \`a.csv\` has two columns \`x\`; give them different names with \`columns\`"`,
    );
  });
  it("more or fewer than the spec names", async () => {
    const columns = ["a", "b", "c"];
    expect(
      await errorOf(
        { "a.csv": "1, 2\n" },
        { train: source("a.csv", "csv", { header: false, columns, delimiter: ", " }) },
        [numeric("a")],
      ),
    ).toMatchInlineSnapshot(`
      "MTL7110: \`columns\` names 3 columns, but the first line of \`a.csv\` has 2 values
      the delimiter is ", ""
    `);
  });
  it("without names", async () => {
    expect(
      await errorOf({ "a.csv": "1,2\n" }, { train: source("a.csv", "csv", { header: false }) }, [numeric("a")]),
    ).toMatchInlineSnapshot(
      `"MTL7112: \`a.csv\` has no header line, so its columns need names: add \`columns: [...]\` to the source"`,
    );
  });
});

describe("values", () => {
  it("that are not numbers", async () => {
    expect(await errorOf({ "a.csv": csv }, { train: source("a.csv") }, [numeric("age")])).toMatchInlineSnapshot(
      `
      "MTL7105: column \`age\` is \`abc\` in row 2 of \`a.csv\`, where feature \`age\` needs a number
      help: if this means that the value is not known: \`nulls: ["abc"]\`"
    `,
    );
  });
  it("that are not numbers, in the second of two files, while fitting", async () => {
    const files = { "a.csv": "age\n1\n", "b.csv": "age\n2\n 3\nforty two\n" };
    expect(
      await errorOf(files, { train: source(["a.csv", "b.csv"]) }, [
        numeric("age", { scale: "standard", missing: "mean" }),
      ]),
    ).toMatchInlineSnapshot(
      `
      "MTL7105: column \`age\` is \`forty two\` in row 3 of \`b.csv\`, where feature \`age\` needs a number
      help: if this means that the value is not known: \`nulls: ["forty two"]\`"
    `,
    );
  });
  it("that are not numbers in an expression", async () => {
    const young = event("young", { source: binary(column("age"), "<", literal(20)) });
    expect(await errorOf({ "a.csv": csv }, { train: source("a.csv") }, [], [young])).toMatchInlineSnapshot(
      `
      "MTL7105: column \`age\` is \`abc\` in row 2 of \`a.csv\`, where label \`young\` needs a number
      help: if this means that the value is not known: \`nulls: ["abc"]\`"
    `,
    );
  });
  it("that are not eventss", async () => {
    expect(await errorOf({ "a.csv": csv }, { train: source("a.csv") }, [], [event("click")])).toMatchInlineSnapshot(
      `
      "MTL7106: label \`click\` is \`2\` in row 3 of \`a.csv\`; an event is 0, 1, true or false, or null if unknown
      help: say when it happened, such as \`click: event = click > 0\`"
    `,
    );
  });
  it("that are not eventss, of an expression", async () => {
    const label = event("next", { source: binary(column("user_id"), "-", literal(1)) });
    expect(await errorOf({ "a.csv": csv }, { train: source("a.csv") }, [], [label])).toMatchInlineSnapshot(
      `"MTL7106: label \`next\` is \`2\` in row 3 of \`a.csv\`; an event is 0, 1, true or false, or null if unknown"`,
    );
  });
  it("that are not classes", async () => {
    const label = { ...event("kind", { source: column("age") }), base: "classes" } as const;
    const named = {
      ...label,
      classes: [
        { name: "old", value: "43" },
        { name: "young", value: "42" },
      ],
    };
    const counted = { ...label, classes: Array.from({ length: 50 }, (_, value) => ({ name: String(value), value })) };
    expect(
      await errorOf({ "a.csv": "age\n43\n\n42\n44" }, { train: source("a.csv") }, [], [named]),
    ).toMatchInlineSnapshot(
      `"MTL7360: label \`kind\` is \`44\` in row 4 of \`a.csv\`, which is not one of its classes: 43, 42, or null if unknown"`,
    );
    expect(await errorOf({ "a.csv": "age\n43\n50" }, { train: source("a.csv") }, [], [counted])).toMatchInlineSnapshot(
      `"MTL7360: label \`kind\` is \`50\` in row 2 of \`a.csv\`, which is not one of its classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, …, or null if unknown"`,
    );
    expect(await errorOf({ "a.csv": "age\n4.5" }, { train: source("a.csv") }, [], [counted])).toMatchInlineSnapshot(
      `"MTL7360: label \`kind\` is \`4.5\` in row 1 of \`a.csv\`, which is not one of its classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, …, or null if unknown"`,
    );
  });
  it("that are not eventss, in Parquet", async () => {
    const folder = folderWith();
    await duckdb(`COPY (SELECT unnest([1.0, NULL, 0.25]) AS click) TO '${join(folder, "a.parquet")}'`);
    const model = spec({ train: source("a.parquet", "parquet") }, [], [event("click")]);
    expect(await failureOf(folder, openIn(folder, model))).toMatchInlineSnapshot(
      `
      "MTL7106: label \`click\` is \`0.25\` in row 3 of \`a.parquet\`; an event is 0, 1, true or false, or null if unknown
      help: say when it happened, such as \`click: event = click > 0\`"
    `,
    );
  });
  it("that are not weights", async () => {
    expect(await errorOf({ "a.csv": csv }, { train: source("a.csv"), weight: "w" })).toMatchInlineSnapshot(
      `"MTL7107: the sample weight \`w\` is -1 in row 3 of \`a.csv\`; a weight is a number of at least 0"`,
    );
    expect(
      await errorOf({ "a.csv": "w\n1\n\n" + "0\n", "b.csv": 'w\n""\n' }, { train: source("b.csv"), weight: "w" }),
    ).toMatchInlineSnapshot(
      `"MTL7107: the sample weight \`w\` is null in row 1 of \`b.csv\`; a weight is a number of at least 0"`,
    );
  });
});

describe("files that cannot be read", () => {
  const x = [numeric("x")];
  it("empty", async () => {
    expect(await errorOf({ "a.csv": "" }, { train: source("a.csv") }, x)).toMatchInlineSnapshot(
      `"MTL7102: \`a.csv\` cannot be read: it is empty"`,
    );
  });
  it("compressed in another way", async () => {
    expect(await errorOf({ "a.csv.bz2": "x" }, { train: source("*.bz2") }, x)).toMatchInlineSnapshot(
      `"MTL7102: \`a.csv.bz2\` cannot be read: of compressed files only \`.gz\` and \`.zst\` are read"`,
    );
  });
  it("with a line of another length", async () => {
    expect(await errorOf({ "a.csv": "x,y\n1,2\n3\n" }, { train: source("a.csv") }, x)).toMatchInlineSnapshot(
      `"MTL7109: line 3 of \`a.csv\` has 1 value where 2 are expected"`,
    );
  });
  it("with a quote that does not end", async () => {
    expect(await errorOf({ "a.csv": 'x,y\n1,"2\n3,4\n' }, { train: source("a.csv") }, x)).toMatchInlineSnapshot(
      `"MTL7102: \`a.csv\` cannot be read: line 2 opens a quote that is never closed"`,
    );
  });
  it("in another encoding", async () => {
    const bytes = Buffer.concat([Buffer.from("x,y\n1,"), Buffer.from([0xe9, 0x20]), Buffer.from("\n")]);
    expect(await errorOf({ "a.csv": bytes }, { train: source("a.csv") }, [categorical("y")])).toMatchInlineSnapshot(
      `"MTL7102: \`a.csv\` cannot be read: line 2 is not UTF-8 text"`,
    );
  });
  it("of another format", async () => {
    expect(await errorOf({ "a.parquet": csv }, { train: source("a.parquet", "parquet") }, x)).toMatchInlineSnapshot(
      `"MTL7102: \`a.parquet\` cannot be read: No magic bytes found at end of file 'FOLDER/a.parquet'"`,
    );
    expect(await errorOf({ "a.jsonl": "x,y\n1,2\n" }, { train: source("a.jsonl", "jsonl") }, x)).toMatchInlineSnapshot(
      `"MTL7102: \`a.jsonl\` cannot be read: Malformed JSON in file "FOLDER/a.jsonl", at byte 1 in line 2: unexpected character"`,
    );
  });
  it("cut short", async () => {
    const packed = gzipSync(`x\n${Array.from({ length: 20_000 }, (_, i) => Math.sin(i)).join("\n")}\n`);
    const folder = folderWith({ "a.csv": "x\n1\n" });
    const { writeFileSync } = await import("node:fs");
    writeFileSync(join(folder, "a.csv.gz"), packed.subarray(0, packed.length / 2));
    const model = spec({ train: source("a.csv.gz") }, x);
    expect(await failureOf(folder, openIn(folder, model))).toMatchInlineSnapshot(
      `"MTL7102: \`a.csv.gz\` cannot be read: its gzip data is damaged (unexpected end of file)"`,
    );
    writeFileSync(join(folder, "b.csv.gz"), "not gzip at all");
    const other = spec({ train: source("b.csv.gz") }, x);
    expect(await failureOf(folder, openIn(folder, other))).toMatchInlineSnapshot(
      `"MTL7102: \`b.csv.gz\` cannot be read: incorrect header check"`,
    );
  });
});

describe("what is missing", () => {
  it("training data to fit on", async () => {
    expect(
      await errorOf({ "a.csv": csv }, { test: source("a.csv") }, [numeric("user_id"), categorical("age")]),
    ).toMatchInlineSnapshot(`"MTL7115: feature \`age\` is fitted on the training data, but there is none"`);
  });
  it("a place for the cache", async () => {
    const folder = folderWith({ "a.csv": "x\n1\n", file: "" });
    process.env["MTLC_CACHE_DIR"] = join(folder, "file", "cache");
    try {
      expect(await failureOf(folder, openIn(folder, spec({ train: source("a.csv") }, x())))).toMatchInlineSnapshot(
        `"MTL7114: the cache folder \`FOLDER/file/cache\` cannot be written: a part of its path is a file; name another one with \`MTLC_CACHE_DIR\`"`,
      );
    } finally {
      delete process.env["MTLC_CACHE_DIR"];
    }
  });
});

function x(): readonly FeatureModel[] {
  return [numeric("x")];
}

describe("names and values that look like SQL", () => {
  it("are names and values", async () => {
    const name = `a"; DROP TABLE x; --'`;
    const value = "'; SELECT 1; --";
    const folder = folderWith({ "a.csv": `"${name.replaceAll('"', '""')}",y\n${value},1\n` });
    const model = spec(
      { train: source("a.csv", "csv", { nulls: ["');--"] }) },
      [categorical("f", { source: column(name) })],
      [event("e", { source: binary(column(name), "==", literal(value)) }), event("y")],
    );
    const { train, fitted } = await openIn(folder, model);
    expect(fitted.features["f"]).toEqual({ kind: "vocabulary", values: [value] });
    expect([...(train?.batches({ size: 1, pad: false }) ?? [])][0]?.labels).toEqual(Float32Array.of(1, 1));
  });
});

describe("a value in a file with lists", () => {
  it("is told by its own column", async () => {
    const lines = '{"tags":["a"],"ts":"2026-11-01 00:00:00","x":1,"y":1}\n{"tags":["b"],"ts":"5","x":"much","y":3}\n';
    const folder = folderWith({ "a.jsonl": lines });
    const parquet = join(folder, "a.parquet");
    await duckdb(`COPY (SELECT ['a'] AS tags, TIMESTAMP '2026-11-01' AS ts, 2 AS y) TO '${parquet}'`);
    const told = (format: "jsonl" | "parquet", features: readonly FeatureModel[], labels: readonly LabelModel[] = []) =>
      failureOf(
        folder,
        openIn(folder, spec({ train: source(`a.${format}`, format) }, [bag("tags"), ...features], labels)),
      );
    expect(await told("parquet", [numeric("ts")])).toMatch(
      "MTL7105: column `ts` is `2026-11-01 00:00:00` in row 1 of `a.parquet`, where feature `ts` needs a number",
    );
    expect(await told("parquet", [], [event("y")])).toMatch(
      "MTL7106: label `y` is `2` in row 1 of `a.parquet`; an event is 0, 1, true or false",
    );
    expect(await told("jsonl", [numeric("x")])).toMatch(
      "MTL7105: column `x` is `much` in row 2 of `a.jsonl`, where feature `x` needs a number",
    );
    expect(await told("jsonl", [], [event("late", { source: binary(column("ts"), ">", column("y")) })])).toMatch(
      "MTL7105: column `ts` is `2026-11-01 00:00:00` in row 1 of `a.jsonl`, where label `late` needs a number",
    );
  });
});
