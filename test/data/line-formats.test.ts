import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
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
  rowsOf,
  source,
  spec,
} from "./fixtures.js";

/** Files with a row a line and no columns of their own, and files packed by zstd. */

const ranked = '2 qid:10 1:0.5 3:-2e1 # doc 7\n0 qid:10 2:4\r\n\n# a comment only\n1 qid:11 1:1 2:2 3:3 # doc "9"\n';
const good = event("good", { source: binary(column("label"), ">=", literal(1)) });
const features = [categorical("qid"), numeric("f1"), numeric("f2"), numeric("f3")];

describe("libsvm", () => {
  it("gives a label, a query and a column for each index; what a line leaves out is 0", async () => {
    const folder = folderWith({ "a.txt": ranked, "a.libsvm.gz": ranked });
    for (const name of ["a.txt", "a.libsvm.gz"]) {
      const { train } = await openIn(folder, spec({ train: source(name, "libsvm"), group: "qid" }, features, [good]));
      expect(rowsOf(train)).toEqual([
        { ids: [1], numbers: [0.5, 0, -20], labels: [1], weight: 1 },
        { ids: [1], numbers: [0, 4, 0], labels: [0], weight: 1 },
        { ids: [2], numbers: [1, 2, 3], labels: [1], weight: 1 },
      ]);
    }
  });

  it("reads the comment as a column, and an index that only training data holds as 0", async () => {
    const folder = folderWith({ "a.svm": ranked, "b.svm": "1 qid:3 1:7 # doc 1\n" });
    const model = spec(
      { train: source("a.svm", "libsvm"), test: source("b.svm", "libsvm") },
      [
        categorical("comment", { vocabulary: { kind: "listed", values: ["doc 7", 'doc "9"', "doc 1"] } }),
        numeric("f3"),
      ],
      [good],
    );
    const { train, test } = await openIn(folder, model);
    expect(rowsOf(train).map(({ ids, numbers }) => [ids[0], numbers[0]])).toEqual([
      [1, -20],
      [0, 0],
      [2, 3],
    ]);
    expect(rowsOf(test)).toEqual([{ ids: [3], numbers: [0], labels: [1], weight: 1 }]);
  });

  it("counts from 0 where an index is 0", async () => {
    const folder = folderWith({ "a.svm": "1 0:5 1:6\n" });
    const { train } = await openIn(folder, spec({ train: source("a.svm", "libsvm") }, [numeric("f0"), numeric("f1")]));
    expect(rowsOf(train)[0]?.numbers).toEqual([5, 6]);
  });

  it.each([
    ["1 1:0.5 2\n", "MTL7130: row 1 of `a.svm` has `2`"],
    ["1 1:1\n0 1:2 x:3\n", "MTL7130: row 2 of `a.svm` has `x:3`"],
    ["1 1:1 1:2\n", "MTL7130: row 1 of `a.svm` has `1:2`"],
    ["a,b\n1,2\n", "MTL7130: row 1 of `a.svm` has"],
    ["\n# nothing\n", "MTL7102: `a.svm` cannot be read: it is empty"],
    ["1 1:0.5 2:x\n", "MTL7105: column `f2` is `x` in row 1 of `a.svm`"],
    ["1 1:0.5\n", "MTL7103: feature `f2` needs the column `f2`, which `a.svm` does not have"],
  ])("says what is wrong with %j", async (text, says) => {
    const folder = folderWith({ "a.svm": text });
    const model = spec({ train: source("a.svm", "libsvm") }, [numeric("f1"), numeric("f2")]);
    expect(await failureOf(folder, openIn(folder, model))).toContain(says);
  });
});

describe("slots", () => {
  const text = "1,0,210:7,210:9,301:x\n0,,301:y,210:9\n";
  const data = (options = {}) => ({
    train: source("a.txt", "slots", { delimiter: ",", columns: ["click", "buy"], ...options }),
  });

  it("gives a list for each slot, in the order of the line", async () => {
    const folder = folderWith({ "a.txt": text.replace("0,,301", "0,0,301") });
    const vocabulary = { kind: "listed", values: ["7", "9", "x", "y"] } as const;
    const bags = [bag("slot_210", { vocabulary }), bag("slot_301", { vocabulary })];
    const { train } = await openIn(folder, spec(data(), bags, [event("click")]));
    expect(rowsOf(train)).toEqual([
      { ids: [1, 2, -1, 3, -1, -1], numbers: [], labels: [1], weight: 1 },
      { ids: [2, -1, -1, 4, -1, -1], numbers: [], labels: [0], weight: 1 },
    ]);
  });

  it("may be parted by any white space", async () => {
    const folder = folderWith({ "a.txt": "click:1  5:7\t5:8\nclick:0 6:1\n" });
    const vocabulary = { kind: "listed", values: ["7", "8"] } as const;
    const model = spec({ train: source("a.txt", "slots", { delimiter: " " }) }, [bag("slot_5", { vocabulary })]);
    expect(rowsOf((await openIn(folder, model)).train).map(({ ids }) => ids)).toEqual([
      [1, 2, -1],
      [-1, -1, -1],
    ]);
  });

  it.each([
    [text, {}, "MTL7131: rows of `a.txt` begin with 1 to 2 plain values, but `columns` names 2"],
    ["1,0,2:3\n", { columns: ["click"] }, "MTL7131: rows of `a.txt` begin with 2 plain values, but `columns` names 1"],
    ["1,0,2:3:0.5\n", {}, "MTL7130: row 1 of `a.txt` has `2:3:0.5`"],
    ["1,2:3,0\n", {}, "MTL7130: row 1 of `a.txt` has `0`"],
    ["1,0,2:3\n", {}, "MTL7103: feature `slot_9` needs the column `slot_9`"],
  ])("says what is wrong with %j, %o", async (content, options, says) => {
    const folder = folderWith({ "a.txt": content });
    expect(await failureOf(folder, openIn(folder, spec(data(options), [bag("slot_9")])))).toContain(says);
  });
});

describe("files packed by zstd", () => {
  const rows = Array.from({ length: 3000 }, (_, i) => `v${i % 7},${i}`);

  async function packed(): Promise<string> {
    const folder = folderWith({ "a.csv": `k,x\n${rows.join("\n")}\n` });
    const from = `(SELECT * FROM read_csv('${join(folder, "a.csv")}', all_varchar=true))`;
    await duckdb(`COPY ${from} TO '${join(folder, "a.csv.zst")}' (FORMAT csv, HEADER, COMPRESSION zstd)`);
    await duckdb(`COPY ${from} TO '${join(folder, "a.jsonl.zst")}' (FORMAT json, COMPRESSION zstd)`);
    await duckdb(
      `COPY ${from} TO '${join(folder, "a.tsv.zst")}' (FORMAT csv, HEADER, DELIMITER '\t', COMPRESSION zstd)`,
    );
    return folder;
  }

  it("are read in every text format", async () => {
    const folder = await packed();
    const of = async (name: string, format: "csv" | "tsv" | "jsonl") =>
      rowsOf((await openIn(folder, spec({ train: source(name, format) }, [categorical("k"), numeric("x")]))).train);
    const plain = await of("a.csv", "csv");
    expect(plain).toHaveLength(3000);
    for (const format of ["csv", "tsv", "jsonl"] as const) expect(await of(`a.${format}.zst`, format)).toEqual(plain);
  });

  it("are refused when they are cut or are something else", async () => {
    const folder = await packed();
    const whole = readFileSync(join(folder, "a.csv.zst"));
    const model = spec({ train: source("cut.csv.zst") }, [numeric("x")]);
    for (const [bytes, says] of [
      [whole.subarray(0, whole.length - 1), "it ends early"],
      [whole.subarray(0, whole.length >> 1), "it ends early"],
      [Buffer.from("k,x\na,1\nb,2\n"), "it is not a zstd file"],
      [Buffer.concat([whole, Buffer.from("more and more")]), "something that is not zstd follows its data"],
    ] as const) {
      writeFileSync(join(folder, "cut.csv.zst"), bytes);
      expect(await failureOf(folder, openIn(folder, model))).toBe(
        `MTL7102: \`cut.csv.zst\` cannot be read: its zstd data is damaged (${says})`,
      );
    }
  });
});

describe("options of `format`", () => {
  const text = "k;x\na;1\nNA;2\n";
  const format = {
    format: "csv",
    options: { header: true, delimiter: ";", nulls: ["NA"], trim: false },
    span: { file: "spec.mtl", start: 0, end: 3 },
  } as const;

  it("hold for files of the command line, whether or not the spec names files", async () => {
    const folder = folderWith({ "a.csv": text, "a.tsv": text.replaceAll(";", "\t") });
    for (const name of ["a.csv", "a.tsv"]) {
      const files = { train: [join(folder, name)] };
      const { train } = await openIn(folder, spec({ format }, [categorical("k"), numeric("x")]), files);
      expect(rowsOf(train).map(({ ids, numbers }) => [ids[0], numbers[0]])).toEqual([
        [1, 1],
        [0, 2],
      ]);
    }
  });
});
