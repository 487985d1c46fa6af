import { describe, expect, it } from "vitest";
import { compileText, messagesOf, smallSpec } from "./compile.js";

const base = smallSpec();

/** Compiles a spec beside `base.mtl`, and expects it to be clean. */
function sound(text: string, others: Readonly<Record<string, string>> = {}) {
  const result = compileText(text, { "base.mtl": base, ...others });
  expect(messagesOf(result)).toBe("");
  if (result.model === undefined) throw new Error("no model");
  return { ...result, model: result.model };
}

describe("macros", () => {
  it("are their bodies with arguments put in, defaults included", () => {
    const macro = smallSpec({
      network: "def head(z, width = 8) = mlp(z, [width], dropout: 0.1)\ninput x = [age]\ntower t = head(head(x, 16))",
    });
    const written = smallSpec({
      network: "input x = [age]\ntower t = mlp(mlp(x, [16], dropout: 0.1), [8], dropout: 0.1)",
    });
    expect(sound(macro).hash).toBe(sound(written).hash);
  });

  it("may call one another, and read names of the spec", () => {
    const text = smallSpec({
      network:
        "def outer(z) = mlp([inner(z), x], [8])\ndef inner(z) = mlp(z, [4])\ninput x = [age]\ntower t = outer(x)",
    });
    expect(sound(text).model.nodes.map(({ id }) => id)).toEqual(["age", "x", "t/1", "t/2", "t"]);
  });

  it("work in labels, heads and formulas", () => {
    const text = smallSpec({
      labels: "def often(n) = n > 3\nlabels {\n  click: event = often(clicks)\n  buy: event within click\n}",
      heads:
        "def p(t) = sigmoid(logit(t))\ntask ctr: P(click) = p(t)\ntask cvr: P(buy | click) = p(t)\nchain ctcvr = ctr * cvr\n" +
        "def twice(v) = 2 * v\nfusion score = twice(ctcvr)",
    });
    expect(sound(text).model.heads).toHaveLength(3);
  });

  it("know what a macro was called with wrongly", () => {
    const text = smallSpec({ network: "def head(z) = mlp(z, [8])\ninput x = [age]\ntower t = head(x, 3)" });
    expect(compileText(text).diagnostics.map(({ code }) => code)).toEqual(["MTL3005"]);
  });

  it("remember which names were calls", () => {
    const { tables } = sound(smallSpec({ network: "def head(z) = mlp(z, [8])\ninput x = [age]\ntower t = head(x)" }));
    expect(
      [...(tables?.references ?? [])].some(([name, symbol]) => name.text === "head" && symbol.kind === "macro"),
    ).toBe(true);
  });
});

describe("imports", () => {
  it("of a whole file bring all it declares, but for its model and tests", () => {
    const { model } = sound('model m2\n\nimport "./base.mtl"\n');
    expect(model.name).toBe("m2");
    expect(model.heads.map(({ name }) => name)).toEqual(["ctr", "cvr", "ctcvr"]);
  });

  it("of names bring these and what they read", () => {
    const part = "features {\n  age: numeric\n  zip: categorical\n}\ninput x = [age]\ninput y = [zip]\n";
    const { model } = sound(
      'model m2\n\nimport { x } from "./part.mtl"\n\nlabels { click: event }\ntower t = mlp(x, [8])\ntask ctr: P(click) = sigmoid(logit(t))\nloss { ctr: bce }\n',
      { "part.mtl": part },
    );
    expect(model.features.map(({ name }) => name)).toEqual(["age"]);
  });

  it("join the entries of blocks", () => {
    const { model } = sound('model m2\n\nimport "./base.mtl"\n\nloss { l2: 1e-6 * l2(weights) }\n');
    expect(model.loss.terms.map(({ head }) => head)).toEqual(["ctr", "ctcvr"]);
    expect(model.loss.penalties.map(({ name }) => name)).toEqual(["l2"]);
  });

  it("may be reached by two ways, and are followed through folders", () => {
    const { model } = sound('model m2\nimport "./lib/a.mtl"\n\nloss { ctr: bce, ctcvr: bce }\n', {
      "lib/a.mtl": 'import "../parts/heads.mtl"\n',
      "parts/heads.mtl": base.replace(/model m\n/, "").replace(/loss \{[^}]*\}/, ""),
    });
    expect(model.heads).toHaveLength(3);
  });

  it("do not declare a name a second time", () => {
    const result = compileText('model m2\nimport "./base.mtl"\ntower t = mlp(x, [4])\n', { "base.mtl": base });
    expect(result.diagnostics.map(({ code }) => code)).toEqual(["MTL2002"]);
  });

  it("of a broken file show its mistake in it", () => {
    const result = compileText('model m2\nimport "./broken.mtl"\n', { "broken.mtl": "tower t = mlp(x, [8]\n" });
    expect(result.diagnostics.map(({ span }) => span.file)).toEqual(["broken.mtl"]);
  });

  it("of a file that imports this one are a circle, said once", () => {
    const result = compileText('model m2\nimport "./a.mtl"\n', { "a.mtl": 'import "./m.mtl"\n' });
    expect(result.diagnostics.map(({ code }) => code)).toEqual(["MTL2021"]);
  });
});

describe("variants", () => {
  it("are what they extend, with each change stated", () => {
    const { model } = sound(`
model wide extends "./base.mtl"

override tower t = mlp(x, [16])
override loss { ctr: 0.5 * bce }
train { epochs: 3 }
remove chain ctcvr
remove loss ctcvr
loss { cvr: bce }
`);
    expect(model.nodes.find(({ id }) => id === "t")?.shape).toEqual([16]);
    expect(model.loss.terms.map(({ head, weight }) => [head, weight])).toEqual([
      ["ctr", 0.5],
      ["cvr", 1],
    ]);
    expect(model.train.epochs).toBe(3);
    expect(model.heads.map(({ name }) => name)).toEqual(["ctr", "cvr"]);
  });

  it("are told to say `override` where they declare a name of the base again", () => {
    const text = 'model m extends "./base.mtl"\ntower t = mlp(x, [16])\n';
    const { diagnostics } = compileText(text, { "base.mtl": base });
    expect(diagnostics.map(({ code }) => code)).toEqual(["MTL2002"]);
    expect(diagnostics[0]?.help).toContain("write `override` before it");
    const [edit] = diagnostics[0]?.fixes[0]?.edits ?? [];
    const mended = `${text.slice(0, edit?.span.start)}${edit?.newText ?? ""}${text.slice(edit?.span.end)}`;
    expect(sound(mended).model.nodes.find(({ id }) => id === "t")?.shape).toEqual([16]);
  });

  it("equal what is written in one file", () => {
    const variant = sound('model m extends "./base.mtl"\noverride tower t = mlp(x, [16])\n');
    expect(variant.hash).toBe(sound(base.replace("[8]", "[16]")).hash);
  });

  it("may be extended again", () => {
    const { model } = sound('model m3 extends "./m2.mtl"\noverride train { epochs: 4 }\n', {
      "m2.mtl": 'model m2 extends "./base.mtl"\ntrain { epochs: 2 }\n',
    });
    expect(model.train.epochs).toBe(4);
  });

  it("take single rules out and replace them", () => {
    const shop = `model shop
signals { ctr: P(click) }
attributes { price: number >= 0 }
fusion score = ctr * price
rules page {
  drop free when price == 0
  boost cheap when price < 10 by 2
}
rank list = top 10 by score with page
`;
    sound(
      'model sale extends "./shop.mtl"\nremove rules page.free\noverride rules page { boost cheap when price < 20 by 3 }\n',
      {
        "shop.mtl": shop,
      },
    );
    const result = compileText('model sale extends "./shop.mtl"\nremove rules page.fee\n', { "shop.mtl": shop });
    expect(result.diagnostics.map(({ message }) => message)).toEqual([
      "there is no rule `fee` in `page` to remove; did you mean `free`?",
    ]);
  });
});
