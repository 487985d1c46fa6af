/** Lines of tables that are ranked without the database are the rows that the database reads. */
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createTableReader,
  linesOfTable,
  rowOfLine,
  rowsOfLines,
  type TableLayout,
} from "../../src/runtime/data/files/flat/flat-table.js";
import { streamRowBlocks } from "../../src/runtime/data/files/row-blocks.js";
import { type RawRow, streamRawRows } from "../../src/runtime/data/index.js";
import type { TextRules } from "../../src/runtime/data/expressions/values.js";
import { readingAs } from "../../src/runtime/data/profile.js";
import { folderWith } from "./fixtures.js";

const columns = ["n", "t", "m"];
const numbers = new Set(["n", "m"]);
const layout: TableLayout = { file: "a.csv", delimiter: ",", columns, isNumber: [true, false, true] };
const rules: TextRules = { nulls: [], trim: false };

const decimal = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: -1000, max: 1000, noNaN: true }).map(String),
  fc.integer().map(String),
  fc.constant(""),
);
const oddWords =
  "1_0 +1 1e5 1E-5 nan inf -inf True FALSE -0 -0.0 -0e3 0.0 1. .5 -.5 0x10 01 -00 1e999 - --1 1.5.5 12345678901234567890 9007199254740993";
const odd = fc.constantFrom(
  " 1",
  "1 ",
  ...oddWords.split(" "),
  "0.1234567890123456789012345",
  "much",
  "é",
  "1e",
  "3.0",
);
const text = fc.oneof(
  odd,
  fc.constantFrom("a", "twelve bytes", "thirteen byte", "豈豈豈豈豈", "a'b", " x ", "-3.00"),
  decimal,
);
const line = (number: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.tuple(number, text, number).map(String);

/** The rows of columns. */
function rowsOf(found: ReturnType<ReturnType<typeof createTableReader>>): readonly RawRow[] {
  return Array.from({ length: found?.rows ?? 0 }, (_, row) =>
    Object.fromEntries(
      (found?.columns ?? []).map(({ name, values }) => {
        const value = values?.[row];
        return [name, typeof value === "number" && Number.isNaN(value) ? null : value];
      }),
    ),
  );
}

const plainRows = (lines: readonly string[], given = rules): readonly RawRow[] =>
  lines.map((each) => ({ ...rowOfLine(each, layout, given) }));

describe("lines of a table", () => {
  it("give the columns that their rows have, for all numbers that are plain", () => {
    const read = createTableReader(rules, () => true);
    fc.assert(
      fc.property(fc.array(line(decimal), { minLength: 1, maxLength: 30 }), fc.boolean(), (lines, hasEnd) => {
        const found = read(Buffer.from(`${lines.join("\n")}${hasEnd ? "\n" : ""}`), layout);
        const isSigned = lines.some((each) => /(?:^|,)-0(?:,|$)/.test(each));
        if (!isSigned) expect(found?.rows).toBe(lines.length);
        if (found !== undefined) expect(rowsOf(found)).toEqual(plainRows(lines));
      }),
      { numRuns: 500 },
    );
  });

  it("give the columns that their rows have, or none, for whatever there is", () => {
    const read = createTableReader({ nulls: [], trim: true }, () => true);
    let found = 0;
    fc.assert(
      fc.property(fc.array(line(fc.oneof(decimal, odd)), { minLength: 1, maxLength: 3 }), (lines) => {
        const columnsOf = read(Buffer.from(lines.join("\n")), layout);
        if (columnsOf === undefined) return;
        found += 1;
        expect(rowsOf(columnsOf)).toEqual(plainRows(lines, { nulls: [], trim: true }));
      }),
      { numRuns: 1000 },
    );
    expect(found).toBeGreaterThan(100);
  });

  it("are the rows of the database", { timeout: 120_000 }, async () => {
    const check = async (lines: readonly string[], trim: boolean): Promise<void> => {
      const folder = folderWith({ "a.csv": `n,t,m\n${lines.join("\n")}\n` });
      const given = readingAs("csv", {});
      const reading = trim ? { ...given, options: { ...given.options, trim: true as const } } : undefined;
      const rows: RawRow[] = [];
      for await (const row of streamRawRows([join(folder, "a.csv")], { numbers, reading })) rows.push({ ...row });
      expect(plainRows(lines, { nulls: [], trim })).toEqual(rows);
    };
    await fc.assert(
      fc.asyncProperty(fc.array(line(fc.oneof(decimal, odd)), { minLength: 200, maxLength: 200 }), fc.boolean(), check),
      { numRuns: 12 },
    );
  });
});

describe("blocks of delimited text", () => {
  const kindsOf = async (content: string, reading = readingAs("csv", {})): Promise<ReadonlySet<string>> => {
    const folder = folderWith({ "a.csv": content });
    const kinds = new Set<string>();
    const cuts = { columnOf: () => "t", areApart: () => true, bytes: 64, rows: 2 };
    for await (const { block } of streamRowBlocks([join(folder, "a.csv")], { numbers, reading }, cuts)) {
      kinds.add(block.kind);
      if (block.kind === "table")
        expect(linesOfTable(block.bytes).every((each) => each.split(",").length === 3)).toBe(true);
    }
    return kinds;
  };
  const many = "1,a,2\n".repeat(100);

  it("are lines where all of the file is plain, else cells", async () => {
    expect([...(await kindsOf(`n,t,m\n${many}`))]).toEqual(["table"]);
    expect([...(await kindsOf(`n,t,m\n${many}1,"a",2\n`))]).toEqual(["cells"]);
    expect([...(await kindsOf(`n,t,m\r\n${many}`))]).toEqual(["cells"]);
    expect([...(await kindsOf(`n,t,m\n${many}`, readingAs("csv", { nulls: ["a"] })))]).toEqual(["cells"]);
    await expect(kindsOf(`n,t,m\n${many}1,2\n`)).rejects.toThrow();
  });

  it("are refused where the file is another than the one that was looked through", () => {
    const lines = ["1,a,2", "1,a", "1,a,2,3"];
    for (const each of lines)
      expect(createTableReader(rules, () => true)(Buffer.from(each), layout) !== undefined).toBe(each === lines[0]);
    for (const each of lines.slice(1))
      expect(() => rowsOfLines([lines[0]!, each], layout, rules)).toThrow(
        "`a.csv` changed while it was read; run it again",
      );
  });
});
