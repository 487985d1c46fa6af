import { format, resolveConfig } from "prettier";
import { describe, expect, it } from "vitest";
import { grammarEbnf } from "../../src/compiler/syntax/pages/ebnf.js";
import { cstTypes, grammarRules, type GrammarPart } from "../../src/compiler/syntax/pages/grammar-pages.js";
import { railroadHtml } from "../../src/compiler/syntax/pages/railroad.js";

describe("pages made from the parser", () => {
  it("are the ones in the repository: the EBNF", async () => {
    await expect(grammarEbnf()).toMatchFileSnapshot("../../grammar/mtl.ebnf");
  });

  it("are the ones in the repository: the railroad diagrams", async () => {
    await expect(railroadHtml()).toMatchFileSnapshot("../../grammar/railroad.html");
  });

  it("are the ones in the repository: the types of the concrete tree", async () => {
    const path = `${import.meta.dirname}/../../src/compiler/syntax/cst.ts`;
    const text = await format(cstTypes(), { ...(await resolveConfig(path)), filepath: path });
    await expect(text).toMatchFileSnapshot("../../src/compiler/syntax/cst.ts");
  });

  it("define every rule that they name", () => {
    const rules = grammarRules();
    const defined = new Set(rules.map((rule) => rule.name));
    const named = new Set(rules.flatMap((rule) => rulesIn(rule.part)));
    expect([...named].filter((name) => !defined.has(name))).toEqual([]);
    expect([...defined].filter((name) => !named.has(name))).toEqual(["spec"]);
  });

  it("load nothing from elsewhere", () => {
    expect(railroadHtml()).not.toMatch(/<script|src=|https?:/);
  });
});

function rulesIn(part: GrammarPart): readonly string[] {
  switch (part.kind) {
    case "rule":
      return [part.name];
    case "sequence":
    case "choice":
      return part.parts.flatMap(rulesIn);
    case "option":
      return rulesIn(part.part);
    case "repeat":
      return [...rulesIn(part.part), ...(part.separator === undefined ? [] : rulesIn(part.separator))];
    case "word":
    case "token":
      return [];
  }
}
