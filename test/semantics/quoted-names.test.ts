import { describe, expect, it } from "vitest";
import { compileSpec } from "../../src/compiler/compile.js";
import { format } from "../../src/compiler/format/index.js";
import { nameOfColumn } from "../../src/compiler/syntax/index.js";

const compile = (text: string) => compileSpec("spec.mtl", { readFile: () => text });

const spec = (features: string, network: string): string =>
  `model m\nfeatures { ${features} }\nlabels { click: event }\n${network}\ntask ctr: P(click) = sigmoid(logit(t))\nloss { ctr: bce, small: 0.1 * l2(${network.includes('"101"') ? '"101"' : "_101"}) }\n`;

function hashOf(text: string): string | undefined {
  const { diagnostics, hash } = compile(text);
  expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
  return hash;
}

describe("a feature that is called by its column", () => {
  it("is a feature of that column under a name that fits everywhere", () => {
    expect(
      hashOf(
        spec(
          '"101": categorical, ["unit price", "c 1" .. "c 3"]: numeric, seen: bag(like: "101")',
          'tower t = mlp(["101", "unit price", "c 1" .. "c 3", seen, embedding("101", 3)], [4])',
        ),
      ),
    ).toBe(
      hashOf(
        spec(
          '_101: categorical(column: "101"), unit_price: numeric(column: "unit price"), c_1 .. c_3: numeric(column: "c *"), seen: bag(like: _101)',
          "tower t = mlp([_101, unit_price, c_1 .. c_3, seen, embedding(_101, 3)], [4])",
        ),
      ),
    );
  });

  it.each([
    ["101", "_101"],
    ["unit price", "unit_price"],
    ["a-b", "a_b"],
    ["true", "_true"],
    ["价", "u4EF7"],
    ["", "_"],
    ["price", "price"],
  ])("by %j is %s", (column, name) => {
    expect(nameOfColumn(column)).toBe(name);
  });

  it("is left out by but, and read by name as well", () => {
    const features = '"101": categorical, "c 1" .. "c 3": numeric';
    const all = "input rest = features\n";
    expect(hashOf(spec(features, `${all}tower t = mlp([rest, features but ["c 1" .. "c 3"]], [4])`))).toBe(
      hashOf(spec(features, `${all}tower t = mlp([rest, _101], [4])`)),
    );
  });

  it("shares no name with another", () => {
    const { diagnostics } = compile(spec('"a b": numeric, "a-b": numeric', "tower t = mlp(features, [4])"));
    expect(diagnostics.map(({ code }) => code)).toContain("MTL2002");
  });

  it("is read where the spec declares it; any other text is not a tensor, and an option's text is a text", () => {
    const { diagnostics } = compile(spec('"101": categorical', 'tower t = mlp(["101", "102"], [4])'));
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^MTL3011.*the text "102"/),
    ]);
    hashOf(spec('"101": categorical(serving: "101")', 'tower t = mlp(["101"], [4])'));
  });

  it("keeps its quotes when it is formatted", async () => {
    const text = 'features {\n  "101":         categorical\n  "c 1" .. "c 3": numeric\n}\n';
    expect(await format(text)).toContain('"101":          categorical\n  "c 1" .. "c 3": numeric');
  });
});
