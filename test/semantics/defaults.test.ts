/** The `defaults` block: what it gives, what goes before it, and what it may not say. */
import { describe, expect, it } from "vitest";
import { compileSpec } from "../../src/compiler/compile.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import { modelOf } from "../lower/harness.js";

const spec = (defaults: string, rest = ""): string => `
  model habits
  defaults { ${defaults} }
  features { a: categorical, b: categorical(vocab: 10, embed: 4), c: numeric }
  labels { click: event }
  experts pool[2] = mlp([a, b, c], [8])
  gate g = softmax([a, b]) over pool
  tower t = mlp(g, [4], norm: layer)
  ${rest}
  task ctr: P(click) = sigmoid(logit(t))
  loss { ctr: bce }
`;

const problems = (text: string): readonly string[] =>
  compileSpec("spec.mtl", createMemoryHost({ "spec.mtl": text })).diagnostics.map(
    ({ code, message }) => `${code} ${message}`,
  );

describe("the defaults block", () => {
  const model = modelOf(
    spec("categorical: { embed: 16, hash: 100 }, mlp: { norm: batch, activation: gelu }, softmax: { bias: true }"),
  );
  const argumentsOf = (id: string) => model.nodes.find((node) => node.id === id)?.arguments;

  it("gives what nobody gives", () => {
    expect(model.features[0]).toMatchObject({ embed: 16, vocabulary: { kind: "hash", buckets: 100 } });
    expect(argumentsOf("pool")).toMatchObject({ norm: "batch", activation: "gelu", dropout: 0 });
    expect(argumentsOf("g")).toMatchObject({ bias: true, temperature: 1 });
  });

  it("leaves no trace of an option that came later where it has its own default", () => {
    const tower = (defaults: string, own: string) =>
      modelOf(spec(defaults).replace("norm: layer", `norm: layer${own}`)).nodes.find(({ id }) => id === "t")?.arguments;
    expect(tower("", ", epsilon: 0.00001")).toEqual(tower("", ""));
    expect(tower("mlp: { epsilon: 0.001 }", "")).toEqual({ ...tower("", ""), epsilon: 0.001 });
    expect(tower("mlp: { epsilon: 0.001 }", ", epsilon: 0.00001")).toEqual(tower("", ""));
  });

  it("leaves what is given, and what cannot be beside it", () => {
    expect(model.features[1]).toMatchObject({ embed: 4, vocabulary: { kind: "fitted", limit: 10 } });
    expect(argumentsOf("t")).toMatchObject({ norm: "layer", activation: "gelu" });
  });

  it.each(["ids: 9", "hash: 9", "vocab: 9", "min_count: 2", 'values: ["x"]'])(
    "does not clash with where %s says that ids come from",
    (given) => {
      for (const own of ["ids: 5", "hash: 5", 'values: ["y"]', "vocab: 5, min_count: 3"])
        expect(
          problems(spec(`categorical: { ${own} }`).replace("a: categorical,", `a: categorical(${given}),`)),
        ).toEqual([]);
    },
  );

  it("is not in the model: the spec with everything written out is the same one", () => {
    const written = spec("").replace("defaults {  }", "").replaceAll("mlp(g, [4], ", "mlp(g, [4], activation: gelu, ");
    const plain = modelOf(
      written
        .replace("a: categorical,", "a: categorical(hash: 100, embed: 16),")
        .replace("c], [8])", "c], [8], norm: batch, activation: gelu)")
        .replace("softmax([a, b])", "softmax([a, b], bias: true)"),
    );
    const withoutSpans = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === "span" ? undefined : inner)));
    expect(withoutSpans(plain)).toEqual(withoutSpans(model));
  });

  it.each([
    ["mpl: { norm: batch }", /^MTL2007 /],
    ["mlp: { nrom: batch }", /^MTL2005 /],
    ["mlp: { norm: bach }", /^MTL2006 /],
    ["mlp: batch", /^MTL3002 /],
    ["mlp: { norm: batch, norm: layer }", /^MTL2008 /],
    ["mlp: { norm: batch }, mlp: { norm: layer }", /^MTL2008 /],
    ['categorical: { column: "x" }', /^MTL2005 /],
  ])("%s is an error", (defaults, expected) => {
    const found = problems(spec(defaults));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });
});
