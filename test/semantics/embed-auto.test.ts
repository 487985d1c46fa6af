/** `embed: auto`: a width from the size of the vocabulary that the spec states, a number like any other in the model. */
import { describe, expect, it } from "vitest";
import { automaticWidth } from "../../src/compiler/semantics/data/embed-width.js";
import { compileText as compile } from "./compile.js";

const spec = (features: string, more = ""): string =>
  `model m\n${more}features { ${features} }\nlabels { click: event }\ntower t = mlp(price, [4])\ntask ctr: P(click) = sigmoid(logit(t))\nloss { ctr: bce }\n`;

const widths = (features: string, more?: string): readonly (readonly [string, unknown])[] => {
  const result = compile(spec(`${features}, price: numeric`, more));
  expect(result.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return (result.model?.features ?? []).flatMap((each) => ("embed" in each ? [[each.name, each.embed] as const] : []));
};

describe("embed: auto", () => {
  it("is six times the fourth root, at most 64", () => {
    expect([1, 2, 10, 16, 81, 10_000, 12_500, 2 ** 31].map(automaticWidth)).toEqual([6, 7, 11, 12, 18, 60, 63, 64]);
  });

  it("reads the size wherever the spec states it", () => {
    expect(
      widths(
        'a: categorical(hash: 81, embed: auto), b: categorical(ids: 10_000, embed: auto), c: categorical(values: ["x", "y"], embed: auto), ' +
          "d: bag(vocab: 16, embed: auto), e: bucket(boundaries: [1], embed: auto), f: bucket(quantiles: 81, embed: auto), " +
          "i: bucket(bins: 81, embed: auto), " +
          "g: sequence(hash: 16, embed: auto), h: categorical(like: a)",
      ),
    ).toEqual([
      ["a", 18],
      ["b", 60],
      ["c", 7],
      ["d", 12],
      ["e", 7],
      ["f", 18],
      ["i", 18],
      ["g", 12],
      ["h", 18],
    ]);
    expect(widths("a: categorical(values: [1, 2], embed: auto)")).toEqual([["a", 7]]);
  });

  it("may be a default, which `like` does not take", () => {
    const defaults = "defaults { categorical: { embed: auto } }\n";
    expect(
      widths("a: categorical(hash: 81), b: categorical(like: a), c: categorical(hash: 81, embed: 4)", defaults),
    ).toEqual([
      ["a", 18],
      ["b", 18],
      ["c", 4],
    ]);
  });

  it("gives the model that the number gives", () => {
    const hash = (embed: string): string | undefined =>
      JSON.stringify(
        compile(spec(`a: categorical(hash: 81, embed: ${embed}), price: numeric`)).model?.features.map((each) => ({
          ...each,
          span: undefined,
        })),
      );
    expect(hash("auto")).toBe(hash("  18"));
  });

  it("MTL3153: says what to give where only the data knows, once for a group", () => {
    for (const type of ["categorical(embed: auto)", "bag(min_count: 2, embed: auto)"]) {
      const { diagnostics } = compile(spec(`[a, b]: ${type}, price: numeric`));
      expect(diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code)).toEqual(["MTL3153"]);
    }
  });
});
