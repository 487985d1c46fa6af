import { expect, it } from "vitest";
import { emptyRecord, joinRecords } from "../../src/compiler/text/index.js";

it("records have any name as a member of their own, and inherit none", () => {
  const given = JSON.parse('{"__proto__": 1, "constructor": 2, "x": 3}') as Record<string, number>;
  const joined = joinRecords(given, { x: 4, y: 5 });
  expect(Object.entries(joined)).toEqual([
    ["__proto__", 1],
    ["constructor", 2],
    ["x", 4],
    ["y", 5],
  ]);
  expect(emptyRecord()["toString"]).toBeUndefined();
  expect(Object.keys(given)).toEqual(["__proto__", "constructor", "x"]);
});
