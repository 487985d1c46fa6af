import { beforeAll, describe, expect, it } from "vitest";
import { format } from "../../src/compiler/format/index.js";
import { declaredBy, lookOf } from "../../src/compiler/semantics/index.js";
import {
  declarations,
  parse,
  rowOf,
  type Declaration,
  type DeclarationKeyword,
  type DeclarationRow,
} from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";
import { completionAt } from "../../src/server/features/completion.js";
import { withoutOverride } from "../../src/server/analysis/names.js";
import { hoverAt } from "../../src/testing/cursor.js";
import { outlineOf } from "../../src/server/features/outline.js";
import { semanticLegend, semanticTokensOf } from "../../src/server/features/semantic-tokens.js";
import { lspKinds } from "../../src/server/language/lsp-kinds.js";
import { analyze } from "../server/marked.js";
import { loadScopes, type ScopesOf } from "../syntax/scopes.js";

/** One declaration for each keyword, formatted, with the names that it declares. A keyword without one does not compile. */
const examples: Readonly<Record<DeclarationKeyword, readonly [text: string, ...names: string[]]>> = {
  edition: ["edition: 2026"],
  import: ['import { a, b } from "./x.mtl"'],
  model: ["model feed"],
  data: ['data {\n  train: csv("a.csv")\n}'],
  features: ["features {\n  price: numeric\n}", "price"],
  labels: ["labels {\n  click: event\n}", "click"],
  input: ["input x = [price]", "x"],
  table: ["table t = embedding(8)", "t"],
  bottom: ["bottom b = mlp(x, [8])", "b"],
  bottoms: ["bottoms b[one, two] = mlp(x, [8])", "b"],
  experts: ["experts pool[4] = mlp(x, [8])", "pool"],
  gate: ["gate g = softmax(x) over pool", "g"],
  gates: ["gates g[one, two] = softmax(x) over pool", "g"],
  tower: ["tower t = mlp(x, [8])", "t"],
  towers: ["towers t[one, two] = mlp(x, [8])", "t"],
  task: ["task ctr: P(click) = sigmoid(logit(x))", "ctr"],
  chain: ["chain ctcvr = ctr * cvr", "ctcvr"],
  loss: ["loss {\n  ctr: bce\n}"],
  train: ["train {\n  batch: 10\n}"],
  defaults: ["defaults {\n  mlp: { norm: batch }\n}"],
  metrics: ["metrics {\n  ctr: [auc]\n}"],
  attributes: ["attributes {\n  brand: text\n}", "brand"],
  signals: ["signals {\n  hot: number\n}", "hot"],
  request: ["request {\n  user: text\n}", "user"],
  params: ["params {\n  alpha: 0.5 in [0, 1]\n}", "alpha"],
  fusion: ["fusion score = ctr * alpha", "score"],
  rules: ["rules home {\n  spread brands of brand at most 2 in 5\n}", "home"],
  rank: ["rank page = top 10 by score", "page"],
  experiment: ["experiment prices {\n  by: user\n}", "prices"],
  test: ['test "first" {\n  expect 1 > 0\n}'],
  def: ["def head(z) = mlp(z, [8])", "head"],
  override: ["override tower t = mlp(x, [8])"],
  remove: ["remove tower t"],
};

/** Declarations that a parse cannot make sense of; each is to cost itself and nothing else. */
const broken = ["tower = = 1", "rules r {", "task x: P( = 1", "features { price numeric"];

const rows: readonly DeclarationRow[] = declarations;
const source = (text: string) => createSourceFile("s.mtl", `${text}\n`);

let scopesOf: ScopesOf;
beforeAll(async () => {
  scopesOf = await loadScopes();
});

/** The token type and the modifiers that the server gives to the first token at an offset. */
function colourAt(text: string, offset: number): string | undefined {
  const { data } = semanticTokensOf(analyze(text));
  let [line, column] = [0, 0];
  const starts = text.split("\n").reduce((sums, each) => [...sums, (sums.at(-1) ?? 0) + each.length + 1], [0]);
  for (let i = 0; i < data.length; i += 5) {
    const [down = 0, right = 0, , type = 0] = data.slice(i, i + 5);
    column = down === 0 ? column + right : right;
    line += down;
    if ((starts[line] ?? 0) + column === offset) return semanticLegend.tokenTypes[type];
  }
  return undefined;
}

describe.each(rows)("a declaration is handled everywhere: $keyword", (row) => {
  const { keyword, doc, snippet, symbol } = row;
  const [text, ...names] = examples[keyword as DeclarationKeyword];

  it("parses to a node of its kind, whose row is found again", () => {
    const { spec, diagnostics } = parse(source(text));
    expect(diagnostics).toEqual([]);
    expect(spec.declarations.map((node) => [node.kind, rowOf(node)])).toEqual([[row.kind, row]]);
  });

  it("formats to itself", async () => {
    expect(await format(`${text}\n`)).toBe(`${text}\n`);
  });

  it.each(broken)("recovers after `%s`", (wrong) => {
    const { spec, diagnostics } = parse(source(`${wrong}\n\n${text}`));
    expect(diagnostics.length).toBeGreaterThan(0);
    const last = spec.declarations.at(-1);
    expect(last?.kind).toBe(row.kind);
    expect(last?.span.start).toBe(wrong.length + 2);
    for (const { span } of diagnostics) expect(span.start).toBeLessThanOrEqual(wrong.length);
  });

  it("declares the names that its row says, in their name space", () => {
    const [node] = parse(source(text)).spec.declarations;
    const symbols = declaredBy(node as Declaration);
    expect(symbols.map(({ name }) => name)).toEqual(names);
    expect(symbols.every(({ kind }) => kind === symbol?.kind)).toBe(true);
    expect(names.length > 0).toBe(symbol !== undefined);
    for (const { kind } of symbols) expect(lookOf(kind).one).toMatch(/^an? \w/);
  });

  it("is in the outline, or its row says that it is not", () => {
    const outline = outlineOf(analyze(`${text}\n`));
    const [node] = parse(source(text)).spec.declarations;
    // What overrides is shown as what it replaces.
    const icon = rowOf(withoutOverride(node as Declaration))?.icon;
    expect(outline.map(({ kind }) => kind)).toEqual(icon === undefined ? [] : [lspKinds[icon]]);
    const shown = outline.flatMap(({ name, children = [] }) => [name, ...children.map((child) => child.name)]);
    for (const name of names) expect(shown).toContain(name);
  });

  it("completes at the top of a file, with its sentence and its snippet", () => {
    const [item] = completionAt(analyze(""), 0, { snippets: true, files: () => [], exportsOf: () => [] }).filter(
      ({ label }) => label === keyword,
    );
    expect(item?.documentation).toEqual({ kind: "markdown", value: doc });
    expect(item?.textEdit?.newText).toBe(snippet);
    expect(snippet.startsWith(keyword)).toBe(true);
  });

  it("has a sentence of its own, which its keyword shows", () => {
    expect(doc).toMatch(/^[A-Z].*\.$/);
    expect(rows.filter((other) => other.doc === doc)).toEqual([row]);
    expect(hoverAt(`<|>${text}\n`)).toBe(`\`${keyword}\`: ${doc}`);
  });

  it("is coloured: its keyword and its names, by the server and before it has started", () => {
    expect(scopesOf(text).get(0)).toMatch(/^keyword\.(?:declaration|control\.import)/);
    expect(colourAt(text, 0)).toBe("keyword");
    for (const name of names) {
      const at = new RegExp(`(?<=\\s)${name}\\b`).exec(text)?.index ?? -1;
      expect(colourAt(text, at)).toBe(symbol?.colour);
      expect(scopesOf(text).get(at)).toMatch(/^(?:entity\.name|variable\.other)/);
    }
  });
});
