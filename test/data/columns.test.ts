/** Rows by column beside the same rows as records. */
import {
  Table,
  vectorFromArray,
  Int32,
  Utf8,
  Dictionary,
  Field,
  Float64,
  Int64,
  List,
  type Vector,
} from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSpec } from "../../src/compiler/compile.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import type { Fitted, Model } from "../../src/compiler/model/index.js";
import {
  type ColumnValues,
  createColumnEncoder,
  createObserver,
  createRowEncoder,
  featureStores,
  holdColumns,
  type RawRow,
} from "../../src/runtime/data/index.js";

const fitted: Fitted = {
  rows: 10,
  features: {
    word: { kind: "vocabulary", values: ["a", "1", "b", "7", ""] },
    number: { kind: "number", mean: 1, deviation: 2, minimum: 0, maximum: 3 },
    bucket: { kind: "bucket", boundaries: [0, 1.5, 7] },
    id: { kind: "ids", count: 8 },
    hash: { kind: "hash", buckets: 50, seed: 3 },
    both: { kind: "number", mean: 0, deviation: 1, minimum: 0, maximum: 1 },
    seen: { kind: "hash", buckets: 20, seed: 4 },
    shown: { kind: "vocabulary", values: ["a"] },
  },
};

const text = `model columns
data { train: csv("nowhere.csv") }
features {
  word: categorical(embed: 2), number: numeric, bucket: bucket(boundaries: [0, 1.5, 7], embed: 2)
  id: categorical(ids: 8, embed: 2), hash: categorical(hash: 50, embed: 2)
  both: numeric = column("number") * column("bucket")
  seen: sequence(hash: 20, embed: 2, max: 3)
  shown: categorical(embed: 2, serving: "a")
}
labels { click: event }
task ctr: P(click) = sigmoid(logit([word, number, bucket, id, hash, both, shown, pool(seen, kind: mean)]))
loss { ctr: bce }
`;

const model = compiled();

function compiled(): Model {
  const { model: made, diagnostics } = compileSpec("columns.mtl", createMemoryHost({ "columns.mtl": text }));
  if (made === undefined) throw new Error(JSON.stringify(diagnostics.map(({ message }) => message)));
  return made;
}

const names = ["word", "number", "bucket", "id", "hash", "seen"] as const;

/** What is made of rows, and what is told of them; the message of what is refused. */
function made(
  encode: (observer: ReturnType<typeof createObserver>) => { ids: Int32Array; numbers: Float32Array },
): unknown {
  const observer = createObserver(model.features);
  try {
    const { ids, numbers } = encode(observer);
    const told = [...observer.features].map(([name, { missing, unseen, sum }]) => [name, missing, unseen, sum]);
    return [[...ids], [...numbers], told];
  } catch (error) {
    return (error as Error).message;
  }
}

const byRow = (rows: readonly RawRow[]): unknown =>
  made((observer) => createRowEncoder(model, fitted, { mode: "serving", ...observer })(rows));
const byColumn = (columns: unknown): unknown =>
  made((observer) =>
    createColumnEncoder(model, featureStores(model, fitted, { mode: "serving", ...observer }))(holdColumns(columns)),
  );

const listed = (rows: readonly RawRow[]): Record<string, unknown[]> =>
  Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));

const value = fc.oneof(
  fc.constantFrom("a", "1", "b", "b ", "", "7", "x", 0, 1, 1.5, 7, -2, NaN, Infinity, true, null, undefined, 5n, -1n),
  fc.integer({ min: -3, max: 10 }),
  fc.double(),
);
const sequence = fc.oneof(fc.constantFrom(null, "a b", ""), fc.array(fc.constantFrom("a", "b", 3), { maxLength: 3 }));
const rowsOf = (one: fc.Arbitrary<unknown>): fc.Arbitrary<readonly RawRow[]> =>
  fc.array(fc.record({ word: one, number: one, bucket: one, id: one, hash: one, seen: sequence }), { maxLength: 5 });

describe("rows by column", () => {
  it("are encoded as the same records where they are many, in any form, whatever is among them", () => {
    const words = ["a", "b", "7", "b ", "x", null];
    const numbers = [0, 1, 2.5, -2, 7];
    const rows = Array.from({ length: 300 }, (_, at) => ({
      word: words[(at * 7) % 6],
      number: numbers[(at * 3) % 5],
      bucket: at % 4 === 0 ? String(at) : numbers[at % 5],
      id: (at * 5) % 11,
      hash: at % 17 === 0 ? null : `h${at % 29}`,
      seen: ["a"],
    }));
    const expected = byRow(rows);
    expect(byColumn(listed(rows))).toEqual(expected);
    const typed = {
      ...listed(rows),
      number: Float64Array.from(rows, ({ number }) => number ?? NaN),
      id: Uint16Array.from(rows, ({ id }) => id),
      word: { codes: Int8Array.from(rows, (_, at) => (at * 7) % 6), dictionary: words },
      hash: {
        codes: rows.map((_, at) => (at % 17 === 0 ? -1 : at % 29)),
        dictionary: Array.from({ length: 29 }, (_, at) => `h${at}`),
      },
    };
    expect(byColumn(typed)).toEqual(expected);
    const floats = { ...typed, id: Float32Array.from(typed.id), number: Float32Array.from(typed.number) };
    expect(byColumn(floats)).toEqual(expected);
  });

  it("are encoded as the same records, and refused as they are", () => {
    let refused = 0;
    fc.assert(
      fc.property(rowsOf(value), (rows) => {
        const expected = byRow(rows);
        if (typeof expected !== "string") expect(byColumn(listed(rows))).toEqual(expected);
        else {
          // Which of several values is found first depends on the way.
          refused += 1;
          expect(byColumn(listed(rows))).toMatch(/MTL7113/);
        }
      }),
      { seed: 5, numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(50);
  });

  it("say of a value that does not fit what a record says", () => {
    const rows = [1, 2, "many"].map((number) => ({ word: "a", number, bucket: 1, id: 1, hash: 1, seen: null }));
    expect(byColumn(listed(rows))).toBe(byRow(rows));
    expect(byRow(rows)).toMatch(/row 3/);
  });

  it("are typed arrays", () => {
    const rows = [
      { word: 1, number: 0.5, bucket: 2, id: 7, hash: 300, seen: null },
      { word: 7, number: -1, bucket: 0, id: 0, hash: 4, seen: ["a"] },
      { word: 9, number: 3, bucket: 9, id: 200, hash: 300, seen: ["b", "c"] },
    ];
    const of = (name: "word" | "number" | "bucket" | "id" | "hash"): number[] => rows.map((row) => row[name]);
    const columns: Record<string, ColumnValues> = {
      word: Uint8Array.from(of("word")),
      number: Float64Array.from(of("number")),
      bucket: Float32Array.from(of("bucket")),
      id: BigInt64Array.from(of("id").map(BigInt)),
      hash: Int32Array.from(of("hash")),
      seen: rows.map(({ seen }) => seen),
      unread: [1, 2, 3],
    };
    expect(byColumn(columns)).toEqual(byRow(rows));
  });

  it("are codes of a dictionary, of which a place that is not there is null", () => {
    const dictionary = ["a", "nobody", "7", null];
    const codes = [0, 1, 1, 2, -1, 3, 0, 2, 9];
    const rows = codes.map((code, at) => ({
      word: dictionary[code] ?? null,
      number: at,
      bucket: [3, 1.5][at % 2],
      id: at,
      hash: dictionary[code] ?? null,
      seen: null,
    }));
    const columns = {
      ...listed(rows),
      word: { codes: Int8Array.from(codes), dictionary },
      bucket: { codes: rows.map((_, at) => at % 2), dictionary: [3, 1.5] },
      hash: { codes, dictionary },
    };
    expect(byColumn(columns)).toEqual(byRow(rows));
  });

  it("are a table of Apache Arrow, of one piece or of several, with nulls", () => {
    const rows = Array.from({ length: 40 }, (_, at) => ({
      word: [null, "a", "b", "new"][at % 4] ?? null,
      number: at % 7 === 3 ? null : at / 3,
      bucket: at % 9,
      id: at % 11,
      hash: at,
      seen: at % 5 === 0 ? null : ["a", "b", "c"].slice(at % 3),
    }));
    const table = (part: typeof rows): Table => {
      const column = <T>(name: keyof (typeof rows)[number]): T[] => part.map((row) => row[name] as T);
      return new Table({
        word: vectorFromArray(column<string | null>("word"), new Dictionary(new Utf8(), new Int32())) as Vector,
        number: vectorFromArray(column<number | null>("number"), new Float64()),
        bucket: vectorFromArray(column<number>("bucket"), new Int32()),
        id: vectorFromArray(column<number>("id").map(BigInt), new Int64()),
        hash: vectorFromArray(column<number>("hash"), new Int32()),
        seen: vectorFromArray(column<string[] | null>("seen"), new List(new Field("item", new Utf8(), true))),
      });
    };
    const expected = byRow(rows);
    expect(typeof expected).toBe("object");
    expect(byColumn(table(rows))).toEqual(expected);
    expect(byColumn(table(rows.slice(0, 13)).concat(table(rows.slice(13))))).toEqual(expected);
    expect(byColumn(table(rows).slice(5, 30))).toEqual(byRow(rows.slice(5, 30)));
  });

  it.each([
    [[{ word: "a" }], "columns by name are needed, not a list"],
    [null, "columns by name are needed, not null"],
    [
      { word: "a" },
      "`word` has to be an array, a typed array, `{ codes, dictionary }` or a vector of Apache Arrow, not a string",
    ],
    [{ word: ["a"], id: [1, 2] }, "`word` has 1 values and `id` 2"],
  ])("are refused where they are none: %j", (columns, problem) => {
    expect(() => holdColumns(columns)).toThrow("MTL7214");
    expect(() => holdColumns(columns)).toThrow(
      `\`predictColumns\` takes columns of one length by their names: ${problem}`,
    );
  });
});
