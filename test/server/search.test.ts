import { describe, expect, it } from "vitest";
import { MarkupContent, type Hover } from "vscode-languageserver";
import { applyEdits } from "../../src/compiler/diagnostics/index.js";
import { hoverAt } from "../../src/server/features/hover.js";
import { renamableAt, renameThing } from "../../src/server/features/rename.js";
import { semanticLegend, semanticTokensOf } from "../../src/server/features/semantic-tokens.js";
import { analyzeAt, marker } from "./marked.js";

const spec = `model m

features {
  brand: categorical(hash: 100, embed: search [4, 8])
  price: numeric
}

labels {
  click: event
}

input both = [brand, price]
input one  = [brand]
tower t = mlp(search [one, both], [search [8, 16]], activation: search [relu, gelu])

task ctr: P(click) = sigmoid(logit(t))

loss {
  ctr: bce
}
`;

/** The spec with a cursor in the nth `word`, from 0. */
function at(word: string, nth = 0) {
  let from = -1;
  for (let i = 0; i <= nth; i++) from = spec.indexOf(word, from + 1);
  return analyzeAt(spec.slice(0, from + 1) + marker + spec.slice(from + 1));
}

function hoverText(word: string, nth = 0): string {
  const { analysis, offset } = at(word, nth);
  const contents: Hover["contents"] | undefined = hoverAt(analysis, offset)?.contents;
  return MarkupContent.is(contents) ? contents.value : "";
}

describe("a search in an editor", () => {
  it("has nothing to complain of", () => {
    expect(at("model").analysis.compilation.diagnostics).toEqual([]);
  });

  it("is explained, and so are its choices and what is around it", () => {
    expect(hoverText("search")).toContain("What `mtlc search` chooses from");
    expect(hoverText("gelu")).toContain("for `activation`");
    expect(hoverText("mlp")).toContain("activation");
    expect(hoverText("t = mlp")).toContain("`[8]`");
    expect(hoverText("both", 1)).toContain("*an input*: `[5]`");
  });

  it("is renamed in choices that are not the default, too", () => {
    const { analysis, offset } = at("both");
    const thing = renamableAt(analysis.compilation, analysis.path, offset)?.thing;
    if (thing === undefined) throw new Error("it is a name");
    const result = renameThing(thing, "all", [analysis.compilation]);
    expect(result.kind === "edits" ? applyEdits(spec, analysis.path, result.edits) : result.why).toBe(
      spec.replaceAll("both", "all"),
    );
  });

  it("is coloured as a word of the language", () => {
    const { data } = semanticTokensOf(at("model").analysis);
    const keyword = semanticLegend.tokenTypes.indexOf("keyword");
    let [line, start] = [0, 0];
    const words: string[] = [];
    for (let i = 0; i < data.length; i += 5) {
      const [lines = 0, columns = 0, length = 0, type = 0] = data.slice(i, i + 4);
      start = lines === 0 ? start + columns : columns;
      line += lines;
      if (type === keyword) words.push(spec.split("\n")[line]?.slice(start, start + length) ?? "");
    }
    expect(words.filter((word) => word === "search")).toHaveLength(4);
  });
});
