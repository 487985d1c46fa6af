/** A word of an option in quotes is a value, where the option takes texts. */
import { describe, expect, it } from "vitest";
import { compileText } from "./compile.js";

const featureOf = (type: string, defaults = ""): unknown => {
  const { model, diagnostics } = compileText(
    `model m\n${defaults}features { a: ${type}, price: numeric }\nlabels { click: event }\ntower t = mlp(price, [4])\ntask ctr: P(click) = sigmoid(logit(t) + train_only(logit(a)))\nloss { ctr: bce }\n`,
  );
  expect(diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message)).toEqual([]);
  return model?.features[0];
};

describe("a word in quotes", () => {
  it('serving: "none" is the value "none"', () => {
    expect(featureOf("categorical(serving: none)")).toMatchObject({ serving: { kind: "none" } });
    for (const kind of ["categorical", "bag"])
      expect(featureOf(`${kind}(serving: "none")`)).toMatchObject({ serving: { kind: "value", value: "none" } });
    expect(featureOf("categorical", 'defaults { categorical: { serving: "none" } }\n')).toMatchObject({
      serving: { kind: "value", value: "none" },
    });
    expect(featureOf("categorical", "defaults { categorical: { serving: none } }\n")).toMatchObject({
      serving: { kind: "none" },
    });
  });

  it('missing: "zeros" is the value "zeros"', () => {
    expect(featureOf("categorical(missing: zeros)")).toMatchObject({ missing: { kind: "zeros" } });
    expect(featureOf('categorical(missing: "zeros")')).toMatchObject({ missing: { kind: "value", value: "zeros" } });
  });
});
