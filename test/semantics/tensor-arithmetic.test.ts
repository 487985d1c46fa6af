/** Arithmetic of tensors: what the checker makes of it, and what the graph computes. */
import { describe, expect, it } from "vitest";
import { compileSpec } from "../../src/compiler/compile.js";
import { networkDeclarations } from "../../src/compiler/describe/index.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import { createInterpreter, initialize } from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { modelOf, randomFeeds, sizesOf } from "../lower/harness.js";

const spec = (network: string, logit = "logit(t)"): string => `
  model arithmetic
  features { [a, b, c]: numeric(scale: none), u: categorical(embed: 4) }
  labels { click: event }
  input ab = [a, b]
  ${network}
  task ctr: P(click) = sigmoid(${logit})
  loss { ctr: bce }
`;

const problems = (text: string): readonly string[] =>
  compileSpec("spec.mtl", createMemoryHost({ "spec.mtl": text })).diagnostics.flatMap(({ code, message, severity }) =>
    severity === "error" ? [`${code} ${message}`] : [],
  );

/** The logits of three rows of a, b and c. */
function logits(network: string, logit: string): readonly number[] {
  const model = modelOf(spec(network, logit));
  const program = lowerModel(model, sizesOf(model));
  const feeds = {
    ...randomFeeds(model, 3),
    numbers: { shape: [3, 3], data: [0.5, -1, 2, 1, 2, -0.5, -3, 0.25, 1] },
  };
  const initial = new Map(program.state.map((each) => [each.name, initialize(each, 1)] as const));
  const values = createInterpreter(program, initial).run("predict", feeds)["ctr"]?.data ?? [];
  return [...values].map((p) => Math.log(p / (1 - p)));
}

describe("arithmetic of tensors", () => {
  const rows = [
    [0.5, -1, 2],
    [1, 2, -0.5],
    [-3, 0.25, 1],
  ] as const;

  it.each([
    ["a * b", (a: number, b: number) => a * b],
    ["a + b - c", (a: number, b: number, c: number) => a + b - c],
    ["-(a * b)", (a: number, b: number) => -a * b],
    ["(1 - a) * b / 4", (a: number, b: number) => ((1 - a) * b) / 4],
    ["0.5 * a * (b + 2)", (a: number, b: number) => 0.5 * a * (b + 2)],
    ["dot(ab * ab, c + ab)", (a: number, b: number, c: number) => a * a * (c + a) + b * b * (c + b)],
  ])("%s", (text, formula) => {
    const found = logits("", text);
    for (const [row, [a, b, c]] of rows.entries()) expect(found[row]).toBeCloseTo(formula(a, b, c), 9);
  });

  it("is said again by its model, with parentheses where they are needed", () => {
    const model = modelOf(spec("bottom t = 2 * sigmoid(linear(ab, 4)) * (u - 1) + linear(c, 1)"));
    const [, t] = networkDeclarations(model);
    expect(t?.value).toBe("((2 * sigmoid(linear(ab, 4, bias: true))) * (u - 1)) + linear(c, 1, bias: true)");
  });

  it("of experts is an expert for each copy, where a layer is in it", () => {
    const network = `experts pool[3] = linear(u, 2) * sigmoid(ab) + c
      gate g = softmax(ab) over pool
      tower t = mlp(g, [2])`;
    const model = modelOf(spec(network));
    expect(model.nodes.find(({ id }) => id === "pool")).toMatchObject({ layer: "+", shape: [2], replicas: 3 });
    const program = lowerModel(model, sizesOf(model));
    expect(program.functions.length).toBe(3);
  });
});

describe("what is not arithmetic of tensors", () => {
  it.each([
    ["tower t = ab + u", "MTL3007 `+` needs one width on both sides, or a width of 1 on one of them; has 2 and 4"],
    [
      "tower t = mlp(ab * u, [8])",
      "MTL3007 `*` needs one width on both sides, or a width of 1 on one of them; has 2 and 4",
    ],
    [
      "tower t = ab / u",
      "MTL3011 a network reads features, its own parts, and layers, lists, sums and products of them, not `… / …`",
    ],
    [
      "tower t = ab / 0",
      "MTL3011 a network reads features, its own parts, and layers, lists, sums and products of them, not a number that is not finite",
    ],
    [
      "tower t = 1 + 2",
      "MTL3011 a network reads features, its own parts, and layers, lists, sums and products of them, not `… + …`",
    ],
    [
      "tower t = ab ^ 2",
      "MTL3011 a network reads features, its own parts, and layers, lists, sums and products of them, not `… ^ …`",
    ],
    [
      "tower t = not ab",
      "MTL3011 a network reads features, its own parts, and layers, lists, sums and products of them, not a condition",
    ],
  ])("%s", (network, expected) => {
    expect(problems(spec(network))).toEqual([expected]);
  });

  it("includes a pool without a layer, whose experts would all be the same", () => {
    const network = "experts pool[3] = ab * 2\ngate g = softmax(ab) over pool\ntower t = mlp(g, [2])";
    expect(problems(spec(network))[0]).toMatch(/^MTL3017 /);
  });

  it("includes a product of logits", () => {
    expect(problems(spec("", "logit(u) * logit(ab)"))[0]).toMatch(/^MTL3032 /);
  });
});
