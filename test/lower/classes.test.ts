/** Heads of several classes in whole programs: cross-entropy by hand, log space, gradients, and the same on every engine. */
import { describe, expect, it } from "vitest";
import { describeEngines } from "../engine/engines.js";
import { expectSameSteps } from "./engine-steps.js";
import { type Feeds, list, open, randomFeeds, scalar, withLabels } from "./harness.js";
import { gradientError } from "./slopes.js";

const spec = (loss: string, logits = "logit(t)"): string => `
model m
features { user: categorical(vocab: 6, embed: 4), x: numeric }
labels { click: event, kind: classes(sport, news, music) within click }
tower t = mlp([user, x], [5], activation: tanh)
task ctr: P(click) = sigmoid(logit(t))
task taste: P(kind | click) = softmax(${logits})
chain both: P(kind.news) = ctr * taste.news
loss { ${loss} }
train { optimizer: sgd(lr: 1), batch: 6, seed: 3 }
`;

/** A bias by position, as it were, of which serving knows nothing. */
const withExtra = "logit(t) + train_only(0.5 * logit(x))";

const click = [1, 1, 1, 1, 0, 1];
const kind = [0, 2, 1, undefined, undefined, 2];
const names = ["sport", "news", "music"];

function evaluate(loss: string) {
  const { model, run } = open(spec(loss));
  const out = run("evaluate", withLabels(model, randomFeeds(model, 6), { click, kind }));
  return { out, classes: names.map((name) => list(out, `taste.${name}`)) };
}

describe("a head of classes", () => {
  it("gives each class its share of 1, and has no number of its own", () => {
    const { out, classes } = evaluate("taste: cross_entropy");
    for (const row of click.keys()) expect(classes.reduce((sum, each) => sum + (each[row] ?? 0), 0)).toBeCloseTo(1, 12);
    expect(Object.keys(out)).not.toContain("taste");
  });

  it("is trained on the rows of its condition whose class is known", () => {
    const { out, classes } = evaluate("taste: cross_entropy");
    const rows = [0, 1, 2, 5];
    const expected = rows.reduce((sum, row) => sum - Math.log(classes[kind[row] ?? 0]?.[row] ?? NaN), 0) / 4;
    expect(scalar(out, "loss/taste")).toBeCloseTo(expected, 9);
    expect(scalar(out, "weight/taste")).toBe(4);
  });

  it("takes weights by class and smoothing", () => {
    const weights = [1, 2, 3];
    const { out, classes } = evaluate("taste: cross_entropy(class_weights: [1, 2, 3], smoothing: 0.3)");
    let sum = 0;
    let total = 0;
    for (const row of [0, 1, 2, 5]) {
      const logs = classes.map((each) => Math.log(each[row] ?? NaN));
      const own = kind[row] ?? 0;
      const loss = -0.7 * (logs[own] ?? NaN) - 0.1 * logs.reduce((all, log) => all + log, 0);
      sum += (weights[own] ?? NaN) * loss;
      total += weights[own] ?? NaN;
    }
    expect(scalar(out, "loss/taste")).toBeCloseTo(sum / total, 9);
  });

  it("has classes that are events of a chain, false where the condition is", () => {
    const { out, classes } = evaluate("both: bce");
    const ctr = list(out, "ctr");
    const both = list(out, "both");
    const rows = [0, 1, 2, 4, 5];
    let sum = 0;
    for (const row of rows) {
      expect(both[row]).toBeCloseTo((ctr[row] ?? NaN) * (classes[1]?.[row] ?? NaN), 12);
      sum -= Math.log(kind[row] === 1 ? (both[row] ?? NaN) : 1 - (both[row] ?? NaN));
    }
    expect(scalar(out, "loss/both")).toBeCloseTo(sum / 5, 9);
  });

  it("has the gradients that its slopes say", () => {
    const opened = open(spec("taste: cross_entropy(smoothing: 0.1, class_weights: [1, 2, 3]), both: bce", withExtra));
    const feeds = withLabels(opened.model, randomFeeds(opened.model, 6), { click, kind });
    expect(gradientError(opened, feeds, 3)).toBeLessThan(1e-5);
  });

  it("stays finite at logits of ±50, and exact where a class is all but sure", () => {
    const { model, run } = open(`
model m
features { a: numeric, b: numeric, c: numeric }
labels { kind: classes(sport, news, music) }
task taste: P(kind) = softmax([a, b, c])
chain rest: P(not kind.sport) = 1 - taste.sport
loss { taste: cross_entropy, rest: bce }
`);
    const rows = [
      [50, -50, -50],
      [-50, 0, 50],
      [50, 50, 50],
    ];
    const feeds: Feeds = {
      ...withLabels(model, randomFeeds(model, 3), { kind: [1, 0, 2] }),
      numbers: { shape: [3, 3], data: rows.flat() },
    };
    const out = run("evaluate", feeds);
    expect(scalar(out, "loss/taste")).toBeCloseTo((100 + 100 + Math.log(3)) / 3, 6);
    // −log P(not sport) is 100 − log 2, −log P(sport) is 100, and −log of two thirds.
    expect(scalar(out, "loss/rest")).toBeCloseTo((100 - Math.log(2) + 100 + Math.log(1.5)) / 3, 6);
  });
});

describeEngines("a step of a head of classes", (engine) => {
  it("is what the interpreter says", async () => {
    const opened = open(
      spec("ctr: bce, taste: cross_entropy(class_weights: [1, 2, 3]), both: bce", withExtra).replace(
        "lr: 1",
        "lr: 0.1",
      ),
    );
    const feeds = (step: number): Feeds =>
      withLabels(opened.model, randomFeeds(opened.model, 6, step + 1), { click, kind });
    await expectSameSteps(await engine(), opened, 6, feeds);
  });
});
