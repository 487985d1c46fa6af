/** Texts that were met have the ids that a map says. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMetTexts } from "../../src/runtime/data/encode/held/met-texts.js";

describe("texts that were met", () => {
  it("have the ids that are found of them, also where they differ in few characters", () => {
    const text = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom("10th grade", "11th grade", "1Xth grade", "1th0 grade", "", "a", "aa", "aba", "aca", "ada", "１"),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 400 }), (texts) => {
        const ids = new Map<string, number>();
        // Some have none.
        const find = (each: string): number => ids.get(each) ?? 0;
        for (const each of texts) if (each.length % 3 !== 1 && !ids.has(each)) ids.set(each, ids.size + 1);
        const met = createMetTexts(find);
        for (const each of [...texts, ...texts]) expect(met(each)).toBe(find(each));
      }),
    );
  });

  it("are looked up once, but for those whose places are taken, and those without an id", () => {
    let asked = 0;
    const met = createMetTexts((text) => {
      asked += 1;
      return text === "none" ? 0 : text.length;
    });
    for (let i = 0; i < 10; i += 1) expect([met("some"), met("others"), met("none")]).toEqual([4, 6, 0]);
    expect(asked).toBe(12);
    const before = asked;
    expect(met("some") + met("others")).toBe(10);
    expect(asked).toBe(before);
  });

  it("are found by their length where one of it was met, until another is, and whatever their length", () => {
    const ids = new Map(["aaaa", "bbbb", "cc", "d".repeat(63), "d".repeat(64), ""].map((text, at) => [text, at + 1]));
    const met = createMetTexts((text) => ids.get(text) ?? 0);
    const texts = [
      "aaaa",
      "xxxx",
      "cc",
      "aaaa",
      "bbbb",
      "aaaa",
      "bbbb",
      "xx",
      "d".repeat(63),
      "d".repeat(64),
      "",
      "e".repeat(64),
    ];
    for (const text of [...texts, ...texts]) expect(met(text)).toBe(ids.get(text) ?? 0);
  });

  it("are left to the map where most are others", () => {
    let asked = 0;
    const met = createMetTexts((text) => {
      asked += 1;
      return Number(text) + 1;
    });
    const many = 70_000;
    for (let i = 0; i < many; i += 1) expect(met(String(i)) === i + 1).toBe(true);
    const before = asked;
    expect(met("0")).toBe(1);
    expect(asked).toBe(before + 1);
  });
});
