import { describe, expect, it } from "vitest";
import { createRanker, runTest } from "../../src/compiler/serving/index.js";
import { compileText, messagesOf } from "../semantics/compile.js";

const spec = (expected: string, last = '"hot"'): string => `model merge

signals {
  ctr: P(click)
}

fusion score = ctr

rank page = from i2i top 2 by ctr, hot top 1 by ctr then top 3 by score

test "each source provides its best" {
  candidate a { ctr: 0.3, source: "i2i" }
  candidate b { ctr: 0.2, source: ["i2i", "hot"] }
  candidate c { ctr: 0.1, source: "i2i" }
  candidate d { ctr: 0.05, source: ${last} }
  expect page == ${expected}
}
`;

describe("candidates of a test", () => {
  it.each([
    ["[a, b]", true],
    ["[a, b, c]", false],
    ["[]", false],
  ])("come from the sources that they name: %s is %s", (expected, passed) => {
    const compilation = compileText(spec(expected));
    expect(messagesOf(compilation)).toBe("");
    const { model } = compilation;
    const [test] = model?.tests ?? [];
    if (model?.serving === undefined || test === undefined) throw new Error("the spec has no test");
    expect(runTest(model.serving, test).passed).toBe(passed);
  });

  it.each([
    ['"hott"', "MTL2001"],
    ["3", "MTL3047"],
    ['["i2i", 3]', "MTL3047"],
  ])("name sources that there are: %s is %s", (source, code) => {
    expect(compileText(spec("[a, b]", source)).diagnostics.map((each) => each.code)).toEqual([code]);
  });
});

describe("functions of the list", () => {
  it("see all candidates of the request in every stage, as `score` does", () => {
    const { model } = compileText(`model stages
signals { ctr: P(click) }
fusion score = ctr
fusion share = percentile(ctr)
rank page = from hot then top 2 by ctr then top 2 by share
`);
    const serving = model?.serving;
    const [first] = serving?.ranks ?? [];
    if (serving === undefined || first === undefined) throw new Error("no ranking");
    const ids = ["a", "b", "c", "d"];
    const result = createRanker(serving, first).rank({
      request: "r",
      ids,
      candidates: ids.map((_, i) => ({ ctr: (4 - i) / 10 })),
      sources: [["hot"], ["hot"], ["hot"], []],
      now: 0,
      seed: 0,
    });
    expect(result).toMatchObject({
      items: [
        { id: "a", score: 1 },
        { id: "b", score: 0.75 },
      ],
    });
  });
});
