/** Bags whose values have weights: the formula by hand, its gradient, every engine, and what serving sees. */
import { describe, expect, it } from "vitest";
import { describeEngines } from "../engine/engines.js";
import { onBoth } from "./engine-steps.js";
import { distance, type Feeds, functionOf, list, modelOf, open, randomFeeds } from "./harness.js";
import { gradientError } from "./slopes.js";

const spec = (bag: string, embeddings = "dense"): string => `
model m
features {
  tags: bag(vocab: 6, embed: 2, max: 3, ${bag})
  shop: categorical(vocab: 6, embed: 2)
  topics: bag(like: tags, max: 2, weighted: true, pool: sum)
  age: numeric
}
labels { click: event }
task ctr: P(click) = sigmoid(logit([tags, topics, shop, age]))
loss { ctr: bce }
train { optimizer: sgd(lr: 1), embeddings: ${embeddings}, batch: 8 }
`;

/** Weights are not negative; the fourth column of a row is the first of `topics`, the last one its age. */
function feedsOf(model: ReturnType<typeof modelOf>, rows: number): Feeds {
  const feeds = randomFeeds(model, rows, 3);
  const numbers = feeds["numbers"] ?? { shape: [], data: [] };
  return { ...feeds, numbers: { ...numbers, data: Array.from(numbers.data, Math.abs) } };
}

describe("a weighted bag", () => {
  it.each([
    ["sum", [4, -1, 3], [0.5, 7, 2], [0.5, 0, 2]],
    ["mean", [4, -1, 3], [0.5, 7, 2], [0.2, 0, 0.8]],
    ["mean", [4, 3, -1], [0, 0, 9], [0, 0, 0]],
    ["mean", [-1, -1, -1], [9, 9, 9], [0, 0, 0]],
  ])("is the %s of its embeddings by weight", (pool, ids, weights, factors) => {
    const opened = open(`
model m
features { tags: bag(vocab: 6, embed: 2, max: 3, pool: ${pool}, weighted: true), w: numeric, v: numeric }
labels { click: event }
task ctr: P(click) = sigmoid(dot(tags, [w, v]))
loss { ctr: bce }
`);
    const table = Array.from(opened.interpreter.get("embeddings/2").data);
    const numbers = { shape: [1, 5], data: [...weights, 2, -3] };
    const feeds = { ...randomFeeds(opened.model, 1), ids: { shape: [1, 3], data: ids }, numbers };
    const by = (axis: number): number =>
      ids.reduce((sum, id, i) => sum + (id < 0 ? 0 : (table[id * 2 + axis] ?? 0) * (factors[i] ?? 0)), 0);
    const logit = by(0) * 2 - by(1) * 3;
    expect(list(opened.run("predict", feeds), "ctr")[0]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 12);
  });

  it.each(["pool: sum", "pool: mean"])("has the gradient of difference quotients with %s", (pool) => {
    const opened = open(spec(`${pool}, weighted: true`));
    expect(gradientError(opened, feedsOf(opened.model, 8), 6)).toBeLessThan(1e-5);
  });

  it("is the bag without weights where all of them are 1", () => {
    const [weighted, plain] = ["weighted: true", "weighted: false"].map((option) => open(spec(option)));
    const feeds = feedsOf(plain!.model, 8);
    const { data } = feeds["numbers"]!;
    const wide = Array.from({ length: 8 }, (_, row) => [1, 1, 1, ...Array.from(data).slice(row * 3, row * 3 + 3)]);
    const both = { ...feeds, numbers: { shape: [8, 6], data: wide.flat() } };
    const found = list(weighted!.run("predict", both), "ctr");
    expect(distance([...found], [...list(plain!.run("predict", feeds), "ctr")])).toBeLessThan(1e-12);
  });

  it("takes the same steps sparse and dense", () => {
    const [sparse, dense] = ["sparse", "dense"].map((embeddings) => {
      const opened = open(spec("weighted: true", embeddings));
      opened.run("train", feedsOf(opened.model, 8));
      return [...opened.interpreter.get("embeddings/2").data];
    });
    expect(distance(sparse ?? [], dense ?? [])).toBeLessThan(1e-12);
  });

  it("has what serving sees, with its weights, in place of the data", () => {
    const text = spec("pool: mean, weighted: true, serving: 1");
    const tags = [2, 5, -1, 1, 3, 0];
    const opened = open(text, { serving: { tags } });
    const recorded = open(spec("pool: mean, weighted: true"));
    const feeds = feedsOf(opened.model, 4);
    const replaced = (name: "ids" | "numbers", values: readonly number[]) => {
      const { shape, data } = feeds[name]!;
      const width = shape[1]!;
      return { shape, data: Array.from(data, (value, i) => values[i % width] ?? value) };
    };
    const asServed = { ...feeds, ids: replaced("ids", tags.slice(0, 3)), numbers: replaced("numbers", tags.slice(3)) };
    const [served, same] = [list(opened.run("predict", feeds), "ctr"), list(recorded.run("predict", asServed), "ctr")];
    expect(distance([...served], [...same])).toBeLessThan(1e-12);
  });

  it("leaves no trace in a model whose bags have none", () => {
    const [none, off] = ["pool: mean", "pool: mean, weighted: false"].map((option) =>
      JSON.stringify(modelOf(spec(option)).features[0]),
    );
    expect(none).not.toContain("weighted");
    expect(JSON.parse(off!)).toMatchObject({ ...(JSON.parse(none!) as object), span: expect.anything() as unknown });
  });
});

describeEngines("a weighted bag", (engine) => {
  it.each(["dense", "sparse"])("trains as on the interpreter, %s", async (embeddings) => {
    const { model, program } = open(spec("weighted: true, dropout: 0.2", embeddings));
    await onBoth(await engine(), program, {}, ({ step }) => {
      for (let at = 0; at < 3; at += 1) {
        const { found, wanted } = step(feedsOf(model, 24));
        for (const { name } of functionOf(program, "train").outputs)
          expect(found[name]?.data[0]).toBeCloseTo(wanted[name]?.data[0] ?? NaN, 4);
      }
    });
  });
});
