import { describe, expect, it } from "vitest";
import type { Model } from "../../src/compiler/model/index.js";
import { codesOf, compileText, messagesOf, smallSpec } from "./compile.js";

function modelOf(text: string): Model {
  const result = compileText(text);
  expect(messagesOf(result)).toBe("");
  if (result.model === undefined) throw new Error("no model");
  return result.model;
}

describe("values that are ids", () => {
  const codes = (options: string): readonly string[] =>
    codesOf(
      `model m\nfeatures { pos: ${options} }\nlabels { click: event }\ntask ctr: P(click) = sigmoid(logit(pos))\nloss { ctr: bce }`,
    );

  it("have a serving value that is one", () => {
    expect(codes("categorical(ids: 10, serving: 9)")).toEqual([]);
    expect(codes("categorical(ids: 10, serving: 10)")).toEqual(["MTL6027"]);
    expect(codes('bag(ids: 10, serving: "3|x")')).toEqual(["MTL6027"]);
  });

  it("exclude a vocabulary", () => {
    expect(codes("categorical(ids: 10, vocab: 5)")).toEqual(["MTL3018"]);
    expect(codes("categorical(ids: 10, hash: 5)")).toEqual(["MTL3018"]);
    expect(codes("categorical(ids: 0)")).toEqual(["MTL3003"]);
  });

  it("say one way in which a number is cut into buckets", () => {
    expect(codes("bucket(bins: 10)")).toEqual([]);
    for (const other of ["quantiles: 5", "boundaries: [1, 2]"])
      expect(codes(`bucket(bins: 10, ${other})`), other).toEqual(["MTL3018"]);
    expect(codes("bucket()")).toEqual(["MTL3001"]);
  });
});

describe("the model has every default", () => {
  const model = modelOf(smallSpec());

  it("of training", () => {
    expect(model.train).toEqual({
      optimizer: { name: "adam", arguments: { lr: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } },
      schedule: { name: "constant", arguments: {} },
      clip: { kind: "none" },
      embeddings: "auto",
      batch: 1024,
      epochs: 1,
      shuffle: true,
      seed: 1,
    });
  });

  it("of schedules, but for what is not asked of them", () => {
    const schedule = (text: string): unknown => modelOf(`${smallSpec()}\ntrain { schedule: ${text} }`).train.schedule;
    expect(schedule("step(every: 9)")).toEqual({ name: "step", arguments: { every: 9, factor: 0.1, warmup: 0 } });
    expect(schedule("step(every: 9, end: 0)")).toMatchObject({ arguments: { end: 0 } });
  });

  it("of the length of training: one epoch, where nobody counts steps", () => {
    const length = (train: string): unknown => {
      const { epochs, steps } = modelOf(`${smallSpec()}\ntrain { ${train} }`).train;
      return [epochs, steps];
    };
    expect(length("steps: 5_000")).toEqual([undefined, 5000]);
    expect(length("steps: 5_000, epochs: 2")).toEqual([2, 5000]);
  });

  it("of losses and metrics", () => {
    expect(
      model.loss.terms.map(({ head, weight, loss, arguments: args, space }) => ({ head, weight, loss, args, space })),
    ).toEqual([
      { head: "ctr", weight: 1, loss: "bce", args: {}, space: [] },
      { head: "ctcvr", weight: 1, loss: "bce", args: {}, space: [] },
    ]);
    expect(model.loss.balance).toEqual({ method: "fixed", arguments: {} });
    expect(model.metrics.map(({ head, metrics }) => [head, metrics])).toEqual([
      ["ctr", ["auc", "logloss"]],
      ["cvr", ["auc", "logloss"]],
      ["ctcvr", ["auc", "logloss"]],
    ]);
  });

  it("of features", () => {
    const [number, category, bag] = modelOf(
      smallSpec({
        features: "features {\n  age: numeric\n  city: categorical\n  tags: bag\n}",
        network: "input x = [age, city, tags]\ntower t = mlp(x, [8])",
      }),
    ).features;
    expect(number).toMatchObject({
      kind: "numeric",
      scale: "standard",
      missing: "mean",
      dropout: 0,
      serving: { kind: "data" },
    });
    expect(category).toMatchObject({ kind: "categorical", vocabulary: { kind: "fitted", minCount: 1 }, embed: 8 });
    expect(bag).toMatchObject({ kind: "bag", pool: "mean", separator: "|", max: 32, embed: 8 });
  });
});

describe("data", () => {
  it("takes formats from endings, calls, and one `format` for all", () => {
    const data = (block: string): Model["data"] => modelOf(`${smallSpec()}\ndata {\n${block}\n}\n`).data;
    expect(data('train: ["a.csv.gz", "b.csv"]').train).toMatchObject({ format: "csv", paths: ["a.csv.gz", "b.csv"] });
    expect(data('train: tsv("a.txt")').train).toMatchObject({
      format: "tsv",
      options: { delimiter: "\t", header: true },
    });
    expect(data('train: parquet("x/*.parquet")').train?.format).toBe("parquet");
    const both = data(
      'format: csv(header: false, columns: [age, click, buy], nulls: "?")\ntrain: "a.data"\ntest: csv("b.data", nulls: [])',
    );
    expect(both.train?.options).toEqual({
      header: false,
      delimiter: ",",
      columns: ["age", "click", "buy"],
      nulls: ["?"],
      trim: false,
    });
    expect(both.test?.options.nulls).toEqual([]);
  });

  it("splits by rows or by keys", () => {
    const split = (text: string) =>
      modelOf(`${smallSpec()}\ndata {\n  train: "a.csv"\n  split: ${text}\n}\n`).data.split;
    expect(split("split(0.9)")).toEqual({ by: [], fraction: 0.9, rest: "validation", seed: 0 });
    expect(split("split(by: hash(user_id, day), 0.8, rest: test, seed: 3)")).toEqual({
      by: ["user_id", "day"],
      fraction: 0.8,
      rest: "test",
      seed: 3,
    });
  });
});

describe("columns", () => {
  it("feed features and labels by name, by another name, or by an expression", () => {
    const model = modelOf(
      smallSpec({
        features:
          'features {\n  age: numeric\n  hours: numeric(column: "hours-per-week")\n  rich: numeric = log1p(gains) - 2 * losses\n}',
        labels:
          'labels {\n  click: event = action in ["click", "tap"]\n  buy: event within click = price > 0 and not refunded\n}',
        network: "input x = [age, hours, rich]\ntower t = mlp(x, [8])",
      }),
    );
    expect(model.features.map(({ source }) => source.kind)).toEqual(["column", "column", "binary"]);
    expect(model.features[1]?.source).toMatchObject({ name: "hours-per-week" });
    expect(model.labels[0]?.source).toMatchObject({ kind: "in", values: ["click", "tap"] });
    expect(model.labels[1]).toMatchObject({ within: ["click"], source: { kind: "binary", operator: "and" } });
  });
});

describe("the network", () => {
  it("has one node per feature, and each node after what it reads", () => {
    const { nodes } = modelOf(
      smallSpec({
        network:
          "tower t = mlp(mix, [8])\ngate mix = softmax(age) over pool\nexperts pool[4] = mlp(x, [16, 8])\ninput x = [age]",
      }),
    );
    expect(nodes.map(({ id }) => id)).toEqual(["age", "x", "pool", "mix", "t"]);
    nodes.forEach((node, i) => node.inputs.forEach((input) => expect(input).toBeLessThan(i)));
    expect(nodes[2]).toMatchObject({
      layer: "mlp",
      replicas: 4,
      shape: [8],
      declared: { keyword: "experts", name: "pool" },
    });
    expect(nodes[3]).toMatchObject({
      layer: "softmax",
      inputs: [0, 2],
      shape: [8],
      arguments: { temperature: 1, bias: false },
    });
  });

  it("copies what an expert's expression applies, and not what it reads", () => {
    const { nodes } = modelOf(
      smallSpec({
        network:
          "input x = [age]\nbottom base = mlp(x, [4])\nexperts pool[3] = mlp([mlp(base, [4]), x], [8])\ngate g = softmax(x) over [pool, base2]\nbottom base2 = mlp(x, [8])\ntower t = mlp(g, [8])",
      }),
    );
    const replicas = Object.fromEntries(nodes.map(({ id, replicas: n }) => [id, n]));
    expect(replicas).toMatchObject({ base: undefined, "pool/1": 3, "pool/2": 3, pool: 3, base2: undefined });
    expect(nodes.find(({ id }) => id === "g")?.inputs).toHaveLength(3);
  });

  it("joins lists in lists, and gives members of `bottoms` a node each", () => {
    const { nodes } = modelOf(
      smallSpec({
        network: "input x = [age, [age, [age]]]\nbottoms b[p, q] = mlp(x, [8])\ntower t = mlp([b.p, b.q], [8])",
      }),
    );
    expect(nodes.find(({ id }) => id === "x")).toMatchObject({ inputs: [0, 0, 0], shape: [3] });
    expect(nodes.map(({ id }) => id)).toEqual(["age", "x", "b.p", "b.q", "t/1", "t"]);
  });

  it("may be thousands of declarations deep", () => {
    const towers = Array.from(
      { length: 4000 },
      (_, i) => `tower t${i} = mlp(${i === 0 ? "x" : `t${i - 1}`}, [2])`,
    ).join("\n");
    const text = smallSpec({ network: `input x = [age]\n${towers}\ntower t = mlp(t3999, [2])` });
    expect(modelOf(text).nodes).toHaveLength(4003);
  });
});

describe("heads", () => {
  it("are logits with their names, sums, multiples and parts of training", () => {
    const { heads } = modelOf(
      smallSpec({
        features: "features {\n  age: numeric\n  position: categorical(serving: none)\n}",
        network: "input x = [age]\ntower t = mlp(x, [8])\ntower b = mlp(position, [4])",
        heads:
          "task ctr: P(click) = sigmoid(logit(t) - 0.5 * logit(x) + train_only(logit(b)))\ntask cvr: P(buy | click) = sigmoid(dot(t, t))\nchain ctcvr = ctr * cvr",
      }),
    );
    expect(heads[0]?.value).toMatchObject({
      kind: "activation",
      function: "sigmoid",
      logit: {
        kind: "sum",
        terms: [
          { kind: "logit", id: "ctr/logit" },
          { kind: "scaled", factor: -1, operand: { kind: "scaled", factor: 0.5, operand: { id: "ctr/logit_2" } } },
          { kind: "trainOnly", operand: { id: "ctr/logit_3" } },
        ],
      },
    });
    expect(heads[1]?.value).toMatchObject({ logit: { kind: "value" } });
  });

  it("are after the heads they read, with inferred types", () => {
    const { heads } = modelOf(
      smallSpec({
        heads:
          "chain none = 1 - ctcvr\nchain again = ctcvr / ctr\nchain ctcvr: P(buy) = cvr * ctr\ntask ctr: P(click) = sigmoid(logit(t))\ntask cvr: P(buy | click) = sigmoid(logit(t))",
      }),
    );
    expect(heads.map(({ name }) => name)).toEqual(["ctr", "cvr", "ctcvr", "none", "again"]);
    const types = Object.fromEntries(heads.map(({ name, type }) => [name, type]));
    expect(types["again"]).toEqual(types["cvr"]);
    expect(types["none"]).toEqual({ kind: "probability", event: [{ kind: "not", labels: ["buy"] }], given: [] });
  });

  it("train on the rows of their condition unless the loss says all", () => {
    const space = (loss: string) =>
      modelOf(
        smallSpec({
          heads: "task ctr: P(click) = sigmoid(logit(t))\ntask cvr: P(buy | click) = sigmoid(logit(t))",
          rest: `loss {\n  ctr: bce\n  cvr: ${loss}\n}`,
        }),
      ).loss.terms[1]?.space;
    expect(space("bce")).toEqual([{ kind: "label", label: "click" }]);
    expect(space("2 * bce(space: all)")).toEqual([]);
  });

  it("are measured by what stops training, too", () => {
    const model = modelOf(`${smallSpec()}\ntrain { stop: early(metric: pr_auc(ctcvr), patience: 2) }\n`);
    expect(model.train.stop).toEqual({ metric: "pr_auc", head: "ctcvr", patience: 2 });
    expect(model.metrics.at(-1)).toEqual({ head: "ctcvr", metrics: ["auc", "logloss", "pr_auc"] });
  });
});

describe("specs without a network", () => {
  it("take events from signals, and chain them", () => {
    const model = modelOf(
      "model m\nsignals {\n  ctr: P(click)\n  cvr: P(buy | click)\n  stay: number(seconds) >= 0\n}\nchain ctcvr = ctr * cvr\nfusion score = ctcvr * (1 + stay)\n",
    );
    expect(model.heads).toEqual([]);
  });
});

describe("selection bias", () => {
  const heads =
    "task ctr: P(click) = sigmoid(logit(t))\ntask cvr: P(buy | click) = sigmoid(logit(t))\nchain ctcvr = ctr * cvr";
  it.each([
    ["ctr: bce\ncvr: bce", ["MTL4009"]],
    ["ctr: bce\ncvr: bce\nctcvr: bce", []],
    ["ctr: bce\ncvr: bce(space: all)", []],
    ["ctr: bce\nctcvr: bce", []],
  ])("of %j: %j", (loss, codes) => {
    expect(codesOf(smallSpec({ heads, rest: `loss {\n${loss}\n}` }))).toEqual(codes);
  });
});
