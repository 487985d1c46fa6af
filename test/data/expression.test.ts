import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ColumnExpression, ColumnFunction } from "../../src/compiler/model/model.js";
import { columnsOf } from "../../src/runtime/data/expressions/expression.js";
import {
  evaluate,
  evaluateBoolean,
  evaluateNumber,
  evaluateText,
  type RawRow,
} from "../../src/runtime/data/expressions/expression-evaluate.js";
import { compileBoolean, compileFinite, compileText } from "../../src/runtime/data/expressions/expression-sql.js";
import { cleanSql, quoteName, quoteText, type ScalarKind, textSql } from "../../src/runtime/data/files/sql.js";
import {
  lowerText,
  numberText,
  parseNumber,
  type TextRules,
  ValueError,
  whiteSpace,
} from "../../src/runtime/data/expressions/values.js";

const span = { file: "", start: 0, end: 0 };
const column = (name: string): ColumnExpression => ({ kind: "column", name, span });
const literal = (value: number | string | boolean): ColumnExpression => ({ kind: "literal", value, span });
type Operator = Extract<ColumnExpression, { kind: "binary" }>["operator"];
const binary = (left: ColumnExpression, operator: Operator, right: ColumnExpression): ColumnExpression => ({
  kind: "binary",
  operator,
  left,
  right,
  span,
});
const call = (name: ColumnFunction, ...args: ColumnExpression[]): ColumnExpression => ({
  kind: "call",
  name,
  arguments: args,
  span,
});
const not = (operand: ColumnExpression): ColumnExpression => ({ kind: "unary", operator: "not", operand, span });

/** One column of each kind that a file may have. The texts all read as numbers or booleans, but for `word`. */
const kinds: Readonly<Record<string, ScalarKind>> = {
  whole: "integer",
  real: "number",
  flag: "boolean",
  word: "text",
  digits: "text",
  "odd \"name'": "text",
};
const sqlTypes: Readonly<Record<ScalarKind, string>> = {
  integer: "BIGINT",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  text: "VARCHAR",
};
const rules: TextRules = { nulls: ["NA", "-1", "1e+300"], trim: true };
const columnSql = (name: string) => {
  const kind = kinds[name] ?? "text";
  return { sql: quoteName(name), kind };
};

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
});
afterAll(() => connection.closeSync());

function sqlValue(value: unknown, kind: ScalarKind): string {
  if (value === null) return `CAST(NULL AS ${sqlTypes[kind]})`;
  return `CAST(${quoteText(typeof value === "string" ? value : String(value))} AS ${sqlTypes[kind]})`;
}

/** What SQL makes of an expression on some rows. */
async function inSql(expression: string, rows: readonly RawRow[]): Promise<readonly DuckDBValue[]> {
  const values = rows.map(
    (row, i) =>
      `(${i}, ${Object.entries(kinds)
        .map(([name, kind]) => sqlValue(row[name] ?? null, kind))
        .join(", ")})`,
  );
  const names = Object.keys(kinds).map(quoteName).join(", ");
  const clean = Object.entries(kinds).map(
    ([name, kind]) => `${cleanSql(quoteName(name), kind, rules)} AS ${quoteName(name)}`,
  );
  const raw = `(VALUES ${values.join(", ")}) AS t(i, ${names})`;
  const sql = `SELECT ${expression} FROM (SELECT i, ${clean.join(", ")} FROM ${raw}) ORDER BY i`;
  const reader = await connection.runAndReadAll(sql);
  return reader.getColumns()[0] ?? [];
}

const numberValues = fc.oneof(
  fc.constantFrom(0, 1, -1, 2, 0.5, -0, 1e300, 1e-7, NaN, Infinity, -Infinity),
  fc.integer({ min: -5, max: 5 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const rowValues: fc.Arbitrary<RawRow> = fc.record({
  whole: fc.option(
    fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer(), fc.bigInt(2n ** 53n, 2n ** 53n + 3n), fc.constant(-1)),
  ),
  real: fc.option(numberValues),
  flag: fc.option(fc.boolean()),
  word: fc.option(
    fc.oneof(
      fc.constantFrom("", " ", "NA", " a ", "A", "b", "Σ", "İ", "😀", "豈", "it's", "\0", "true", "1.0", "-1.0"),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
  ),
  digits: fc.option(
    fc.constantFrom(
      ..."0,1, 1 ,2.5,1e3,-7,NA,,nan,inf,+.5,5.,1_000,True,FALSE,tRue,3.0,-0,-0.00,007,1.10".split(","),
      ..."9007199254740993,9007199254740992.0,1742345678901234567".split(","),
    ),
  ),
  "odd \"name'": fc.option(fc.constantFrom("x", "'", '"')),
});
/** Columns whose values all read as numbers. */
const cells = fc.constantFrom(...["whole", "real", "flag", "digits"].map(column));
const words = fc.constantFrom(
  column("word"),
  column("odd \"name'"),
  literal("a"),
  literal("it's"),
  call("lower", column("word")),
  call("cross", column("word"), column("whole")),
  call("cross", column("real"), call("cross", column("flag"), column("digits"))),
);
const numbers: fc.Arbitrary<ColumnExpression> = fc.letrec<{ number: ColumnExpression; condition: ColumnExpression }>(
  (tie) => ({
    number: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(column("whole"), column("real"), column("digits"), column("flag")),
      fc.constantFrom(0, 1, -2, 0.1, 1e10).map(literal),
      fc.constantFrom(call("length", column("word")), call("length", column("whole"))),
      fc
        .tuple(tie("number"), fc.constantFrom<Operator>("+", "-", "*", "/"), tie("number"))
        .map(([a, o, b]) => binary(a, o, b)),
      fc
        .tuple(fc.constantFrom<ColumnFunction>("min", "max"), tie("number"), tie("number"))
        .map(([f, a, b]) => call(f, a, b)),
      fc.tuple(fc.constantFrom<ColumnFunction>("abs", "floor", "sqrt"), tie("number")).map(([f, a]) => call(f, a)),
      tie("number").map((operand): ColumnExpression => ({ kind: "unary", operator: "-", operand, span })),
      // Beside a bare condition a column is a boolean, which 2 is not.
      tie("condition").map((operand) => call("abs", operand)),
    ),
    condition: conditionOf(tie("number"), tie("condition")),
  }),
).number;
function conditionOf(
  number: fc.Arbitrary<ColumnExpression>,
  condition: fc.Arbitrary<ColumnExpression>,
): fc.Arbitrary<ColumnExpression> {
  const comparison = fc.constantFrom<Operator>("==", "!=", "<", "<=", ">", ">=");
  return fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(column("flag"), literal(true)),
    fc.tuple(number, comparison, number).map(([a, o, b]) => binary(a, o, b)),
    fc
      .tuple(words, comparison, fc.oneof(words, fc.constantFrom(column("whole"), column("real"), column("flag"))))
      // Two columns have the order of numbers, which a word has not.
      .map(([a, o, b]) => binary(a, a.kind === "column" && b.kind === "column" && o !== "==" ? "!=" : o, b)),
    fc.tuple(cells, comparison, cells).map(([a, o, b]) => binary(a, o, b)),
    fc.tuple(condition, fc.constantFrom<Operator>("and", "or"), condition).map(([a, o, b]) => binary(a, o, b)),
    condition.map(not),
    fc.oneof(number, words, condition).map((operand) => call("missing", operand)),
    fc
      .tuple(
        fc.oneof(words, fc.constantFrom(column("whole"), column("real"))),
        fc.array(fc.constantFrom("a", "1", "it's", "-1", "true"), { maxLength: 3 }),
      )
      .map(([operand, values]): ColumnExpression => ({ kind: "in", operand, values, span })),
    fc
      .tuple(number, fc.array(fc.constantFrom(0, 1, 2.5), { maxLength: 3 }))
      .map(([operand, values]): ColumnExpression => ({ kind: "in", operand, values, span })),
  );
}
const conditions = conditionOf(
  numbers,
  fc.constantFrom(column("flag"), not(column("flag")), call("missing", column("word"))),
);
const parameters = { seed: 20, numRuns: 150 };

describe("an expression in SQL and evaluated", () => {
  it("gives the same numbers", async () => {
    await fc.assert(
      fc.asyncProperty(numbers, fc.array(rowValues, { minLength: 1, maxLength: 12 }), async (expression, rows) => {
        const found = await inSql(compileFinite(expression, columnSql), rows);
        expect(found.map((x) => (x === 0 ? 0 : x))).toEqual(
          rows.map((row) => {
            const x = evaluateNumber(expression, row, rules);
            return x === 0 ? 0 : x;
          }),
        );
      }),
      parameters,
    );
  });

  it("gives the same conditions", async () => {
    await fc.assert(
      fc.asyncProperty(conditions, fc.array(rowValues, { minLength: 1, maxLength: 12 }), async (expression, rows) => {
        const found = await inSql(compileBoolean(expression, columnSql), rows);
        expect(found).toEqual(rows.map((row) => evaluateBoolean(expression, row, rules)));
      }),
      parameters,
    );
  });

  it("gives the same texts", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(words, numbers, conditions),
        fc.array(rowValues, { minLength: 1, maxLength: 12 }),
        async (expression, rows) => {
          const found = await inSql(compileText(expression, columnSql), rows);
          expect(found).toEqual(rows.map((row) => evaluateText(expression, row, rules)));
        },
      ),
      parameters,
    );
  });

  it("gives logarithms and powers that agree to the last bits", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          call("log", column("real")),
          call("log1p", column("real")),
          binary(column("real"), "^", column("whole")),
          binary(column("whole"), "^", column("real")),
        ),
        fc.array(rowValues, { minLength: 1, maxLength: 12 }),
        async (expression, rows) => {
          const found = await inSql(compileFinite(expression, columnSql), rows);
          rows.forEach((row, i) => {
            const value = evaluateNumber(expression, row, rules);
            const other = found[i];
            if (value === null || typeof other !== "number") expect(value).toEqual(other);
            else expect(Math.abs(value - other)).toBeLessThanOrEqual(4e-16 * Math.abs(value) + 5e-324);
          });
        },
      ),
      parameters,
    );
  });

  it("refuses the same values", async () => {
    const cases: readonly (readonly [ColumnExpression, RawRow])[] = [
      [binary(column("word"), "+", literal(1)), { word: "abc" }],
      [binary(column("word"), ">", literal(1)), { word: "1x" }],
      [call("floor", column("word")), { word: "0x10" }],
      [binary(column("word"), "and", column("flag")), { word: "maybe", flag: false }],
      [not(column("whole")), { whole: 2 }],
      [not(column("real")), { real: 0.5 }],
      [not(column("digits")), { digits: "2.5" }],
      [binary(column("flag"), "or", column("word")), { flag: true, word: "t" }],
    ];
    for (const [expression, row] of cases) {
      expect(() => evaluate(expression, row, rules)).toThrow(ValueError);
      await expect(inSql(compileBoolean(binary(expression, "==", literal(1)), columnSql), [row])).rejects.toThrow(
        /convert/i,
      );
    }
  });
});

describe("what null does", () => {
  const row = { word: null, whole: 3, real: NaN, digits: "" };
  const cases: readonly (readonly [string, ColumnExpression, unknown])[] = [
    ["a comparison with null is null", binary(column("word"), "==", literal("a")), null],
    ["also for not equal", binary(column("word"), "!=", literal("a")), null],
    ["false and null is false", binary(binary(column("whole"), "<", literal(0)), "and", column("flag")), false],
    ["true or null is true", binary(binary(column("whole"), ">", literal(0)), "or", column("flag")), true],
    ["true and null is null", binary(binary(column("whole"), ">", literal(0)), "and", column("flag")), null],
    ["missing is never null", call("missing", column("word")), true],
    ["NaN is missing", call("missing", column("real")), true],
    ["so is the empty text", call("missing", column("digits")), true],
    ["and a column that the row lacks", call("missing", column("nowhere")), true],
    ["what is there is not missing", call("missing", column("whole")), false],
    ["a division by zero is missing", call("missing", binary(column("whole"), "/", literal(0))), true],
    ["the smaller of null and a number is null", call("min", column("real"), literal(1)), null],
    ["null is in no list", { kind: "in", operand: column("word"), values: ["a"], span }, null],
  ];
  it.each(cases)("%s", (_, expression, expected) => {
    expect(evaluate(expression, row, rules)).toEqual(expected);
  });
});

describe("texts and numbers", () => {
  it("spells numbers as DuckDB does", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.double({ noNaN: true, noDefaultInfinity: true }),
            fc.double({ min: -1e5, max: 1e5, noNaN: true }),
            fc.maxSafeInteger(),
            fc.integer().map((x) => x / 8),
            fc.bigInt(2n ** 52n, 2n ** 56n).map(Number),
          ),
          { minLength: 1 },
        ),
        async (values) => {
          const rows = values.map((real) => ({ real }));
          expect(values.map(numberText)).toEqual(await inSql(textSql(quoteName("real"), "number"), rows));
        },
      ),
      parameters,
    );
  });

  it("reads numbers as DuckDB does", async () => {
    const texts = fc.string({
      unit: fc.constantFrom(..."0123456789", ..."015.-+eE_ ", "nan", "inf", "\t"),
      maxLength: 7,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 200 }), async (values) => {
        const found = await inSql(
          `TRY_CAST(${quoteName("word")} AS DOUBLE)`,
          values.map((word) => ({ word })),
        );
        const read = values.map((word) => parseNumber(word) ?? null);
        const same = (x: unknown) => (typeof x === "number" && !Number.isFinite(x) ? NaN : x === 0 ? 0 : x);
        expect(Object.fromEntries(read.map((x, i) => [`${i}:${values[i]}`, same(x)]))).toEqual(
          Object.fromEntries(found.map((x, i) => [`${i}:${values[i]}`, same(x)])),
        );
      }),
      parameters,
    );
  });

  it("lowers every code point of Unicode 15 as DuckDB does", async () => {
    // Letters that came later, which newer versions of Node know.
    const later = /[\u1c89\ua7cb-\ua7dc\u{10d50}-\u{10d65}\u{16ea0}-\u{16eb8}]/u;
    const points: string[] = [];
    for (let point = 1; point <= 0x10ffff; point++)
      if (point < 0xd800 || point > 0xdfff) points.push(String.fromCodePoint(point));
    const reader = await connection.runAndReadAll(
      "SELECT i, lower(chr(i::INTEGER)) FROM range(1, 1114112) t(i) WHERE NOT i BETWEEN 55296 AND 57343 AND lower(chr(i::INTEGER)) <> chr(i::INTEGER)",
    );
    const inDuckDb = new Map(reader.getRows().map(([i, lower]) => [String.fromCodePoint(Number(i)), lower]));
    const different = points.filter(
      (point) => lowerText(point) !== (inDuckDb.get(point) ?? point) && !later.test(point),
    );
    expect(different).toEqual([]);
  });

  it("trims the same characters", async () => {
    const texts = ["\u00a0x\u00a0", `${whiteSpace}x${whiteSpace}`, "\u2003y", "  "].map((word) => ({ word }));
    expect(await inSql(cleanSql(quoteName("word"), "text", rules), texts)).toEqual(
      texts.map((row) => evaluateText(column("word"), row, rules)),
    );
  });
});

describe("columnsOf", () => {
  it("names each column once", () => {
    const expression = binary(call("min", column("a"), column("b")), "<", binary(column("a"), "+", literal(1)));
    expect(columnsOf(expression)).toEqual(["a", "b"]);
  });
});
