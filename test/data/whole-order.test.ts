/** Whole numbers by their texts, without the texts: the same vocabularies and ids as by them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTextCounts, createTextRoom } from "../../src/runtime/data/encode/fit/text-counts.js";
import { createTextIds } from "../../src/runtime/data/encode/texts/text-ids.js";
import { spelledWholes, textsOfWholes, wholesByText } from "../../src/runtime/data/encode/texts/whole-order.js";
import { textColumn } from "./text-column.js";

/** Numbers from `first` on: dense, with gaps, or far from 0. */
const numbers = fc.oneof(
  fc.record({ first: fc.integer({ min: 0, max: 2000 }), size: fc.integer({ min: 0, max: 3000 }), gap: fc.constant(1) }),
  fc.record({
    first: fc.integer({ min: -500, max: 90_000 }),
    size: fc.integer({ min: 1, max: 60 }),
    gap: fc.integer({ min: 1, max: 4000 }),
  }),
);

describe("whole numbers", () => {
  it("come in the order of their texts", () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 3 }), ({ first, size, gap }, fewest) => {
        const counts = Int32Array.from({ length: size * gap }, (_, at) => (at % gap === 0 ? (at % 7) + 1 : 0));
        const kept = [...counts.keys()].filter((at) => counts[at]! >= fewest).map((at) => String(first + at));
        expect(Array.from(wholesByText(counts, first, fewest), String)).toEqual(
          kept.toSorted((a, b) => (a < b ? -1 : 1)),
        );
      }),
    );
  });

  it("are known of the texts that were made of them, and of no others", () => {
    const texts = textsOfWholes(Int32Array.of(3, 10, -7));
    expect(texts).toEqual(["3", "10", "-7"]);
    expect(spelledWholes(texts)).toEqual(Int32Array.of(3, 10, -7));
    expect(spelledWholes([...texts])).toBeUndefined();
  });
});

const raw = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 40 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom("2097151", "2097152", "12345678") },
  { weight: 1, arbitrary: fc.constantFrom("", "NA", "x", " 4", "007", "-3") },
);

describe("a column of texts that spell whole numbers", () => {
  it("has the vocabulary and the ids of any other column", () => {
    let wholly = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(raw, { maxLength: 60 }),
          fc.array(fc.constantFrom("1", "2", "30", "", "NA"), { maxLength: 30 }),
        ),
        fc.constantFrom([], ["NA"], ["3"], ["NA", "30"]),
        fc.constantFrom(undefined, "2", "new"),
        fc.boolean(),
        fc.integer({ min: 1, max: 2 }),
        (texts, nulls, missing, trim, fewest) => {
          const rules = { nulls, trim };
          const counts = createTextCounts(rules, missing, createTextRoom());
          const codes = counts.add(textColumn(texts), texts.length);
          const vocabulary = counts.values(fewest, 5) ?? { values: [] };
          const { values } = vocabulary;
          if (spelledWholes(values) !== undefined) wholly += 1;
          // A copy of the list is one of which nothing is known.
          const plain = createTextIds({ rules, missing, idOf: () => 0, vocabulary: { values: [...values] } });
          const known = counts.codedIds(() => createTextIds({ rules, missing, idOf: () => 0, vocabulary }), vocabulary);
          const asked = counts.codedIds(() => plain, undefined);
          const idOf = (ids: typeof known, code = 0): number | undefined =>
            code < 2 ** 21 ? ids?.wholes[code] : ids?.others[code - 2 ** 21];
          const of = Array.from(codes ?? []).slice(0, texts.length);
          expect(of.map((code) => idOf(known, code))).toEqual(of.map((code) => idOf(asked, code)));
          const fast = createTextIds({ rules, missing, idOf: () => 0, vocabulary });
          expect(texts.map((text) => fast.ofText(text))).toEqual(texts.map((text) => plain.ofText(text)));
        },
      ),
      { numRuns: 300, seed: 3 },
    );
    expect(wholly).toBeGreaterThan(20);
  });
});
