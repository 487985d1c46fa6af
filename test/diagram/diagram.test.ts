import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkWellFormed } from "./well-formed.js";
import { describe, expect, it } from "vitest";
import { costOf } from "../../src/compiler/cost/index.js";
import {
  diagramOf,
  layoutDiagram,
  type Direction,
  type PlacedDiagram,
  renderDot,
  renderSvg,
} from "../../src/compiler/diagram/index.js";
import { declaredHeads } from "../../src/compiler/model/index.js";
import { modelOf } from "../lower/harness.js";
import { compileFile, root, smallSpec } from "../semantics/compile.js";

const specs = readdirSync(join(root, "specs"), { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".mtl"))
  .toSorted();

function drawn(name: string, direction: Direction = "right"): PlacedDiagram | undefined {
  const { model } = compileFile(join(root, "specs", name));
  return model === undefined ? undefined : layoutDiagram(diagramOf(model, costOf(model)), direction);
}

describe("the picture of a model", () => {
  it.each(["examples/feed.mtl", "census/ple.mtl", "examples/comment_and_share.mtl"])(
    "%s is what it was",
    async (name) => {
      const diagram = drawn(name);
      if (diagram === undefined) throw new Error("no model");
      const file = name.replaceAll(/[/.]/g, "-").replace("-mtl", "");
      await expect(renderSvg(diagram)).toMatchFileSnapshot(`golden/${file}.svg`);
      await expect(renderDot(diagram)).toMatchFileSnapshot(`golden/${file}.dot`);
    },
  );

  it("is what docs/models.md shows", () => {
    const page = readFileSync(join(root, "docs/models.md"), "utf8");
    expect(page).toContain("](images/feed.svg)");
    const diagram = drawn("examples/feed.mtl");
    expect(diagram === undefined ? "" : renderSvg(diagram)).toBe(
      readFileSync(join(root, "docs/images/feed.svg"), "utf8"),
    );
  });

  it.each(specs)("%s: cards are apart, edges go from left to right, all that is declared is there", (name) => {
    const diagram = drawn(name);
    if (diagram === undefined) return;
    const { cards, edges } = diagram;
    for (const [i, a] of cards.entries())
      for (const b of cards.slice(i + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart, `${a.id} and ${b.id}`).toBe(true);
      }
    const ids = new Set(cards.map(({ id }) => id));
    expect(ids.size).toBe(cards.length);
    for (const { from, to, points } of edges) {
      expect(ids).toContain(from);
      expect(ids).toContain(to);
      for (const [i, point] of points.entries()) expect(point.x).toBeGreaterThanOrEqual(points[i - 1]?.x ?? 0);
    }
    const { model } = compileFile(join(root, "specs", name));
    for (const node of model?.nodes ?? []) {
      // Members that meet are on the card of their family.
      const family = node.layer === "member" ? model?.nodes[node.inputs[0] ?? -1] : undefined;
      if (node.declared !== undefined) expect(ids).toContain((family?.declared === undefined ? node : family).id);
    }
    for (const head of declaredHeads(model?.heads ?? [])) expect(ids).toContain(head.name);
    const svg = renderSvg(diagram);
    expect(checkWellFormed(svg)).toBe("well formed");
    expect(svg).not.toMatch(/NaN|undefined|<script|href/);
  });

  it.each(specs)("%s: goes down, each card below what it reads, and no legend is wider", (name) => {
    const diagram = drawn(name, "down");
    if (diagram === undefined) return;
    const byId = new Map(diagram.cards.map((card) => [card.id, card]));
    for (const [i, a] of diagram.cards.entries())
      for (const b of diagram.cards.slice(i + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart, `${a.id} and ${b.id}`).toBe(true);
      }
    for (const { from, to, points } of diagram.edges) {
      const [start, end] = [byId.get(from), byId.get(to)];
      if (start === undefined || end === undefined) throw new Error(`${from} → ${to}`);
      expect(points[0]).toEqual({ x: start.x + start.width / 2, y: start.y + start.height });
      expect(points.at(-1)).toEqual({ x: end.x + end.width / 2, y: end.y });
      for (const [i, point] of points.entries()) expect(point.y).toBeGreaterThanOrEqual(points[i - 1]?.y ?? 0);
    }
    const svg = renderSvg(diagram, { direction: "down" });
    expect(checkWellFormed(svg)).toBe("well formed");
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    const [, width = "", height = ""] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
    const keys = [...svg.matchAll(/class="key" x="([\d.]+)" y="([\d.]+)">([^<]*)</g)];
    for (const [, x = "", y = "", text = ""] of keys) {
      expect(Number(x) + 7 * text.length).toBeLessThan(Number(width));
      expect(Number(y)).toBeGreaterThan(diagram.height);
      expect(Number(y)).toBeLessThan(Number(height));
    }
  });

  it("writes the first sentence in lines where the picture is narrow", () => {
    const sentence = "A model of clicks, of likes and of shares of posts, with experts that all of its tasks share.";
    const { model } = compileFile(join(root, "specs/census/mmoe.mtl"));
    if (model === undefined) throw new Error("no model");
    const diagram = { ...diagramOf(model, costOf(model)), doc: `${sentence} More.` };
    const lines = (direction: Direction): readonly string[] =>
      [
        ...renderSvg(layoutDiagram(diagram, direction), { direction }).matchAll(/class="doc" x="28" y="\d+">([^<]*)</g),
      ].map(([, line = ""]) => line);
    expect(lines("right")).toEqual([sentence]);
    expect(lines("down")).toHaveLength(2);
    expect(lines("down").join(" ")).toBe(sentence);
    for (const line of lines("down")) expect(line.length).toBeLessThanOrEqual(57);
  });

  it("passes columns of cards without crossing one", () => {
    const diagram = drawn("examples/feed.mtl");
    for (const { from, to, points } of diagram?.edges ?? [])
      for (const [i, { x, y }] of points.entries()) {
        const next = points[i + 1];
        // Level pieces are those that pass a column.
        if (next === undefined || next.y !== y) continue;
        for (const card of diagram?.cards ?? []) {
          if (card.id === from || card.id === to) continue;
          const isOver = y > card.y && y < card.y + card.height && x < card.x + card.width && next.x > card.x;
          expect(isOver, `${from} → ${to} over ${card.id}`).toBe(false);
        }
      }
  });

  it("writes unnamed layers on the card that holds them, and marks what counts only in training", () => {
    const model = modelOf(
      smallSpec({
        features: "features {\n  age: numeric\n  place: categorical(serving: none)\n}",
        network: "tower t = mlp(dropout([age], 0.1), [8], activation: tanh)",
        heads:
          "task ctr: P(click) = sigmoid(logit(t) + train_only(logit(place)))\ntask cvr: P(buy | click) = sigmoid(logit(mlp(t, [4])))\nchain ctcvr = ctr * cvr",
      }),
    );
    const { cards, edges } = diagramOf(model, costOf(model));
    expect(cards.find(({ id }) => id === "t")?.lines).toEqual(["dropout 0.1", "mlp [8] activation: tanh"]);
    expect(cards.find(({ id }) => id === "cvr")?.lines[1]).toBe("mlp [4] → sigmoid");
    expect(edges).toContainEqual({ from: "t/features", to: "t", kind: "data" });
    expect(edges).toContainEqual({ from: "ctr/features in training", to: "ctr", kind: "training" });
    expect(edges).toContainEqual({ from: "cvr", to: "ctcvr", kind: "data" });
  });

  it("goes on from predictions to formulas and lists", () => {
    const { model } = compileFile(join(root, "specs/examples/feed.mtl"));
    if (model === undefined) throw new Error("no model");
    const { cards, edges } = diagramOf(model, costOf(model));
    expect(cards.find(({ id }) => id === "score")).toMatchObject({
      lines: ["ctr * (alpha + cvr)", "* (beta + item_price) * stay^a"],
      facts: ["alpha 0.05", "beta 1", "a 0.5"],
    });
    expect(edges.flatMap(({ from, to }) => (to === "score" ? [from] : []))).toEqual([
      "ctr",
      "cvr",
      "a candidate's values",
      "stay",
    ]);
    expect(edges).toContainEqual({ from: "score", to: "rank feed_page", kind: "data" });
  });

  it("escapes what a text may hold", () => {
    const diagram = layoutDiagram({ title: 'a<b&"c"', cards: [], edges: [], doc: "1 < 2 & 3.\nMore." });
    expect(checkWellFormed(renderSvg(diagram))).toBe("well formed");
    expect(renderSvg(diagram)).toContain("1 &lt; 2 &amp; 3.");
    expect(renderDot(diagram)).toContain('digraph "a<b&\\"c\\""');
  });

  it("is as wide as its legend", () => {
    const model = modelOf(smallSpec());
    const svg = renderSvg(layoutDiagram(diagramOf(model, costOf(model))));
    const width = Number(/width="([\d.]+)"/.exec(svg)?.[1]);
    const ends = [...svg.matchAll(/class="key" x="([\d.]+)" y="[\d.]+">([^<]*)</g)].map(
      ([, x = "", text = ""]) => Number(x) + 7 * text.length,
    );
    expect(Math.max(...ends)).toBeLessThan(width);
  });

  it("is the same each time", () => {
    const [a, b] = [drawn("census/ple.mtl"), drawn("census/ple.mtl")];
    expect(a).toEqual(b);
  });
});
