import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExactJson } from "../../src/runtime/data/files/exact-json.js";

describe("JSON whose whole numbers keep their digits", () => {
  it.each([
    ['{"a":12345678901234567}', { a: 12345678901234567n }],
    ['{"a":[-98765432109876543210,1]}', { a: [-98765432109876543210n, 1] }],
    ['{"a":1234567890123456}', { a: 1234567890123456 }],
    ['{"a":0.12345678901234567}', { a: Number("0.12345678901234567") }],
    [
      '{"a":12345678901234567.5,"b":12345678901234567e2}',
      { a: Number("12345678901234567.5"), b: Number("12345678901234567e2") },
    ],
    ['{"a":1.5,"b":12345678901234567}', { a: 1.5, b: 12345678901234567n }],
    ['{"a":"12345678901234567","b":NaN,"c":-Infinity}', { a: "12345678901234567", b: null, c: null }],
    ['{"a":"v1.12345678901234567"}', { a: "v1.12345678901234567" }],
    ['{"a":{"b":[{"c":[1,[9007199254740993]]}]}}', { a: { b: [{ c: [1, [9007199254740993n]] }] } }],
    ['{"a":9007199254740993,"a":1,"b":1e300,"9007199254740993":"NaN"}', { a: 1, b: 1e300, "9007199254740993": "NaN" }],
  ])("%s", (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it("reads numbers within as many lists as a text has", () => {
    const depth = 20_000;
    let value = parseExactJson(`${"[".repeat(depth)}7${"]".repeat(depth)}`);
    for (let level = 0; level < depth; level++) value = (value as readonly unknown[])[0];
    expect(value).toBe(7);
    const deep = `${"[".repeat(100)}9007199254740993${"]".repeat(100)}`;
    expect([parseExactJson(deep)].flat(Infinity)).toEqual([9007199254740993n]);
  });

  it("refuses what is not JSON", () => {
    for (const text of ["{", '{"a":NaN', "[1,]", ""]) expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it("is JSON for everything that a double holds", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        const isLarge = /(?<![.\d])\d{16,}(?![\d.eE])/.test(text);
        if (!isLarge) expect(parseExactJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});
