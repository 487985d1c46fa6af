/** `pick`: the networks of a family by the value of a feature. */
import { describe, expect, it } from "vitest";
import { list, open } from "./harness.js";

const spec = (vocabulary: string): string => `
model m
features { scene: categorical(${vocabulary}, embed: 2), w: numeric }
labels { y: event }
bottoms d[home, search] = linear(w, 1, bias: false)
task p: P(y) = sigmoid(pick(d, by: scene))
loss { p: bce }
train { optimizer: sgd(lr: 1) }
`;

describe.each(['values: ["home", "search"]', "ids: 2"])("pick by %s", (vocabulary) => {
  const opened = open(spec(vocabulary), { ids: 3 });
  const weights = ["d.home.weight", "d.search.weight"];
  const feeds = (ids: readonly number[]) => ({
    ids: { shape: [ids.length, 1], data: ids },
    numbers: { shape: [ids.length, 1], data: ids.map(() => 1) },
  });

  it("is the member of the row's value, and zeros where there is none", () => {
    opened.interpreter.set(weights[0] ?? "", [2]);
    opened.interpreter.set(weights[1] ?? "", [-1]);
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    const found = list(opened.run("predict", feeds([1, 2, 0, -1])), "p");
    [2, -1, 0, 0].forEach((logit, row) => expect(found[row]).toBeCloseTo(sigmoid(logit), 6));
  });

  it("moves that member only", () => {
    const labels = { labels: { shape: [2, 1], data: [0, 0] }, known: { shape: [2, 1], data: [1, 1] } };
    opened.run("train", { ...feeds([1, 0]), ...labels, weights: { shape: [2], data: [1, 1] } });
    expect(opened.interpreter.get(weights[1] ?? "").data[0]).toBe(-1);
    expect(opened.interpreter.get(weights[0] ?? "").data[0]).toBeLessThan(2);
  });
});
