/** Short texts that are read by their entries are what the database makes of them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchLayout } from "../../src/compiler/model/layout.js";
import { encodeRelation, recordsFile } from "../../src/runtime/data/encode/encode.js";
import { createTextCounts, createTextRoom, type TextCounts } from "../../src/runtime/data/encode/fit/text-counts.js";
import { fitFeatures } from "../../src/runtime/data/encode/fit/features.js";
import { orByDatabase } from "../../src/runtime/data/encode/texts/stream-columns.js";
import { seeTexts } from "../../src/runtime/data/encode/texts/see-texts.js";
import { packText, shortBytes, shortText } from "../../src/runtime/data/encode/texts/short-texts.js";
import { orderOfTexts } from "../../src/runtime/data/encode/texts/text-order.js";
import { wholeOfText, wholesBelow } from "../../src/runtime/data/encode/texts/whole-texts.js";
import { createEnums } from "../../src/runtime/data/expressions/enums.js";
import { cleanText, compareTexts, type TextRules } from "../../src/runtime/data/expressions/values.js";
import { withDatabase } from "../../src/runtime/data/files/database.js";
import { requestOfArguments } from "../../src/runtime/data/files/files.js";
import { createRelation, type Relation } from "../../src/runtime/data/files/relation.js";
import { openSource } from "../../src/runtime/data/files/source.js";
import { readingAs } from "../../src/runtime/data/profile.js";
import { categorical, event, folderWith, numeric, spec } from "./fixtures.js";
import { entriesOf, textColumn } from "./text-column.js";

const strangeTexts = [
  "",
  " ",
  "0",
  "-0",
  "00",
  "-0.0",
  "-00",
  "1.0",
  "1.00",
  "01",
  "+1",
  "1e2",
  "0x10",
  " 1",
  "1 ",
  "True",
  "FALSE",
  "true",
  "NA",
  "nan",
  "-1",
  "-1.0",
  "2097151",
  "2097152",
  "9999999",
  "10000000",
  "123456789012",
  "é",
  "豈",
  "😀",
  "a\u0000",
  "a",
  "1_000",
  ".5",
  "5.",
  "-.5",
  "1.10",
  "-2.50",
  "tenletters",
  "12 letters!!",
  "-0e5",
];
const strange = fc.constantFrom(...strangeTexts);
const short = fc.oneof(
  strange,
  fc.integer({ min: -99, max: 3_000_000 }).map(String),
  fc.string({ maxLength: 4, unit: "binary" }),
);
const rulesOf = fc.constantFrom<TextRules>(
  { nulls: [], trim: false },
  { nulls: ["NA", "0"], trim: true },
  { nulls: ["-1", "a"], trim: false },
);

/** By counting clean texts. */
function expected(texts: readonly string[], rules: TextRules, missing: string | undefined, fewest: number) {
  const counts = new Map<string, number>();
  for (const raw of texts) {
    const text = cleanText(raw, rules) ?? missing;
    if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const kept = [...counts].filter(([, count]) => count >= fewest);
  return kept.sort(([a, m], [b, n]) => n - m || compareTexts(a, b)).map(([text]) => text);
}

function addTexts(counts: TextCounts, texts: readonly string[]): void {
  counts.add(textColumn(texts), texts.length);
}

describe("short texts", () => {
  it("are packed into words and back", () => {
    fc.assert(
      fc.property(short, (text) => {
        const { words, length } = packText(text);
        const [a = 0, b = 0, c = 0] = words;
        expect(length).toBe(Buffer.byteLength(text));
        if (length <= shortBytes) expect(shortText(a, b, c, length)).toBe(text);
      }),
      { numRuns: 500 },
    );
    expect(packText("豈豈豈豈豈").length).toBe(15);
  });

  it("are whole numbers where they are the only text of one", () => {
    const check = (text: string): void => {
      const { words, length } = packText(text);
      const isWhole = /^(0|[1-9][0-9]*)$/.test(text) && Number(text) < wholesBelow;
      expect(wholeOfText(words[0]!, words[1]!, length), text).toBe(isWhole ? Number(text) : -1);
    };
    fc.assert(fc.property(short, check), { numRuns: 1000 });
    for (let whole = 0; whole < 12_000; whole += 1) check(String(whole));
    for (const sign of ["/", ":", "@", "p", "\u0080", " "])
      for (const at of [0, 1, 2, 3, 4, 5, 6]) check(`${"1234567".slice(0, at)}${sign}${"1234567".slice(at + 1)}`);
  });

  it("are ordered by code points", () => {
    fc.assert(
      fc.property(fc.uniqueArray(short), (all) => {
        const texts = all.filter((text) => Buffer.byteLength(text) <= shortBytes);
        const order = orderOfTexts(entriesOf(texts), texts.length);
        expect([...order].map((i) => texts[i])).toEqual([...texts].sort(compareTexts));
      }),
    );
  });

  it("are counted as clean texts are", () => {
    const chunks = fc.array(fc.array(short, { maxLength: 80 }), { maxLength: 5 });
    const missing = fc.constantFrom(undefined, "0", "new");
    fc.assert(
      fc.property(chunks, rulesOf, missing, fc.integer({ min: 1, max: 2 }), (parts, rules, instead, fewest) => {
        const counts = createTextCounts(rules, instead, createTextRoom());
        for (const part of parts) addTexts(counts, part);
        expect(counts.values(fewest, 7)?.values).toEqual(expected(parts.flat(), rules, instead, fewest).slice(0, 7));
      }),
      { numRuns: 300 },
    );
  });

  it("are left to the database where many are long, or there are too many", () => {
    const rules = { nulls: [], trim: false };
    const long = createTextCounts(rules, undefined, createTextRoom());
    addTexts(long, ["a", "thirteen byte", "z", "thirteen byte", "z", "豈豈豈豈豈"]);
    expect(long.values(1, Infinity)?.values).toEqual(["thirteen byte", "z", "a", "豈豈豈豈豈"]);
    expect(long.values(2, 1)?.values).toEqual(["thirteen byte"]);
    addTexts(
      long,
      Array.from({ length: 4095 }, (_, i) => `a text that is long ${i}`),
    );
    expect(long.values(1, Infinity)).toBeUndefined();
    const room = { left: 3 };
    const [many, few] = [createTextCounts(rules, undefined, room), createTextCounts(rules, undefined, room)];
    addTexts(many, ["a", "b", "c", "d"]);
    addTexts(few, ["a", "b", "c", "b"]);
    expect(many.values(1, Infinity)).toBeUndefined();
    expect(few.values(1, Infinity)?.values).toEqual(["b", "a", "c"]);
    const missing = createTextCounts(rules, "a text that is long", createTextRoom());
    addTexts(missing, ["a", ""]);
    expect(missing.values(1, Infinity)?.values).toEqual(["a", "a text that is long"]);
  });
});

/** The relation as SQL alone reads it. */
function cleanedBySql(relation: Relation): Relation {
  return {
    ...relation,
    columns: (name) => {
      const { sql, kind } = relation.columns(name);
      return { sql, kind };
    },
  };
}

/** What is fitted to a file, and its rows. */
function encoded(folder: string, rules: TextRules, as: (relation: Relation) => Relation) {
  return withDatabase({ folder }, async (database) => {
    const request = requestOfArguments([join(folder, "a.csv")], readingAs("csv", rules));
    const data = await openSource(database, request);
    const { labels, ...model } = spec({}, features, [event("y")]);
    const relation = as(createRelation(data, ["c", "m", "z", "listed", "hashed", "ids", "n", "y"], undefined));
    const fitted = await fitFeatures(database, relation, features);
    const { report } = await encodeRelation(
      database,
      {
        relation,
        enums: createEnums(database),
        features,
        layout: batchLayout({ ...model, labels }),
        fitted,
        labels,
        weight: undefined,
        group: undefined,
        lists: undefined,
        groupedBy: [],
        keyed: false,
        onRows: () => undefined,
      },
      folder,
    );
    return { fitted, report, rows: readFileSync(join(folder, recordsFile)).toString("hex") };
  });
}

const features = [
  categorical("c"),
  categorical("filled", { source: { kind: "column", name: "c", span: { file: "", start: 0, end: 0 } } }),
  categorical("m", { missing: { kind: "value", value: "0" } }),
  categorical("z", { missing: { kind: "zeros" }, vocabulary: { kind: "fitted", minCount: 2 } }),
  categorical("listed", { vocabulary: { kind: "listed", values: ["1", "é", "longer than twelve", "a", "2097153"] } }),
  categorical("hashed", { vocabulary: { kind: "hash", buckets: 50 } }),
  categorical("ids", { vocabulary: { kind: "ids", count: 90 }, missing: { kind: "zeros", outside: true } }),
  numeric("n", { scale: "standard", missing: "mean" }),
];

describe("columns of short texts", () => {
  const cell = short.filter((text) => !text.includes("\u0000"));
  const number = fc.oneof(
    fc.constantFrom(
      "",
      "-0",
      "-0.0",
      "-00",
      " 3",
      "+4",
      "1e3",
      "-1",
      "nan",
      "007",
      ".5",
      "TRUE",
      "1_0",
      "0.30000000000000004",
    ),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value.toFixed(3)),
    fc.integer().map(String),
  );
  const truth = fc.constantFrom("0", "1", "true", "False", "1.0", "");
  const listed = fc.oneof(fc.constantFrom("1", "1.0", "a", "é", "longer than twelve", "longer than thirteen"), cell);
  const row = fc.tuple(cell, cell, cell, listed, cell, cell, number, truth);
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

  it("are fitted and encoded as SQL does it, byte for byte", { timeout: 60_000 }, async () => {
    const check = async (rows: string[][], rules: TextRules): Promise<void> => {
      const lines = rows.map((values) => values.map(quoted).join(","));
      const folder = folderWith({ "a.csv": `c,m,z,listed,hashed,ids,n,y\n${lines.join("\n")}\n` });
      const [entries, sql] = [
        await encoded(folder, rules, (relation) => relation),
        await encoded(folder, rules, cleanedBySql),
      ];
      expect(entries).toEqual(sql);
    };
    await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 90 }), rulesOf, check), {
      numRuns: 10,
      interruptAfterTimeLimit: 50_000,
    });
  });

  it("are seen where few of the first texts are long, or in plain lines come again", async () => {
    const long = (i: number, most: number): string => (i < most ? `thirteen byte${i}` : `${i}`);
    const lines = Array.from(
      { length: 64 },
      (_, i) => `${i},${long(i, 8)},${long(i, 9)},${i < 40 ? "thirteen byte" : i}`,
    );
    const names = ["short", "mostly", "long", "again"];
    const text = `${names.join(",")}\n${lines.join("\n")}\n`;
    const folder = folderWith({ "a.csv": text, "b.csv": text.replace("0,", '"0",') });
    await withDatabase({ folder }, async (database) => {
      const seen = async (file: string): Promise<readonly boolean[]> => {
        const data = await openSource(database, requestOfArguments([join(folder, file)], undefined));
        const relation = createRelation(data, names, undefined);
        const { columns } = await orByDatabase(relation, (given) => seeTexts(database, given, names));
        return names.map((name) => columns(name).plain !== undefined);
      };
      expect(await seen("a.csv")).toEqual([true, true, false, true]);
      expect(await seen("b.csv")).toEqual([true, true, false, false]);
    });
  });
});
