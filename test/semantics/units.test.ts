import { describe, expect, it } from "vitest";
import { divideUnits, multiplyUnits, powerUnit } from "../../src/compiler/semantics/values/units.js";
import { codesOf } from "./compile.js";

describe("units", () => {
  it("multiply, divide and cancel", () => {
    expect(multiplyUnits("yuan", "seconds")).toBe("seconds * yuan");
    expect(multiplyUnits("seconds", "yuan")).toBe("seconds * yuan");
    expect(multiplyUnits("yuan", undefined)).toBe("yuan");
    expect(divideUnits("yuan", "seconds")).toBe("yuan / seconds");
    expect(multiplyUnits(divideUnits("yuan", "seconds"), "seconds")).toBe("yuan");
    expect(divideUnits("yuan", "yuan")).toBeUndefined();
    expect(divideUnits(undefined, "seconds")).toBe("1 / seconds");
    expect(divideUnits(divideUnits(undefined, "seconds"), "seconds")).toBe("1 / seconds^2");
    expect(powerUnit("yuan / seconds", 2)).toBe("yuan^2 / seconds^2");
    expect(powerUnit("yuan", 0.5)).toBeUndefined();
  });
});

const spec = (formula: string): string =>
  "model m\nsignals { stay: number(seconds) in [1, 100], speed: number(yuan) in [1, 9] }\n" +
  "attributes { price: number(yuan) in [1, 9] }\nparams { a: 0.5 in [0, 2] }\n" +
  `fusion score = ${formula}\nrank page = top 10 by score\n`;
const errors = (formula: string): readonly string[] => codesOf(spec(formula)).filter((code) => code < "MTL6");

describe("units of formulas", () => {
  it.each(["stay * speed / stay + price", "price / speed + 1", "stay^a + price^a", "2 * price + speed"])(
    "%s has one",
    (formula) => expect(errors(formula)).toEqual([]),
  );

  it.each(["stay + price", "stay * price + price", "price / stay + price", "price^2 + price", "max(stay, price)"])(
    "%s has none",
    (formula) => expect(errors(formula)).toEqual(["MTL3044"]),
  );
});

const rules = (condition: string): string =>
  "model m\nsignals { ctr: P(click) }\nattributes { quality: number in [0, 1], brand: text, stock: number? >= 0 }\n" +
  `rules home { drop some when ${condition} }\nrank page = top 10 by ctr with home\n`;

describe("conditions that the ranges decide", () => {
  const warned = (condition: string): boolean => codesOf(rules(condition)).includes("MTL6012");

  it.each([
    "quality < 2",
    "quality > 1",
    "quality >= 0",
    "ctr <= 1",
    "quality == 2",
    "not quality < 2",
    'quality > 3 or brand == "a"',
    "quality < 0.2 and quality > 0.8",
    'brand == "a" and brand == "b"',
    "stock < 0",
  ])("%s is told", (condition) => expect(warned(condition)).toBe(true));

  it.each([
    "quality < 1",
    "quality > 0",
    "quality == 0",
    "stock >= 0",
    "quality > 0.2 and quality < 0.8",
    'brand == "a" or brand == "b"',
    "quality <= 0.5 and quality >= 0.5",
  ])("%s is not", (condition) => expect(warned(condition)).toBe(false));
});
