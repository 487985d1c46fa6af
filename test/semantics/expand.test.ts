import { describe, expect, it } from "vitest";
import { compileText, errorsOf, messagesOf, smallSpec } from "./compile.js";

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
  it("of a whole file provide all it declares, but for its model and tests", () => {
    const { model } = sound('model m2\n\nimport "./base.mtl"\n');
    expect(model.name).toBe("m2");
    expect(model.heads.map(({ name }) => name)).toEqual(["ctr", "cvr", "ctcvr"]);
  });

  it("of names provide these and what they read", () => {
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

  const common =
    "features { user_id: categorical(hash: 1000) }\nlabels { click: event, stay: amount within click }\ninput x = [user_id]\ndef head(z) = mlp(z, [4])\nrules home { drop far when far > 1 }\nattributes { far: number >= 0 }\nparams { a: 1 in [0, 2] }\ndata { group: user_id }\ntrain { epochs: 2 }";
  const heads =
    "task ctr: P(click) = sigmoid(logit(head(x)))\nloss { ctr: bce }\nfusion f = a * ctr\nrank r = top 3 by f with home\n";

  it.each([
    [
      "two files that import a third",
      'import "./b.mtl"\nimport "./c.mtl"',
      { "b.mtl": 'import "./common.mtl"', "c.mtl": 'import "./common.mtl"' },
    ],
    ["names of it and all of it", 'import { x, head, click } from "./common.mtl"\nimport "./common.mtl"', {}],
    [
      "names by two files",
      'import "./b.mtl"\nimport "./c.mtl"',
      {
        "b.mtl": 'import { x, head, home, a } from "./common.mtl"\nimport { click } from "./common.mtl"',
        "c.mtl": 'import "./common.mtl"',
      },
    ],
    [
      "a way through folders",
      'import "./lib/b.mtl"\nimport "./common.mtl"',
      { "lib/b.mtl": 'import "../lib/../common.mtl"' },
    ],
    [
      "three ways",
      'import "./b.mtl"\nimport "./c.mtl"\nimport "./common.mtl"',
      { "b.mtl": 'import "./c.mtl"', "c.mtl": 'import "./common.mtl"' },
    ],
  ])("reach one declaration by several ways: %s", (_, imports, files) => {
    const spec = (first: string): string => `model m\n${first}\n${heads}`;
    const errors = (text: string): readonly string[] => errorsOf(text, { "common.mtl": common, ...files });
    expect(errors(spec(imports))).toEqual([]);
    const { model, hash } = compileText(spec(imports), { "common.mtl": common, ...files });
    expect(hash).toBe(compileText(spec('import "./common.mtl"'), { "common.mtl": common }).hash);
    expect(model?.serving?.ruleSets[0]?.rules).toHaveLength(1);
  });

  it("and a base reach one declaration", () => {
    const files = { "common.mtl": common, "base.mtl": `model b\nimport "./common.mtl"\n${heads}` };
    expect(errorsOf('model m extends "./base.mtl"\nimport "./common.mtl"', files)).toEqual([]);
    expect(errorsOf('model m\nimport "./base.mtl"\nimport "./common.mtl"', files)).toEqual([]);
  });

  it("of the standard library reach one block, by two files and by one", () => {
    const text = (first: string): string => `model m\n${first}
features { user_id: categorical(hash: 1000) }
labels { click: event, buy: event within click }
input x = [user_id]
loss { ctcvr: bce }`;
    const both = "import { mmoe, esmm } from std";
    expect(errorsOf(text('import "./b.mtl"\nimport "./c.mtl"'), { "b.mtl": both, "c.mtl": both })).toEqual(
      errorsOf(text(both)),
    );
    const twice = compileText(text(`${both}\nimport { mmoe } from std`));
    expect(twice.diagnostics.filter(({ code }) => code === "MTL6035")).toHaveLength(1);
    expect(errorsOf(text(`${both}\nimport { mmoe } from std`))).toEqual(errorsOf(text(both)));
  });

  it("keep apart what one of the ways has changed", () => {
    const files = {
      "common.mtl": common,
      "b.mtl": 'import "./common.mtl"\noverride input x = [user_id, user_id]',
      "c.mtl": 'import "./common.mtl"',
    };
    expect(errorsOf(`model m\nimport "./b.mtl"\nimport "./c.mtl"\n${heads}`, files)).toEqual(["MTL2002"]);
    const rules = { ...files, "b.mtl": 'import "./common.mtl"\nremove rules home.far\nrules other { }' };
    expect(errorsOf(`model m\nimport "./b.mtl"\nimport "./c.mtl"\n${heads}`, rules)).toEqual(["MTL2002"]);
  });

  it("provide a label and a task of one name, each with what it reads", () => {
    const part = `features { u: categorical(hash: 10), v: categorical(hash: 10) }
labels { click: event, stay: amount(seconds) within click, other: event }
task click: P(click) = sigmoid(logit(u))
task stay: E(stay | click) = softplus(logit(u))
task other: P(other) = sigmoid(logit(v))
chain seconds = click * stay`;
    const { model } = sound('model m\nimport { stay } from "./a.mtl"\nloss { stay: mse }', { "a.mtl": part });
    expect(model.heads.map(({ name }) => name)).toEqual(["stay"]);
    expect(model.labels.map(({ name }) => name)).toEqual(["click", "stay"]);
    expect(model.features.map(({ name }) => name)).toEqual(["u"]);
    const chain = sound('model m\nimport { seconds } from "./a.mtl"\nloss { click: bce, seconds: mse }', {
      "a.mtl": part,
    });
    expect(chain.model.heads.map(({ name }) => name)).toEqual(["click", "stay", "seconds"]);
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
    const fixed = `${text.slice(0, edit?.span.start)}${edit?.newText ?? ""}${text.slice(edit?.span.end)}`;
    expect(sound(fixed).model.nodes.find(({ id }) => id === "t")?.shape).toEqual([16]);
  });

  it.each([
    ["override tower t = mlp(x, [16])\noverride tower t = mlp(x, [4])"],
    ["override loss { ctr: 2 * bce }\noverride loss { ctr: 3 * bce }"],
    ["override loss { ctr: 2 * bce, ctr: 3 * bce }"],
    ["override loss { ctr: 2 * bce }\nremove loss ctr"],
    ["remove loss ctr\nremove loss ctr"],
    ["remove loss ctr\noverride loss { ctr: 2 * bce }"],
  ])("change a thing once: %s", (changes) => {
    expect(errorsOf(`model m extends "./base.mtl"\n${changes}`, { "base.mtl": base })).toEqual(["MTL2014"]);
  });

  it("may take an entry out and say another one", () => {
    const { model } = sound('model m extends "./base.mtl"\nremove loss ctr\nloss { ctr: 3 * bce }');
    expect(model.loss.terms.find(({ head }) => head === "ctr")?.weight).toBe(3);
  });

  it("override what comes from elsewhere, not what the file itself declares", () => {
    const text = smallSpec().replace("tower t = mlp(x, [8])", "tower t = mlp(x, [8])\noverride tower t = mlp(x, [4])");
    expect(errorsOf(text)).toEqual(["MTL2023"]);
  });

  it.each([
    ["task cvr", "chain ctcvr = ctr * cvr", "`override` or `remove` what reads `cvr` as well"],
    ["chain ctcvr", "ctcvr: bce", "write `remove loss ctcvr` as well"],
    ["task stay", "stay: mse", "write `remove loss stay` as well"],
    ["tower t", "logit(t)", "`override` or `remove` what reads `t` as well"],
  ])("that remove %s are told what else goes with it", (what, _, help) => {
    const amount = base
      .replace("buy: event within click", "buy: event within click\n  stay: amount within click")
      .replace("task cvr", "task stay: E(stay | click) = exp(logit(t))\ntask cvr")
      .replace("ctcvr: bce", "ctcvr: bce\n  stay: mse");
    const { diagnostics } = compileText(`model m extends "./base.mtl"\nremove ${what}`, { "base.mtl": amount });
    expect(diagnostics.map(({ code, help: found }) => [code, found])).toEqual([["MTL2001", help]]);
    expect(diagnostics[0]?.labels.map(({ message, span }) => [message, span.file])).toEqual([
      ["removed here", "m.mtl"],
    ]);
  });

  it("that take a feature from serving get one message, however many tasks read it", () => {
    const { diagnostics } = compileText(
      'model m extends "./base.mtl"\noverride features { age: numeric(serving: none) }',
      {
        "base.mtl": base,
      },
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["MTL4012"]);
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
