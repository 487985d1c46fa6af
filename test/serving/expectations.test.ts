import { describe, expect, it } from "vitest";
import { runTest } from "../../src/compiler/serving/index.js";
import { compileText } from "../semantics/compile.js";

const spec = (expectation: string): string => `model m

data {
  train: csv("a.csv")
}

features {
  price: numeric
  colour: categorical(hash: 10)
}

labels {
  click: event
}

attributes {
  quality: number in [0, 1]
  age: duration
}

request {
  hour: number in [0, 23]
}

tower t = mlp([price, colour], [4])
task click: P(click) = sigmoid(logit(t))
loss {
  click: bce
}

fusion score = click * quality
fusion share = percentile(score)
rank page = top 10 by score

test "t" {
  request { hour: 9 }
  candidate plain { click: 0.25, quality: 0.5, age: 2d, price: 3, colour: "red" }
  candidate dear like plain { click: 0.5, price: 30 }
  expect ${expectation}
}
`;

function passes(expectation: string): boolean {
  const { model, diagnostics } = compileText(spec(expectation));
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const test = model?.tests?.[0];
  if (model?.serving === undefined || test === undefined) throw new Error("the spec has no test");
  expect(test.expectations).toHaveLength(1);
  return runTest(model.serving, test).passed;
}

/** Every one with its opposite: neither holds by being left out. */
const values: readonly (readonly [holds: string, fails: string])[] = [
  ["score(plain) == 0.125", "score(plain) == 0.25"],
  ["click(dear) == 0.5", "click(dear) == 0.25"],
  ["quality(dear) == 0.5", "quality(dear) != 0.5"],
  // The attribute, not the function.
  ["age(plain) == 2d", "age(plain) > 2d"],
  ["price(plain) == 3", "price(dear) == 3"],
  ['colour(dear) == "red"', 'colour(dear) == "blue"'],
  ["hour(plain) == 9", "hour(plain) == 10"],
  ['id(plain) == "plain"', 'id(plain) == "dear"'],
  ["share(dear) == 1", "share(plain) == 1"],
];

describe("an expectation about a candidate", () => {
  it.each(values)("%s, and not %s", (holds, fails) => {
    expect([passes(holds), passes(fails)]).toEqual([true, false]);
  });

  it("takes its candidate by name and in parentheses", () => {
    expect([passes("price(candidate: plain) == 3"), passes("price((dear)) == 3")]).toEqual([true, false]);
  });

  it("does not make the model read more at serving", () => {
    const inputs = compileText(spec("price(plain) == 3")).model?.serving?.inputs.map(({ name }) => name);
    expect(inputs).toEqual(["click", "quality", "age", "hour"]);
  });
});
