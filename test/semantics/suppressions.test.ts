import { describe, expect, it } from "vitest";
import { applySafeFixes } from "../../src/compiler/diagnostics/index.js";
import { codesOf, compileText, smallSpec } from "./compile.js";

const unused = "tower spare = mlp(x, [8])";
const network = (...lines: readonly string[]): string =>
  smallSpec({ network: ["input x = [age]", "tower t = mlp(x, [8])", ...lines].join("\n") });

describe("// mtlc-ignore", () => {
  it.each([
    ["at the end of the line", [`${unused} // mtlc-ignore MTL6002: for later`]],
    ["on the line above", ["// mtlc-ignore MTL6002: for later", unused]],
    ["with other comments and a blank line between", ["// mtlc-ignore MTL6002: for later", "// why", "", unused]],
    ["by the slug", [`${unused} // mtlc-ignore unused-network-part: for later`]],
    ["by a code and a slug", [`${unused} // mtlc-ignore MTL6001, unused-network-part: for later`]],
    ["with several codes", [`${unused} // mtlc-ignore MTL6002,MTL6001: for later`, "// end"]],
  ])("leaves a warning out: %s", (_, lines) => {
    expect(codesOf(network(...lines)).filter((code) => code === "MTL6002")).toEqual([]);
  });

  it("applies to one line and to its codes only", () => {
    const codes = codesOf(network("// mtlc-ignore MTL6001: another code", unused));
    expect(codes).toEqual(["MTL6009", "MTL6002"]);
    expect(codesOf(network("// mtlc-ignore MTL6002: too far", "tower u = mlp(t, [8])", unused))).toContain("MTL6002");
  });

  it("never leaves an error out, nor what is not a code", () => {
    const [unknown] = compileText(network(`${unused} // mtlc-ignore unused-netwrok-part: typo`)).diagnostics.filter(
      ({ code }) => code === "MTL6011",
    );
    expect(unknown?.message).toContain("`unused-netwrok-part`");
    expect(codesOf(network("// mtlc-ignore unknown-name: no", "tower spare = mlp(y, [8])"))).toEqual([
      "MTL6011",
      "MTL2001",
    ]);
    expect(codesOf(network("// mtlc-ignore MTL2001: no", "tower spare = mlp(y, [8])"))).toEqual(["MTL6011", "MTL2001"]);
  });

  it("wants codes and a reason", () => {
    expect(codesOf(network(`${unused} // mtlc-ignore`))).toEqual(["MTL6002", "MTL6010"]);
    expect(codesOf(network(`${unused} // mtlc-ignore: no code`))).toEqual(["MTL6002", "MTL6010"]);
    expect(codesOf(network(`${unused} // mtlc-ignore MTL6002:  `))).toEqual(["MTL6002", "MTL6010"]);
  });

  it("is not called unused where an error kept warnings from being looked for", () => {
    const codes = codesOf(network(`${unused} // mtlc-ignore MTL6002: for later`, "tower broken = mlp(y, [8])"));
    expect(codes).toEqual(["MTL2001"]);
  });

  it("is not called unused in a file that another one imports", () => {
    const part = "// mtlc-ignore MTL6001: for others\nfeatures { age: numeric }\n";
    const text = `import "./part.mtl"\n${smallSpec({ features: "" })}`;
    expect(compileText(text, { "part.mtl": part }).diagnostics).toEqual([]);
  });

  it.each([
    [["// mtlc-ignore MTL6002: nothing", "tower u = mlp(t, [8])"], ["tower u = mlp(t, [8])"]],
    [["tower u = mlp(t, [8])   // mtlc-ignore MTL6002: nothing"], ["tower u = mlp(t, [8])"]],
  ])("is taken out by its fix", (before, after) => {
    const end = {
      heads: "task ctr: P(click) = sigmoid(logit(u))",
      rest: "loss { ctr: bce }",
      labels: "labels { click: event }",
    };
    const spec = (lines: readonly string[]): string =>
      smallSpec({ ...end, network: ["input x = [age]", "tower t = mlp(x, [8])", ...lines].join("\n") });
    const { diagnostics } = compileText(spec(before));
    expect(diagnostics.map(({ code }) => code)).toEqual(["MTL6009"]);
    expect(applySafeFixes("m.mtl", spec(before), diagnostics)).toBe(spec(after));
  });
});
