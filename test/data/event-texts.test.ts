/** Events of one column of texts are found out once for each different text; they are those of SQL. */
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ColumnExpression } from "../../src/compiler/model/model.js";
import { createBooleanColumn, onlyColumn } from "../../src/runtime/data/encode/boolean-column.js";
import { createKnownTexts } from "../../src/runtime/data/encode/texts/known-texts.js";
import { seeTexts } from "../../src/runtime/data/encode/texts/see-texts.js";
import { streamColumns } from "../../src/runtime/data/encode/texts/stream-columns.js";
import { withDatabase } from "../../src/runtime/data/files/database.js";
import { requestOfArguments } from "../../src/runtime/data/files/files.js";
import { createRelation } from "../../src/runtime/data/files/relation.js";
import { openSource } from "../../src/runtime/data/files/source.js";
import { readingAs } from "../../src/runtime/data/profile.js";
import { column, folderWith } from "./fixtures.js";

const x = column("x");
const literal = (value: string | number): ColumnExpression => ({ kind: "literal", value, span: x.span });
const compared = (operator: "==" | "!=" | ">", value: string | number): ColumnExpression => ({
  kind: "binary",
  operator,
  left: x,
  right: literal(value),
  span: x.span,
});
const either = (left: ColumnExpression, right: ColumnExpression): ColumnExpression => ({
  kind: "binary",
  operator: "or",
  left,
  right,
  span: x.span,
});

const events: readonly ColumnExpression[] = [
  compared("==", "50000+."),
  compared("!=", "a text that is long"),
  compared("==", 7),
  either(compared("==", "7"), compared("==", "a text that is long")),
];

describe("events of a column of texts", () => {
  const text = fc.constantFrom(
    "",
    "none",
    "7",
    " 7",
    "7.0",
    "50000+.",
    "a text that is long",
    "another long text",
    "é",
  );

  it("are those of SQL, of lines and of the database's texts", { timeout: 60_000 }, async () => {
    const check = async (values: readonly string[], isQuoted: boolean): Promise<void> => {
      const lines = values.map((value) => (isQuoted ? `"${value}",1` : `${value},1`));
      const folder = folderWith({ "a.csv": `x,y\n${lines.join("\n")}\n` });
      await withDatabase({ folder }, async (database) => {
        const reading = readingAs("csv", { nulls: ["none"], trim: true });
        const source = await openSource(database, requestOfArguments([join(folder, "a.csv")], reading));
        const relation = createRelation(source, ["x", "y"], undefined);
        const given = isQuoted ? { ...relation, lines: undefined } : relation;
        const seen = await seeTexts(database, given, ["x"]);
        for (const event of events) {
          const clean = (name: string) => ({ sql: given.columns(name).sql, kind: given.columns(name).kind });
          const bySql = await valuesOf(event, { ...given, columns: clean });
          const quick = createBooleanColumn(event, seen.columns);
          if (seen.columns("x").plain !== undefined) expect(quick.sql).not.toContain("TINYINT");
          expect(await valuesOf(event, seen)).toEqual(bySql);
        }

        /** Undefined where a text is not what the event needs. */
        async function valuesOf(event: ColumnExpression, from: typeof relation): Promise<unknown> {
          const { sql, valuesOf: read } = createBooleanColumn(event, from.columns);
          const found: number[] = [];
          try {
            for await (const chunk of streamColumns(database, from, [sql]))
              found.push(...read(chunk.getColumnVector(0), chunk.rowCount).subarray(0, chunk.rowCount));
            return found;
          } catch {
            return undefined;
          }
        }
      });
    };
    const rows = fc.array(text, { minLength: 1, maxLength: 40 });
    await fc.assert(fc.asyncProperty(rows, fc.boolean(), check), { numRuns: 25 });
  });

  it("are those of one column only", () => {
    expect(onlyColumn(compared("==", 1))).toBe("x");
    expect(onlyColumn(either(compared("==", 1), column("y")))).toBeUndefined();
    expect(onlyColumn(literal(1))).toBeUndefined();
  });
});

it("long texts that are known are the texts of their bytes", () => {
  const word = fc.string({ unit: "grapheme", minLength: 13, maxLength: 40 });
  const check = (words: readonly string[], order: readonly number[]): void => {
    const textOf = createKnownTexts();
    for (const offset of [0, 3]) {
      const bytes = Buffer.from(`${" ".repeat(offset)}${words.join("")}`);
      const starts = words.map((_, i) => offset + Buffer.byteLength(words.slice(0, i).join("")));
      for (const pick of [...order, ...words.keys()]) {
        const i = pick % words.length;
        expect(textOf(bytes, starts[i]!, Buffer.byteLength(words[i]!))).toBe(words[i]);
      }
    }
  };
  fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), fc.array(fc.nat({ max: 99 })), check));
  // More than are known, and of one hash for most of their bytes.
  const textOf = createKnownTexts();
  const many = Array.from({ length: 9000 }, (_, i) => `a text of many ${i}`);
  for (let turn = 0; turn < 2; turn++)
    for (const each of many) expect(textOf(Buffer.from(each), 0, Buffer.byteLength(each))).toBe(each);
});
