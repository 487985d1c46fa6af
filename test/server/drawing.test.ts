import { describe, expect, it } from "vitest";
import { cardAt, drawingOf } from "../../src/server/features/drawing.js";
import { analyze, analyzeAt, sample, sampleWith } from "./marked.js";

/** What is where the drawing says that a card is declared. */
function declaredText(text: string, id: string, others: Readonly<Record<string, string>> = {}): string {
  const { compilation } = analyze(text, others);
  const span = drawingOf(compilation)?.declarations.get(id);
  if (span === undefined) return "";
  return compilation.sources.get(span.file)?.text.slice(span.start, span.end) ?? "";
}

describe("the drawing of a model", () => {
  it("is one SVG whose cards say which declaration they are", () => {
    const drawing = drawingOf(analyze(sample).compilation);
    expect(drawing?.title).toBe("feed");
    const svg = drawing?.svg("right") ?? "";
    const drawn = [...svg.matchAll(/data-card="([^"]+)"/g)].map((match) => match[1]);
    expect(drawn).toEqual([...(drawing?.declarations.keys() ?? [])]);
    expect(drawn).toContain("rank page");
    expect(svg).toContain('data-from="t_ctr" data-to="ctr"');
  });

  it("is wider than high, or goes down", () => {
    const drawing = drawingOf(analyze(sample).compilation);
    const sizes = (["right", "down"] as const).map((direction) => {
      const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(drawing?.svg(direction) ?? "") ?? [];
      return { width: Number(width), height: Number(height) };
    });
    expect(sizes[0]?.width).toBeGreaterThan(sizes[0]?.height ?? Infinity);
    expect(sizes[1]?.height).toBeGreaterThan(sizes[1]?.width ?? Infinity);
  });

  it("is made once a compilation, and only of a model", () => {
    const { compilation } = analyze(sample);
    expect(drawingOf(compilation)).toBe(drawingOf(compilation));
    expect(drawingOf(analyze(sampleWith("over pool", "over pol")).compilation)).toBeUndefined();
  });

  it("leads from each card to the name of its declaration, in whatever file that is", () => {
    expect(declaredText(sample, "t_ctr")).toBe("t_ctr");
    expect(declaredText(sample, "rank page")).toBe("page");
    expect(declaredText(sample, "a candidate's values")).toBe("brand");
    const bare = sampleWith("mlp(x, [64])", "mlp([age, price], [64])");
    expect(declaredText(bare, "pool/features")).toBe("pool");
    const part = "features {\n  n: numeric\n}\ninput shared = [n]\n";
    const own =
      'model m\nimport "./part.mtl"\nlabels {\n  a: event\n}\ntask t: P(a) = sigmoid(logit(shared))\nloss {\n  t: bce\n}\n';
    const { compilation } = analyze(own, { "part.mtl": part });
    expect(drawingOf(compilation)?.declarations.get("shared")?.file).toBe("part.mtl");
  });
});

describe("the card at a cursor", () => {
  const at = (marked: string): string | undefined => {
    const { analysis, offset } = analyzeAt(marked);
    return cardAt(analysis, offset);
  };

  it.each([
    ["the name of a declaration", "tower t_<|>ctr", "t_ctr"],
    ["a name that it reads", "tower t_ctr = mlp(<|>g, [32])", "g"],
    ["anything else of it", "tower t_ctr = m<|>lp(g, [32])", "t_ctr"],
    ["a name in the loss", "c<|>tr: 0.5 * bce", "ctr"],
    ["a formula", "fusion score = ctr^<|>alpha", "score"],
    ["a ranking", "rank page = top <|>10", "rank page"],
  ])("is found from %s", (_, marked, card) => {
    expect(at(sampleWith(marked.replace("<|>", ""), marked))).toBe(card);
  });

  it("is none where nothing is drawn", () => {
    expect(at(sampleWith("price: numeric", "price: nu<|>meric"))).toBeUndefined();
    expect(at(sampleWith("over pool", "over <|>pol"))).toBeUndefined();
  });

  it("is the member of a group", () => {
    const group = (old: string, text: string): string =>
      sampleWith("tower t_ctr", "bottoms h[one, two] = mlp(x, [8])\ntower spare = mlp(h.two, [4])\ntower t_ctr")
        .replace("logit(t_cvr)", "logit(t_cvr) + logit(spare) + logit(h.one)")
        .replace(old, text);
    expect(at(group("mlp(h.two", "mlp(h.t<|>wo"))).toBe("h.two");
    expect(at(group("[one, two]", "[o<|>ne, two]"))).toBe("h.one");
    expect(at(group("= mlp(x, [8])", "= m<|>lp(x, [8])"))).toBe("h.one");
  });
});
