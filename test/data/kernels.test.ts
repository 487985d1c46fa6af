/** Kernels of texts and lines give what loops over their characters give. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalsOf, wholesOf } from "../../src/runtime/data/encode/texts/spelled-texts.js";
import { wholesBelow } from "../../src/runtime/data/encode/texts/whole-texts.js";
import { kernelRows, openLineKernels, textKernels } from "../../src/runtime/data/kernels/index.js";
import { entriesOf, textColumn } from "./text-column.js";

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: least, maxLength: most });
const anyText = fc.oneof(
  digits(0, 13),
  fc
    .tuple(fc.constantFrom("", "-"), digits(0, 9), fc.constantFrom("", "."), digits(0, 9))
    .map((parts) => parts.join("")),
  fc.integer({ min: 2 ** 21 - 5, max: 2 ** 21 + 5 }).map(String),
  fc.string({ unit: fc.constantFrom(..."01-.+e /:9"), maxLength: 13 }),
  fc.string({ unit: "binary", maxLength: 5 }),
);

/** As a whole number is written. */
function wholeOf(text: string): number {
  return /^(?:0|[1-9]\d*)$/.test(text) && Number(text) < wholesBelow ? Number(text) : -1;
}

/** As a plain decimal of at most twelve characters is; NaN for others. */
function decimalOf(text: string): number {
  const isPlain = /^-?\d+(?:\.\d+)?$/.test(text) && text.length <= 12;
  return isPlain && !Object.is(Number(text), -0) ? Number(text) : NaN;
}

describe("kernels of texts", () => {
  it("read whole numbers and decimals", () => {
    expect(textKernels()).toBeDefined();
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 40 }), (texts) => {
        const column = textColumn(texts);
        expect([...wholesOf(column, texts.length)].slice(0, texts.length)).toEqual(texts.map(wholeOf));
        const { values, hasOthers } = decimalsOf(column, texts.length)!;
        expect([...values].slice(0, texts.length)).toEqual(texts.map(decimalOf));
        expect(hasOthers).toBe(texts.some((text) => text !== "" && Number.isNaN(decimalOf(text))));
      }),
      { numRuns: 500 },
    );
  });

  it("leave columns of more rows than they have room for to loops", () => {
    const texts = Array.from({ length: kernelRows + 3 }, (_, i) => `${i}`);
    const column = textColumn(texts);
    expect([...wholesOf(column, texts.length)].slice(0, texts.length)).toEqual(texts.map(Number));
    expect(decimalsOf(column, texts.length)).toBeUndefined();
  });
});

describe("kernels of lines", () => {
  const value = fc.oneof(
    fc.constantFrom("", "a", "twelve bytes", "thirteen byte"),
    fc.string({ unit: fc.constantFrom(..."ab 1"), maxLength: 20 }),
  );

  it("find values and their entries", () => {
    const given = fc.integer({ min: 2, max: 20 }).chain((width) =>
      fc.record({
        rows: fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 30 }),
        isSpaced: fc.boolean(),
        start: fc.integer({ min: 0, max: 20 }),
      }),
    );
    fc.assert(
      fc.property(given, ({ rows, isSpaced, start }) => {
        const width = rows[0]!.length;
        const gap = isSpaced ? 2 : 1;
        const text = rows.map((values) => `${values.join(isSpaced ? ", " : ",")}\n`).join("");
        const kernels = openLineKernels(width, start + text.length + 16)!;
        kernels.bytes.write(text, start);
        // What is behind the end is not looked at.
        kernels.bytes.fill(",\n", start + text.length);
        expect(kernels.findEnds(start, start + text.length, 44, isSpaced)).toBe(rows.length);
        for (let column = 0; column < width; column++) {
          const texts = rows.map((values) => values[column]!);
          const hasLong = kernels.fillEntries(column, start, gap, rows.length);
          expect(hasLong).toBe(texts.some((each) => each.length > 12));
          const entries = entriesOf(texts);
          for (const [row, each] of texts.entries()) {
            const found = kernels.entries.subarray(4 * row, 4 * row + 4);
            if (each.length <= 12) expect([...found]).toEqual([...entries.subarray(4 * row, 4 * row + 4)]);
            else expect(kernels.bytes.toString("utf8", found[1], found[1]! + found[0]!)).toBe(each);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("tell lines that are too wide or too narrow, and delimiters without a space", () => {
    const found = (text: string, isSpaced = false): number | undefined => {
      const kernels = openLineKernels(3, text.length + 16)!;
      kernels.bytes.write(text);
      return kernels.findEnds(0, text.length, 44, isSpaced);
    };
    expect(found("1,2,3\n4,5,6\n")).toBe(2);
    expect(found("1,2,3\n4,5\n")).toBeUndefined();
    expect(found("1,2,3\n4,5,6,7\n")).toBeUndefined();
    expect(found("1,2,3\n\n4,5,6\n")).toBeUndefined();
    expect(found("1, 2, 3\n", true)).toBe(1);
    expect(found("1, 2,3\n", true)).toBeUndefined();
  });

  it("stop where there is no more room", () => {
    const text = "1,2\n".repeat(kernelRows + 5);
    const kernels = openLineKernels(2, text.length + 16)!;
    kernels.bytes.write(text);
    expect(kernels.findEnds(0, text.length, 44, false)).toBe(kernelRows);
    const next = kernels.ends[2 * kernelRows - 1]! + 1;
    expect(next).toBe(4 * kernelRows);
    expect(kernels.findEnds(next, text.length, 44, false)).toBe(5);
  });
});
