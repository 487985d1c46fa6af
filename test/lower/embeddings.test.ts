/** Embedding tables: merging, sparse updates, bags, features that serving does not have, penalties on them. */
import { describe, expect, it } from "vitest";
import { planEmbeddings } from "../../src/compiler/lower/index.js";
import {
  distance,
  type Feeds,
  functionOf,
  inputsOf,
  list,
  modelOf,
  type Opened,
  open,
  randomFeeds,
  scalar,
  sizesOf,
} from "./harness.js";

const spec = (train: string, loss = ""): string => `
model m
features {
  user: categorical(vocab: 9, embed: 3)
  age: numeric
  brand: categorical(vocab: 9, embed: 2)
  item: categorical(vocab: 9, embed: 3)
  tags: bag(vocab: 9, embed: 3, max: 3)
  hour: bucket(boundaries: [1, 2], embed: 3)
}
labels { click: event }
input x = [item, user, age, brand, tags, hour]
table own = embedding(user, 3)
tower t = mlp([x, own], [4])
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce ${loss} }
train { ${train}, batch: 8 }
`;

/** Every logical tensor by its name, whatever variable holds it. */
function pieces({ program, interpreter }: Opened): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    program.state.flatMap((variable) => {
      const { data, shape } = interpreter.get(variable.name);
      const width = data.length / (shape[0] ?? 1);
      return variable.pieces.map((piece) => [
        piece.name,
        Array.from(data.slice(piece.row * width, (piece.row + piece.rows) * width)),
      ]);
    }),
  );
}

function train(opened: Opened, feeds: readonly Feeds[]): Opened {
  for (const batch of feeds) opened.run("train", batch);
  return opened;
}

const model = modelOf(spec("optimizer: sgd(lr: 0.1)"));
// Few of the ids, so that there are rows that a batch does not touch.
const batches = [1, 2, 3, 4].map((seed) => randomFeeds(model, 8, seed, 5));

describe("merged tables", () => {
  it.each(["sparse", "dense"])("change no number under %s updates", (embeddings) => {
    for (const optimizer of ["sgd(lr: 0.5)", "adam(lr: 0.05)", "adagrad(lr: 0.1)"]) {
      const text = spec(`optimizer: ${optimizer}, embeddings: ${embeddings}`, ", decay: 0.01 * l2(embeddings)");
      const merged = train(open(text), batches);
      const apart = train(open(text, { mergeTables: false }), batches);
      expect(merged.program.state.length).toBeLessThan(apart.program.state.length);
      const [a, b] = [pieces(merged), pieces(apart)];
      expect(Object.keys(a).toSorted()).toEqual(Object.keys(b).toSorted());
      for (const [name, values] of Object.entries(a))
        expect([name, distance(values, b[name] ?? []) < 1e-12]).toEqual([name, true]);
    }
  });

  it("are one variable a width and one gather, with the number beside it", () => {
    const opened = open(spec("optimizer: sgd"));
    const names = opened.program.state.filter(({ name }) => name.startsWith("embeddings/")).map(({ name }) => name);
    expect(names.toSorted()).toEqual(["embeddings/2", "embeddings/3"]);
    const gathers = functionOf(opened.program, "predict").nodes.filter((node) => node.op === "gather");
    // Width 3 together, width 2, and the bag, which is pooled.
    expect(gathers.map(({ type }) => type.shape)).toEqual([
      ["B", 4, 3],
      ["B", 1, 2],
      ["B", 3, 3],
    ]);
  });

  it("are cut and joined as little as the order of the input allows", () => {
    const many = open(`
model m
features { ${Array.from({ length: 12 }, (_, i) => `f${i}: categorical(vocab: 5, embed: 4)`).join("\n")}
  n0: numeric
  n1: numeric
}
labels { y: event }
input x = [${Array.from({ length: 12 }, (_, i) => `f${i}`).join(", ")}, n0, n1]
task p: P(y) = sigmoid(logit(mlp(x, [4])))
loss { p: bce }
`);
    const count = (op: string): number =>
      functionOf(many.program, "predict").nodes.filter((node) => node.op === op).length;
    expect([count("gather"), count("slice"), count("concat")]).toEqual([1, 0, 1]);
  });
});

describe("sparse updates", () => {
  it.each(["sgd(lr: 0.5)", "adagrad(lr: 0.1)"])("of %s are those of the whole table", (optimizer) => {
    const sparse = train(open(spec(`optimizer: ${optimizer}, embeddings: sparse`)), batches);
    const dense = train(open(spec(`optimizer: ${optimizer}, embeddings: dense`)), batches);
    const [a, b] = [pieces(sparse), pieces(dense)];
    for (const [name, values] of Object.entries(a))
      expect([name, distance(values, b[name] ?? []) < 1e-12]).toEqual([name, true]);
  });

  it("leave rows unchanged that no batch touches, what Adam remembers of them included", () => {
    const text = spec("optimizer: adam(lr: 0.05), embeddings: sparse");
    const before = pieces(open(text));
    const after = pieces(train(open(text), batches));
    const seen = new Set(
      batches.flatMap(({ ids }) => Array.from(ids?.data ?? []).filter((_, place) => place % 7 === 0)),
    );
    for (let id = 0; id < 7; id += 1) {
      const row = (all: Readonly<Record<string, readonly number[]>>, name: string) =>
        all[name]?.slice(id * 3, id * 3 + 3);
      expect(row(after, "user.embedding") !== undefined).toBe(true);
      if (seen.has(id)) expect(row(after, "user.embedding")).not.toEqual(row(before, "user.embedding"));
      else {
        expect(row(after, "user.embedding")).toEqual(row(before, "user.embedding"));
        expect(row(after, "user.embedding/mean")).toEqual([0, 0, 0]);
      }
    }
  });

  it("are chosen by themselves where a table has many more rows than a batch can touch", () => {
    const plan = (ids: number, options = {}) =>
      planEmbeddings(model, sizesOf(model, ids), options).map(({ name, rows, lookups, update }) => [
        name,
        rows,
        lookups,
        update,
      ]);
    // Width 3: user, item, hour and the declared table one id per row, tags three.
    expect(plan(7)).toEqual([
      ["embeddings/3", 35, 7, "dense"],
      ["embeddings/2", 7, 1, "dense"],
    ]);
    expect(plan(1000).map(([, , , update]) => update)).toEqual(["sparse", "sparse"]);
    expect(planEmbeddings(modelOf(spec("embeddings: sparse")), sizesOf(model))[0]).toMatchObject({
      update: "sparse",
      reason: "the spec says so",
    });
    const [table] = planEmbeddings(model, sizesOf(model, 1000));
    expect(table?.reason).toBe("a batch touches at most 56 of 5000 rows");
    expect(table?.pieces.map(({ name, row }) => [name, row])).toEqual([
      ["item.embedding", 0],
      ["user.embedding", 1000],
      ["tags.embedding", 2000],
      ["hour.embedding", 3000],
      ["own.embedding", 4000],
    ]);
  });
});

describe("a bag", () => {
  const predict = (pool: string, ids: readonly number[]): readonly number[] => {
    const opened = open(`
model m
features { tags: bag(vocab: 3, embed: 2, max: 3, pool: ${pool}), w: numeric, v: numeric }
labels { y: event }
task s: score = dot(tags, [w, v])
task p: P(y) = sigmoid(dot(tags, [w, v]))
loss { p: bce }
`);
    opened.interpreter.set("embeddings/2", [9, 9, 1, 2, -3, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
    const rows = ids.length / 3;
    const numbers = (w: number, v: number) => ({
      shape: [rows, 2],
      data: Array.from({ length: rows }, () => [w, v]).flat(),
    });
    const feed = { shape: [rows, 3], data: ids };
    const of = (w: number, v: number) => list(opened.run("predict", { ids: feed, numbers: numbers(w, v) }), "s");
    return of(1, 0).flatMap((first, row) => [first, of(0, 1)[row] ?? NaN]);
  };
  const rows = [1, 2, 2, 1, -1, -1, -1, -1, -1, 0, 1, -1];

  it("is pooled over the values that are there, and zero when there is none", () => {
    expect(predict("sum", rows)).toEqual([-5, 12, 1, 2, 0, 0, 10, 11]);
    expect(predict("mean", rows)).toEqual([-5 / 3, 4, 1, 2, 0, 0, 5, 5.5]);
    expect(predict("max", rows)).toEqual([1, 5, 1, 2, 0, 0, 9, 9]);
  });
});

describe("a feature whose null is zeros", () => {
  it("is a vector of zeros, and a step moves no row for it", () => {
    const opened = open(`
model m
features { c: categorical(vocab: 3, embed: 2, missing: zeros), w: numeric, v: numeric }
labels { y: event }
task p: P(y) = sigmoid(dot(c, [w, v]))
loss { p: bce }
train { optimizer: adam(lr: 0.1), embeddings: sparse }
`);
    opened.interpreter.set("embeddings/2", [9, 9, 1, 2, -3, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
    const numbers = { shape: [3, 2], data: [1, 1, 1, 1, 1, 1] };
    const ids = { shape: [3, 1], data: [1, -1, 0] };
    const [first = 0, missing = 0, unknown = 0] = list(opened.run("predict", { ids, numbers }), "p");
    expect(missing).toBe(0.5);
    expect(first).toBeCloseTo(1 / (1 + Math.exp(-3)), 6);
    expect(unknown).toBeCloseTo(1, 6);
    const all = { ids: { shape: [2, 1], data: [-1, 1] }, numbers: { shape: [2, 2], data: [1, 1, 1, 1] } };
    const rest = { labels: { shape: [2, 1], data: [1, 1] }, known: { shape: [2, 1], data: [1, 1] } };
    opened.run("train", { ...all, ...rest, weights: { shape: [2], data: [1, 1] } });
    const after = [...opened.interpreter.get("embeddings/2").data];
    expect(after.slice(0, 2)).toEqual([9, 9]);
    expect(after.slice(2, 4)).not.toEqual([1, 2]);
  });
});

describe("tables", () => {
  it("by name are apart from the feature's own, which all its readers share", () => {
    const opened = open(`
model m
features { user: categorical(vocab: 5, embed: 4), item: categorical(vocab: 5, embed: 4) }
labels { follow: event, share: event }
table u_follow = embedding(user, 4)
table u_share = embedding(user, 4)
task follow_p: P(follow) = sigmoid(dot(u_follow, item))
task share_p: P(share) = sigmoid(dot(u_share, item))
loss { follow_p: bce, share_p: bce }
`);
    const [table] = planEmbeddings(opened.model, sizesOf(opened.model));
    expect(table?.pieces.map(({ name, feature }) => [name, feature])).toEqual([
      ["u_follow.embedding", "user"],
      ["u_share.embedding", "user"],
      ["item.embedding", "item"],
    ]);
    const feeds = { ids: { shape: [1, 2], data: [2, 3] } };
    const rows = [...opened.interpreter.get("embeddings/4").data];
    const row = (piece: number, id: number): readonly number[] =>
      rows.slice((piece * 7 + id) * 4, (piece * 7 + id + 1) * 4);
    const dot = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    const out = opened.run("predict", feeds);
    expect(scalar(out, "follow_p")).toBeCloseTo(1 / (1 + Math.exp(-dot(row(0, 2), row(2, 3)))), 12);
    expect(scalar(out, "share_p")).toBeCloseTo(1 / (1 + Math.exp(-dot(row(1, 2), row(2, 3)))), 12);
  });

  it("that experts have are as many tables as experts", () => {
    const opened = open(`
model m
features { user: categorical(vocab: 5, embed: 4), a: numeric }
labels { y: event }
experts pool[3] = mlp(embedding(user, 2), [2], activation: none)
gate g = softmax(a) over pool
task p: P(y) = sigmoid(logit(g))
loss { p: bce }
`);
    expect(planEmbeddings(opened.model, sizesOf(opened.model))[0]).toMatchObject({ width: 6, rows: 7 });
    expect(opened.program.state.find(({ name }) => name === "pool.0.weight")?.type.shape).toEqual([3, 2, 2]);
  });
});

describe("what serving does not have", () => {
  const text = `
model m
features {
  user: categorical(vocab: 5, embed: 3)
  position: categorical(vocab: 5, embed: 3, serving: none)
  slot: categorical(vocab: 5, embed: 3, serving: 2)
  delay: numeric(serving: 0.5)
}
labels { click: event, stay: amount(seconds) within click }
tower t = mlp([user, slot, delay], [4])
tower bias = mlp(position, [2])
task ctr: P(click) = sigmoid(logit(t) + train_only(logit(bias)))
task dwell: E(stay | click) = softplus(logit([t, bias])) auxiliary
loss { ctr: bce, dwell: mse }
`;
  const opened = open(text, { serving: { slot: [3], delay: [-0.25] } });
  const feeds = randomFeeds(opened.model, 6, 2);
  const change = (column: number, value: number): Feeds => ({
    ...feeds,
    ids: {
      shape: [6, 3],
      data: Array.from(feeds["ids"]?.data ?? [], (id, place) => (place % 3 === column ? value : id)),
    },
  });

  it("does not move predictions, of evaluation neither, but moves the losses", () => {
    for (const [column, value] of [
      [1, 4],
      [2, 1],
    ] as const) {
      const [before, after] = [feeds, change(column, value)].map((each) => opened.run("evaluate", each));
      if (before === undefined || after === undefined) throw new Error("nothing came out");
      expect(list(after, "ctr")).toEqual(list(before, "ctr"));
      expect(list(after, "dwell")).not.toEqual(list(before, "dwell"));
      expect(scalar(after, "loss/ctr")).not.toBe(scalar(before, "loss/ctr"));
      expect(list(opened.run("predict", change(column, value)), "ctr")).toEqual(list(before, "ctr"));
    }
  });

  it("is what serving sees in training too, when the data has it: the heads then agree but for what is only for training", () => {
    const served = {
      ...change(2, 3),
      numbers: { shape: [6, 1], data: Array.from({ length: 6 }, () => -0.25) },
    };
    const plain = open(text.replace("serving: 2", "dropout: 0").replace("serving: 0.5", "dropout: 0"));
    const state = pieces(opened);
    for (const variable of plain.program.state.filter(({ role }) => role === "parameter"))
      plain.interpreter.set(
        variable.name,
        variable.pieces.flatMap(({ name }) => state[name] ?? []),
      );
    expect(distance(list(plain.run("predict", served), "ctr"), list(opened.run("predict", feeds), "ctr"))).toBeLessThan(
      1e-12,
    );
  });

  it("leaves the served program: no position, no auxiliary task", () => {
    const labels = functionOf(opened.program, "predict").nodes.map(({ label }) => label ?? "");
    expect(labels.filter((label) => /bias|dwell|position/.test(label))).toEqual([]);
    expect(functionOf(opened.program, "predict").outputs.map(({ name }) => name)).toEqual(["ctr"]);
    expect(inputsOf(opened.program, "predict")).toEqual(["ids"]);
  });

  it("must be encoded", () => {
    expect(() => open(text)).toThrow("what serving sees of the feature slot is not encoded");
  });
});

describe("feature dropout", () => {
  const text = (dropout: string): string => `
model m
features {
  user: categorical(vocab: 5, embed: 3${dropout})
  item: categorical(vocab: 5, embed: 3)
  tags: bag(vocab: 5, embed: 3, max: 2${dropout})
  age: numeric(${dropout.replace(", ", "")})
}
labels { y: event }
table other = embedding(user, 3)
task p: P(y) = sigmoid(dot([user, item, tags, age], [other, user, item, age]))
loss { p: bce }
train { optimizer: sgd(lr: 0) }
`;
  const { model: dropped } = open(text(", dropout: 0.4"));
  const feeds = randomFeeds(dropped, 200, 5);
  const losses = (dropout: string): readonly number[] => {
    const opened = open(text(dropout));
    return [0, 1].map(() => scalar(opened.run("train", feeds), "loss"));
  };

  it("replaces values only in training, other ones each step", () => {
    const [plain, again] = losses("");
    const [first, second] = losses(", dropout: 0.4");
    expect(plain).toBe(again);
    expect(first).not.toBe(plain);
    expect(second).not.toBe(first);
    const evaluated = [text(""), text(", dropout: 0.4")].map((each) =>
      scalar(open(each).run("evaluate", feeds), "loss"),
    );
    expect(evaluated[0]).toBe(evaluated[1]);
  });

  it("at a rate near 1 leaves only the unknown", () => {
    const opened = open(text(", dropout: 0.999999"));
    const unknown = {
      ...feeds,
      ids: {
        shape: [200, 4],
        data: Array.from(feeds["ids"]?.data ?? [], (id, place) => (place % 4 === 1 ? id : place % 4 === 0 ? 0 : -1)),
      },
      numbers: { shape: [200, 1], data: Array.from({ length: 200 }, () => 0) },
    };
    expect(scalar(opened.run("train", feeds), "loss")).toBeCloseTo(scalar(opened.run("evaluate", unknown), "loss"), 12);
  });
});

describe("l2", () => {
  const text = (of: string, embeddings: string): string => `
model m
features { user: categorical(vocab: 5, embed: 2), item: categorical(vocab: 5, embed: 2) }
labels { y: event }
tower t = mlp([user, item], [3], norm: layer)
tower s = mlp(user, [3])
task p: P(y) = sigmoid(logit(t) + logit(s))
loss { p: bce, decay: l2(${of}) }
train { embeddings: ${embeddings} }
`;
  const feeds: Feeds = {
    ...randomFeeds(modelOf(text("all", "dense")), 3),
    ids: { shape: [3, 2], data: [1, 4, 1, 2, 3, 2] },
  };
  /** With biases that are not zero. */
  const opened = (of: string, embeddings: string): Opened => {
    const all = open(text(of, embeddings));
    for (const { name } of all.program.state.filter((each) => /bias|shift/.test(each.name)))
      all.interpreter.set(
        name,
        Array.from(all.interpreter.get(name).data, (_, place) => 0.1 * place + 0.3),
      );
    return all;
  };
  const squares = (values: readonly number[] = []): number => values.reduce((sum, value) => sum + value * value, 0);
  const rowsOf = (values: readonly number[] = [], ...ids: readonly number[]): readonly number[] =>
    ids.flatMap((id) => values.slice(id * 2, id * 2 + 2));

  it.each([
    ["embeddings", ["user.embedding", "item.embedding"]],
    ["weights", ["t.0.weight", "s.0.weight", "p/logit.weight", "p/logit_2.weight"]],
    ["biases", ["t.0.bias", "t.0.shift", "s.0.bias", "p/logit.bias", "p/logit_2.bias"]],
    ["t", ["t.0.weight", "t.0.bias", "t.0.scale", "t.0.shift"]],
    ["user", ["user.embedding"]],
    ["p", ["p/logit.weight", "p/logit.bias", "p/logit_2.weight", "p/logit_2.bias"]],
  ] as const)("of %s sums the squares of that group", (of, names) => {
    const dense = opened(of, "dense");
    const all = pieces(dense);
    const expected = names.reduce((sum, name) => sum + squares(all[name]), 0);
    expect(expected).toBeGreaterThan(0);
    expect(scalar(dense.run("evaluate", feeds), "penalty/decay")).toBeCloseTo(expected, 12);
  });

  it("of all is that of every parameter", () => {
    const dense = opened("all", "dense");
    const names = dense.program.state
      .filter(({ role }) => role === "parameter")
      .flatMap((variable) => variable.pieces.map(({ name }) => name));
    const all = pieces(dense);
    const expected = names.reduce((sum, name) => sum + squares(all[name]), 0);
    expect(scalar(dense.run("evaluate", feeds), "penalty/decay")).toBeCloseTo(expected, 12);
  });

  it("of sparse tables takes the touched rows, each once", () => {
    const sparse = opened("embeddings", "sparse");
    const all = pieces(sparse);
    const user = squares(rowsOf(all["user.embedding"], 1, 3));
    const item = squares(rowsOf(all["item.embedding"], 4, 2));
    expect(scalar(sparse.run("evaluate", feeds), "penalty/decay")).toBeCloseTo(user + item, 12);
    const own = opened("user", "sparse");
    expect(scalar(own.run("evaluate", feeds), "penalty/decay")).toBeCloseTo(user, 12);
  });
});
