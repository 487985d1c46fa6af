import { describe, expect, it } from "vitest";
import { compileSpec } from "../../src/compiler/compile.js";

const compile = (labels: string, loss: string) =>
  compileSpec("m.mtl", {
    readFile: () =>
      `model m\nfeatures { price: numeric }\nlabels { click: event${labels} }\ntask ctr: P(click) = sigmoid(logit(price))\nloss { ctr: ${loss} }\n`,
  });

describe("a weight that is an expression", () => {
  it("is a label by the name of the head, also inside a product, and its columns may be features", () => {
    const { hash, diagnostics } = compile("", "0.5 * bce(weight: 1 + log1p(price))");
    expect(diagnostics).toEqual([]);
    expect(hash).toBe(compile(", ctr_weight: amount = 1 + log1p(price)", "0.5 * bce(weight: ctr_weight)").hash);
  });

  it("has a name that nothing else has", () => {
    const { model } = compile(", ctr_weight: event = price > 3", "bce(weight: 2 * price)");
    expect(model?.labels.map(({ name }) => name)).toEqual(["click", "ctr_weight", "ctr_weight_2"]);
  });

  it.each([
    ["bce(weight: price > 2)", "`ctr_weight` is an amount, but its expression is true or false"],
    ["bce(weight: log2(price))", "`log2` is not a function of columns; did you mean `log`?"],
  ])("is refused in %s", (loss, message) => {
    expect(compile("", loss).diagnostics.map((each) => each.message)).toContain(message);
  });
});
