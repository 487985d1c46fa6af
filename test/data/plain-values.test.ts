/** The short way of plain values beside the long one, which a row that inherits goes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileSpec } from "../../src/compiler/compile.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import type { Fitted } from "../../src/compiler/model/index.js";
import { createObserver, createRowEncoder, type RawRow } from "../../src/runtime/data/index.js";

const fitted: Fitted = {
  rows: 10,
  features: {
    word: { kind: "vocabulary", values: ["a", "1", "true", "7", "-2", "1.5", "1.0", " b", ""] },
    number: { kind: "number", mean: 1, deviation: 2, minimum: 0, maximum: 3 },
    bucket: { kind: "bucket", boundaries: [0, 1.5, 7] },
    id: { kind: "ids", count: 8 },
    hash: { kind: "hash", buckets: 50, seed: 3 },
    shop: { kind: "ids", count: 5 },
  },
};

function modelWith(options: string) {
  const text = `model plain
data { train: csv("nowhere.csv"${options}) }
features {
  word: categorical(embed: 2), number: numeric, bucket: bucket(boundaries: [0, 1.5, 7], embed: 2)
  id: categorical(ids: 8, embed: 2), hash: categorical(hash: 50, embed: 2)
  shop: categorical(ids: 5, missing: 2, outside: missing, embed: 2)
}
labels { click: event }
task ctr: P(click) = sigmoid(logit([word, number, bucket, id, hash, shop]))
loss { ctr: bce }
`;
  const { model, diagnostics } = compileSpec("plain.mtl", createMemoryHost({ "plain.mtl": text }));
  if (model === undefined) throw new Error(JSON.stringify(diagnostics.map(({ message }) => message)));
  return model;
}

const words = [
  "a",
  "1",
  "1.0",
  "true",
  "True",
  " b",
  "b ",
  "",
  "NA",
  "7",
  "07",
  "-2",
  "-0",
  "1e3",
  "nan",
  ".",
  "-",
  "3.",
  "x",
];
const numbers = [0, -0, 1, 1.5, 7, 8, -2, 2 ** 53, 1e30, NaN, Infinity];
const value = fc.oneof(
  fc.constantFrom(...words, ...numbers, true, false, null, undefined, 5n),
  fc.integer({ min: -3, max: 10 }),
  fc.double(),
  fc.string({ maxLength: 4 }),
);
const record = fc.record({ word: value, number: value, bucket: value, id: value, hash: value, shop: value });

/** What an encoder makes of a row, and what it tells of it; the message of what it refuses. */
function encoded(model: ReturnType<typeof modelWith>, row: RawRow): unknown {
  const observer = createObserver(model.features);
  const encode = createRowEncoder(model, fitted, { mode: "serving", ...observer });
  try {
    const { ids, numbers: scaled } = encode([row]);
    return [
      [...ids],
      [...scaled],
      [...observer.features].map(([name, { missing, unseen, sum }]) => [name, missing, unseen, sum]),
    ];
  } catch (error) {
    return (error as Error).message;
  }
}

describe("values of rows that need no cleaning", () => {
  it.each(["", ", trim: true", ', nulls: ["NA", "7", "-2.0"]', ', nulls: ["NA"], trim: true'])(
    "are encoded as by the long way, with the options `%s`",
    (options) => {
      const model = modelWith(options);
      const inherits = (row: RawRow): RawRow =>
        Object.assign(Object.create({ kind: "a record of a class" }) as object, row);
      fc.assert(
        fc.property(record, (row) => {
          expect(encoded(model, row)).toEqual(encoded(model, inherits(row)));
        }),
        { numRuns: 300, seed: 11 },
      );
    },
  );

  it("are the row's own: what it inherits is missing", () => {
    const model = modelWith("");
    const row = Object.create({ word: "a", number: 3 }) as RawRow;
    expect(encoded(model, row)).toEqual(encoded(model, {}));
  });
});
