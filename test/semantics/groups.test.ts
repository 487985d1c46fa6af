import { describe, expect, it } from "vitest";
import { compileSpec } from "../../src/compiler/compile.js";

const compile = (files: Readonly<Record<string, string>>) =>
  compileSpec("spec.mtl", { readFile: (path) => files[path] });

const head = "labels { click: event }\ntask ctr: P(click) = sigmoid(logit(t))\nloss { ctr: bce }\n";

/** Hash of a spec that has no problem. */
function hashOf(files: Readonly<Record<string, string>>): string | undefined {
  const { diagnostics, hash } = compile(files);
  expect(
    diagnostics.filter(({ code }) => code !== "MTL6001").map(({ code, message }) => `${code}: ${message}`),
  ).toEqual([]);
  return hash;
}

const spelt = `model m
features {
  n_1: numeric(scale: log1p)
  n_2: numeric(scale: log1p)
  n_3: numeric(scale: log1p)
  brand: categorical(embed: 4)
  shop: categorical(embed: 4)
  place: numeric(serving: 0)
}
tower t = mlp([n_1, n_2, n_3, brand, shop], [4])
${head}`.replace("sigmoid(logit(t))", "sigmoid(logit(t) + train_only(logit(place)))");

const grouped = (input: string): string =>
  `model m
features {
  n_1 .. n_3: numeric(scale: log1p)
  [brand, shop]: categorical(embed: 4)
  place: numeric(serving: 0)
}
tower t = mlp(${input}, [4])
${head}`.replace("sigmoid(logit(t))", "sigmoid(logit(t) + train_only(logit(place)))");

describe("groups of features", () => {
  it.each(["[n_1 .. n_3, brand, shop]", "[features but place]", "features but [place]", "[n_1 .. n_3, [brand, shop]]"])(
    "are the features spelt out, with the input %s",
    (input) => {
      expect(hashOf({ "spec.mtl": grouped(input) })).toBe(hashOf({ "spec.mtl": spelt }));
    },
  );

  it("keep zeros in front, and the number of a name in its column", () => {
    const { model } = compile({
      "spec.mtl": `model m\nfeatures { f_08 .. f_10: numeric(column: "x *"), a1_z .. a2_z: numeric }\ntower t = mlp(features, [4])\n${head}`,
    });
    expect(model?.features.map(({ name, source }) => [name, source.kind === "column" && source.name])).toEqual([
      ["f_08", "x 08"],
      ["f_09", "x 09"],
      ["f_10", "x 10"],
      ["a1_z", "a1_z"],
      ["a2_z", "a2_z"],
    ]);
  });

  it("have the number of a name in the columns of their expression", () => {
    const spec = (features: string): string =>
      `model m\nfeatures { ${features} }\ntower t = mlp(features, [4])\n${head}`;
    const one = (n: string): string => `x_${n}: numeric = log(column("x ${n}") + column("unit*") * 3)`;
    const group = compile({ "spec.mtl": spec('x_09 .. x_10: numeric = log(column("x *") + column("unit*") * 3)') });
    const spelled = `${one("09")}, ${one("10")}`.replace("unit*", "unit09").replace("unit*", "unit10");
    expect(group.diagnostics).toEqual([]);
    expect(group.hash).toBe(hashOf({ "spec.mtl": spec(spelled) }));
    const shared = compile({ "spec.mtl": spec('x_09 .. x_10: numeric = log(column("x *"))').replace("x *", "x") });
    expect(shared.diagnostics.map(({ code }) => code)).toEqual(["MTL3050"]);
  });

  it("give each layer over many tensors its inputs one by one, a macro one list", () => {
    const spec = (input: string): string =>
      `model m\nfeatures { c_1 .. c_3: categorical(hash: 9, embed: 4) }\ndef deep(z) = mlp(z, [4])\ntower t = ${input}\n${head}`;
    expect(hashOf({ "spec.mtl": spec("[fm(c_1 .. c_3), deep(features)]") })).toBe(
      hashOf({ "spec.mtl": spec("[fm(c_1, c_2, c_3), deep([c_1, c_2, c_3])]") }),
    );
  });

  it("lose one member to `remove`, give another one to `override`, and come one by one with an import", () => {
    const base = `features { n_1 .. n_4: numeric }\ntower t = mlp([n_1 .. n_4], [4])\n`;
    const variant = `model v extends "./base.mtl"\nremove features n_4\noverride features { [n_1, n_2]: numeric(scale: none) }\n${head}`;
    const { model, diagnostics } = compile({ "spec.mtl": variant, "base.mtl": base });
    expect(diagnostics).toEqual([]);
    expect(model?.features.map((each) => [each.name, each.kind === "numeric" && each.scale])).toEqual([
      ["n_1", "none"],
      ["n_2", "none"],
      ["n_3", "standard"],
    ]);
    const picked = compile({
      "spec.mtl": `model v\nimport { n_2 } from "./base.mtl"\ntower t = mlp(n_2, [4])\n${head}`,
      "base.mtl": base,
    });
    expect(picked.model?.features.map(({ name }) => name)).toEqual(["n_2"]);
    const whole = compile({ "spec.mtl": `model v\nimport { t } from "./base.mtl"\n${head}`, "base.mtl": base });
    expect(whole.model?.features.map(({ name }) => name)).toEqual(["n_1", "n_2", "n_3", "n_4"]);
  });

  it("mean a feature called `features` where there is one, and a parameter of a macro likewise", () => {
    const spec = `model m\nfeatures { features: numeric, b: numeric(serving: 0) }\ndef net(features) = mlp(features, [4])\ntower t = net([features, b])\n${head}`;
    expect(hashOf({ "spec.mtl": spec })).toBe(
      hashOf({ "spec.mtl": spec.replace("(features) = mlp(features", "(z) = mlp(z") }),
    );
  });

  it("are wrong once: one message for the type, one for a range that nothing reads", () => {
    const { diagnostics } = compile({
      "spec.mtl": `model m\nfeatures { n_1 .. n_9: numeric(scal: none), [a, b]: numeric }\ntower t = mlp([a, b], [4])\n${head}`,
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(["MTL2005"]);
    const unused = compile({
      "spec.mtl": `model m\nfeatures { n_1 .. n_9: numeric, [a, b]: numeric }\ntower t = mlp([a, b], [4])\n${head}`,
    });
    expect(unused.diagnostics.map(({ code, notes }) => [code, notes])).toEqual([
      ["MTL6001", ["the same holds for other names of this range"]],
    ]);
  });

  it("have names in them", () => {
    const { diagnostics } = compile({
      "spec.mtl": `model m\nfeatures { []: numeric, a: numeric }\ntower t = mlp(features, [4])\n${head}`,
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(["MTL2030"]);
  });

  it("stand for columns where columns are listed", () => {
    const { model, diagnostics } = compile({
      "spec.mtl": `model m\ndata { train: csv("a.csv", header: false, columns: [click, n_1 .. n_3]), split: split(by: hash(n_1 .. n_2), 0.5) }\nfeatures { n_1 .. n_3: numeric }\ntower t = mlp(features, [4])\n${head}`,
    });
    expect(diagnostics).toEqual([]);
    expect(model?.data.train?.options.columns).toEqual(["click", "n_1", "n_2", "n_3"]);
    expect(model?.data.split?.by).toEqual(["n_1", "n_2"]);
  });
});

describe("each", () => {
  const network = (tensors: string): string =>
    `model m
features { n_1 .. n_3: numeric, c_1 .. c_2: categorical }
def both(f) = [linear(f, 2), mlp(f, [3])]
def wide(fs) = sum(each linear(fs, 1))
input x = ${tensors}
tower t = mlp([x, both(n_1), wide([n_1, c_1])], [4])
${head}`;

  it.each([
    ["[each linear(n_1 .. n_3, 4, bias: false)]", ["linear(n_#, 4, bias: false)", "n_1", "n_2", "n_3"]],
    ["each linear([n_2, c_1], 4)", ["linear(#, 4)", "n_2", "c_1"]],
    ["[each relu(linear(n_1 .. n_3, 4))]", ["relu(linear(n_#, 4))", "n_1", "n_2", "n_3"]],
    ["[each both(c_1 .. c_2)]", ["both(#)", "c_1", "c_2"]],
    ["[each embedding(features but [n_1 .. n_3], 4)]", ["embedding(#, 4)", "c_1", "c_2"]],
  ])("of %s is a call for each name", (tensors, [call = "", ...names]) => {
    const spelt = `[${names.map((name) => call.replace(/(n_)?#/, name)).join(", ")}]`;
    expect(hashOf({ "spec.mtl": network(tensors) })).toBe(hashOf({ "spec.mtl": network(spelt) }));
  });

  it("gives a layer over many tensors its inputs one by one, also of a macro's parameter", () => {
    const of = (text: string): string => network(`[n_1, ${text}]`);
    expect(hashOf({ "spec.mtl": of("sum(each linear([n_1, c_1], 1))") })).toBe(
      hashOf({ "spec.mtl": of("sum(linear(n_1, 1), linear(c_1, 1))") }),
    );
    expect(hashOf({ "spec.mtl": of("wide([n_1, c_1])") })).toBe(
      hashOf({ "spec.mtl": of("sum(linear(n_1, 1), linear(c_1, 1))") }),
    );
  });

  it("is a name like any other where no call follows, and waits for what a macro is called with", () => {
    hashOf({
      "spec.mtl": `model m\nfeatures { each: numeric, b: numeric }\ndef unused(fs) = [each linear(fs, 2)] // mtlc-ignore MTL6008: a part for later\ntower t = mlp([each, b], [4])\n${head}`,
    });
  });

  it.each([
    ["[each linear(n_1, 4)]", "`each` is before a call whose first argument is several names, not `n_1`"],
    ["[each n_1]", "`each` is before a call whose first argument is several names, not `n_1`"],
    ["[each relu(linear(x, 4))]", "`each` is before a call whose first argument is several names, not `x`"],
  ])("is refused in %s", (tensors, message) => {
    const { diagnostics } = compile({
      "spec.mtl": network(tensors).replace("input x", "input y").replace("[x,", "[y,"),
    });
    expect(diagnostics.map((each) => each.message)).toContain(message);
  });
});
