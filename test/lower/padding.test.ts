/** Rows that only fill a batch up, and places of a bag that hold no value: a training step is the same without them. */
import { describe, expect, it } from "vitest";
import { optimizers } from "../../src/compiler/graph/index.js";
import { batchLayout, type Model } from "../../src/compiler/model/index.js";
import { distance, type Feeds, modelOf, open, randomFeeds } from "./harness.js";

const spec = (optimizer: string, embeddings: string, rest = ""): string => `
model m
features {
  user: categorical(vocab: 9, embed: 3, dropout: 0.4)
  item: categorical(vocab: 9, embed: 3)
  city: categorical(vocab: 9, embed: 2, serving: "a")
  hour: bucket(boundaries: [1, 2], embed: 2, dropout: 0.2)
  tags: bag(vocab: 9, embed: 3, max: 3)
  many: bag(vocab: 9, embed: 3, max: 2, pool: sum, dropout: 0.3)
  most: bag(vocab: 9, embed: 2, max: 2, pool: max)
  age: numeric(dropout: 0.1)
}
labels { click: event, stay: amount within click }
table own = embedding(user, 3)
input x = [user, item, city, hour, tags, many, most, age]
bottom base = mlp([x, own, cross(x)], [6], norm: batch, dropout: 0.2)
tower t = norm(mlp(base, [4], norm: layer), kind: batch)
task ctr: P(click) = sigmoid(logit(t) + 0.1 * fm(user, item, tags))
task stayed: E(stay | click) = softplus(logit(t))
chain watched = ctr * stayed
loss {
  ctr: bce
  stayed: 0.1 * huber
  watched: 0.1 * mse
  all: 1e-2 * l2
  tables: 2e-2 * l2(embeddings)
  bag: 3e-2 * l2(tags)
  single: 1e-2 * l2(item)
}
train { optimizer: ${optimizer}, embeddings: ${embeddings}, batch: 8 ${rest} }
`;

/** The batch with rows at its end that hold nothing: ids −1, weight 0. */
function padded(model: Model, feeds: Feeds, more: number): Feeds {
  const layout = batchLayout(model);
  const widths = {
    ids: layout.idWidth,
    numbers: layout.numberWidth,
    labels: layout.labels.length,
    known: layout.labels.length,
    weights: 1,
  };
  return Object.fromEntries(
    Object.entries(widths).map(([name, width]) => {
      const { shape = [], data = [] } = feeds[name] ?? {};
      const fill = Array.from({ length: more * width }, () => (name === "ids" ? -1 : 0));
      return [name, { shape: [(shape[0] ?? 0) + more, ...shape.slice(1)], data: [...Array.from(data), ...fill] }];
    }),
  );
}

/** All state after some steps, slots and statistics included, and the losses of the last. */
function course(
  text: string,
  change: (model: Model, feeds: Feeds) => Feeds,
): Readonly<Record<string, readonly number[]>> {
  const opened = open(text, { serving: { city: [1] } });
  let losses: Readonly<Record<string, readonly number[]>> = {};
  for (const seed of [1, 2, 3]) {
    // Ids from 1 on: nothing of the data is unknown, but what is dropped.
    const feeds = randomFeeds(opened.model, 5, seed, 4);
    const ids = Array.from(feeds["ids"]?.data ?? []).map((id) => (id < 0 ? id : id + 1));
    const outputs = opened.run(
      "train",
      change(opened.model, { ...feeds, ids: { shape: feeds["ids"]?.shape ?? [], data: ids } }),
    );
    losses = Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data)]));
  }
  const state = opened.program.state.map(({ name }) => [name, [...opened.interpreter.get(name).data]] as const);
  return { ...losses, ...Object.fromEntries(state) };
}

const clipped = ", clip: norm(0.05)";

describe.each(Object.keys(optimizers))("%s", (optimizer) => {
  it.each(["sparse", "dense"])("moves nothing by rows that fill a batch up, with %s tables", (embeddings) => {
    const text = spec(optimizer, embeddings, clipped);
    const plain = course(text, (_, feeds) => feeds);
    const filled = course(text, (model, feeds) => padded(model, feeds, 3));
    expect(Object.keys(filled)).toEqual(Object.keys(plain));
    for (const [name, values] of Object.entries(plain))
      expect([name, distance(values, filled[name] ?? []) < 1e-12]).toEqual([name, true]);
  });
});

describe("a row of a table that no row of the batch uses", () => {
  const text = (optimizer: string): string => `
model pad
features { c: categorical(vocab: 3, embed: 2), tags: bag(vocab: 3, embed: 2, max: 3), n: numeric }
labels { click: event }
task ctr: P(click) = sigmoid(logit(mlp([c, tags, n], [2])))
loss { ctr: bce, reg: 1e-2 * l2(embeddings), own: 1e-2 * l2(tags) }
train { optimizer: ${optimizer}, embeddings: sparse, batch: 4 }
`;
  const batch = (ids: readonly number[]): Feeds => ({
    ids: { shape: [2, 4], data: ids },
    numbers: { shape: [2, 1], data: [0.5, -0.5] },
    labels: { shape: [2, 1], data: [1, 0] },
    known: { shape: [2, 1], data: [1, 1] },
    weights: { shape: [2], data: [1, 1] },
  });
  const settings = ["sgd", "momentum(nesterov: true)", "adagrad", "adam(lr: 0.1)", "adamw(lr: 0.1, weight_decay: 0.5)"];

  it.each(settings)("keeps its value and what %s remembers bit for bit, also where all bags are empty", (optimizer) => {
    const opened = open(text(optimizer));
    const first = new Map(opened.program.state.map(({ name }) => [name, [...opened.interpreter.get(name).data]]));
    for (const step of [0, 1]) {
      opened.run("train", batch([1, 2, -1, -1, 2, -1, -1, -1]));
      opened.run("train", padded(opened.model, batch([2, -1, -1, -1, 1, -1, -1, -1]), 2));
      expect(step).toBeLessThan(2);
    }
    for (const variable of opened.program.state.filter(({ name }) => name.startsWith("embeddings/2"))) {
      const now = [...opened.interpreter.get(variable.name).data];
      for (const { row, name } of variable.pieces) {
        const at = (values: readonly number[] | undefined, id: number) =>
          values?.slice((row + id) * 2, (row + id) * 2 + 2);
        expect([name, at(now, 0)]).toEqual([name, at(first.get(variable.name), 0)]);
        expect([name, at(now, 2)]).not.toEqual([name, at(first.get(variable.name), 2)]);
      }
    }
  });

  it("is not in a penalty", () => {
    const opened = open(text("sgd(lr: 0)"));
    opened.interpreter.set("embeddings/2", [
      100,
      100,
      1,
      0,
      0,
      2,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      100,
      100,
      3,
      0,
      0,
      4,
      ...Array<number>(8).fill(0),
    ]);
    const outputs = opened.run("train", padded(opened.model, batch([1, 2, -1, -1, 2, 2, 2, -1]), 2));
    // c: 1 + 4; tags: 16, once however often.
    expect([outputs["penalty/reg"]?.data[0], outputs["penalty/own"]?.data[0]]).toEqual([21, 16]);
  });
});

describe("running statistics", () => {
  it("stay where they are in a batch of which no row counts", () => {
    const opened = open(
      modelOf(`
model m
features { a: numeric }
labels { click: event }
task ctr: P(click) = sigmoid(logit(mlp(a, [2], norm: batch)))
loss { ctr: bce }
`),
    );
    const statistics = opened.program.state.filter(({ role }) => role === "statistic").map(({ name }) => name);
    const values = (): readonly number[] => statistics.flatMap((name) => [...opened.interpreter.get(name).data]);
    const feeds = randomFeeds(opened.model, 4);
    opened.run("train", feeds);
    const before = values();
    opened.run("train", { ...feeds, weights: { shape: [4], data: [0, 0, 0, 0] } });
    expect(values()).toEqual(before);
    opened.run("train", feeds);
    expect(values()).not.toEqual(before);
  });
});
