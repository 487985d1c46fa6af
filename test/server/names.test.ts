import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../../src/compiler/host.js";
import { compileSpec, type Compilation } from "../../src/compiler/compile.js";
import { definitionAt } from "../../src/server/features/definition.js";
import { referencesOf, thingAt } from "../../src/server/features/references.js";
import { applyEdits } from "../../src/compiler/diagnostics/index.js";
import { renameThing } from "../../src/server/features/rename.js";
import { analyze, analyzeAt, sample, sampleWith, unmark } from "./marked.js";

/** Compiles `roots` over the same files. */
function compile(files: Readonly<Record<string, string>>, ...roots: readonly string[]): readonly Compilation[] {
  return roots.map((root) => compileSpec(root, createMemoryHost(files)));
}

/** The lines (1-based) on which the thing under the cursor is named in one file. */
function linesOf(marked: string): readonly number[] {
  const { analysis, offset } = analyzeAt(marked);
  const thing = thingAt(analysis.compilation, analysis.path, offset);
  if (thing === undefined) return [];
  return referencesOf(thing.id, [analysis.compilation], true).map(
    ({ start }) => analysis.source.text.slice(0, start).split("\n").length,
  );
}

/** The text where the definition of the word under the cursor points, with its line. */
function definitionOf(marked: string, others: Readonly<Record<string, string>> = {}): string | undefined {
  const { analysis, offset } = analyzeAt(marked, others);
  const span = definitionAt(analysis, offset);
  if (span === undefined) return undefined;
  const text = analysis.compilation.sources.get(span.file)?.text ?? "";
  return `${span.file}:${text.slice(0, span.start).split("\n").length}:${text.slice(span.start, span.end)}`;
}

/** All files after the thing under the cursor of `m.mtl` is renamed, or why not. */
function renamed(
  marked: string,
  name: string,
  others: Readonly<Record<string, string>> = {},
  roots: readonly string[] = ["m.mtl"],
): Readonly<Record<string, string>> | string {
  const { text, offset } = unmark(marked);
  const files = { ...others, "m.mtl": text };
  const compilations = compile(files, ...roots);
  const [own] = compilations;
  const thing = own === undefined ? undefined : thingAt(own, "m.mtl", offset);
  if (thing === undefined) throw new Error("there is no name at the cursor");
  const result = renameThing(thing, name, compilations);
  if (result.kind === "refused") return result.why;
  return Object.fromEntries(
    Object.entries(files).map(([file, before]) => [file, applyEdits(before, file, result.edits)]),
  );
}

/** {@link renamed} of a single file: its text. */
function renamedText(marked: string, name: string): string {
  const result = renamed(marked, name);
  return typeof result === "string" ? `refused: ${result}` : (result["m.mtl"] ?? "");
}

describe("names", () => {
  it("are found in the network, in types, in blocks and in tests", () => {
    expect(linesOf(sampleWith("tower t_ctr", "tower t_<|>ctr"))).toEqual([20, 23]);
    expect(linesOf(sampleWith("click: event", "cli<|>ck: event"))).toEqual([10, 12, 23, 24]);
    expect(linesOf(sampleWith("task ctr", "task <|>ctr"))).toEqual([23, 25, 28, 41, 51, 52]);
    expect(linesOf(sampleWith("candidate a {", "candidate <|>a {"))).toEqual([51, 52, 53, 54]);
    expect(linesOf(sampleWith("fusion score", "fusion scor<|>e"))).toEqual([41, 48, 54]);
    expect(linesOf(sampleWith("rules home", "rules hom<|>e"))).toEqual([43, 48]);
  });

  it("are told apart from words of a choice and from columns", () => {
    const text =
      "model m\nfeatures {\n  mean: numeric\n  t: bag(pool: mean)\n}\nlabels {\n  y: event = mean > 0\n}\ninput x = [me<|>an, t]\n";
    expect(linesOf(text)).toEqual([3, 9]);
  });

  it("are found in what does not check", () => {
    expect(
      linesOf(
        sampleWith("gate g = softmax(x) over pool", "gate g = sotmax(x, over pool").replace("input x", "input <|>x"),
      ),
    ).toEqual([15, 17, 18]);
    expect(linesOf("def twice(z, w = 2) = mlp(<|>z, [w])\n")).toEqual([1, 1]);
  });

  it("lead to their declarations, in this file and in others", () => {
    const others = { "part.mtl": "features {\n  city: numeric\n}\ndef head(z) = mlp(z, [4])\n" };
    const text = 'model m\nimport { city, head } from "part.mtl"\ninput x = [city]\ntower t = head(x)\n';
    expect(definitionOf(text.replace("[city]", "[ci<|>ty]"), others)).toBe("part.mtl:2:city");
    expect(definitionOf(text.replace("{ city", "{ ci<|>ty"), others)).toBe("part.mtl:2:city");
    expect(definitionOf(text.replace("= head", "= he<|>ad"), others)).toBe("part.mtl:4:head");
    expect(definitionOf(text.replace('"part', '"pa<|>rt'), others)).toBe("part.mtl:1:");
    expect(definitionOf(sampleWith("over pool", "over po<|>ol"))).toBe("m.mtl:17:pool");
    expect(definitionOf("bottoms b[one, two] = mlp(x, [2])\ntower t = mlp(b.tw<|>o, [2])\n")).toBe("m.mtl:1:two");
  });

  it("of what a variant overrides or removes are the same thing", () => {
    const base =
      "model base\nfeatures {\n  age: numeric\n}\ninput x = [age]\nexperts pool[2] = mlp(x, [4])\ngate g = softmax(x) over pool\n";
    const variant = 'model v extends "m.mtl"\noverride experts pool[4] = mlp(x, [4])\nremove gate g\n';
    const files = { "m.mtl": base, "v.mtl": variant };
    const compilations = compile(files, "m.mtl", "v.mtl");
    const [own] = compilations;
    const at = (name: string): number => base.indexOf(name);
    const places = (offset: number): readonly string[] => {
      const thing = own === undefined ? undefined : thingAt(own, "m.mtl", offset);
      return referencesOf(thing?.id ?? "", compilations, true).map(({ file, start }) => `${file}:${start}`);
    };
    expect(places(at("pool["))).toEqual([
      `m.mtl:${at("pool[")}`,
      `m.mtl:${at("pool\n")}`,
      `v.mtl:${variant.indexOf("pool[")}`,
    ]);
    expect(places(at("g ="))).toEqual([`m.mtl:${at("g =")}`, `v.mtl:${variant.indexOf("g\n")}`]);
  });
});

describe("the standard library", () => {
  const text =
    "model m\nimport { mmoe } from std\nfeatures {\n  a: numeric\n}\ninput x = [a]\ntower t = mlp(t_ctr, [2])\n";

  it("is where its blocks and their names lead", () => {
    expect(definitionOf(text.replace("{ mmoe", "{ mm<|>oe"))).toBe("<std>/2026/mmoe.mtl:1:");
    expect(definitionOf(text.replace("(t_ctr", "(t_<|>ctr"))).toMatch(/^<std>\/2026\/mmoe\.mtl:\d+:t_ctr$/);
  });

  it("is not renamed from outside", () => {
    expect(renamedText(text.replace("(t_ctr", "(t_<|>ctr"), "clicks")).toBe(
      "refused: `t_ctr` belongs to the standard library",
    );
  });

  it("does not take its blocks for names of the spec", () => {
    expect(linesOf(`${text}tower mm<|>oe = mlp(x, [2])\n`)).toEqual([8]);
  });
});

describe("renaming", () => {
  it("changes every place of one thing and no other", () => {
    const result = renamedText(sampleWith("task ctr", "task <|>ctr"), "clicks");
    expect(result).toBe(sample.replace(/\bctr\b/g, "clicks"));
  });

  it("keeps a label and the task of its name apart", () => {
    const text =
      "model m\nfeatures {\n  a: numeric\n}\nlabels {\n  stay: amount(seconds)\n}\ninput x = [a]\ntower t = mlp(x, [2])\ntask stay: E(st<|>ay) = softplus(logit(t))\nloss {\n  stay: mse\n}\n";
    const result = renamedText(text, "seconds_on");
    expect(result).toContain("seconds_on: amount(seconds) = stay\n");
    expect(result).toContain("task stay: E(seconds_on)");
    expect(result).toContain("  stay: mse");
  });

  it("keeps the column that a feature reads", () => {
    const result = renamedText(sampleWith("age: numeric(scale: log1p)", "a<|>ge: numeric(scale: log1p)"), "years");
    expect(result).toContain("  years: numeric(scale: log1p) = age\n");
    expect(result).toContain("input x = [user, years, price]");
    const before = analyze(sample).compilation.model;
    const after = analyze(result).compilation.model;
    expect(after?.features.map(({ source }) => source.kind === "column" && source.name)).toEqual(
      before?.features.map(({ source }) => source.kind === "column" && source.name),
    );
  });

  it("reaches every file that knows the name, from any of them", () => {
    const part = "features {\n  city: numeric\n}\n";
    const model = 'model m\nimport { city } from "part.mtl"\ninput x = [ci<|>ty]\n';
    const other = 'model n\nimport "part.mtl"\ninput y = [city]\n';
    const result = renamed(model, "town", { "part.mtl": part, "other.mtl": other }, ["m.mtl", "other.mtl"]);
    expect(result).toEqual({
      "part.mtl": "features {\n  town: numeric = city\n}\n",
      "m.mtl": 'model m\nimport { town } from "part.mtl"\ninput x = [town]\n',
      "other.mtl": 'model n\nimport "part.mtl"\ninput y = [town]\n',
    });
  });

  it("renames rules, candidates, macros with their parameters, and members", () => {
    expect(renamedText("rules home {\n  drop b<|>ad when x == 1\n}\nremove rules home.bad\n", "worse")).toContain(
      "remove rules home.worse",
    );
    expect(renamedText(sampleWith("like a", "like <|>a"), "first")).toContain("expect page == [b, first]");
    expect(
      renamedText(
        "def head(z, w<|> = 2) = mlp(z, [w])\ninput x = [a]\ntower t = head(x, w: 3)\nfeatures {\n  a: numeric\n}\n",
        "width",
      ),
    ).toContain("def head(z, width = 2) = mlp(z, [width])\ninput x = [a]\ntower t = head(x, width: 3)");
  });

  it("is refused where it would break or change the spec", () => {
    expect(renamedText(sampleWith("tower t_ctr", "tower <|>t_ctr"), "t_cvr")).toMatch(
      /^refused: with this name the spec would have an error: `t_cvr` is declared twice/,
    );
    expect(renamedText(sampleWith("tower t_ctr", "tower <|>t_ctr"), "and")).toBe(
      "refused: `and` is a word of the language",
    );
    expect(renamedText(sampleWith("tower t_ctr", "tower <|>t_ctr"), "t-ctr")).toMatch(/^refused: a name is made of/);
    // The formula reads the feature; under the attribute's name it would read the attribute.
    const text = sampleWith("(1 + cost)", "(1 + coalesce(price, 0))").replace("price: numeric", "pri<|>ce: numeric");
    expect(renamedText(text, "cost")).toMatch(/^refused: /);
  });
});

describe("experiments and their arms", () => {
  const spec = (entries: string): string => `model m
signals { ctr: P(click) }
request { user_id: text }
params { beta: 1 in [0, 2] }
fusion score = beta * ctr
rank page = top 5 by score
experiment ${entries}
`;

  it("keep every unit in its arm when the experiment is renamed", () => {
    const lines = "{\n  by: user_id\n  control: arm(0.9)\n  more: arm(0.1, beta: 2)\n}";
    expect(renamedText(spec(`we<|>ights ${lines}`), "scales")).toBe(
      spec(`scales ${lines.replace("user_id", 'user_id\n  salt: "weights"')}`),
    );
    const line = "{ by: user_id, control: arm(0.9), more: arm(0.1, beta: 2) }";
    expect(renamedText(spec(`we<|>ights ${line}`), "scales")).toBe(
      spec(`scales ${line.replace("user_id", 'user_id, salt: "weights"')}`),
    );
  });

  it("keep a salt that is there", () => {
    const entries = '{\n  by: user_id\n  salt: "s1"\n  control: arm(0.9)\n  more: arm(0.1, beta: 2)\n}';
    expect(renamedText(spec(`we<|>ights ${entries}`), "scales")).toBe(spec(`scales ${entries}`));
  });

  it("are renamed arm by arm", () => {
    const entries = "{\n  by: user_id\n  control: arm(0.9)\n  more: arm(0.1, beta: 2)\n}";
    expect(renamedText(spec(`weights ${entries.replace("more", "mo<|>re")}`), "heavier")).toBe(
      spec(`weights ${entries.replace("more", "heavier")}`),
    );
    expect(renamedText(spec(`weights ${entries.replace("more", "mo<|>re")}`), "control")).toMatch(/^refused: /);
  });
});
