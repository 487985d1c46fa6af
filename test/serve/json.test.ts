import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findList } from "../../src/runtime/serve/json.js";

describe("findList", () => {
  it("has the place of the list, and how many parts it has", () => {
    for (const [text, found, count] of [
      ['{"candidates":[1,2,3]}', "[1,2,3]", 3],
      [' { "a" : "]" , "candidates" : [ {"x": "],[", "y": [1, 2]}, "\\"," ] , "b":{"candidates":[1]}}\n', undefined, 2],
      ['{"candidates":[ ]}', "[ ]", 0],
    ] as const) {
      const place = findList(text, "candidates");
      expect(place?.count).toBe(count);
      if (found !== undefined) expect(text.slice(place?.start, place?.end)).toBe(found);
    }
  });

  it("has none where the whole must be parsed to know", () => {
    for (const text of [
      "",
      "[]",
      "{}",
      '{"candidates":3}',
      '{"candidates":{"a":[1]}}',
      '{"candidates":[1],"candidates":[2]}',
      '{"candid\\u0061tes":[1],"candidates":[2]}',
      '{"candidates":[1]',
      '{"candidates":[1]} {}',
      '{"candidates":[1],}',
      '{"candidates" [1]}',
      '{"candidates',
    ])
      expect(findList(text, "candidates"), text).toBeUndefined();
  });

  it("finds in any record what parsing finds", () => {
    const list = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 5 });
    const record = fc.tuple(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), list, fc.nat(2));
    fc.assert(
      fc.property(record, ([others, candidates, indent]) => {
        const text = JSON.stringify({ ...others, candidates, z: "," }, undefined, indent);
        const place = findList(text, "candidates");
        if (place === undefined) return Object.keys(others).some((name) => JSON.stringify(name).includes("\\"));
        expect(JSON.parse(text.slice(place.start, place.end))).toEqual(JSON.parse(JSON.stringify(candidates)));
        return place.count === candidates.length;
      }),
      { seed: 12, numRuns: 300 },
    );
  });
});
