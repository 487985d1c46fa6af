import { describe, expect, it } from "vitest";
import { rebasePath, resolvePath } from "../../src/compiler/text/index.js";

describe("paths", () => {
  it.each([
    ["m.mtl", "./a.mtl", "a.mtl"],
    ["specs/m.mtl", "a.mtl", "specs/a.mtl"],
    ["specs/m.mtl", "../a.mtl", "a.mtl"],
    ["specs/m.mtl", "../../a.mtl", "../a.mtl"],
    ["../m.mtl", "../a.mtl", "../../a.mtl"],
    ["/x/m.mtl", "../../a.mtl", "/a.mtl"],
    ["C:\\specs\\m.mtl", "..\\a.mtl", "C:/a.mtl"],
    ["specs/m.mtl", "/data/a.csv", "/data/a.csv"],
  ])("of a file that %s names %s is %s", (from, path, expected) => {
    expect(resolvePath(from, path)).toBe(expected);
  });

  it.each([
    ["data/*.csv", "specs/census.mtl", "specs/mmoe.mtl", "data/*.csv"],
    ["data/*.csv", "specs/census.mtl", "specs/group2/mmoe.mtl", "../data/*.csv"],
    ["../data.csv", "lib/deep/part.mtl", "m.mtl", "lib/data.csv"],
    ["data.csv", "/lib/part.mtl", "/specs/m.mtl", "../lib/data.csv"],
    ["/data.csv", "lib/part.mtl", "m.mtl", "/data.csv"],
  ])("%s in %s is, from %s, %s", (path, other, from, expected) => {
    expect(rebasePath(path, other, from)).toBe(expected);
  });
});
