import { describe, expect, it } from "vitest";
import { compileSpec } from "../../src/compiler/compile.js";
import { specText } from "../../src/compiler/describe/index.js";

const compile = (text: string) => compileSpec("spec.mtl", { readFile: () => text });

const spec = (data: string, labels: string, features = "price: numeric"): string => `model m
data { ${data} }
features { ${features} }
labels { ${labels} }
tower t = mlp(features, [4])
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }
`;

/** Messages with their help. */
function messagesOf(text: string): readonly string[] {
  return compile(text).diagnostics.map(({ code, message, help }) => `${code}: ${message}; ${help ?? ""}`);
}

describe("columns of any name", () => {
  const names = ["is click", "点击", "1d_click", "user:id", "101", "true", 'a "b"', "item-id"];

  it.each(names)("are read by labels, features, group, weight and split: %s", (name) => {
    const call = `column(${JSON.stringify(name)})`;
    const { model, hash, diagnostics } = compile(
      spec(
        `train: "a.csv", group: ${call}, split: split(by: hash(${call}, b), 0.5)`,
        `click: event = ${call} == 1`,
        `k: numeric = length(column("x ${"y"}")) * column("z-z")`,
      ),
    );
    expect(diagnostics).toEqual([]);
    expect(model?.data.group).toBe(name);
    expect(model?.data.split?.by).toEqual([name, "b"]);
    expect(model === undefined ? "" : compile(specText(model)).hash).toBe(hash);
  });

  it("are refused as features where a label or the weight reads them", () => {
    const codes = (data: string): readonly string[] =>
      compile(spec(data, 'click: event = column("is click") == 1', 'k: numeric(column: "is click")')).diagnostics.map(
        ({ code }) => code,
      );
    expect(codes("")).toEqual(["MTL4010"]);
  });

  it("are the same by name and in quotes", () => {
    expect(compile(spec("", 'click: event = column("done") == 1')).hash).toBe(
      compile(spec("", "click: event = done == 1")).hash,
    );
  });
});

describe("what was meant for a column", () => {
  it.each([
    [
      'click: event = "is click" == 1',
      'MTL3025: `==` compares values of the same type, not a text with a number; if "is click" is a column, write `column("is click")`',
    ],
    [
      'click: event = "is click"',
      'MTL3051: label `click` reads no column, so it is the same for every row; if "is click" is a column, write `column("is click")`',
    ],
    [
      "click: event = 101 == 1",
      'MTL3051: label `click` reads no column, so it is the same for every row; if "101" is a column, write `column("101")`',
    ],
    ['click: event = "pay money" > 1', 'if "pay money" is a column'],
    ['click: event = "a\\u{1}\\u{200B}" > 1', 'write `column("a\\u{1}\\u{200B}")`'],
    ['click: event = "a b" * 2 > 1', 'if "a b" is a column'],
    ['click: event(column: "is click")', 'click: event = column("is click")'],
    ["click: event = 1d_click", 'a column of this name is `column("1d_click")`'],
    ["click: event = user:id == 1", 'a column of this name is `column("user:id")`'],
    ["click: event = 点击 == 1", '`column("点击")` elsewhere'],
    ["click: event = column(done) == 1", 'write `done` by itself, or `column("done")`'],
    ['click: event = colum("a b") == 1', "did you mean `column`?"],
  ])("is told: %s", (label, says) => {
    const [first, ...more] = messagesOf(spec("", label));
    expect(first).toContain(says);
    expect(more).toEqual([]);
  });
});

describe("features and their expressions", () => {
  it.each([
    ["k: numeric = lower(u)", "MTL3052"],
    ["k: bucket(quantiles: 3) = p > 3", "MTL3052"],
    ["k: numeric = 3", "MTL3051"],
    ["k: categorical = c1 + c2", "MTL6023"],
    ["k: categorical(hash: 10) = c1 - c2 * c3", "MTL6023"],
  ])("are told apart: %s", (feature, code) => {
    expect(compile(spec("", "click: event", feature)).diagnostics.map((each) => each.code)).toEqual([code]);
  });

  it.each([
    "k: categorical = cross(c1, cross(c2, c3))",
    "k: categorical = hour * 7 + weekday",
    "k: categorical = floor(a / b)",
    "k: numeric = c1 + c2",
    "k: categorical = p > 3",
    "k: numeric = length(s)",
  ])("are sound: %s", (feature) => {
    expect(messagesOf(spec("", "click: event", feature))).toEqual([]);
  });
});

describe("signs of another keyboard", () => {
  it("are one message, with a fix that makes the spec sound", () => {
    const wide = spec("", "click： event，buy: event within click", "用: categorical")
      .replace("用: categorical", "a：numeric， b：categorical（values：［“甲”，“b c”］）")
      .replace("mlp(features, [4])", "mlp（features，［4］）");
    const { diagnostics } = compile(wide);
    expect(diagnostics.map(({ code }) => code)).toEqual(["MTL1001"]);
    expect(diagnostics[0]?.help).toContain("write `:`");
    const edits = diagnostics[0]?.fixes[0]?.edits ?? [];
    const fixed = edits
      .toSorted((a, b) => b.span.start - a.span.start)
      .reduce((text, { span, newText }) => text.slice(0, span.start) + newText + text.slice(span.end), wide);
    expect(compile(fixed).diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  });
});
