import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { languageConfiguration, textMateGrammar } from "../../src/compiler/syntax/pages/textmate.js";
import { parse, rowOf, tokenize, visit, type AnyNode, type Name } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { loadScopes, type ScopesOf } from "./scopes.js";

const root = resolve(import.meta.dirname, "../..");
let scopesOf: ScopesOf;

beforeAll(async () => {
  scopesOf = await loadScopes();
});

/** The scope of the first word of `text` that is `word`. */
function scopeOf(text: string, word: string): string | undefined {
  return scopesOf(text).get(new RegExp(`(?<!\\w)${word.replace(/[^\w]/g, "\\$&")}`).exec(text)?.index ?? -1);
}

function specsUnder(folder: string, wanted: RegExp): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => wanted.test(path));
}

const specs = [...specsUnder("specs", /\.mtl$/), ...specsUnder("test/semantics/specs", /pass\.mtl$/)].sort();

describe("pages for editors", () => {
  it("are the ones in the repository: the TextMate grammar", async () => {
    await expect(textMateGrammar()).toMatchFileSnapshot("../../grammar/mtl.tmLanguage.json");
  });

  it("are the ones in the repository: the language configuration", async () => {
    await expect(languageConfiguration()).toMatchFileSnapshot("../../grammar/language-configuration.json");
  });
});

describe("the TextMate grammar on every spec of the repository", () => {
  it("has specs to look at", () => {
    expect(specs.length).toBeGreaterThan(100);
  });

  it.each(specs)("%s", (path) => {
    const text = readFileSync(join(root, path), "utf8");
    const source = createSourceFile(path, text);
    const { spec, diagnostics } = parse(source);
    expect(diagnostics).toEqual([]);
    const scopes = scopesOf(text);
    const wrong: string[] = [];
    const expectScope = (offset: number, wanted: RegExp, what: string): void => {
      const scope = scopes.get(offset) ?? "none";
      if (!wanted.test(scope)) wrong.push(`${what} at ${offset} has ${scope}, not ${wanted.source}`);
    };
    for (const [offset, scope] of scopes)
      if (scope === "source.mtl" || scope.startsWith("invalid"))
        wrong.push(`${scope} at ${offset}: ${text.slice(offset, offset + 20)}`);
    for (const { span } of spec.comments) expectScope(span.start, /^comment\.line/, "comment");
    for (const { type, text: word, span } of tokenize(source)) {
      if (type === "Number" || type === "Date") expectScope(span.start, /^constant\.numeric/, word);
      else if (type === "String") expectScope(span.start, /string/, word);
      else if (/^(?:And|Or|Not)Keyword$/.test(type)) expectScope(span.start, /^keyword\.operator\.logical/, word);
      else if (/^(?:True|False)Keyword$/.test(type)) expectScope(span.start, /^constant\.language/, word);
    }
    visit(spec as AnyNode, (node) =>
      // A name in quotes is coloured as the text that it is written as.
      checkNode(node, (offset, wanted, what) => expectScope(offset, text[offset] === '"' ? /string/ : wanted, what)),
    );
    expect(wrong).toEqual([]);
  });
});

type ExpectScope = (offset: number, wanted: RegExp, what: string) => void;

/** Keywords, types and declared names have the scopes that themes colour as such. */
function checkNode(node: AnyNode, expectScope: ExpectScope): void {
  const named = (name: Name, wanted: RegExp): void => expectScope(name.span.start, wanted, `the name ${name.text}`);
  switch (node.kind) {
    case "Import":
      return expectScope(node.span.start, /^keyword\.control\.import/, "import");
    case "Model":
      named(node.name, /^entity\.name/);
      return expectScope(node.span.start, /^keyword/, "model");
    case "Rule":
      named(node.name, /^entity\.name/);
      return expectScope(node.span.start, /^keyword\.control\.rule/, node.verb);
    case "Feature":
    case "Label":
    case "Typed":
    case "Param":
      return named(node.name, /^variable\.other\.property/);
    case "LabelType":
    case "NumberType":
    case "SimpleType":
    case "VectorType":
    case "ScoreType":
    case "ProbabilityType":
    case "ExpectationType":
      return expectScope(node.span.start, /^support\.type/, node.kind);
    case "WhenClause":
    case "ByClause":
    case "DuringClause":
    case "BoundClause":
    case "OfClause":
    case "WindowClause":
    case "TopClause":
    case "PerClause":
    case "AtClause":
      return expectScope(node.span.start, /^keyword\.other/, node.kind);
    default: {
      const row = rowOf(node);
      if (row === undefined) return;
      if (row.symbol?.of === "declaration" && "name" in node && node.name !== undefined)
        named(node.name, /^(?:entity\.name|variable\.other\.declaration)/);
      expectScope(node.span.start, /^keyword\.declaration/, node.kind);
    }
  }
}

describe("the TextMate grammar on words that are names", () => {
  it("colours a word of the language as a name where it is one", () => {
    expect(scopeOf("features {\n  score: numeric\n}", "score")).toBe("variable.other.property.mtl");
    expect(scopeOf("input x = [top, score]", "score")).toBe("variable.other.mtl");
    expect(scopeOf("input x = [top, score]", "top")).toBe("variable.other.mtl");
    expect(scopeOf("tower tower = mlp(x, [2])", "tower")).toBe("keyword.declaration.mtl");
  });

  it("tells calls, parameters and keys apart", () => {
    const text = "tower t = mlp(x, [2], activation: relu)";
    expect(scopeOf(text, "mlp")).toBe("entity.name.function.call.mtl");
    expect(scopeOf(text, "activation")).toBe("variable.parameter.mtl");
    expect(scopeOf("train {\n  batch: 10\n}", "batch")).toBe("variable.other.property.mtl");
  });

  it("marks what is not a word of the language", () => {
    for (const foreign of ["&&", "||", "=>", ";", "#", "!"])
      expect(
        scopeOf(`x ${foreign} y`, "x") === undefined ||
          [...scopesOf(`x ${foreign} y`)].some(([, scope]) => scope === "invalid.illegal.mtl"),
      ).toBe(true);
  });

  it("ends a text with its line, as the lexer does", () => {
    expect(scopeOf('test "open\nmodel m', "model")).toBe("keyword.declaration.mtl");
  });
});
