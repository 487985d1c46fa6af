import { describe, expect, it } from "vitest";
import { runTest } from "../../src/compiler/serving/index.js";
import { compileText, messagesOf } from "../semantics/compile.js";

const spec = (range: string, rules: string, worths: readonly string[]): string => `model greatest

signals {
  worth: number in ${range}
}

attributes {
  kind: text
}

rules page {
  ${rules}
}

rank home = top 3 by worth with page

test "the order of the scores stays" {
  candidate best { worth: ${worths[0] ?? ""}, kind: "hot" }
  candidate good { worth: ${worths[1] ?? ""}, kind: "warm" }
  candidate least { worth: ${worths[2] ?? ""}, kind: "cold" }
  expect home == [best, good, least]
}
`;

describe("scores at the ends of floating point", () => {
  it.each([
    [
      "boosts",
      "[0, 1e308]",
      'boost a when kind == "hot" by 1e300\n  boost b when kind == "hot" by 1e300',
      ["1e308", "1e307", "0"],
    ],
    ["mmr", "[-1e308, 1e308]", "mmr variety of kind in top 3 lambda: 0.99", ["1e308", "1e307", "-1e308"]],
  ])("are ranked under %s", (_, range, rules, worths) => {
    const compilation = compileText(spec(range, rules, worths));
    if (messagesOf(compilation) !== "") expect(messagesOf(compilation)).toBe("");
    const { model } = compilation;
    const [test] = model?.tests ?? [];
    if (model?.serving === undefined || test === undefined) throw new Error("the spec has no test");
    expect(runTest(model.serving, test)).toMatchObject({ passed: true });
  });
});
