import { describe, expect, it } from "vitest";
import { runTest } from "../../src/compiler/serving/index.js";
import { errorsOf, compileText, messagesOf } from "./compile.js";

const spec = (heads: string, rest = ""): string => `model m
features {
  u: categorical(hash: 100)
  place: numeric(serving: none)
}
labels {
  click: event
  buy: event within click
  stay: amount(seconds) within click
}
${heads}
${rest}
`;

describe("a feature that serving does not have", () => {
  it.each([
    ["a served task", "task ctr: P(click) = sigmoid(logit([u, place]))"],
    [
      "a chain over an auxiliary task",
      "task raw: P(click) = sigmoid(logit(place)) auxiliary\ntask cvr: P(buy | click) = sigmoid(logit(u))\nchain both = raw * cvr\nloss { raw: bce, both: bce }",
    ],
    [
      "a chain over such a chain",
      "task raw: P(click) = sigmoid(logit(place)) auxiliary\ntask cvr: P(buy | click) = sigmoid(logit(u))\nchain both = raw * cvr\nchain not_both = 1 - both",
    ],
    ["another name of an auxiliary task", "task raw: P(click) = sigmoid(logit(place)) auxiliary\nchain ctr = raw"],
    [
      "an auxiliary task by a part of the network",
      "tower t = mlp([u, place], [4])\ntask raw: P(click) = sigmoid(logit(t)) auxiliary\nchain no_click = 1 - raw",
    ],
    [
      "a quotient",
      "task raw: P(click) = sigmoid(logit(place)) auxiliary\ntask whole: P(buy) = sigmoid(logit(u))\nchain cvr = whole / raw",
    ],
    [
      "a formula",
      "task ctr: P(click) = sigmoid(logit(u) + train_only(logit(place)))\nfusion f = ctr * coalesce(place, 1)\nrank r = top 3 by f",
    ],
    [
      "the condition of a rule",
      "task ctr: P(click) = sigmoid(logit(u) + train_only(logit(place)))\nrank r = top 3 by ctr with h\nrules h { drop far when place > 3 }",
    ],
    [
      "the key of a rule",
      "task ctr: P(click) = sigmoid(logit(u) + train_only(logit(place)))\nrank r = top 3 by ctr with h\nrules h { spread s at most 1 of place in 2 }",
    ],
    [
      "the ties of a ranking",
      "task ctr: P(click) = sigmoid(logit(u) + train_only(logit(place)))\nrank r = top 3 by ctr ties coalesce(place, 1)",
    ],
  ])("is found in %s", (_, heads) => {
    const loss = heads.includes("loss") ? "" : `loss { ${/task (\w+)/.exec(heads)?.[1] ?? ""}: bce }`;
    expect(errorsOf(spec(heads, loss))).toEqual(["MTL4012"]);
  });

  it("is one message, however many heads read it", () => {
    const heads = `tower t = mlp([u, place], [4])
task ctr: P(click) = sigmoid(logit(t))
task cvr: P(buy | click) = sigmoid(logit(t))
chain ctcvr = ctr * cvr
loss { ctr: bce, ctcvr: bce }`;
    const result = compileText(spec(heads));
    expect(result.diagnostics.map(({ code }) => code)).toEqual(["MTL4012"]);
    expect(messagesOf(result)).toContain("read here too, by `cvr`");
  });

  it("may be read only in training", () => {
    const heads = `task raw: P(click) = sigmoid(logit([u, place])) auxiliary
task inner: P(click) = sigmoid(logit(u) + train_only(logit(place))) auxiliary
task cvr: P(buy | click) = sigmoid(logit(u))
chain both = inner * cvr
loss { raw: bce, inner: bce, both: bce }`;
    expect(errorsOf(spec(heads))).toEqual([]);
  });

  it("is not an attribute of the same name", () => {
    const heads = `task ctr: P(click) = sigmoid(logit(u) + train_only(logit(place)))
attributes { place: number >= 0 }
fusion f = ctr * place
loss { ctr: bce }`;
    expect(errorsOf(spec(heads))).toEqual([]);
  });
});

describe("an auxiliary task", () => {
  it("cannot be part of a chain that signals compute", () => {
    const text = `model m
features { u: categorical(hash: 10) }
labels { click: event, buy: event within click }
signals { ctr: P(click) }
task cvr: P(buy | click) = sigmoid(logit(u)) auxiliary
chain both = ctr * cvr
loss { cvr: bce }
rank r = top 3 by both`;
    expect(errorsOf(text)).toEqual(["MTL5046"]);
  });
});

describe("the range of an expectation", () => {
  const text = (activation: string, rest: string): string =>
    spec(
      `input x = [u]
task ctr: P(click) = sigmoid(logit(x) + train_only(logit(place)))
task stay: E(stay | click) = ${activation}(logit(x))
chain seconds = ctr * stay
chain other = stay
chain third = other
loss { ctr: bce, stay: mse }`,
      rest,
    );

  it.each(["seconds", "other", "third", "stay"])("of %s has no lower end under identity", (head) => {
    for (const [activation, found] of [
      ["identity", ["MTL5003"]],
      ["softplus", []],
      ["exp", []],
    ] as const)
      expect(errorsOf(text(activation, `fusion f = sqrt(${head})`))).toEqual(found);
    const boost = `attributes { b: bool }\nrules h { boost z when b by 2 }\nrank r = top 9 by ${head} with h`;
    expect(errorsOf(text("identity", boost))).toEqual(["MTL5045"]);
    expect(errorsOf(text("softplus", boost))).toEqual([]);
  });

  it("is the one that a ranking holds its values to: negative ones stay", () => {
    const { model, ...rest } = compileText(
      text(
        "identity",
        `rank r = top 9 by seconds
test "negative values are ranked" {
  candidate low { seconds: -5 }
  candidate high { seconds: 3 }
  expect r == [high, low]
}`,
      ),
    );
    const [test] = model?.tests ?? [];
    if (model?.serving === undefined || test === undefined) throw new Error(messagesOf({ ...rest }));
    expect(runTest(model.serving, test).passed).toBe(true);
    expect(model.serving.inputs.find(({ name }) => name === "seconds")?.range).toBeUndefined();
    expect(model.serving.inputs.find(({ name }) => name === "ctr")?.range).toEqual({ low: 0, high: 1 });
  });

  it("goes with a chain over signals", () => {
    const chain = (activation: string): string =>
      `model m
features { u: categorical(hash: 10) }
labels { click: event, stay: amount(seconds) within click }
signals { ctr: P(click) }
task stay: E(stay | click) = ${activation}(logit(u))
chain seconds = ctr * stay
loss { stay: mse }
rank r = top 3 by seconds`;
    const rangeOf = (activation: string): unknown => {
      const result = compileText(chain(activation));
      expect(messagesOf(result)).toBe("");
      return result.model?.serving?.fusions[0]?.value.range;
    };
    expect(rangeOf("identity")).toEqual({});
    expect(rangeOf("softplus")).toEqual({ low: 0 });
  });
});
