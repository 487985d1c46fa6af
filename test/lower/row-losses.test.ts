/** Losses of rows in whole programs: which rows count, what is trained, and the same on every engine. */
import { describe, expect, it } from "vitest";
import { losses } from "../../src/compiler/builtins/index.js";
import { describeEngines } from "../engine/engines.js";
import { expectSameSteps } from "./engine-steps.js";
import { type Feeds, list, open, type Opened, randomFeeds, scalar, withLabels } from "./harness.js";
import { gradientError } from "./slopes.js";

const spec = (loss: string): string => `
model losses
features { x: numeric, item: categorical(vocab: 6, embed: 4) }
labels {
  click: event, buy: event within click, stay: amount(seconds) within click
  delay: amount(days) within buy, elapsed: amount(days), taught: amount, kind: classes(3) within click
}
table z = embedding(item, 4)
task ctr: P(click) = sigmoid(logit(mlp([x, z], [4])))
task cvr: P(buy | click) = sigmoid(logit(mlp([x, z], [4])))
task stay: E(stay | click) = softplus(logit(mlp([x, z], [4])))
task kind: P(kind | click) = softmax(logit(mlp([x, z], [4])))
task extra: score = logit(mlp([x, z], [4])) auxiliary
chain ctcvr = ctr * cvr
loss { ${loss} }
train { optimizer: sgd(lr: 1), batch: 24, seed: 5 }
`;

const rows = 6;
const labels = {
  click: [1, 1, 1, 0, 0, 0],
  buy: [1, 0, 0, 0, 0, 0],
  stay: [4, 1, 0, 0, 0, 0],
  delay: [2, undefined, undefined, undefined, undefined, undefined],
  elapsed: [9, 3, 1, 5, 6, 7],
  taught: [0.6, 0.2, 0.9, 0.5, 0.1, 0.3],
  kind: [2, 0, 1, undefined, undefined, undefined],
};
const feedsOf = ({ model }: Pick<Opened, "model">, columns: Parameters<typeof withLabels>[2] = labels): Feeds =>
  withLabels(model, randomFeeds(model, rows), columns);

/** One loss of each, with other heads where it reads some. */
const calls: Readonly<Record<string, string>> = {
  bce: "cvr: bce",
  focal: "cvr: focal",
  f1_weighted: "cvr: f1_weighted(beta: 2)",
  distill: "cvr: distill(teacher: taught, temperature: 2)",
  cross_entropy: "kind: cross_entropy(smoothing: 0.1)",
  mse: "stay: mse",
  huber: "stay: huber",
  mae: "stay: mae",
  quantile: "stay: quantile(q: 0.8)",
  tweedie: "stay: tweedie",
  weighted_logistic: "stay: weighted_logistic",
  lognormal: "stay: lognormal(sigma: extra)",
  ziln: "stay: ziln(chance: ctr, sigma: extra)",
  ips: "cvr: ips(propensity: ctr)",
  snips: "cvr: snips(propensity: ctr)",
  doubly_robust: "cvr: doubly_robust(propensity: ctr, imputation: extra)",
  fake_negative: "cvr: fake_negative",
  delayed: "cvr: delayed(elapsed: elapsed, delay: delay, hazard: extra)",
};
const rowLosses = losses.flatMap(({ per, name }) => (per === "row" ? [name] : []));

it("every loss of rows is tried", () => {
  expect(Object.keys(calls).toSorted()).toEqual(rowLosses.toSorted());
});

describe.each(rowLosses)("%s", (name) => {
  it("has the gradients of its formula, detached propensities apart", () => {
    // At a floor of 1 the propensity is a constant, so that a difference quotient sees none of it either.
    const call = (calls[name] ?? "").replace("propensity: ctr", "propensity: ctr, floor: 1");
    const opened = open(spec(call));
    expect(gradientError(opened, feedsOf(opened))).toBeLessThan(1e-6);
  });
});

describe("which rows count", () => {
  const weightOf = (loss: string, columns: Parameters<typeof withLabels>[2] = labels): number => {
    const opened = open(spec(loss));
    const [head = ""] = loss.split(":");
    return scalar(opened.run("evaluate", feedsOf(opened, columns)), `weight/${head}`);
  };

  it("are all for what estimates over all rows, and those with an amount above 0 for lognormal", () => {
    expect(weightOf(calls["ips"] ?? "")).toBe(6);
    expect(weightOf(calls["doubly_robust"] ?? "")).toBe(6);
    expect(weightOf(calls["ziln"] ?? "")).toBe(6);
    expect(weightOf(calls["lognormal"] ?? "")).toBe(2);
  });

  it("of ips are not those whose condition is null, or whose event is null under it", () => {
    const nulls = { ...labels, click: [1, 1, undefined, 0, 0, undefined], buy: [1, undefined, undefined, 0, 0, 0] };
    expect(weightOf(calls["ips"] ?? "", nulls)).toBe(3);
  });

  it("of delayed are clicks with a delay where the event came and an elapsed time where it did not", () => {
    expect(weightOf(calls["delayed"] ?? "")).toBe(3);
    expect(weightOf(calls["delayed"] ?? "", { ...labels, elapsed: [undefined, undefined, 1, 5, 6, 7] })).toBe(2);
    expect(weightOf(calls["delayed"] ?? "", { ...labels, delay: labels.delay.map(() => undefined) })).toBe(2);
  });
});

describe("estimates over all rows", () => {
  const run = (loss: string, columns: Parameters<typeof withLabels>[2] = labels) => {
    const opened = open(spec(loss));
    return scalar(opened.run("evaluate", feedsOf(opened, columns)), "loss/cvr");
  };

  it("snips is bce with `reject`, and ips the same sum over all rows", () => {
    expect(run("cvr: snips(propensity: ctr)")).toBeCloseTo(run("cvr: bce(reject: ctr)"), 12);
    const opened = open(spec("cvr: ips(propensity: ctr)"));
    const out = opened.run("evaluate", feedsOf(opened));
    const [cvr, ctr] = [list(out, "cvr"), list(out, "ctr")];
    const sum = [0, 1, 2].reduce((total, row) => {
      const p = cvr[row] ?? 0;
      return total - Math.log(labels.buy[row] === 1 ? p : 1 - p) / (ctr[row] ?? 0);
    }, 0);
    expect(scalar(out, "loss/cvr")).toBeCloseTo(sum / 6, 9);
  });

  it("are bce where every row has the condition and the propensity counts as 1", () => {
    const clicked = { ...labels, click: labels.click.map(() => 1) };
    const plain = run("cvr: bce", clicked);
    for (const call of [
      "ips(propensity: ctr, floor: 1)",
      "snips(propensity: ctr, floor: 1)",
      "doubly_robust(propensity: ctr, imputation: extra, floor: 1, imputation_weight: 0)",
    ])
      expect(run(`cvr: ${call}`, clicked)).toBeCloseTo(plain, 9);
  });

  it("train nothing by the propensity, and train the imputation", () => {
    const opened = open(spec("cvr: doubly_robust(propensity: ctr, imputation: extra)"));
    const state = (owner: string) =>
      opened.program.state
        .filter(({ role, name }) => role === "parameter" && name.startsWith(owner))
        .map(({ name }) => [...opened.interpreter.get(name).data]);
    const before = [state("ctr"), state("extra")];
    opened.run("train", feedsOf(opened));
    expect(before[0]?.length).toBeGreaterThan(0);
    expect(state("ctr")).toEqual(before[0]);
    expect(state("extra")).not.toEqual(before[1]);
  });
});

describe("ESMM", () => {
  it("has no direct term of the conditional, whose gradient is 0 where the click has probability 0", () => {
    const opened = open(spec("ctr: bce, ctcvr: bce"));
    const { interpreter, program } = opened;
    const outputs = program.functions.find(({ name }) => name === "train")?.outputs.map(({ name }) => name);
    expect(outputs).not.toContain("loss/cvr");
    // The bias of the click's logit: p = 0 in every number that there is.
    const bias = program.state.find(({ name }) => /^ctr\b.*logit.*bias$/.test(name))?.name ?? "";
    expect(bias, program.state.map(({ name }) => name).join()).not.toBe("");
    interpreter.set(bias, [-2000]);
    const own = program.state.filter(({ role, name }) => role === "parameter" && name.startsWith("cvr"));
    const before = own.map(({ name }) => [...interpreter.get(name).data]);
    expect(own.length).toBeGreaterThan(0);
    const none = { ...labels, buy: labels.buy.map(() => 0) };
    opened.run("train", feedsOf(opened, none));
    expect(own.map(({ name }) => [...interpreter.get(name).data])).toEqual(before);
    interpreter.set(bias, [0]);
    opened.run("train", feedsOf(opened, none));
    expect(own.map(({ name }) => [...interpreter.get(name).data])).not.toEqual(before);
  });
});

describeEngines("a step of losses of rows", (engine) => {
  it.each(Object.entries(calls).filter(([name]) => !["bce", "mse", "huber", "focal"].includes(name)))(
    "is that of the interpreter: %s",
    async (name, call) => {
      const opened = open(spec(call).replace("lr: 1", "lr: 0.05"));
      const feeds = (step: number) => randomFeeds(opened.model, 24, step + 1);
      await expectSameSteps(await engine(), opened, 24, feeds, ["ziln", "delayed", "doubly_robust"].includes(name));
    },
  );
});
