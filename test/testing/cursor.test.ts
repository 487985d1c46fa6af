import { describe, expect, it } from "vitest";
import { completionsAt, hoverAt, marker, unmark } from "../../src/testing/index.js";

describe("a cursor in a text", () => {
  it("is taken out, and its offset is given", () => {
    expect(unmark(`model ${marker}m`)).toEqual({ text: "model m", offset: 6 });
    expect(() => unmark("model m")).toThrow("write <|> where it is");
  });

  it("has completions, names of other files included", () => {
    const others = { "part.mtl": "features {\n  city: categorical\n}\n" };
    expect(completionsAt('model m\nimport "<|>"\n', others)).toContain("./part.mtl");
    expect(completionsAt('model m\nimport { <|> } from "./part.mtl"\n', others)).toEqual(["city"]);
    expect(completionsAt("model m<|>\n")).toEqual([]);
  });

  it("has a hover, or an empty one", () => {
    expect(hoverAt("model m\nfeatures {\n  a<|>ge: numeric\n}\n")).toContain("age: numeric");
    expect(hoverAt("model m\n<|>\n")).toBe("");
  });
});
