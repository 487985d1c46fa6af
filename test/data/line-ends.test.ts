import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineScanner } from "../../src/runtime/data/files/line-ends.js";
import { streamRawRows } from "../../src/runtime/data/index.js";
import { categorical, failureOf, folderWith, numeric, openIn, rowsOf, source, spec } from "./fixtures.js";

/** Texts as other programs leave them: line ends of several kinds, byte order marks, delimiters too many. */

const features = [categorical("k"), numeric("v")];
const rows = Array.from({ length: 1000 }, (_, i) => `k${i % 7},${i}`);

async function numbersOf(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<readonly (number | undefined)[]> {
  const [name = ""] = Object.keys(files);
  const format = name.includes(".tsv") ? "tsv" : name.includes(".jsonl") ? "jsonl" : "csv";
  const folder = folderWith(files);
  const { train } = await openIn(folder, spec({ train: source(name, format) }, features));
  return rowsOf(train, { size: 2000 }).map(({ numbers: [v] }) => v);
}

const expected = rows.map((_, i) => i);
const joined = (end: (i: number) => string): string => ["k,v", ...rows].map((row, i) => row + end(i)).join("");

describe("what is seen of lines", () => {
  it("is what reading them byte by byte tells, however they are cut", () => {
    const piece = fc.constantFrom("a", "bc", ",", ",,", "\n", "\n\n", "\r\n", "\r", '"', '""', "\uFEFF", "é", ",\n");
    const format = { delimiter: 44, isQuoted: true, columns: 3 };
    const check = (pieces: readonly string[], cuts: readonly number[], isQuoted: boolean): void => {
      const bytes = Buffer.from(pieces.join(""));
      const [seen, read] = [createLineScanner({ ...format, isQuoted }), createLineScanner({ ...format, isQuoted })];
      const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
      let start = 0;
      for (const end of ends) {
        seen.see(bytes.subarray(start, end));
        start = end;
      }
      read.next(bytes);
      expect(seen.end().report).toEqual(read.end().report);
    };
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.array(fc.nat(), { maxLength: 6 }), fc.boolean(), check),
      {
        numRuns: 2000,
      },
    );
  });
});

describe("a table whose lines end in several ways", () => {
  const cases: readonly (readonly [string, (i: number) => string])[] = [
    ["\\n, then \\r\\n", (i) => (i < 500 ? "\n" : "\r\n")],
    ["\\r\\n, then \\n", (i) => (i < 500 ? "\r\n" : "\n")],
    ["a header of another program", (i) => (i === 0 ? "\r\n" : "\n")],
    ["one line of another program", (i) => (i === 777 ? "\r\n" : "\n")],
    ["\\r\\r\\n", () => "\r\r\n"],
    ["\\r alone", () => "\r"],
    ["all of them", (i) => ["\n", "\r\n", "\r\r\n", "\r"][i % 4] ?? ""],
  ];
  it.each(cases)("%s", async (_, end) => {
    expect(await numbersOf({ "a.csv": joined(end) })).toEqual(expected);
    expect(await numbersOf({ "a.tsv": joined(end).replaceAll(",", "\t") })).toEqual(expected);
    expect(await numbersOf({ "a.csv.gz": joined(end) })).toEqual(expected);
  });

  it("keeps the ends that are inside of quotes", async () => {
    const folder = folderWith({ "a.csv": 'k,v\r\n"x\ny",1\n"x\r\ny",2\n"a ""q""\r",3\r\n' });
    const { fitted } = await openIn(folder, spec({ train: source("a.csv") }, features));
    expect(fitted.features["k"]).toEqual({ kind: "vocabulary", values: ['a "q"\r', "x\ny", "x\r\ny"] });
  });

  it("is copied once, and again when the copy was changed", async () => {
    const folder = folderWith({ "a.csv": joined((i) => (i % 2 === 0 ? "\n" : "\r\n")) });
    const model = spec({ train: source("a.csv") }, features);
    await openIn(folder, model);
    const cache = join(folder, ".mtlc", "cache");
    const entry = readdirSync(cache).find((name) => readdirSync(join(cache, name)).includes("text")) ?? "";
    const copy = join(cache, entry, "text");
    const text = readFileSync(copy, "utf8");
    expect(text).toBe(joined(() => "\n"));
    writeFileSync(copy, text.replace("k3,3\n", "k3,9\n"));
    for (const name of readdirSync(cache)) if (name !== entry) rmSync(join(cache, name), { recursive: true });
    const { train } = await openIn(folder, model);
    expect(rowsOf(train, { size: 2000 }).map(({ numbers: [v] }) => v)).toEqual(expected);
  });

  it("and a line with too few values is told by its number in the file", async () => {
    const folder = folderWith({ "a.csv": "k,v\r\na,1\nb\nc,3\n" });
    expect(await failureOf(folder, openIn(folder, spec({ train: source("a.csv") }, features)))).toBe(
      "MTL7109: line 3 of `a.csv` has 1 value where 2 are expected",
    );
  });
});

describe("a line with a delimiter too many", () => {
  it.each([
    ["in the middle", "k,v\na,1\nb,2,\nc,3\n", 3],
    ["at the end", "k,v\na,1\nb,2\nc,3,", 4],
    ["in every row", "k,v\r\na,1,\r\nb,2,\r\n", 2],
    ["behind a quoted value with lines", 'k,v\n"x\ny",1\n"b",2,\n', 4],
  ])("%s is refused", async (_, text, line) => {
    const folder = folderWith({ "a.csv": text });
    expect(await failureOf(folder, openIn(folder, spec({ train: source("a.csv") }, features)))).toBe(
      `MTL7109: line ${line} of \`a.csv\` has more values than the 2 that are expected`,
    );
  });

  it("is none where the last value is empty", async () => {
    expect(await numbersOf({ "a.csv": "k,v,w\na,1,\nb,2,\n" })).toEqual([1, 2]);
    expect(await numbersOf({ "a.csv": 'k,v\n"a,b,",1\n"c,",2\n' })).toEqual([1, 2]);
  });
});

describe("a byte order mark", () => {
  const lines = '{"k":"a","v":1}\n{"k":"b","v":2}\n';
  it("is not part of JSON lines or of a table", async () => {
    expect(await numbersOf({ "a.jsonl": `\ufeff${lines}` })).toEqual([1, 2]);
    expect(await numbersOf({ "a.jsonl.gz": `\ufeff${lines}` })).toEqual([1, 2]);
    expect(await numbersOf({ "a.csv": '\ufeff"k",v\na,1\nb,2\n' })).toEqual([1, 2]);
    expect(await numbersOf({ "a.csv": "\ufeffk,v\r\na,1\nb,2\n" })).toEqual([1, 2]);
  });

  it("is not part of rows to rank, and lines count as they are", async () => {
    const folder = folderWith({ "a.jsonl": `\ufeff${lines}`, "b.jsonl": "\ufeff{}\n\n{\n" });
    const read = async (name: string): Promise<readonly unknown[]> => {
      const found: unknown[] = [];
      for await (const row of streamRawRows([join(folder, name)])) found.push(row);
      return found;
    };
    expect(await read("a.jsonl")).toEqual([
      { k: "a", v: 1 },
      { k: "b", v: 2 },
    ]);
    expect(await read("b.jsonl")).toEqual([{}, expect.objectContaining({ line: 3 })]);
  });
});

describe("the scanner of lines", () => {
  it("does not depend on where the bytes are cut", () => {
    const text = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", "\ufeff"), maxLength: 30 });
    fc.assert(
      fc.property(text, fc.nat(30), fc.boolean(), (value, cut, isQuoted) => {
        const scan = (parts: readonly Uint8Array[]) => {
          const scanner = createLineScanner({ delimiter: 44, isQuoted, columns: 2 });
          const out = parts.map((part) => Buffer.from(scanner.next(part)));
          const { rest, report } = scanner.end();
          return [Buffer.concat([...out, rest]).toString(), report];
        };
        const bytes = Buffer.from(value);
        expect(scan([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(scan([bytes]));
        const plain = createLineScanner({ delimiter: 44, isQuoted: false, columns: 2 });
        const out = Buffer.concat([plain.next(bytes), plain.end().rest]).toString();
        expect(out).toBe(value.replace(/\r+\n|\r/g, "\n"));
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});
