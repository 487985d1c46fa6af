import { describe, expect, it } from "vitest";
import { parseFile } from "../../src/compiler/compile.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { actionsAt } from "../../src/server/features/code-actions.js";
import { diagnosticsOf } from "../../src/server/features/diagnostics.js";
import { foldingOf } from "../../src/server/features/folding.js";
import { editsBetween, formattingOf } from "../../src/server/features/formatting.js";
import { inlayHintsOf } from "../../src/server/features/inlay-hints.js";
import { outlineOf } from "../../src/server/features/outline.js";
import { applyEdits } from "../../src/compiler/diagnostics/index.js";
import { selectionAt } from "../../src/server/features/selection.js";
import { semanticLegend, semanticTokensOf } from "../../src/server/features/semantic-tokens.js";
import { signatureHelpAt } from "../../src/server/features/signature-help.js";
import { toOffset, toPosition } from "../../src/server/positions.js";
import { hoverAt } from "../../src/testing/cursor.js";
import { analyze, analyzeAt, sample, sampleWith } from "./marked.js";

describe("hover", () => {
  it("says what `member` and `width` are", () => {
    const spec = (value: string): string =>
      `model m\nfeatures { user: categorical(hash: 100) }\nlabels {\n  click: event\n  like: event\n}\ntowers t[click, like] = mlp(user, [8])\ntask [click, like]: ${value}\nloss { [click, like]: bce }\n`;
    expect(hoverAt(spec("P(mem<|>ber) = sigmoid(logit(t.member))"))).toContain("Each of the labels in brackets");
    expect(hoverAt(spec("P(member) = sigmoid(logit(t.memb<|>er))"))).toContain("Each of the labels in brackets");
    expect(hoverAt(sampleWith("mlp(g, [32])", "linear(g, wi<|>dth(x))"))).toContain("The number of units of a tensor.");
  });

  it("shows shapes, events, ranges and doc comments of names, where they are used as well", () => {
    expect(hoverAt(sampleWith("logit(t_ctr)", "logit(t_<|>ctr)"))).toBe(
      "```mtl\ntower t_ctr = mlp(g, [32])\n```\n\n*a tower*: `[32]`\n\nThe tower of clicks.\n\n" +
        "`mlp` by default: `activation: relu`, `dropout: 0`, `norm: none`, `last: same`",
    );
    expect(hoverAt(sampleWith("experts pool", "experts po<|>ol"))).toContain("*a pool of experts*: `4 × [64]`");
    expect(hoverAt(sampleWith("ctr * cvr", "ctr * cv<|>r"))).toContain("*a task*: `P(buy | click)`");
    expect(hoverAt(sampleWith("chain ctcvr", "chain ctcv<|>r"))).toContain("*a chain*: `P(buy)`");
    expect(hoverAt(sampleWith("P(buy |", "P(bu<|>y |"))).toContain("Bought after a click.");
    expect(hoverAt(sampleWith("fusion score", "fusion sc<|>ore"))).toMatch(
      /\*a fusion formula\*: `number .*in \[0, .*\)?`/,
    );
    expect(hoverAt(sampleWith("^alpha", "^al<|>pha"))).toContain("param alpha: 0.5 in [0, 2]");
    const measured = (call: string): string | undefined =>
      hoverAt(`${sampleWith("model feed", "model feed")}\nmetrics {\n  ctr: [${call}]\n}\n`);
    expect(measured("ndc<|>g(at: 10)")).toMatch(
      /\*a metric\*: Normalised discounted[^]*`at` \(a whole number ≥ 1[^]*given here/,
    );
    expect(measured("au<|>c")).toContain("*a metric*: Area under the ROC curve");
    expect(measured("gauc(aver<|>age: groups)")).toContain("What a group counts by in the mean");
  });

  it("says in which file a name is declared", () => {
    expect(
      hoverAt('model m\nimport "dir/part.mtl"\ninput x = [c<|>ity]\n', {
        "dir/part.mtl": "features {\n  city: numeric\n}\n",
      }),
    ).toContain("declared in `part.mtl`");
  });

  it("shows what built-ins take, with defaults, and what is given", () => {
    const text = hoverAt(sampleWith("mlp(g, [32])", "ml<|>p(g, [32])"));
    expect(text).toContain(
      "mlp(x, widths, activation: relu, dropout: 0, norm: none, last: same, epsilon: 0.00001, momentum: 0.99)",
    );
    expect(text).toMatch(/- `widths` \(a list of whole numbers.*— given here/);
    expect(text).toMatch(/- `dropout` \(a number in \[0, 1\), default `0`\): Share/);
    expect(hoverAt(sampleWith("softmax(x)", "soft<|>max(x)"))).toContain("From: Ma et al.");
    expect(hoverAt(sampleWith("0.5 * bce", "0.5 * b<|>ce"))).toContain("*a loss*");
  });

  it("shows parameters, their words, keys of blocks, and words of the language", () => {
    expect(hoverAt(sampleWith("scale: log1p", "sca<|>le: log1p"))).toMatch(/^`scale` \(one of .*default `standard`\)/);
    expect(hoverAt(sampleWith("scale: log1p", "scale: lo<|>g1p"))).toMatch(/^`log1p` for `scale`/);
    expect(hoverAt("model m\ntrain {\n  ba<|>tch: 10\n}\n")).toContain("Default: `1024`");
    expect(hoverAt(sampleWith("event within", "event wit<|>hin"))).toMatch(/^`within`: /);
    expect(hoverAt(sampleWith("tower t_ctr", "tow<|>er t_ctr"))).toMatch(/^`tower`: The part of the network/);
    expect(hoverAt(sampleWith("spread brands", "spr<|>ead brands"))).toMatch(/^`spread`: /);
  });

  it("shows the range of a part of a formula", () => {
    expect(hoverAt(sampleWith("(1 + cost)", "(1 <|>+ cost)"))).toContain("in [1, ");
  });

  it("shows what a block of the standard library is", () => {
    const text = hoverAt("model m\nimport { mm<|>oe } from std\n");
    expect(text).toMatch(/^Experts that all tasks share/);
    expect(text).toContain("experts pool[8] = mlp(x, [64])");
  });

  it("is empty where there is nothing to say", () => {
    expect(hoverAt(sampleWith("model feed\n", "model feed\n<|>"))).toBe("");
  });
});

describe("signature help", () => {
  function activeAt(marked: string): string | undefined {
    const { analysis, offset } = analyzeAt(marked);
    const help = signatureHelpAt(analysis, offset);
    const signature = help?.signatures[0];
    const label = signature?.parameters?.[help?.activeParameter ?? -1]?.label;
    return Array.isArray(label) ? signature?.label.slice(label[0], label[1]) : undefined;
  }

  it("follows the cursor by place and by name", () => {
    expect(activeAt(sampleWith("mlp(g, [32])", "mlp(<|>"))).toBe("x");
    expect(activeAt(sampleWith("mlp(g, [32])", "mlp(g, <|>)"))).toBe("widths");
    expect(activeAt(sampleWith("mlp(g, [32])", "mlp(g, [3<|>2])"))).toBe("widths");
    expect(activeAt(sampleWith("mlp(g, [32])", "mlp(g, [32], norm: <|>)"))).toBe("norm: none");
    expect(activeAt(sampleWith("categorical(vocab: 1000", "categorical(vocab: <|>1000"))).toBe("vocab?");
    expect(activeAt("def head(z, width = 32) = mlp(z, [width])\ntower t = head(x, <|>)\n")).toBe("width: 32");
    expect(activeAt(sampleWith('when brand == ""', "when max(1, <|>) > 1"))).toBe("b");
  });

  it("is silent outside of calls", () => {
    expect(activeAt(sampleWith("tower t_ctr", "tower t<|>_ctr"))).toBeUndefined();
  });
});

describe("inlay hints", () => {
  it("show shapes, the event of a chain without a type, and the range of a formula", () => {
    const analysis = analyze(sample);
    const hints = inlayHintsOf(analysis, { start: 0, end: sample.length });
    const shown = hints.map(({ position, label }) => {
      const offset = toOffset(analysis.source, position);
      return `${sample.slice(sample.lastIndexOf("\n", offset - 1) + 1, offset)}${String(label)}`;
    });
    expect(shown).toEqual([
      "input x: [18]",
      "experts pool[4]: 4 × [64]",
      "gate g: [64]",
      "tower t_ctr: [32]",
      "tower t_cvr: [16]",
      "chain ctcvr: P(buy)",
      expect.stringMatching(/^fusion score: \[0, /),
    ]);
  });

  it("are only those of a range, and none where a type is stated", () => {
    const stated = analyze(sampleWith("chain ctcvr =", "chain ctcvr: P(buy) ="));
    const { text } = stated.source;
    const start = text.indexOf("chain");
    expect(inlayHintsOf(stated, { start, end: start + 5 })).toEqual([]);
  });
});

describe("the outline", () => {
  it("has every declaration with its entries and types", () => {
    const outline = outlineOf(analyze(sample));
    expect(outline.map(({ name, detail, children }) => [name, detail, children?.map((child) => child.name)])).toEqual([
      ["feed", "model", []],
      ["features", undefined, ["user", "age", "price"]],
      ["labels", undefined, ["click", "buy"]],
      ["x", "input [18]", []],
      ["pool", "experts 4 × [64]", []],
      ["g", "gate [64]", []],
      ["t_ctr", "tower [32]", []],
      ["t_cvr", "tower [16]", []],
      ["ctr", "task P(click)", []],
      ["cvr", "task P(buy | click)", []],
      ["ctcvr", "chain P(buy)", []],
      ["loss", undefined, ["ctr", "ctcvr"]],
      ["params", undefined, ["alpha"]],
      ["attributes", undefined, ["brand", "cost"]],
      ["score", expect.stringMatching(/^fusion number/), []],
      ["home", undefined, ["bad", "brands"]],
      ["page", "rank", []],
      ['test "order"', "test", ["a", "b"]],
    ]);
  });
});

describe("folding", () => {
  it("folds blocks but for their last line, runs of comments and of imports", () => {
    const text =
      '// a\n// b\nimport "a.mtl"\nimport "b.mtl"\nmodel m\nfeatures {\n  a: numeric\n}\ninput x = [\n  a,\n  a\n]\n';
    const { source, spec } = analyze(text);
    expect(foldingOf({ source, spec })).toEqual([
      { startLine: 0, endLine: 1, kind: "comment" },
      { startLine: 2, endLine: 3, kind: "imports" },
      { startLine: 5, endLine: 6 },
      { startLine: 8, endLine: 10 },
    ]);
  });
});

describe("semantic tokens", () => {
  function tokensOf(text: string): readonly string[] {
    const { data } = semanticTokensOf(analyze(text));
    const lines = text.split("\n");
    const shown: string[] = [];
    let line = 0;
    let column = 0;
    for (let i = 0; i < data.length; i += 5) {
      const [down = 0, right = 0, length = 0, type = 0, set = 0] = data.slice(i, i + 5);
      line += down;
      column = down === 0 ? column + right : right;
      const modifiers = semanticLegend.tokenModifiers.filter((_, bit) => (set & (1 << bit)) !== 0);
      shown.push(
        [lines[line]?.slice(column, column + length), semanticLegend.tokenTypes[type], ...modifiers].join(" "),
      );
    }
    return shown;
  }

  it("tell words of the language from names that are spelt alike", () => {
    expect(tokensOf("features {\n  score: numeric(scale: none)\n}\ninput input = [score]\n")).toEqual([
      "features keyword",
      "score property declaration",
      "numeric function defaultLibrary",
      "scale parameter",
      "none enumMember",
      "input keyword",
      "input variable declaration",
      "score property",
    ]);
  });

  it("cover rules, types and tests", () => {
    const tokens = tokensOf(sample);
    expect(tokens).toEqual(
      expect.arrayContaining([
        "drop keyword",
        "when keyword",
        "brand property",
        "P type",
        "click event",
        "ctr function",
        "alpha parameter declaration",
        "pool class",
      ]),
    );
  });
});

describe("code actions", () => {
  it("offer the fix of a misspelt name, which is a guess and none of all safe fixes", () => {
    const text = sampleWith("over pool", "over pol");
    const start = text.indexOf("pol\n");
    const actions = actionsAt(analyze(text), { start, end: start });
    expect(actions.map(({ title }) => title)).toContain("write `pool`");
    expect(actions.some(({ kind }) => kind === "source.fixAll")).toBe(false);
  });

  it("apply all safe fixes at once", () => {
    const text = sampleWith("mlp(g, [16])", "mlp(g [16])").replace("mlp(x, [64])", "mlp(x [64])");
    const all = actionsAt(analyze(text), { start: 0, end: 0 }).find(({ kind }) => kind === "source.fixAll");
    expect(applyEdits(text, "m.mtl", all?.edits ?? [])).toBe(sample);
  });

  it("suppress a warning with a comment above its line, and no error", () => {
    const text = sampleWith("chain ctcvr", "  tower spare = mlp(g, [4])\nchain ctcvr");
    const start = text.indexOf("spare");
    const actions = actionsAt(analyze(text), { start, end: start });
    const ignore = actions.find(({ title }) => title.startsWith("ignore unused"));
    const ignored = applyEdits(text, "m.mtl", ignore?.edits ?? []);
    expect(ignored).toContain("  // mtlc-ignore unused-network-part: TODO say why\n  tower spare");
    expect(analyze(ignored).compilation.diagnostics).toEqual([]);
    const wrong = sampleWith("over pool", "over pol");
    const at = wrong.indexOf("pol\n");
    expect(actionsAt(analyze(wrong), { start: at, end: at }).some(({ title }) => title.startsWith("ignore"))).toBe(
      false,
    );
  });

  it("offer the word that was likely meant, of whatever kind it is", () => {
    for (const [old, wrong, title] of [
      ["mlp(g, [32])", "mpl(g, [32])", "write `mlp`"],
      ["softmax(x)", "sofmax(x)", "write `softmax`"],
      ["0.5 * bce", "0.5 * bec", "write `bce`"],
      ["price: numeric", "price: numerc", "write `numeric`"],
      ["scale: log1p", "scale: log1", "write `log1p`"],
    ] as const) {
      const text = sampleWith(old, wrong);
      const start = text.indexOf(wrong);
      const actions = actionsAt(analyze(text), { start, end: start + wrong.length });
      expect(actions.map((action) => action.title)).toContain(title);
    }
  });

  it("state the type of a chain", () => {
    const start = sample.indexOf("chain");
    const [action] = actionsAt(analyze(sample), { start, end: start });
    expect(applyEdits(sample, "m.mtl", action?.edits ?? [])).toContain("chain ctcvr: P(buy) = ctr * cvr");
  });
});

describe("diagnostics", () => {
  it("point at second places, and carry facts and help", () => {
    const { compilation } = analyze(
      sampleWith("ctr * cvr", "ctr * ctcvr2\nchain ctcvr2 = ctr * cvr").replace("chain ctcvr =", "chain bad ="),
    );
    const pageOf = (code: string): string => `file:///pages/${code}.md`;
    const [found] = diagnosticsOf(compilation, "m.mtl", (path) => `file:///${path}`, pageOf);
    expect(found?.code).toBe("not-a-probability");
    expect(found?.codeDescription).toEqual({ href: "file:///pages/MTL4003.md" });
    expect(found?.message).toContain("help: write `ctr * cvr`");
    expect(found?.relatedInformation?.[0]).toMatchObject({ message: "P(buy)", location: { uri: "file:///m.mtl" } });
  });
});

describe("formatting", () => {
  it("replaces only the lines that differ", async () => {
    const file = parseFile("m.mtl", sampleWith("chain ctcvr = ctr * cvr", "chain   ctcvr=ctr*cvr"));
    const edits = await formattingOf(file);
    const texts = edits.map(({ newText }) => newText);
    expect(texts.join("")).toContain("chain ctcvr");
    expect(texts.join("").split("\n").length).toBeLessThan(sample.split("\n").length);
  });

  it("turns one text into the other, whatever they are", () => {
    const texts = ["", "a", "a\n", "a\nb\n", "a\nc\nb\n", "b\n", "a\nb", "a\r\nb\r\n", "\n\n", "a\na\na\n", "a\na\n"];
    for (const before of texts)
      for (const after of texts) {
        const source = createSourceFile("m.mtl", before);
        const result = editsBetween(source, after).reduceRight((text, { range, newText }) => {
          const [start, end] = [toOffset(source, range.start), toOffset(source, range.end)];
          return text.slice(0, start) + newText + text.slice(end);
        }, before);
        expect(result).toBe(after);
      }
  });
});

describe("positions", () => {
  it("count UTF-16 units and end where the line does", () => {
    const source = createSourceFile("m.mtl", "// 😀é\r\nmodel m\n");
    expect(toPosition(source, source.text.indexOf("é"))).toEqual({ line: 0, character: 5 });
    expect(toOffset(source, { line: 0, character: 99 })).toBe(source.text.indexOf("\r"));
    expect(toOffset(source, { line: 9, character: 0 })).toBe(source.text.length);
    expect(toOffset(source, { line: 1, character: 2 })).toBe(source.text.indexOf("model") + 2);
  });
});

describe("selection", () => {
  it("grows from a name to the file", () => {
    const { analysis, offset } = analyzeAt(sampleWith("logit(t_ctr)", "logit(t_<|>ctr)"));
    const texts: string[] = [];
    for (
      let at: ReturnType<typeof selectionAt> | undefined = selectionAt(analysis, offset);
      at !== undefined;
      at = at.parent
    )
      texts.push(sample.slice(toOffset(analysis.source, at.range.start), toOffset(analysis.source, at.range.end)));
    expect(texts).toEqual(
      expect.arrayContaining(["t_ctr", "logit(t_ctr)", "task ctr: P(click) = sigmoid(logit(t_ctr))", sample]),
    );
  });
});
