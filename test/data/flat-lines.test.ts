import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFlatReader } from "../../src/runtime/data/files/flat/flat-lines.js";
import { jsonRow } from "../../src/runtime/data/files/json-rows.js";
import type { TextRules } from "../../src/runtime/data/expressions/values.js";

const rules: TextRules = { nulls: [], trim: false };

/** Rows as `JSON.parse` and the rules make them; undefined where a line is none. */
function rowsOf(text: string, given: TextRules): readonly Readonly<Record<string, unknown>>[] | undefined {
  const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  const rows = lines.map((line) => jsonRow(line, given));
  return rows.every((row) => row !== undefined) ? rows : undefined;
}

/** Whether the lines are read as columns, which are then those of the rows. */
function isReadAlike(text: string, given: TextRules = rules, read = createFlatReader(given, () => true)): boolean {
  const found = read(Buffer.from(text));
  if (found === undefined) return false;
  const rows = rowsOf(text, given);
  expect(rows?.length).toBe(found.rows);
  for (const { name, values } of found.columns) {
    const expected = rows?.map((row) => (Object.hasOwn(row, name) ? row[name] : "nothing")) ?? [];
    if (values instanceof Float64Array) {
      expect(expected.every((each) => each === null || typeof each === "number")).toBe(true);
      values.forEach((value, i) => expect(Number.isFinite(value) ? value : null).toBe(expected[i]));
    } else if (values === undefined)
      expect(expected.every((each) => each === null || typeof each === "boolean")).toBe(true);
    else expect([...values]).toEqual(expected);
  }
  expect(rows?.every((row) => Object.keys(row).length === found.columns.length)).toBe(true);
  return true;
}

describe("numbers of flat lines", () => {
  const isRead = (number: string): boolean => isReadAlike(`{"x":${number}}\n`);

  it("are those of JSON.parse bit for bit", () => {
    const digits = (most: number): fc.Arbitrary<string> =>
      fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: most });
    const written = fc.tuple(fc.constantFrom("", "-"), digits(17), fc.option(digits(25), { nil: undefined }));
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => isRead(JSON.stringify(x)) || true),
      {
        numRuns: 5000,
      },
    );
    fc.assert(
      fc.property(
        written,
        ([sign, whole, part]) => isRead(`${sign}${whole}${part === undefined ? "" : `.${part}`}`) || true,
      ),
      { numRuns: 5000 },
    );
    let read = 0;
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        (x) => void (read += isRead(JSON.stringify(x)) ? 1 : 0),
      ),
      {
        numRuns: 1000,
      },
    );
    expect(read).toBe(1000);
  });

  it("next to the middle of two doubles are rounded as JSON.parse rounds them", () => {
    // Whole numbers and halves between 2^53 and 2^54 lie in the middle; so do digits cut off close to it.
    for (const text of [
      "9007199254740993.0",
      "900719925474099.25",
      "0.50000000000000005551",
      "1.0000000000000001110",
      "4503599627370497.5",
    ])
      expect(isRead(text)).toBe(true);
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n }), fc.nat({ max: 18 }), (bits, places) => {
        const middle = String(2n * bits + 1n).padStart(places + 1, "0");
        return isRead(places === 0 ? `${middle}.0` : `${middle.slice(0, -places)}.${middle.slice(-places)}`) || true;
      }),
      { numRuns: 3000 },
    );
  });

  it("that JSON does not have, or a double may not, are left to others", () => {
    for (const text of [
      "01",
      "1.",
      ".5",
      "-",
      "+1",
      "1e",
      "1e+",
      "0x1",
      "NaN",
      "1.5.5",
      "--1",
      "1234567890123456",
      "-.5",
      "1_0",
    ])
      expect(isRead(text)).toBe(false);
    for (const text of [
      "0",
      "-0",
      "0.0",
      "1e3",
      "1E-7",
      "0e5",
      "1e999",
      "-1.25e+2",
      "123456789012345",
      "0.1234567890123456789012345",
    ])
      expect(isRead(text)).toBe(true);
  });
});

describe("flat lines", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom("", " a ", "TRUE", "3.0", "-0", "brand with a name"),
  );
  const ofKind = [
    fc.oneof(fc.double(), fc.integer(), fc.constant(null)),
    fc.oneof(text, fc.constant(null)),
    fc.boolean(),
    fc.oneof(text, fc.integer(), fc.array(fc.integer())),
  ] as const;
  const table = fc
    .array(fc.tuple(fc.oneof(fc.string(), fc.constantFrom("a", "b", "é", "__proto__")), fc.nat({ max: 3 })), {
      minLength: 1,
      maxLength: 5,
    })
    .chain((names) =>
      fc.array(fc.tuple(...names.map(([name, kind]) => ofKind[kind]!.map((value) => [name, value] as const))), {
        minLength: 1,
        maxLength: 6,
      }),
    );
  const space = fc.constantFrom("", "", " ", "\t");

  it("are columns of what JSON.parse makes of each", () => {
    let read = 0;
    fc.assert(
      fc.property(
        table,
        space,
        space,
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        fc.boolean(),
        (rows, one, two, end, isEnded, trim) => {
          const lines = rows.map((row) => {
            const members = row.map(([name, value]) => `${JSON.stringify(name)}${two}:${one}${JSON.stringify(value)}`);
            return `{${one}${members.join(`${two},${one}`)}}${two}`;
          });
          read += isReadAlike(lines.join(end) + (isEnded ? end : ""), { nulls: [], trim }) ? 1 : 0;
        },
      ),
      { numRuns: 3000 },
    );
    expect(read).toBeGreaterThan(500);
  });

  it("of which a byte is another one are not read as if it were not", () => {
    const lines = [0, 1, 2].map((i) =>
      JSON.stringify({ id: `item${i}`, n: i / 7, é: "ü", w: i === 1, long: "a text of more bytes" }),
    );
    const bytes = Buffer.from(lines.join("\n"));
    const read = createFlatReader(rules, () => true);
    let unread = 0;
    for (let at = 0; at < bytes.length; at++)
      for (const byte of [
        0, 0x0a, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x5c, 0x61, 0x65, 0x7b, 0x7d, 0x80, 0xc3, 0xff,
      ]) {
        const changed = Buffer.from(bytes);
        changed[at] = byte;
        const found = read(changed);
        if (found === undefined) unread++;
        else expect(isReadAlike(changed.toString("utf8"), rules, () => found)).toBe(true);
        if (found !== undefined) expect(Buffer.from(changed.toString("utf8")).equals(changed)).toBe(true);
      }
    expect(unread).toBeGreaterThan(1000);
  });

  it("keep nothing from one block to the next", () => {
    const read = createFlatReader(rules, (name) => name !== "b");
    const blocks = [
      '{"a":1,"b":"x"}\n{"a":null,"b":"y"}\n',
      '{"a":null,"b":2}\n',
      '{"a":"x","b":null}',
      '{"a":null,"b":"z"}\n{"a":"y","b":""}',
    ];
    expect(blocks.map((block) => read(Buffer.from(block))?.columns.map(({ values }) => values && [...values]))).toEqual(
      [
        [[1, NaN], undefined],
        [undefined, [2]],
        [["x"], undefined],
        [[null, "y"], undefined],
      ],
    );
    expect(createFlatReader({ nulls: ["-1"], trim: false }, () => true)(Buffer.from('{"a":1}'))).toBeUndefined();
  });
});
