import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createSourceFile,
  editDistance,
  groupDigits,
  isName,
  lineText,
  positionAt,
  suggest,
  writeColumn,
} from "../../src/compiler/text/index.js";

describe("positions", () => {
  const source = createSourceFile("a.mtl", "one\ntwo\r\nthree\rfour");

  it.each([
    [0, 1, 1],
    [3, 1, 4],
    [4, 2, 1],
    [8, 2, 5],
    [9, 3, 1],
    [15, 4, 1],
    [19, 4, 5],
    [99, 4, 5],
    [-5, 1, 1],
  ])("offset %i is line %i, column %i", (offset, line, column) => {
    expect(positionAt(source, offset)).toEqual({ line, column });
  });

  it("gives a line without its end, and nothing for a line that is not there", () => {
    expect([1, 2, 3, 4, 5].map((line) => lineText(source, line))).toEqual(["one", "two", "three", "four", ""]);
  });

  it("agrees with counting from the start", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", "\n")), fc.nat(60), (characters, offset) => {
        const text = characters.join("");
        const at = Math.min(offset, text.length);
        const before = text.slice(0, at).split("\n");
        expect(positionAt(createSourceFile("x", text), offset)).toEqual({
          line: before.length,
          column: (before.at(-1) ?? "").length + 1,
        });
      }),
      { seed: 1 },
    );
  });
});

describe("suggestions", () => {
  it.each([
    ["for_crt", ["for_ctr", "for_cvr"], "for_ctr"],
    ["Click", ["buy", "click"], "click"],
    ["pol", ["pool", "x"], "pool"],
    ["zebra", ["pool", "x"], undefined],
    ["pool", ["pool"], undefined],
  ])("%s among %j gives %s", (word, candidates, expected) => {
    expect(suggest(word, candidates)).toBe(expected);
  });

  it("counts a swap of neighbours as one edit", () => {
    expect(editDistance("gate", "gaet")).toBe(1);
    expect(editDistance("gate", "gtae")).toBe(1);
    expect(editDistance("", "abc")).toBe(3);
  });

  it("is a metric on short words, apart from the triangle that swaps break", () => {
    const word = fc.string({ maxLength: 6, unit: fc.constantFrom("a", "b", "c") });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
      { seed: 2 },
    );
  });
});

describe("digits in groups", () => {
  it("are those of English", () => {
    const values = fc.oneof(
      fc.integer(),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => Number(x.toFixed(3))),
    );
    fc.assert(
      fc.property(values, (value) => {
        expect(groupDigits(value)).toBe((value === 0 ? 0 : value).toLocaleString("en-US"));
      }),
      { seed: 1 },
    );
    expect(groupDigits(1234567, "_")).toBe("1_234_567");
  });
});

describe("names", () => {
  it("are told from other texts, and columns without one are quoted", () => {
    for (const name of ["a", "_1", "And", "score"]) {
      expect(isName(name)).toBe(true);
      expect(writeColumn(name)).toBe(name);
    }
    for (const text of ["", "1", "and", "true", "é", "a b"]) expect(isName(text)).toBe(false);
    expect(writeColumn("unit price")).toBe('column("unit price")');
    expect(writeColumn("not")).toBe('column("not")');
    expect(writeColumn('a"b')).toBe('column("a\\"b")');
  });
});
