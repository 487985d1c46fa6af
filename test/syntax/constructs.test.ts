import { describe, expect, it } from "vitest";
import { syntaxDiagnostics } from "../../src/compiler/diagnostics/catalogue/spec/syntax.js";
import { parse, type Declaration } from "../../src/compiler/syntax/index.js";
import { createSourceFile } from "../../src/compiler/text/index.js";

/** Each construct with texts that are right, and texts that are wrong with what is said about them. */
interface Construct {
  readonly right: readonly string[];
  readonly wrong: readonly (readonly [text: string, code: string, says: string])[];
}

const constructs: Readonly<Record<string, Construct>> = {
  import: {
    right: [
      'import "./a.mtl"',
      'import { a } from "./a.mtl"',
      "import { a, b, } from std",
      'import {\n a\n b\n} from "x"',
    ],
    wrong: [
      ["import census", "MTL1006", "expected `{` with names, or the path of a file in quotes after `import`"],
      ['import { a } "./a.mtl"', "MTL1006", "expected `from` after `}`"],
      ["import { a b } from std", "MTL1009", "a comma or a line break is missing between two names"],
      ["import { a } from 3", "MTL1006", "expected the path of a file in quotes, or `std`"],
    ],
  },
  model: {
    right: ["model feed", 'model feed extends "./base.mtl"', "model model"],
    wrong: [
      ["model", "MTL1006", "expected a name after `model`"],
      ["model feed extends base", "MTL1006", "expected a text in quotes after `extends`, found `base`"],
      ["model true", "MTL1013", "`true` is a keyword"],
    ],
  },
  "blocks of entries": {
    right: [
      "data {}",
      'data { train: csv("a.csv"), test: csv("b.csv"), }',
      "loss {\n a: bce\n b: 2 * bce\n}",
      "train { seed: 7 }",
      "metrics { ctr: [auc, gauc] }",
      "loss { loss: loss, in: in, data: data }",
    ],
    wrong: [
      ["loss { a: bce b: bce }", "MTL1009", "a comma or a line break is missing between two entries"],
      ["loss { a bce }", "MTL1006", "expected `:` after `a`, found `bce`"],
      ["loss { a = bce }", "MTL1006", "expected `:` after `a`, found `=`"],
      ["loss { a: }", "MTL1006", "expected an expression after `:`"],
      ["loss { a: bce", "MTL1007", "`{` is not closed: `}` is missing"],
      ["loss { a: f(b, [c }", "MTL1007", "`(` is not closed: `)` is missing"],
      ["loss a: bce }", "MTL1008", "`}` has no opening bracket"],
      ["loss { , }", "MTL1006", "found `,`"],
    ],
  },
  features: {
    right: [
      "features { age: numeric }",
      'features { age: numeric(scale: log1p) = income / 12\n tag: bag(separator: "|") }',
      "features { in: numeric, features: numeric }",
      "features { n_1 .. n_63: numeric\n [brand, c_1 .. c_9]: categorical(embed: 4) }",
      "input x = [n_1 .. n_63 but [n_2, n_4], brand, but]",
      "input x = features but position",
      "tower t = fm(c_1 .. c_9, but, n: but)",
    ],
    wrong: [
      ["features { age: 3 }", "MTL1006", "expected a name after `:`, found `3`"],
      ["features { age: numeric(scale log1p) }", "MTL1009", "a comma is missing between two arguments"],
      ["features { age: numeric = }", "MTL1006", "expected an expression after `=`"],
      ["features { n_1 ..: numeric }", "MTL1006", "expected a name after `..`"],
      ["features { [brand, shop] categorical }", "MTL1006", "expected `:` after `]`"],
      ["features { n_1 .. n_3 numeric }", "MTL1006", "expected `:` after `n_3`"],
      ["features {\n  age numeric\n  [brand, shop]: bag\n  n_1 .. n_3: numeric\n}", "MTL1006", "after `age`"],
    ],
  },
  labels: {
    right: [
      "labels { click: event, buy: event within click }",
      'labels { rich: event = income == "50000+." }',
      "labels { stay: amount(seconds) within click, pay: amount = a + b, within: event }",
    ],
    wrong: [
      ["labels { click: evnt }", "MTL1014", "`evnt` is not a kind of label; did you mean `event`?"],
      [
        "labels { click: event with buy }",
        "MTL1006",
        "expected `within`, `=` or the next label after `event`, found `with`",
      ],
      ["labels { stay: amount() }", "MTL1006", "expected a name after `(`"],
      ["labels { buy: event within }", "MTL1006", "expected a name after `within`"],
    ],
  },
  "attributes and signals": {
    right: [
      "attributes { a: text?, b: bool, c: time, d: duration, e: number, f: number? }",
      "signals { a: P(click), b: P(not buy | click & cart), c: E(stay | click), d: score, e: P((a & b)) }",
      "signals { stay: number(seconds) >= 0, share: number in [0, 1], low: number(yuan)? < 1e3, in: text }",
    ],
    wrong: [
      ["attributes { a: string }", "MTL1014", "`string` is not a type"],
      ["attributes { a: numbr }", "MTL1014", "did you mean `number`?"],
      ["signals { a: P() }", "MTL1006", "expected the name of a label after `(`"],
      ["signals { a: P(buy | ) }", "MTL1006", "expected the name of a label after `|`"],
      ["signals { a: number in [0] }", "MTL1006", "expected `,` after `0`"],
      ["signals { a: P(buy and click) }", "MTL1006", "expected `&`, `|` or `)` after `buy`, found `and`"],
    ],
  },
  params: {
    right: ["params { a: 0.05 in [0, 1], b: -1 >= -2, c: 2 }"],
    wrong: [["params { a: 0.05 in 0 .. 1 }", "MTL1006", "expected `[` after `in`, found `0`"]],
  },
  network: {
    right: ["input x = [a, b]", "table t = embedding(a, 8)", "bottom b = mlp(x, [32])", "tower tower = mlp(b.a, [8],)"],
    wrong: [
      ["input x: [a]", "MTL1006", "expected `=` after `x`, found `:`"],
      ["tower = mlp(x)", "MTL1006", "expected a name after `tower`, found `=`"],
      ["tower t = mlp(x))", "MTL1008", "`)` has no opening bracket"],
      ["bottom b = mlp(x [3])", "MTL1009", "a comma is missing between two arguments"],
      ["bottom b =", "MTL1006", "expected an expression after `=`"],
    ],
  },
  bottoms: {
    right: ["bottoms b[income, marital] = stitch(x, [32])"],
    wrong: [["bottoms b = stitch(x)", "MTL1006", "expected `[` after `b`, found `=`"]],
  },
  experts: {
    right: ["experts pool[8] = mlp(x, [16])", "experts pool[2 * n] = mlp(x, [16])"],
    wrong: [
      ["experts pool = mlp(x)", "MTL1006", "expected `[` after `pool`"],
      ["experts pool[] = mlp(x)", "MTL1006", "expected an expression after `[`, found `]`"],
    ],
  },
  gate: {
    right: ["gate g = softmax(x) over pool", "gate g = softmax(x) over [a, b]", "gate over = over over over"],
    wrong: [["gate g = softmax(x)", "MTL1006", "expected `over` after `)`"]],
  },
  task: {
    right: [
      "task ctr: P(click) = sigmoid(x)",
      "task stay: E(stay | click) = softplus(x) auxiliary",
      "task pref: score = logit(t)",
    ],
    wrong: [
      ["task ctr = sigmoid(x)", "MTL1015", "task `ctr` does not state what it predicts"],
      ["task ctr: P(click) sigmoid(x)", "MTL1006", "expected `=` after `)`, found `sigmoid`"],
    ],
  },
  chain: {
    right: ["chain ctcvr = ctr * cvr", "chain ctcvr: P(buy) = ctr * cvr"],
    wrong: [["chain ctcvr ctr", "MTL1006", "expected `=` after `ctcvr`, found `ctr`"]],
  },
  "fusion and rank": {
    right: [
      "fusion score = a ^ b",
      "rank page = top 50 by score with home",
      "rank page = top n by score",
      "rank top = top top by by with a, b",
    ],
    wrong: [
      ["rank page = 50 by score", "MTL1006", "expected `top` after `=`, found `50`"],
      ["rank page = top 50", "MTL1006", "expected `by` after `50`"],
      ["rank page = top 50 by score with", "MTL1006", "expected a name after `with`"],
    ],
  },
  rules: {
    right: [
      "rules r { drop x, cap y at most 3 of z per day }",
      "rules r {\n boost b when a in [1, 2] by 1.5 during 2026-01-01 .. 2026-02-01\n pin p at 3\n explore e when in at least 2 in top 20\n}",
      "rules r { spread s at most 1 of brand in 5 soft: 2 when: 3\n mmr m top 5 }",
    ],
    wrong: [
      ["rules r { bost x }", "MTL1014", "`bost` is not a rule; did you mean `boost`?"],
      ["rules r { drop }", "MTL1006", "expected a name after `drop`"],
      ["rules r { drop x wen y }", "MTL1014", "`wen` is not a clause of a rule; did you mean `when`?"],
      ["rules r { drop x wen y == 0 }", "MTL1014", "`wen` is not a clause of a rule; did you mean `when`?"],
      ["rules r { cap x at mst 3 }", "MTL1014", "`mst` is not a bound; did you mean `most`?"],
      ["rules r { drop x when }", "MTL1006", "expected an expression after `when`"],
      ["rules r { drop x during 2026-01-01 }", "MTL1006", "expected `..` after `2026-01-01`"],
      ["rules r { drop x cap y }", "MTL1009", "a comma or a line break is missing between two rules"],
      ["rules { drop x }", "MTL1006", "expected a name after `rules`"],
    ],
  },
  test: {
    right: [
      'test "t" {\n at 2026-01-01\n candidate a { x: 1 }\n candidate b like a {}\n expect a == b\n}',
      'test "" { expect a, expect b }',
    ],
    wrong: [
      ["test { expect a }", "MTL1006", "expected a text in quotes after `test`"],
      ['test "t" { expct a }', "MTL1014", "`expct` is not a step of a test; did you mean `expect`?"],
      ['test "t" { expect a = b }', "MTL1006", "expected an operator or the next step after `a`, found `=`"],
      ['test "t" { candidate a }', "MTL1006", "expected `{` after `a`"],
    ],
  },
  def: {
    right: ["def head(z, width = 32) = mlp(z, [width])", "def one() = 1"],
    wrong: [
      ["def head = mlp(z)", "MTL1006", "expected `(` after `head`"],
      ["def head(z w) = mlp(z)", "MTL1009", "a comma is missing between two parameters"],
      ["def head(z, 3) = z", "MTL1006", "expected a parameter or `)` after `,`, found `3`"],
    ],
  },
  "override and remove": {
    right: [
      "override experts pool[16] = mlp(x)",
      "override loss { a: bce }",
      "override\ntower t = x",
      "remove rules home.double11",
      "remove loss a",
    ],
    wrong: [
      [
        'override import "./a.mtl"',
        "MTL1006",
        "expected a declaration that can be overridden after `override`, found `import`",
      ],
      ["remove pool", "MTL1006", "expected a name after `pool`"],
    ],
  },
  expressions: {
    right: [
      "input x = a and b or not c",
      "input x = -a^-2 * 3 - -1",
      'input x = f(a, b: [c, "d"], { e: 1 })',
      "input x = (a)",
      "input x = a in [1, 2]",
      "input x = true == false",
      "input x = 7d + 500ms",
    ],
    wrong: [
      ["input x = a +", "MTL1006", "expected an expression after `+`"],
      ["input x = a * * b", "MTL1006", "expected an expression after `*`, found `*`"],
      ["input x = a < b < c", "MTL1012", "comparisons cannot be chained"],
      ["input x = .5", "MTL1006", "expected an expression after `=`, found `.`"],
      ["input x = f(a, , b)", "MTL1006", "expected an argument or `)` after `,`, found `,`"],
      ["input x = [a b]", "MTL1009", "a comma is missing between two elements of a list"],
      ["input x = a b", "MTL1006", "expected the next declaration after `a`, found `b`"],
      ["input x = a = b", "MTL1006", "expected the next declaration after `a`, found `=`"],
    ],
  },
  words: {
    right: [
      'input x = "a\\n\\t\\r\\"\\\\\\u{1F600}"',
      "input x = 1_000.5e-3",
      "input x = 1w",
      "// only this",
      "",
      "\uFEFFmodel a",
    ],
    wrong: [
      ["input x = 1__0", "MTL1004", "`1__0` is not a number"],
      ["input x = 1_", "MTL1004", "`1_` is not a number"],
      ["input x = 5dd", "MTL1004", "`5dd` is not a number"],
      ["input x = 1e999", "MTL1004", "larger than any"],
      ["input x = 2026-13-01", "MTL1005", "months are 01 to 12"],
      ["input x = 2026-02-29", "MTL1005", "that month has the days 01 to 28"],
      ["input x = 2026-02-01T24:00", "MTL1005", "hours are 00 to 23"],
      ["input x = 2026-02-01T23:60", "MTL1005", "minutes and seconds are 00 to 59"],
      ["input x = 2026-02-01T23:00+20:00", "MTL1005", "offsets from UTC go up to 14:00"],
      ['input x = "abc', "MTL1002", "no closing"],
      ['input x = "\\q"', "MTL1003", "`\\q` is not an escape"],
      ['input x = "\\u{D800}"', "MTL1003", "is not an escape"],
      ["input x = a && b", "MTL1001", "`&&` is not part of the language"],
      ["input x = 'abc'", "MTL1001", "`'abc'` is not part of the language"],
      ["input größe = 3", "MTL1001", "`öß` is not part of the language"],
      ["input x = a\u00A0+ b", "MTL1001", "`U+00A0` is not part of the language"],
      ["input x = \u0007", "MTL1001", "`U+0007` is not part of the language"],
    ],
  },
  declarations: {
    right: ["model a data { } loss { }"],
    wrong: [
      ["tsk ctr: P(click) = x", "MTL1010", "`tsk` does not begin a declaration; did you mean `task`?"],
      ["ctr: P(click) = x", "MTL1010", "`ctr` does not begin a declaration"],
      ["3", "MTL1010", "`3` does not begin a declaration"],
      ["}", "MTL1008", "`}` has no opening bracket"],
    ],
  },
};

describe.each(Object.entries(constructs))("%s", (_, { right, wrong }) => {
  it.each(right)("takes %j", (text) => {
    expect(messages(text)).toEqual([]);
  });

  it.each(wrong)("refuses %j with %s", (text, code, says) => {
    const found = messages(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${code}: `);
    expect(found[0]).toContain(says);
  });
});

it("every code of the group is triggered by a text above, or elsewhere", () => {
  // Nesting too deep, bytes that are not UTF-8, imports and former names, each with tests of its own.
  const elsewhere = ["MTL1011", "MTL1016", "MTL1017", "MTL1018"];
  const triggered = Object.values(constructs).flatMap(({ wrong }) => wrong.map(([, code]) => code));
  expect([...new Set([...triggered, ...elsewhere])].toSorted()).toEqual(Object.keys(syntaxDiagnostics).toSorted());
});

describe("meaning", () => {
  it.each([
    ["-a^2", "-(a^2)"],
    ["2^3^4", "2^(3^4)"],
    ["a - b - c", "(a - b) - c"],
    ["a / b * c", "(a / b) * c"],
    ["a + b * c^d", "a + (b * (c^d))"],
    ["a^-b * c", "(a^(-b)) * c"],
    ["a * -b^2", "a * (-(b^2))"],
    ["not a == b", "not (a == b)"],
    ["not a and b", "(not a) and b"],
    ["a or b and c or d", "(a or (b and c)) or d"],
    ["a and b or c and d", "(a and b) or (c and d)"],
    ["a + b < c * d", "(a + b) < (c * d)"],
    ["a == -b.c", "a == (-(b.c))"],
    ["--a", "-(-a)"],
  ])("%s is %s", (text, grouped) => {
    expect(shape(`input x = ${text}`)).toBe(shape(`input x = ${grouped}`));
  });

  it("tells `in` of a rule's window from the operator", () => {
    const [block] = declarations("rules r { explore e when a in [b] at least 2 in top 20\n spread s of c in 5 }");
    expect(
      block?.kind === "Rules" && block.rules.map((rule) => rule.kind === "Rule" && rule.clauses.map((c) => c.kind)),
    ).toEqual([
      ["WhenClause", "BoundClause", "TopClause"],
      ["OfClause", "WindowClause"],
    ]);
  });

  it("reads numbers, durations and texts", () => {
    const [first] = declarations('input x = [1_000.5, 2e-3, 36h, 500ms, "a\\u{41}\\n"]');
    expect(first?.kind === "Network" && first.value.kind === "List" && first.value.items).toMatchObject([
      { value: 1000.5 },
      { value: 0.002 },
      { seconds: 129_600 },
      { seconds: 0.5 },
      { value: "aA\n" },
    ]);
  });

  it("gives doc comments to what is right below them", () => {
    const text =
      "/// one\n/// two\nmodel a\n\n/// far\n\nloss {\n  /// entry\n  b: c /// not this\n  // nor this\n  d: e\n}";
    const [model, loss] = declarations(text);
    expect(model).toMatchObject({ doc: "one\ntwo" });
    expect(loss).not.toHaveProperty("doc");
    expect(loss?.kind === "Loss" && loss.entries.map((entry) => entry.doc)).toEqual(["entry", undefined]);
  });

  it("keeps every comment", () => {
    const { spec } = parse(createSourceFile("a.mtl", "// a\nmodel x //b  \n/// c\n//// ruler\n"));
    expect(spec.comments.map(({ doc, text }) => [doc, text])).toEqual([
      [false, "a"],
      [false, "b"],
      [true, "c"],
      [false, "// ruler"],
    ]);
  });
});

function messages(text: string): readonly string[] {
  return parse(createSourceFile("a.mtl", text)).diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

function declarations(text: string): readonly Declaration[] {
  const { spec, diagnostics } = parse(createSourceFile("a.mtl", text));
  expect(diagnostics).toEqual([]);
  return spec.declarations;
}

/** The tree without places and without parentheses. */
function shape(text: string): string {
  return JSON.stringify(declarations(text), (key, value: unknown) => {
    if (key === "span" || key === "operatorSpan") return undefined;
    if (typeof value === "object" && value !== null && "inner" in value) return value.inner;
    return value;
  });
}
