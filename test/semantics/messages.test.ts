import { describe, expect, it } from "vitest";
import type { Fix } from "../../src/compiler/diagnostics/index.js";
import { compileText } from "./compile.js";

const network = (rest: string): string => `model m
features { u: categorical(hash: 10), v: categorical(hash: 10) }
labels { click: event, buy: event within click, stay: amount(seconds) within click }
experts e[2] = mlp([u, v], [4])
${rest}`;
const heads = `task ctr: P(click) = sigmoid(logit([u, v]))
task cvr: P(buy | click) = sigmoid(logit(u))
task stay: E(stay | click) = exp(logit(u))
`;
const losses = "loss { ctr: bce, cvr: bce, stay: mse }\n";
const serving = (rest: string): string => `model m
signals { p: P(click) }
attributes { brand: text, at: time, price: number >= 0, d: duration, vip: bool }
fusion f = p
${rest}`;

/** The errors of a text: code, and what is after `help:`. */
function helpsOf(text: string): readonly (readonly [string, string | undefined])[] {
  return compileText(text)
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ code, help }) => [code, help]);
}

/** A text with every edit of the fixes. */
function applyFixes(text: string, fixes: readonly Fix[]): string {
  return fixes
    .flatMap(({ edits }) => edits)
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce((result, { span, newText }) => result.slice(0, span.start) + newText + result.slice(span.end), text);
}

describe("`=` where a condition is", () => {
  it.each([
    ['rules h { drop z when brand = "a" }'],
    ['rules h { drop z when vip and brand = "a" }'],
    ['rules h { boost z when not (brand = "a") by 2 }'],
    ['rules h { boost z when price > 1 and brand = "a" by 2 }'],
    ['rules h { explore z when brand = "a" at least 2 in top 9 }'],
    ['fusion g = if(brand = "a", 1, 2)'],
    ['fusion g = if(vip and brand = "a", 1, 2)'],
    ["fusion g = if(price + 1 = 3, 1, 2)"],
    ['test "t" { candidate a { p: 0.1 }\n expect f(a) = 0.1 }'],
    ["fusion g = 1 + if((price = 3), 1, 2)"],
  ])("is told what it should be, and fixed: %s", (text) => {
    const spec = serving(text);
    const { diagnostics } = compileText(spec);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map(({ code, help }) => [code, help])).toEqual([["MTL1006", "write `==` to compare"]]);
    expect(errors[0]?.span.start).toBe(spec.lastIndexOf(" = ") + 1);
    expect(
      helpsOf(
        applyFixes(
          spec,
          errors.flatMap(({ fixes }) => fixes),
        ),
      ),
    ).toEqual([]);
  });

  it.each(["labels { click: event = clicked = 1 }", "features { w: numeric = (a = 3) }"])(
    "is told in expressions over columns: %s",
    (text) => {
      expect(helpsOf(`model m\n${text}`)[0]).toEqual(["MTL1006", "write `==` to compare"]);
    },
  );

  it("is another thing where an argument has a name", () => {
    const text = network(`tower t = mlp(u, [8], dropout = 0.1)\n${heads}${losses}`);
    expect(helpsOf(text)).toEqual([["MTL1006", "a named argument is written `name: value`"]]);
  });
});

describe("several tensors where one is", () => {
  it.each([
    ["tower t = mlp(u, v, [8])", "mlp([u, v], [8])"],
    ["tower t = mlp(u, [u, v], [8], dropout: 0.1)", "mlp([u, [u, v]], [8], dropout: 0.1)"],
    ["tower t = mlp(u, mlp(v, [4]), [8])", "mlp([u, mlp(v, [4])], [8])"],
    ["tower t = linear(u, v, 8)", "linear([u, v], 8)"],
    ["tower t = cross(u, v)", "cross([u, v])"],
    ["task other: P(click) = sigmoid(logit(u, v))", "logit([u, v])"],
    ["gate g = softmax(u, v) over e", "softmax([u, v])"],
  ])("get one message that joins them: %s", (text, fix) => {
    const spec = network(`${text}\n${heads}${losses}`);
    const { diagnostics } = compileText(spec);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map(({ code, help }) => [code, help])).toEqual([["MTL3056", `join them by a list: \`${fix}\``]]);
    expect(
      helpsOf(
        applyFixes(
          spec,
          errors.flatMap(({ fixes }) => fixes),
        ),
      ),
    ).toEqual([]);
  });

  it("are right where a layer takes several", () => {
    expect(helpsOf(network(`tower t = mlp([dot(u, v), fm(u, v), concat(u, v)], [8])\n${heads}${losses}`))).toEqual([]);
  });
});

describe("arithmetic of times", () => {
  it.each([
    ["exp(-(age(at) + 1d) / 7d)", "divide durations by a unit first, and compute with numbers: `(age(at) / 1d + 1)`"],
    ["exp(-(d - 36h) / 7d)", "divide durations by a unit first, and compute with numbers: `(d / 1h - 36)`"],
    ["exp(-(age(at) * 2) / 7d)", "divide durations by a unit first, and compute with numbers: `(age(at) / 1d * 2)`"],
    ["exp(-(d / 2) / 7d)", "divide durations by a unit first, and compute with numbers: `(d / 1d / 2)`"],
    ["if(at + at > 2026-01-01, 1, 2)", "`a - b` is the duration between two times; times have no sum"],
    ["if(1d + at > 2026-01-01, 1, 2)", "the time comes first: `t + 7d`"],
    [
      "if(at * 2 > 2026-01-01, 1, 2)",
      "a time takes a duration, `t + 7d`, and a difference of times is one: `(a - b) / 1d`",
    ],
  ])("that is not there gets one message: %s", (formula, help) => {
    expect(helpsOf(serving(`fusion g = ${formula}`))).toEqual([["MTL3057", help]]);
  });

  it.each([
    "exp(-(age(at) / 1d + 1) / 7)",
    "if(at + 7d > 2026-01-01, 1, 2)",
    "(at - 2026-01-01) / 1d",
    "if(7d < d, 1, 2)",
  ])("that is there is clean: %s", (formula) => {
    expect(helpsOf(serving(`fusion g = ${formula}`))).toEqual([]);
  });

  it("says how a duration is written", () => {
    expect(helpsOf(serving("fusion g = if(age(at) > 7, 1, 2)"))).toEqual([
      ["MTL3025", "a duration is written with its unit: `7d`, `12h`, `90s`"],
    ]);
  });
});

describe("what would make it right", () => {
  it.each([
    ["tower t = mlp(softmax(u) over e, [8])", "MTL3058", "declare it, `gate g = softmax(u) over e`, and read `g` here"],
    [
      "tower t = mlp([softmax(u) over e, v], [8])",
      "MTL3058",
      "declare it, `gate g = softmax(u) over e`, and read `g` here",
    ],
    ["task x = ctr * cvr", "MTL1015", "what is computed from other tasks is a chain: `chain x = …`"],
    ["task x = 1 - ctr", "MTL1015", "what is computed from other tasks is a chain: `chain x = …`"],
    ["task x = sigmoid(logit(u))", "MTL1015", "state it: `task x: P(label) = …`, or `E(label | event)`, `score`"],
    ["task x: P(buy) = ctr * cvr", "MTL3030", "what is computed from other tasks is a chain: `chain x = …`"],
    ["chain x = cvr * stay", "MTL4003", "write `ctr * stay`"],
    ["chain x = stay * cvr", "MTL4003", "write `ctr * stay`"],
    ["chain x = ctr * ctr", "MTL4003", "write `ctr * cvr`"],
    ["train { lr: 0.1 }", "MTL2007", "`lr` is an argument of the optimizer: `optimizer: adam(lr: …)`"],
    ["train { learning_rate: 0.1 }", "MTL2007", "`lr` is an argument of the optimizer: `optimizer: adam(lr: …)`"],
    ['train { optimizer: "adam" }', "MTL3002", "write it without quotes: `adam`"],
    ['tower t = mlp(u, [8], activation: "relu")', "MTL3002", "write it without quotes: `relu`"],
  ])("is said with what is wrong: %s", (text, code, help) => {
    expect(helpsOf(network(`${heads}${losses}${text}`))).toEqual([[code, help]]);
  });

  it.each([
    ["tower t = dnn(u, [8])", "mlp"],
    ["tower t = Dense(u, 8)", "linear"],
    ["train { batch_size: 32 }", "batch"],
    ["train { num_epochs: 3 }", "epochs"],
    ["train { max_steps: 3 }", "steps"],
    ["train { optimizer: adam(learning_rate: 0.1) }", "lr"],
    ["tower t = mlp(u, [8], dropout_rate: 0.1)", "dropout"],
    ["tower t = mlp(u, hidden_units: [8])", "widths"],
    ["metrics { ctr: roc_auc }", "auc"],
  ])("is the word of this language for one of other tools: %s → %s", (text, word) => {
    const spec = network(`${heads}${losses}${text}`);
    const { diagnostics } = compileText(spec);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map(({ message }) => message.endsWith(`did you mean \`${word}\`?`))).toEqual([true]);
    expect(
      helpsOf(
        applyFixes(
          spec,
          errors.flatMap(({ fixes }) => fixes),
        ),
      ),
    ).toEqual([]);
  });

  it.each([
    ["features { u: categorical(hash: 9, embedding_dim: 4) }", "MTL2005", "`embed`"],
    ["features { u: numeric(fillna: 4) }", "MTL2005", "`missing`"],
    ["labels { click: binary }", "MTL1014", "`event`"],
    ["labels { stay: float }", "MTL1014", "`amount`"],
    ["labels { grade: class(5) }", "MTL1014", "`classes`"],
  ])("is the word of this language in declarations: %s", (text, code, word) => {
    const errors = compileText(`model m\n${text}`).diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map((each) => [each.code, each.message.includes(`did you mean ${word}?`)])).toEqual([[code, true]]);
  });

  it.each([
    ["labels { grade: ordinal(5) }", "E(grade)"],
    [
      "labels { click: event }\nfeatures { u: categorical }\ntask t: score = logit(u)\nloss { t: lambdarank }",
      "group: user_id",
    ],
    ["labels { click: event }\nfeatures { u: categorical }\ntask t: score = logit(u)\nloss { t: bce }", "`bpr`"],
    ["labels { click: event }\nfeatures { u: categorical }\ntask t: binary = logit(u)", "P(label)"],
  ])("is a way on where the language has no such thing: %s", (text, way) => {
    const errors = compileText(`model m\n${text}`).diagnostics.filter(({ severity }) => severity === "error");
    expect(errors).toHaveLength(1);
    expect(`${errors[0]?.message ?? ""} ${errors[0]?.help ?? ""}`).toContain(way);
  });

  it("is a loss that fits a task without one", () => {
    const text = network(`${heads}task order: score = logit(u)\nloss { ctr: bce }`);
    const helps = compileText(text)
      .diagnostics.filter(({ code }) => code === "MTL6006")
      .map(({ help }) => /\{ (.*) \}/.exec(help ?? "")?.[0]);
    expect(helps).toEqual(["{ cvr: bce }", "{ stay: mse }", "{ order: bpr }"]);
    for (const help of helps.slice(0, 2)) {
      const fixed = text.replace("loss { ctr: bce }", `loss { ctr: bce, ${help?.slice(2) ?? ""}`);
      expect(helpsOf(fixed)).toEqual([]);
    }
  });
});

describe("an argument of a loss over lists", () => {
  const text = (loss: string): string => `model m
data { group: user_id }
features { x: numeric }
labels { click: event, buy: event within click, stay: amount(seconds) within click }
signals { other: P(click) }
task pref: score = x
task ctr: P(click) = sigmoid(logit(x))
loss { ${loss} }`;

  it.each([
    ["pref: bpr(order: [stay, click])", "MTL3002", "the amount `stay`"],
    ["pref: bpr(order: [])", "MTL3002", "an empty list"],
    ["pref: bpr(order: [buy, buy])", "MTL3034", "`buy` > `buy`"],
    ["pref: lambdarank(gain: { buy: 0 })", "MTL3003", "0 for each"],
    ["pref: lambdarank(gain: { buy: -1 })", "MTL3003", "not -1"],
    ["pref: lambdarank(gain: { buy: 1, buy: 2 })", "MTL2008", "`buy`"],
    ["pref: lambdarank(gain: [buy])", "MTL3002", "a list"],
    ["pref: lambdarank(gain: { buy: 1 }, by: 3)", "MTL3002", "the name of a column, or `batch`"],
    ["ctr: jrc(by: [a, b])", "MTL3002", "not a list"],
    ["ctr: jrc(base: other)", "MTL3002", "a task that is a score"],
    ["ctr: bce(by: user_id)", "MTL2005", "`by`"],
  ])("is said to be wrong once: %s", (loss, code, words) => {
    const errors = compileText(text(loss)).diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map((each) => [each.code, each.message.includes(words)])).toEqual([[code, true]]);
  });
});
