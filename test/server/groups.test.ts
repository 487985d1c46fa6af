import { describe, expect, it } from "vitest";
import { MarkupContent, type Hover } from "vscode-languageserver";
import { completionAt } from "../../src/server/features/completion.js";
import { hoverAt } from "../../src/server/features/hover.js";
import { outlineOf } from "../../src/server/features/outline.js";
import { definitionAt } from "../../src/server/features/definition.js";
import { applyEdits } from "../../src/compiler/diagnostics/index.js";
import { renamableAt, renameThing } from "../../src/server/features/rename.js";
import { analyzeAt, marker } from "./marked.js";

const spec = `model m

features {
  n_1 .. n_9: numeric(scale: log1p)
  [brand, shop]: categorical(embed: 4)
  place: numeric(serving: 0)
}

labels {
  click: event
}

input x = [n_1 .. n_9, brand, n_5]
input y = [features but place]
tower t = mlp([x, y], [8])

task ctr: P(click) = sigmoid(logit(t))

loss { ctr: bce }
`;

/** The spec with a cursor before the nth `word`, from 0. */
function at(word: string, nth = 0, text = spec) {
  let from = -1;
  for (let i = 0; i <= nth; i++) from = text.indexOf(word, from + 1);
  return analyzeAt(text.slice(0, from) + marker + text.slice(from));
}

function hoverText(word: string, nth = 0): string {
  const { analysis, offset } = at(word, nth);
  const contents: Hover["contents"] | undefined = hoverAt(analysis, offset)?.contents;
  return MarkupContent.is(contents) ? contents.value : "";
}

function offered(old: string, replacement: string): readonly string[] {
  const { analysis, offset } = analyzeAt(spec.replace(old, replacement));
  const context = { snippets: true, files: () => [], exportsOf: () => [] };
  return completionAt(analysis, offset, context).map(({ label }) => label);
}

function renamed(word: string, nth: number, to: string): string {
  const { analysis, offset } = at(word, nth);
  const { compilation, path } = analysis;
  const thing = renamableAt(compilation, path, offset)?.thing;
  if (thing === undefined) return "nothing";
  const result = renameThing(thing, to, [compilation]);
  return result.kind === "refused" ? result.why : applyEdits(spec, path, result.edits);
}

describe("groups of features in an editor", () => {
  it("show themselves where one of them is read", () => {
    expect(hoverText("n_5")).toContain("feature n_1 .. n_9: numeric(scale: log1p)");
    expect(hoverText("brand", 1)).toContain("[brand, shop]: categorical(embed: 4)");
    expect(hoverText("n_9", 1)).toContain("n_1 .. n_9");
  });

  it("are found from there", () => {
    const { analysis, offset } = at("n_5");
    expect(definitionAt(analysis, offset)).toMatchObject({
      file: "m.mtl",
      start: spec.indexOf("n_1"),
      end: spec.indexOf(": numeric"),
    });
  });

  it("are an outline of names, ranges as one", () => {
    const { analysis } = at("model");
    const block = outlineOf(analysis).find(({ name }) => name === "features");
    expect(block?.children?.map(({ name }) => name)).toEqual(["n_1 .. n_9", "brand", "shop", "place"]);
  });

  it("keep their names, which others depend on", () => {
    expect(renamed("n_1", 0, "m_1")).toContain("is one of a group of features");
    expect(renamed("n_5", 0, "m_1")).toContain("is one of a range of features");
    expect(renamed("brand", 0, "maker")).toContain("is one of a group of features");
    expect(renamed("place", 0, "where")).toContain("[features but where]");
  });

  it("complete names, `features` and `but`", () => {
    expect(offered("brand, n_5]", "brand, <|>]")).toEqual(expect.arrayContaining(["shop", "n_7", "features"]));
    expect(offered("features but place", "features but <|>")).toEqual(expect.arrayContaining(["place", "shop"]));
    expect(offered("features but place", "features <|>")).toContain("but");
    expect(offered("[brand, shop]: categorical(embed: 4)", "[brand, shop]: <|>")).toContain("categorical");
    expect(offered("n_1 .. n_9: numeric(scale: log1p)", "n_1 .. n_9: numeric(<|>)")).toContain("standard");
    expect(offered("[brand, shop]", "[brand, <|>]")).toEqual([]);
  });
});
