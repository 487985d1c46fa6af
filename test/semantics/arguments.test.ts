import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formulaFunctions } from "../../src/compiler/functions/index.js";
import { runTest } from "../../src/compiler/serving/index.js";
import { compileText, errorsOf, messagesOf, root, smallSpec } from "./compile.js";

const shop = (formula: string): string => `model shop
signals { p: P(click) }
attributes {
  since: time?
  name: text?
  vip: bool
}
fusion f = ${formula}
rank page = top 5 by f
`;

/** What a formula is for one candidate, by the test block of its spec. */
function valueOf(formula: string): number {
  const { model, ...rest } = compileText(`${shop(formula)}
test "t" {
  at 2026-01-08
  candidate a { p: 0.25, since: 2026-01-01, name: "Ann", vip: true }
  expect f(a) == -99
}`);
  const [test] = model?.tests ?? [];
  if (model?.serving === undefined || test === undefined) throw new Error(messagesOf(rest));
  const { values } = runTest(model.serving, test).expectations[0] ?? { values: [] };
  const value = values.find(({ node }) => node.kind === "of")?.value;
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Error(`${formula} has no value`);
  return value;
}

describe("arguments of formulas by name", () => {
  it.each([
    ["clamp(high: 1, low: 0, x: p)", "clamp(p, 0, 1)"],
    ["clamp(high: 0.2, p, 0)", "clamp(p, 0, 0.2)"],
    ["clamp(p, high: 0.2, low: 0.1)", "clamp(p, 0.1, 0.2)"],
    ["safe_pow(y: 2, x: p)", "safe_pow(p, 2)"],
    ["min(b: 1, a: p) + max(b: p, a: 3)", "min(p, 1) + max(3, p)"],
    ["if(b: 1, condition: p > 0.1, a: 2)", "if(p > 0.1, 2, 1)"],
    ["coalesce(b: 4, a: p)", "coalesce(p, 4)"],
    ["piecewise(values: [0, 2], knots: [0, 1], x: p)", "piecewise(p, [0, 1], [0, 2])"],
    ["piecewise([0, 1], [0, 2], x: p)", "piecewise(p, [0, 1], [0, 2])"],
    ["if(missing(x: since) or age(t: since) > 1d, 2, 3)", "if(missing(since) or age(since) > 1d, 2, 3)"],
    [
      "exp(x: p) + log1p(x: p) + sqrt(x: p) + abs(x: p) + sigmoid(x: p)",
      "exp(p) + log1p(p) + sqrt(p) + abs(p) + sigmoid(p)",
    ],
  ])("%s is %s", (named, placed) => {
    expect(valueOf(named)).toBe(valueOf(placed));
  });

  it("decide the range as well", () => {
    expect(errorsOf(shop("log(clamp(high: 1, low: 0.1, x: p))"))).toEqual([]);
    expect(errorsOf(shop("log(clamp(high: 1, low: 0, x: p))"))).toEqual(["MTL5002"]);
    expect(errorsOf(shop('if(lower(s: name) == "ann", 1, 2)'))).toEqual([]);
  });

  it("has the names that the reference gives", () => {
    const page = readFileSync(join(root, "docs/language.md"), "utf8");
    const calls = Object.entries(formulaFunctions).map(
      ([name, { parameters }]) => `\`${name}(${parameters.map((each) => each.name).join(", ")})\``,
    );
    calls.push("`piecewise(x, knots, values)`");
    expect(calls.filter((call) => !page.includes(call))).toEqual([]);
  });

  it.each([
    ["exp(z: p)", "MTL2005"],
    ["clamp(p, lo: 0, high: 1)", "MTL2005"],
    ["piecewise(p, nots: [0, 1], values: [0, 2])", "MTL2005"],
    ["min(a: p, a: 2)", "MTL3004"],
    ["min(a: p)", "MTL3006"],
    ["clamp(p, 0, 1, x: p)", "MTL3006"],
    ["rank(values: p)", "MTL2005"],
  ])("%s is refused with one message: %s", (formula, code) => {
    expect(errorsOf(shop(formula))).toEqual([code]);
  });
});

describe("arguments by name in every other call", () => {
  const labels = (source: string): string => `labels { click: event = ${source} }`;
  const heads = "task ctr: P(click) = sigmoid(logit(t))";
  const rest = "loss { ctr: bce }";
  const hashOf = (parts: Parameters<typeof smallSpec>[0]): string => {
    const result = compileText(smallSpec({ labels: "labels { click: event }", heads, rest, ...parts }));
    expect(messagesOf(result)).toBe("");
    return result.hash ?? "none";
  };
  const codes = (parts: Parameters<typeof smallSpec>[0]): readonly string[] =>
    errorsOf(smallSpec({ labels: "labels { click: event }", heads, rest, ...parts }));

  it("holds for functions of columns", () => {
    expect(hashOf({ labels: labels("min(b: 3, a: clicks) > 2") })).toBe(
      hashOf({ labels: labels("min(clicks, 3) > 2") }),
    );
    expect(hashOf({ labels: labels("missing(x: clicks)") })).toBe(hashOf({ labels: labels("missing(clicks)") }));
    expect(codes({ labels: labels("log(y: clicks) > 2") })).toEqual(["MTL2005"]);
    expect(codes({ labels: labels("min(a: clicks) > 2") })).toEqual(["MTL3006"]);
  });

  it("holds for the tensors of layers and gates", () => {
    const network = (t: string): string =>
      `input x = [age]\ninput y = [age, age]\nexperts e[2] = mlp(x, [4])\ninput a = [x]\ngate g = ${t.startsWith("softmax") ? t : "softmax(x)"} over e\ntower t = ${t.startsWith("softmax") ? "mlp(g, [8])" : t}`;
    for (const [named, placed] of [
      ["mlp(widths: [8], x: x)", "mlp(x, [8])"],
      ["mlp([8], x: x)", "mlp(x, [8])"],
      ["dot(b: mlp(x, [2]), a: y)", "dot(y, mlp(x, [2]))"],
      ["dot(mlp(x, [2]), a: y)", "dot(y, mlp(x, [2]))"],
      ["softmax(temperature: 2, x: y)", "softmax(y, temperature: 2)"],
    ] as const) {
      expect(codes({ network: network(named) })).toEqual([]);
      expect(
        compileText(smallSpec({ labels: "labels { click: event }", heads, rest, network: network(named) })).hash,
      ).toBe(compileText(smallSpec({ labels: "labels { click: event }", heads, rest, network: network(placed) })).hash);
    }
    expect(codes({ network: network("mlp(tensor: x, widths: [8])") })).toEqual(["MTL2005"]);
    expect(codes({ network: network("dot(x, c: y)") })).toEqual(["MTL2005"]);
  });

  it("holds for logits and activations", () => {
    const plain = hashOf({});
    expect(hashOf({ heads: "task ctr: P(click) = sigmoid(logit: logit(x: t))" })).toBe(plain);
    expect(codes({ heads: "task ctr: P(click) = sigmoid(x: logit(t))" })).toEqual(["MTL2005"]);
    expect(codes({ heads: "task ctr: P(click) = sigmoid(logit(tensor: t))" })).toEqual(["MTL2005"]);
  });

  it("holds for files, splits and stops", () => {
    const data = (text: string): string => `data { ${text} }\ntrain { stop: early(metric: auc(ctr)) }\n${rest}`;
    const plain = hashOf({ rest: data('train: csv("a.csv"), split: split(0.9, by: hash(u))') });
    expect(hashOf({ rest: data('train: csv(path: "a.csv"), split: split(by: hash(column: u), fraction: 0.9)') })).toBe(
      plain,
    );
    expect(codes({ rest: data('train: csv("a.csv"), split: split(0.9, by: hash(user: u))') })).toEqual(["MTL2005"]);
    expect(hashOf({ rest: `train { stop: early(metric: auc(head: ctr)) }\n${rest}` })).toBe(
      hashOf({ rest: `train { stop: early(auc(ctr)) }\n${rest}` }),
    );
    expect(codes({ rest: `train { stop: early(metric: auc(of: ctr)) }\n${rest}` })).toEqual(["MTL3002"]);
  });

  it("holds for arms and for scores of candidates", () => {
    const arms = (heavy: string, score: string): string => `model m
signals { p: P(click) }
request { user_id: text }
params { beta: 1 in [0, 3] }
fusion f = p * beta
rank page = top 5 by f
experiment e { by: user_id, control: arm(0.5), heavy: ${heavy} }
test "t" {
  candidate a { p: 0.5 }
  expect ${score} == 0.5
}`;
    const plain = compileText(arms("arm(0.5, beta: 2)", "f(a)"));
    expect(messagesOf(plain)).toBe("");
    expect(compileText(arms("arm(share: 0.5, beta: 2)", "f(candidate: a)")).hash).toBe(plain.hash);
    expect(compileText(arms("arm(beta: 2, 0.5)", "f(a)")).hash).toBe(plain.hash);
    expect(errorsOf(arms("arm(beta: 2)", "f(a)"))).toEqual(["MTL3001"]);
    expect(errorsOf(arms("arm(0.5, beta: 2)", "f(item: a)"))).toEqual(["MTL2005"]);
  });
});
