import { describe, expect, it } from "vitest";
import { specText } from "../../src/compiler/describe/index.js";
import { format } from "../../src/compiler/format/index.js";
import { createRanker } from "../../src/compiler/serving/index.js";
import { compileText, messagesOf } from "../semantics/compile.js";

const spec = (spread: string, explore = "at least 1 in top 10"): string => `model counts
signals { s: number in [0, 64] }
attributes {
  brand: text
  fresh: bool missing false
}
request {
  came_for: text?
  keep:     number in [1, 5]
  width:    number in [2, 9]
}
params { loose: 3 in [1, 4] }
fusion score  = s
fusion for_it = if(came_for == "shoes", loose, 1)
rules page {
  spread brands ${spread}
  explore news when fresh ${explore} soft: 1
}
rank feed = top 6 by score with page
`;

function listOf(text: string, values: Readonly<Record<string, unknown>>): string {
  const compilation = compileText(text);
  expect(
    compilation.diagnostics.filter(({ severity }) => severity === "error"),
    messagesOf(compilation),
  ).toEqual([]);
  const serving = compilation.model?.serving;
  const [rank] = serving?.ranks ?? [];
  if (serving === undefined || rank === undefined) throw new Error("no ranking");
  const brands = ["x", "x", "x", "y", "y", "z"];
  const result = createRanker(serving, rank).rank({
    request: "r",
    ids: brands.map((brand, i) => `${brand}${i}`),
    candidates: brands.map((brand, i) => ({ s: 20 - i, brand, fresh: i === 5 })),
    values: { keep: 1, width: 3, ...values },
    now: 0,
    seed: 0,
  });
  if (result.kind !== "ranked") throw new Error(JSON.stringify(result));
  return result.items.map(({ id }) => id).join(" ");
}

describe("numbers of rules over the request", () => {
  it("say how many of how many, request by request", () => {
    const text = spec("at most keep of brand in width");
    expect(listOf(text, {})).toBe(listOf(spec("at most 1 of brand in 3"), {}));
    expect(listOf(text, { keep: 2, width: 4 })).toBe(listOf(spec("at most 2 of brand in 4"), {}));
    expect(listOf(text, { keep: 5 })).toBe("x0 x1 x2 y3 y4 z5");
  });

  it("may be formulas, of parameters too, and are rounded", () => {
    const text = spec("at most for_it of brand in 5");
    expect(listOf(text, { came_for: "shoes" })).toBe(listOf(spec("at most 3 of brand in 5"), {}));
    expect(listOf(text, {})).toBe(listOf(spec("at most 1 of brand in 5"), {}));
    const halves = spec("at most keep of brand in 5");
    expect(listOf(halves, { keep: 1.5 })).toBe(listOf(spec("at most 2 of brand in 5"), {}));
    expect(listOf(halves, { keep: 1.4 })).toBe(listOf(spec("at most 1 of brand in 5"), {}));
  });

  it("hold for quotas", () => {
    const text = spec("at most 5 of brand in 6", "at least keep in top width");
    expect(listOf(text, { width: 2 })).toBe("x0 z5 x1 x2 y3 y4");
    expect(listOf(text, { width: 6 })).toBe(listOf(spec("at most 5 of brand in 6", "at least 1 in top 6"), {}));
  });

  it("are refused outside the range that the request declares", () => {
    expect(() => listOf(spec("at most keep of brand in 7"), { keep: 6 })).toThrow("in [1, 5]");
  });

  it("are in the canonical text, which compiles to the same model", async () => {
    const text = spec("at most min(keep, loose) of brand in 4 + width", "at least keep in top 10");
    const { model } = compileText(text);
    if (model === undefined) throw new Error("no model");
    const again = compileText(await format(specText(model)));
    expect(again.model?.serving?.ruleSets[0]?.rules.map(({ name }) => name)).toEqual(["brands", "news"]);
    expect(specText(again.model ?? model)).toBe(specText(model));
  });
});

describe("what no count can be", () => {
  const codes = (text: string): readonly string[] =>
    compileText(text)
      .diagnostics.filter(({ severity }) => severity === "error")
      .map(({ code }) => code);

  it.each([
    ["at most s of brand in 5", "MTL5062"],
    ["at most score of brand in 5", "MTL5062"],
    ["at most keep - 1 of brand in 5", "MTL5063"],
    ["at most keep * 10_000 of brand in 5", "MTL5063"],
    ["at most came_for of brand in 5", "MTL3024"],
    ["at most kep of brand in 5", "MTL2001"],
    ["at most keep + 4 of brand in 5", "MTL5011"],
    ["at most 0 of brand in 5", "MTL3003"],
  ])("%s: %s", (clause, code) => {
    expect(codes(spec(clause))).toEqual([code]);
  });
});
