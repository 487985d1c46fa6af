import { describe, expect, it } from "vitest";
import { compileSpec, type Compilation } from "../../src/compiler/compile.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import { fillSearches } from "../../src/compiler/semantics/index.js";

/** A spec with one tower and one task; `parts` are put in their places. */
function specOf(parts: { tower?: string; head?: string; loss?: string; more?: string } = {}): string {
  return `model shop
features {
  user_id: categorical(hash: 1000, embed: 8)
  price: numeric
}
labels { click: event }
input x = [user_id, price]
tower t = ${parts.tower ?? "mlp(x, [16])"}
task ctr: P(click) = sigmoid(logit(${parts.head ?? "t"}))
loss { ctr: ${parts.loss ?? "bce"} }
${parts.more ?? ""}
`;
}

function compile(text: string): Compilation {
  return compileSpec("spec.mtl", createMemoryHost({ "spec.mtl": text }));
}

/** The hash of a spec with values in the place of its searches. */
function hashAt(text: string, point: Readonly<Record<string, number>>): string | undefined {
  const { searches = [] } = compile(text);
  const filled = fillSearches(new Map([["spec.mtl", text]]), searches, new Map(Object.entries(point)));
  const compilation = compile(filled.get("spec.mtl") ?? "");
  expect(compilation.searches).toEqual([]);
  return compilation.hash;
}

function problemsOf({ diagnostics }: Compilation): readonly string[] {
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

describe("what a search chooses from", () => {
  it("is named by the declaration and the options on its way", () => {
    const compilation = compile(
      `def size() = search [16, 32]\n${specOf({
        tower: "mlp(mlp(x, [size()]), [search [8, 16], search [4, 8]], dropout: search 0.0..0.5)",
        head: "mlp(t, search [[8], [4]])",
        loss: "search 0.1..1.0 * bce(smoothing: search 0.0..0.1) + search 0.1..1.0 * focal",
        more: `defaults { mlp: { activation: search [relu, gelu] } }
          train { optimizer: adam(search 1e-4..1e-2 log), batch: search [128, 256] }`,
      })}`,
    );
    expect(problemsOf(compilation)).toEqual([]);
    expect(compilation.searches?.map(({ name }) => name)).toEqual([
      "size",
      "t.widths[1]",
      "t.widths[2]",
      "t.dropout",
      "ctr.logit.mlp.widths",
      "loss.ctr.weight",
      "loss.ctr.smoothing",
      "loss.ctr.weight_2",
      "defaults.mlp.activation",
      "train.optimizer.lr",
      "train.batch",
    ]);
  });

  it("are whole numbers where the option takes no others", () => {
    const { searches } = compile(
      specOf({
        tower: "mlp(x, [search 8..64], dropout: search 0.0..0.5)",
        loss: "search 1..3 * bce",
        more: "train { batch: search 64..1024 log, optimizer: adam(lr: search 1e-4..1e-2 log) }",
      }),
    );
    expect(
      searches?.map(({ name, space, default: value }) => [name, space.kind === "range" && space.whole, value]),
    ).toEqual([
      ["t.widths", true, 36],
      ["t.dropout", false, 0.25],
      ["loss.ctr.weight", false, 2],
      ["train.batch", true, 256],
      ["train.optimizer.lr", false, 0.001],
    ]);
  });

  it("of a macro is one value for all of its calls", () => {
    const text = `def size() = search [16, 32]\n${specOf({ tower: "mlp(mlp(x, [size()]), [size()])" })}`;
    expect(compile(text).searches).toHaveLength(1);
    expect(hashAt(text, { size: 1 })).toBe(compile(specOf({ tower: "mlp(mlp(x, [32]), [32])" })).hash);
  });

  it("of a group of features is one value for all of them", () => {
    const features = (embed: string): string =>
      specOf().replace(
        "user_id: categorical(hash: 1000, embed: 8)",
        `[user_id, item]: categorical(hash: 10, embed: ${embed})`,
      );
    const text = features("search [4, 8]");
    expect(compile(text).searches?.map(({ name }) => name)).toEqual(["user_id,item.embed"]);
    expect(hashAt(text, { "user_id,item.embed": 1 })).toBe(compile(features("8")).hash);
  });

  it("may be in an import, by what of it comes into the spec", () => {
    const common =
      "features { user_id: categorical(hash: 10, embed: search [4, 8]), other: categorical(hash: 10, embed: search [4, 8]) }";
    const text = specOf().replace(
      /features \{[^}]*\}/,
      'import { user_id } from "./common.mtl"\nfeatures { price: numeric }',
    );
    const host = createMemoryHost({ "spec.mtl": text, "common.mtl": common });
    const { searches } = compileSpec("spec.mtl", host);
    expect(searches?.map(({ name, span }) => [name, span.file])).toEqual([["user_id.embed", "common.mtl"]]);
  });

  it("may be negative", () => {
    const { searches, diagnostics } = compile(specOf({ head: "t + search -1..1 * t" }).replace("[16]", "[1]"));
    expect(diagnostics).toEqual([]);
    expect(searches?.map(({ space }) => space)).toEqual([
      { kind: "range", low: -1, high: 1, log: false, whole: false },
    ]);
  });
});

describe("a spec with searches", () => {
  const searched = specOf({
    tower: "mlp(x, search [[16], [32, 8]], activation: search [relu, gelu] = gelu)",
    more: "train { optimizer: search [adam, sgd(lr: 0.1)], batch: search 64..256 }",
  });

  it("is the model of its defaults", () => {
    const plain = specOf({ tower: "mlp(x, [16], activation: gelu)", more: "train { optimizer: adam, batch: 160 }" });
    expect(problemsOf(compile(searched))).toEqual([]);
    expect(compile(searched).hash).toBe(compile(plain).hash);
  });

  it("is the model of a point, in whatever values", () => {
    const point = { "t.widths": 1, "t.activation": 0, "train.optimizer": 1, "train.batch": 100 };
    const plain = specOf({
      tower: "mlp(x, [32, 8], activation: relu)",
      more: "train { optimizer: sgd(lr: 0.1), batch: 100 }",
    });
    expect(hashAt(searched, point)).toBe(compile(plain).hash);
  });

  it("keeps an operation of a choice together", () => {
    const text = specOf({ more: "train { batch: 2 * search [60 + 4, 128] }" });
    expect(compile(text).model?.train.batch).toBe(128);
    expect(hashAt(text, { "train.batch": 0 })).toBe(compile(text).hash);
    expect(hashAt(text, { "train.batch": 1 })).toBe(compile(text.replace("2 * search [60 + 4, 128]", "256")).hash);
  });

  it("has a name in a choice besides the default among its references", () => {
    const text = specOf({ tower: "mlp(search [x, spare], [16])", more: "input spare = [price]" });
    const { tables, diagnostics } = compile(text);
    expect(diagnostics).toEqual([]);
    const uses = [...(tables?.references.keys() ?? [])].filter((name) => name.text === "spare");
    expect(uses).toHaveLength(1);
  });

  it("leaves `search` a name where it is one", () => {
    const text = specOf({ head: "search - t" }).replace("input x", "input search = mlp(x, [16])\ninput x");
    expect(problemsOf(compile(text.replace("mlp(x, [16])\ninput", "mlp(user_id, [16])\ninput")))).toEqual([]);
  });
});

describe("a choice that is not valid", () => {
  const at = (compilation: Compilation, text: string): readonly string[] =>
    compilation.diagnostics.map(({ code, span, labels }) =>
      [code, text.slice(span.start, span.end), ...labels.map(({ message }) => message)].join(" | "),
    );

  it.each([
    ["a choice", "mlp(x, [16], dropout: search [0.1, 1.5])", ["MTL3003 | 1.5"]],
    ["a word", "mlp(x, [16], activation: search [relu, rleu])", ["MTL3003 | rleu"]],
    ["the low end", "mlp(x, [search 0..16])", ["MTL3003 | 0"]],
    ["the high end", "mlp(x, [16], dropout: search 0.0..1.0)", ["MTL3003 | 1.0"]],
    ["the default", "mlp(x, [search [16.5, 16]])", ["MTL3003 | 16.5"]],
    ["several", "mlp(x, [search [16, -1]], dropout: search [0.1, 2])", ["MTL3003 | -1", "MTL3003 | 2"]],
  ])("is told where it is written: %s", (_, tower, expected) => {
    const text = specOf({ tower });
    const found = at(compile(text), text).map((each) => each.replace(/^MTL\d+/, "MTL3003"));
    expect(found).toEqual(expected);
  });

  it("is named beside what it breaks elsewhere", () => {
    const text = specOf({ tower: "mlp(x, [search [16, 32]])", head: "t + mlp(x, [16])" });
    expect(at(compile(text), text)).toEqual([expect.stringContaining("| with 32 here")]);
  });

  it("says one thing of the same mistake", () => {
    const text = specOf({ tower: "mlp(y, [search [16, 32, 64]])" });
    expect(compile(text).diagnostics.map(({ code }) => code)).toEqual(["MTL2001"]);
  });

  it("keeps a warning only where every choice deserves it", () => {
    const text = (first: string): string =>
      `${specOf()}\nexperts pool[${first}] = mlp(x, [8])\ngate g = softmax(x) over pool\ntask other: P(click) = sigmoid(logit(g))\n`;
    const codes = (first: string): readonly string[] => compile(text(first)).diagnostics.map(({ code }) => code);
    expect(codes("1")).toContain("MTL6005");
    expect(codes("search [1, 4]")).not.toContain("MTL6005");
  });
});
