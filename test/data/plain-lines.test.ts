/** Lines that are read without the database are rows that the database reads. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../src/package-root.js";
import {
  createLineRing,
  type LineRing,
  readRing,
  type RingReader,
} from "../../src/runtime/data/encode/texts/line-ring.js";
import { entrySql } from "../../src/runtime/data/encode/texts/short-texts.js";
import {
  byDatabase,
  knownLines,
  orByDatabase,
  streamColumns,
} from "../../src/runtime/data/encode/texts/stream-columns.js";
import { type Database, withDatabase } from "../../src/runtime/data/files/database.js";
import { requestOfArguments } from "../../src/runtime/data/files/files.js";
import {
  firstPlainValue,
  type LineFile,
  readPlainLines,
  UnplainLines,
} from "../../src/runtime/data/files/plain-lines.js";
import { readingAs } from "../../src/runtime/data/profile.js";
import { createRelation, type Relation } from "../../src/runtime/data/files/relation.js";
import { openSource } from "../../src/runtime/data/files/source.js";
import { fitFeatures } from "../../src/runtime/data/encode/fit/features.js";
import { categorical, folderWith, openIn, source, spec } from "./fixtures.js";

const names = ["a", "b", "c"];

function lineFileIn(folder: string, name: string): LineFile {
  return { path: join(folder, name), delimiter: 44, isSpaced: false, quote: 34, hasHeader: true, columns: names };
}

async function textsOf(database: Database, relation: Relation): Promise<readonly (readonly unknown[])[]> {
  const sql = ["c", "a", "c"].map((name) => entrySql(relation.columns(name).plain?.sql ?? ""));
  const rows: unknown[][] = [];
  for await (const chunk of streamColumns(database, relation, sql))
    for (let row = 0; row < chunk.rowCount; row++)
      rows.push(sql.map((_, column) => chunk.getColumnVector(column).getItem(row)));
  return rows;
}

/** What both ways read of files, or what they say of them. */
function bothOf(folder: string, files: readonly string[], delimiter = ",") {
  return withDatabase({ folder }, async (database) => {
    const paths = files.map((file) => join(folder, file));
    const reading = delimiter === "," ? undefined : readingAs("csv", { delimiter });
    const relation = createRelation(await openSource(database, requestOfArguments(paths, reading)), names, undefined);
    const answer = (work: Promise<unknown>): Promise<unknown> =>
      work.catch((error: unknown) => (error instanceof UnplainLines ? "not plain" : "refused"));
    return {
      lines: await answer(textsOf(database, relation)),
      either: await answer(orByDatabase(relation, (given) => textsOf(database, given))),
      database: await answer(textsOf(database, byDatabase(relation))),
    };
  });
}

describe("plain lines", () => {
  const plain = fc.constantFrom(
    "",
    "1",
    "-2.5",
    "ab",
    "é",
    " x ",
    "twelve bytes",
    "thirteen byte",
    "豈豈豈豈豈",
    "a'b",
    "#",
  );
  const strange = fc.constantFrom('"', '"q,r"', 'a"b', '""', "\r", "\u0000", "1,2");
  const line = (value: fc.Arbitrary<string>) => fc.tuple(value, value, value).map((values) => values.join(","));
  const end = fc.constantFrom("\n", "", "\n\n");

  it("are told from others without their values as with them", async () => {
    const given = fc.tuple(
      fc.array(
        fc.array(fc.oneof({ weight: 9, arbitrary: plain }, { weight: 1, arbitrary: strange }), {
          minLength: 2,
          maxLength: 4,
        }),
        { maxLength: 6 },
      ),
      fc.constantFrom(",", "\t", "|", ", ", "; "),
      end,
      fc.boolean(),
    );
    const said = { plain: 0, other: 0 };
    await fc.assert(
      fc.asyncProperty(given, fc.integer({ min: 1, max: 4 }), async ([lines, delimiter, last, hasHeader], width) => {
        const wanted = lines.map((values) =>
          values.length === 3 || width < 3 ? values : [...values, "", ""].slice(0, 3),
        );
        const own = width === 1 ? wanted.map(([value]) => [value]) : wanted;
        const header = hasHeader ? `${"x".repeat(width)}\n` : "";
        const folder = folderWith({
          "a.csv": `${header}${own.map((values) => values.join(delimiter)).join("\n")}${last}`,
        });
        const file: LineFile = {
          ...lineFileIn(folder, "a.csv"),
          delimiter: delimiter.charCodeAt(0),
          isSpaced: delimiter.length > 1,
          hasHeader,
          columns: width === 1 ? ["a"] : names,
        };
        const answer = (work: Promise<unknown>): Promise<unknown> =>
          work.catch((error: unknown) => (error instanceof UnplainLines ? error.message : "refused"));
        const first = async (): Promise<number | undefined> => {
          let start: number | undefined;
          for await (const block of readPlainLines(file, undefined)) start ??= block.start;
          return start;
        };
        const found = await answer(firstPlainValue(file, undefined));
        expect(found).toEqual(await answer(first()));
        said[typeof found === "string" ? "other" : "plain"] += 1;
      }),
      { numRuns: 300 },
    );
    expect(Math.min(said.plain, said.other)).toBeGreaterThan(30);
  });

  it("are read as the database reads them", { timeout: 60_000 }, async () => {
    const check = async (lines: readonly string[], last: string): Promise<void> => {
      const folder = folderWith({ "a.csv": `a,b,c\n${lines.join("\n")}${last}` });
      const found = await bothOf(folder, ["a.csv"]);
      expect(found.either).toEqual(found.database);
      if (found.lines !== "not plain") expect(found.lines).toEqual(found.database);
      // Nothing of these is left to the database, but lines without a value.
      if (!lines.includes("") && last !== "\n\n") expect(found.lines).not.toBe("not plain");
    };
    await fc.assert(fc.asyncProperty(fc.array(line(plain), { minLength: 1 }), end, check), { numRuns: 40 });
  });

  it("or are left to it", { timeout: 60_000 }, async () => {
    const some = fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: strange });
    const check = async (lines: readonly string[], last: string): Promise<void> => {
      const folder = folderWith({ "a.csv": `a,b,c\n1,2,3\n${lines.join("\n")}${last}` });
      const answer = await bothOf(folder, ["a.csv"]).catch(() => undefined);
      if (answer === undefined) return;
      expect(answer.either).toEqual(answer.database);
      if (answer.lines !== "not plain") expect(answer.lines).toEqual(answer.database);
    };
    await fc.assert(fc.asyncProperty(fc.array(line(some), { minLength: 1, maxLength: 6 }), end, check), {
      numRuns: 60,
    });
  });

  it("may have a space behind each delimiter, where all have one", { timeout: 60_000 }, async () => {
    const value = fc.oneof({ weight: 9, arbitrary: plain }, { weight: 1, arbitrary: fc.constantFrom(",", "1,2", '"') });
    const rows = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 30 });
    const check = async (lines: readonly (readonly string[])[], last: string): Promise<void> => {
      const text = lines.map((values) => values.join(", ")).join("\n");
      const folder = folderWith({ "a.csv": `a, b, c\n${text}${last}` });
      const answer = await bothOf(folder, ["a.csv"], ", ").catch(() => undefined);
      if (answer === undefined) return;
      expect(answer.either).toEqual(answer.database);
      if (answer.lines !== "not plain") expect(answer.lines).toEqual(answer.database);
      if (last !== "\n\n" && lines.flat().every((each) => !/[,"]/.test(each)))
        expect(answer.lines).not.toBe("not plain");
    };
    await fc.assert(fc.asyncProperty(rows, end, check), { numRuns: 60 });
  });

  it("of several files follow one another, whatever the order of their columns", async () => {
    const folder = folderWith({ "a.csv": "a,b,c\n1,2,3\n", "b.csv": "c,x,b,a\n4,5,6,7\n8,,,", "c.csv": "a;b;c\n" });
    const found = await bothOf(folder, ["a.csv", "b.csv"]);
    expect(found.lines).toEqual([
      ["3", "1", "3"],
      ["4", "7", "4"],
      ["8", "", "8"],
    ]);
    expect(found.database).toEqual(found.lines);
  });

  it("may be many, and a quote may come late", async () => {
    const many = Array.from(
      { length: 70_000 },
      (_, i) => `${i},${i % 7 === 0 ? "a text that is long" : `b${i}`},${-i / 8}`,
    );
    const folder = folderWith({
      "a.csv": `"a","b,","c"\n${many.join("\n")}\n`,
      "b.csv": `a,b,c\n${many.join("\n")}\n"1",2,3\n`,
    });
    const blocks: number[] = [];
    const file = lineFileIn(folder, "a.csv");
    let last = "";
    for await (const { rows, bytes, start, ends } of readPlainLines(file, undefined)) {
      blocks.push(rows);
      last =
        bytes
          .toString("utf8", start, ends[3 * rows - 1])
          .split("\n")
          .at(-1) ?? "";
    }
    expect(blocks.reduce((sum, rows) => sum + rows)).toBe(many.length);
    expect(last).toBe(many.at(-1));
    const late = await bothOf(folder, ["b.csv"]);
    expect(late.lines).toBe("not plain");
    expect(late.either).toEqual(late.database);
  });

  it("of files that others read are not looked at", async () => {
    const bytes = Buffer.from("a,b,c\n1,2,3\n\xff,5,6\n", "latin1");
    const folder = folderWith({});
    writeFileSync(join(folder, "a.csv"), bytes);
    expect((await bothOf(folder, ["a.csv"])).either).toBe("refused");
    const file = lineFileIn(folder, "none.csv");
    await expect(readPlainLines(file, undefined).next()).rejects.toThrow(UnplainLines);
    const marked = { ...file, path: join(folder, "mark.csv"), hasHeader: false };
    writeFileSync(marked.path, "\ufeff1,2,3\n");
    await expect(readPlainLines(marked, undefined).next()).rejects.toThrow(UnplainLines);
    writeFileSync(marked.path, `1,2,${"x".repeat(2 ** 20)}\n`);
    await expect(readPlainLines(marked, undefined).next()).rejects.toThrow(UnplainLines);
  });

  it("are read by who cannot begin again where all of them are known to be plain", async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `${i},${i % 3},${i % 5}`).join("\n");
    const folder = folderWith({
      "plain.csv": `a,b,c\n${lines}\n`,
      "quoted.csv": `a,b,c\n${lines}\n"1",2,3\n`,
      "ragged.csv": `a,b,c\n${lines}\n1,2\n`,
    });
    const areKnown = (...files: readonly string[]): Promise<boolean> =>
      withDatabase({ folder }, async (database) => {
        const data = await openSource(
          database,
          requestOfArguments(
            files.map((file) => join(folder, file)),
            undefined,
          ),
        );
        return (await knownLines(createRelation(data, names, undefined), undefined)).lines !== undefined;
      });
    expect(await areKnown("plain.csv")).toBe(true);
    expect(await areKnown("plain.csv", "quoted.csv")).toBe(false);
    expect(await areKnown("ragged.csv").catch(() => false)).toBe(false);
  });

  it("of a part of the rows are left to the database", async () => {
    const lines = Array.from({ length: 200 }, (_, i) => `${i},${i % 3},${i % 5}`).join("\n");
    const folder = folderWith({ "a.csv": `a,b,c\n${lines}\n` });
    const split = { fraction: 0.5, by: [], seed: 1, rest: "test" } as const;
    const { train, test } = await openIn(folder, spec({ train: source("a.csv"), split }, [categorical("a")], []));
    expect((train?.rows ?? 0) + (test?.rows ?? 0)).toBe(200);
    await withDatabase({ folder }, async (database) => {
      const data = await openSource(database, requestOfArguments([join(folder, "a.csv")], undefined));
      const part = createRelation(data, names, { split, part: "train" });
      expect(part.lines).toBeUndefined();
      const fitted = await fitFeatures(database, part, [categorical("a")]);
      expect(fitted.rows).toBe(train?.rows);
    });
  });
});

describe("a ring of plain lines", () => {
  const script = join(packageRoot, "bin", "thread.js");
  const ringOver = (folder: string, text: string): LineRing => {
    writeFileSync(join(folder, "a.csv"), text);
    const file = lineFileIn(folder, "a.csv");
    return createLineRing(file, [2, 0]);
  };
  const take = (reader: RingReader, texts: unknown[]): "more" | "end" => {
    const rows = reader.next(20);
    for (let row = 0; row < (rows ?? 0); row++)
      texts.push([reader.vector(0).getItem(row), reader.vector(1).getItem(row)]);
    return rows === undefined ? "end" : "more";
  };
  /** All that the other thread reads. */
  const readAll = async (ring: LineRing): Promise<readonly unknown[]> => {
    const thread = new Worker(script, { argv: ["lines-thread"], workerData: ring });
    const ended = once(thread, "exit");
    const reader = readRing(ring);
    const texts: unknown[] = [];
    try {
      while (take(reader, texts) === "more") await nextTurn();
      return texts;
    } finally {
      reader.leave();
      expect(await ended).toEqual([0]);
    }
  };
  const lines = Array.from({ length: 30_000 }, (_, i) => [
    `${i}`,
    "b",
    i % 900 === 0 ? `a text that is long ${i}` : `c${i}`,
  ]);
  const text = `a,b,c\n${lines.map((values) => values.join(",")).join("\n")}\n`;

  it("has what is read of them, in another thread", async () => {
    expect(await readAll(ringOver(folderWith({}), text))).toEqual(lines.map(([a, , c]) => [c, a]));
    expect(await readAll(ringOver(folderWith({}), "a,b,c\n"))).toEqual([]);
  });

  it("has numbers of texts found ahead, once they are asked for", async () => {
    const values = Array.from({ length: 60_000 }, (_, i) => (i % 7000 === 6999 ? "-0" : `${i % 11}.${i % 3}`));
    const ring = ringOver(folderWith({}), `a,b,c\n${values.map((value, i) => `${value},b,${i}`).join("\n")}\n`);
    const thread = new Worker(script, { argv: ["lines-thread"], workerData: ring });
    const ended = once(thread, "exit");
    const reader = readRing(ring);
    const found = { wholes: 0, decimals: 0, others: 0 };
    for (let first = 0; ;) {
      // As who takes long, so that the other thread is ahead.
      for (const end = performance.now() + 30; performance.now() < end;) await nextTurn();
      const rows = reader.next(20);
      if (rows === undefined) break;
      if (rows === 0) continue;
      const wholes = reader.vector(0).ahead?.wholes();
      const decimals = reader.vector(1).ahead?.decimals();
      if (wholes !== undefined) {
        found.wholes += 1;
        expect([...wholes.subarray(0, rows)]).toEqual(Array.from({ length: rows }, (_, row) => first + row));
      }
      if (decimals !== undefined) {
        const wanted = values.slice(first, first + rows);
        found[decimals.hasOthers ? "others" : "decimals"] += 1;
        expect(decimals.hasOthers).toBe(wanted.includes("-0"));
        expect([...decimals.values.subarray(0, rows)]).toEqual(
          wanted.map((text) => (text === "-0" ? NaN : Number(text))),
        );
      }
      first += rows;
    }
    reader.leave();
    expect(await ended).toEqual([0]);
    expect(Math.min(found.wholes, found.decimals, found.others)).toBeGreaterThan(0);
  });

  it("says where they are not plain, after all lines before", async () => {
    const ring = ringOver(folderWith({}), `${text}"1",2,3\n`);
    await expect(readAll(ring)).rejects.toThrow(UnplainLines);
    await expect(
      readAll({ ...ring, control: ring.control.fill(0), file: { ...ring.file, path: "none" } }),
    ).rejects.toThrow(UnplainLines);
  });

  it("lets the other thread end where nobody takes any more", async () => {
    const ring = ringOver(folderWith({}), text);
    const thread = new Worker(script, { argv: ["lines-thread"], workerData: ring });
    const ended = once(thread, "exit");
    const reader = readRing(ring);
    const texts: unknown[] = [];
    while (texts.length === 0) take(reader, texts);
    reader.leave();
    expect(await ended).toEqual([0]);
  });
});
