/** The three functions of a program: what they take, what they say, and one loss worked out by hand. */
import { describe, expect, it } from "vitest";
import { predictProgram } from "../../src/compiler/graph/index.js";
import { lowerModel, parameterTable } from "../../src/compiler/lower/index.js";
import {
  distance,
  functionOf,
  inputsOf,
  list,
  modelOf,
  open,
  randomFeeds,
  scalar,
  sizesOf,
  withLabels,
} from "./harness.js";

const mmoe = `
model small
features {
  user: categorical(vocab: 6, embed: 4)
  age: numeric
  brand: categorical(vocab: 6, embed: 4)
  tags: bag(vocab: 6, embed: 3, max: 4)
}
labels { click: event, buy: event within click, stay: amount(seconds) within click }
input x = [user, age, brand, tags]
experts pool[3] = mlp(x, [6, 5])
gate g_ctr = softmax(x) over pool
gate g_cvr = softmax(x) over pool
tower t_ctr = mlp(g_ctr, [4])
tower t_cvr = mlp(g_cvr, [4], dropout: 0.2)
task ctr: P(click) = sigmoid(logit(t_ctr))
task cvr: P(buy | click) = sigmoid(logit(t_cvr))
task stay: E(stay | click) = softplus(logit(t_cvr)) auxiliary
chain ctcvr = ctr * cvr
loss { ctr: bce, ctcvr: 0.5 * bce, stay: 0.1 * huber(delta: 2), decay: 1e-3 * l2(embeddings) }
train { optimizer: adam(lr: 0.02), batch: 64, seed: 5 }
`;

describe("the functions of a program", () => {
  const { program, run, model, interpreter } = open(mmoe);
  const feeds = randomFeeds(model, 64);

  it("take what they need and no more", () => {
    const all = ["ids", "known", "labels", "numbers", "weights"];
    expect([inputsOf(program, "train"), inputsOf(program, "evaluate")]).toEqual([all, all]);
    expect(inputsOf(program, "predict")).toEqual(["ids", "numbers"]);
  });

  it("say losses, penalties and predictions", () => {
    const losses = ["loss", "loss/ctr", "loss/ctcvr", "loss/stay", "penalty/decay"];
    const weights = ["weight/ctr", "weight/ctcvr", "weight/stay"];
    const names = (fn: string): readonly string[] => functionOf(program, fn).outputs.map(({ name }) => name);
    expect(names("train")).toEqual([...losses, ...weights]);
    expect(names("evaluate")).toEqual([...losses, ...weights, "ctr", "cvr", "stay", "ctcvr"]);
    expect(names("predict")).toEqual(["ctr", "cvr", "ctcvr"]);
    const scalars = functionOf(program, "train").outputs.filter(
      ({ value }) => functionOf(program, "train").nodes[value]?.type.shape.length === 0,
    );
    expect(scalars.map(({ name }) => name)).toEqual(losses);
  });

  it("only train changes the state", () => {
    expect(functionOf(program, "evaluate").updates).toEqual([]);
    expect(functionOf(program, "predict").updates).toEqual([]);
    const updated = functionOf(program, "train").updates.map(({ state }) => state);
    // The seed stays what the run was given.
    const changing = program.state.map(({ name }) => name).filter((name) => name !== "seed");
    expect(updated.toSorted()).toEqual(changing.toSorted());
    run("train", feeds);
    expect([...interpreter.get("step").data]).toEqual([1]);
  });

  it("weight the total as the spec says", () => {
    const out = run("evaluate", feeds);
    const total =
      scalar(out, "loss/ctr") +
      0.5 * scalar(out, "loss/ctcvr") +
      0.1 * scalar(out, "loss/stay") +
      1e-3 * scalar(out, "penalty/decay");
    expect(scalar(out, "loss")).toBeCloseTo(total, 12);
  });

  it("predict what they evaluate, and a chain is the product of its tasks", () => {
    const predicted = run("predict", feeds);
    const evaluated = run("evaluate", feeds);
    for (const head of ["ctr", "cvr", "ctcvr"]) expect(list(predicted, head)).toEqual(list(evaluated, head));
    const product = list(predicted, "ctr").map((ctr, row) => ctr * (list(predicted, "cvr")[row] ?? NaN));
    expect(distance(list(predicted, "ctcvr"), product)).toBeLessThan(1e-12);
  });

  it("learn: fifty steps on one batch halve the loss", () => {
    const fresh = open(mmoe.replace("model small", "model small_again"));
    const before = scalar(fresh.run("evaluate", feeds), "loss");
    for (let step = 0; step < 50; step += 1) fresh.run("train", feeds);
    expect(scalar(fresh.run("evaluate", feeds), "loss")).toBeLessThan(before / 2);
  });

  it("do the same again from the same seed, and something else from another", () => {
    const losses = (text: string): readonly number[] => {
      const opened = open(text);
      return [0, 1, 2].map(() => scalar(opened.run("train", feeds), "loss"));
    };
    expect(losses(mmoe)).toEqual(losses(mmoe));
    expect(losses(mmoe)).not.toEqual(losses(mmoe.replace("seed: 5", "seed: 6")));
  });

  it("carry places of the spec, for messages", () => {
    const nodes = functionOf(program, "train").nodes.filter((node) => node.label?.startsWith("t_cvr") === true);
    expect(nodes.length).toBeGreaterThan(0);
    expect(nodes.every((node) => mmoe.slice(node.span?.start, node.span?.end).includes("mlp(g_cvr, [4]"))).toBe(true);
  });
});

describe("predictProgram", () => {
  it("keeps what serving reads", () => {
    const { program, run, model } = open(mmoe);
    const served = predictProgram(program);
    expect(served.functions.map(({ name }) => name)).toEqual(["predict"]);
    const names = served.state.map(({ name }) => name);
    expect(names.filter((name) => /mean|square|^step$|^stay/.test(name))).toEqual([]);
    expect(names).toContain("embeddings/4");
    expect(run("predict", randomFeeds(model, 3))).toHaveProperty("ctr");
  });
});

describe("parameterTable", () => {
  it("names tensors as the spec does, merged tables apart", () => {
    const rows = parameterTable(lowerModel(modelOf(mmoe), sizesOf(modelOf(mmoe))));
    const parameters = rows
      .filter(({ role }) => role === "parameter")
      .map(({ name, shape, count }) => [name, shape, count]);
    expect(parameters).toEqual([
      ["user.embedding", [7, 4], 28],
      ["brand.embedding", [7, 4], 28],
      ["tags.embedding", [7, 3], 21],
      ["pool.0.weight", [12, 3, 6], 216],
      ["pool.0.bias", [3, 6], 18],
      ["pool.1.weight", [3, 6, 5], 90],
      ["pool.1.bias", [3, 5], 15],
      ["g_ctr.weight", [12, 3], 36],
      ["t_ctr.0.weight", [5, 4], 20],
      ["t_ctr.0.bias", [4], 4],
      ["ctr/logit.weight", [4, 1], 4],
      ["ctr/logit.bias", [1], 1],
      ["g_cvr.weight", [12, 3], 36],
      ["t_cvr.0.weight", [5, 4], 20],
      ["t_cvr.0.bias", [4], 4],
      ["cvr/logit.weight", [4, 1], 4],
      ["cvr/logit.bias", [1], 1],
      ["stay/logit.weight", [4, 1], 4],
      ["stay/logit.bias", [1], 1],
    ]);
    expect(rows.find(({ name }) => name === "brand.embedding")).toMatchObject({ variable: "embeddings/4", row: 7 });
    expect(rows.find(({ role }) => role === "step")).toMatchObject({ name: "step", shape: [], count: 1 });
  });
});

describe("a loss by hand", () => {
  const text = `
model by_hand
features { a: numeric, b: numeric }
labels { click: event, buy: event within click }
input x = [a, b]
task ctr: P(click) = sigmoid(logit(x))
task cvr: P(buy | click) = sigmoid(logit(x))
chain ctcvr = ctr * cvr
loss { ctr: 2 * bce, cvr: bce, ctcvr: bce }
train { optimizer: sgd(lr: 0.5), batch: 4 }
`;
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
  const rows = [
    { a: 1, b: 0, weight: 1, click: 1, buy: 1 },
    { a: -1, b: 2, weight: 3, click: 1, buy: 0 },
    { a: 0.5, b: 0.5, weight: 2, click: 0, buy: 0 },
    { a: 9, b: 9, weight: 0, click: 1, buy: 1 },
  ];
  const w = { ctr: { a: 0.3, b: -0.2, bias: 0.1 }, cvr: { a: -0.5, b: 0.4, bias: -0.3 } };
  const feeds = {
    numbers: { shape: [4, 2], data: rows.flatMap(({ a, b }) => [a, b]) },
    labels: { shape: [4, 2], data: rows.flatMap(({ click, buy }) => [click, buy]) },
    known: { shape: [4, 2], data: rows.flatMap(() => [1, 1]) },
    weights: { shape: [4], data: rows.map(({ weight }) => weight) },
  };
  const opened = open(text);
  for (const head of ["ctr", "cvr"] as const) {
    opened.interpreter.set(`${head}/logit.weight`, [w[head].a, w[head].b]);
    opened.interpreter.set(`${head}/logit.bias`, [w[head].bias]);
  }
  const p = (head: "ctr" | "cvr", { a, b }: { readonly a: number; readonly b: number }): number =>
    sigmoid(w[head].a * a + w[head].b * b + w[head].bias);
  const mean = (space: typeof rows, loss: (row: (typeof rows)[number]) => number): number =>
    space.reduce((sum, row) => sum + row.weight * loss(row), 0) / space.reduce((sum, { weight }) => sum + weight, 0);
  const clicked = rows.filter(({ click }) => click === 1);
  const entropy = (truth: number, q: number): number => (truth === 1 ? -Math.log(q) : -Math.log(1 - q));

  it("is the weighted mean over each loss's own rows", () => {
    const out = opened.run("evaluate", feeds);
    const ctr = mean(rows, (row) => entropy(row.click, p("ctr", row)));
    const cvr = mean(clicked, (row) => entropy(row.buy, p("cvr", row)));
    const ctcvr = mean(rows, (row) => entropy(row.buy, p("ctr", row) * p("cvr", row)));
    expect(scalar(out, "loss/ctr")).toBeCloseTo(ctr, 12);
    expect(scalar(out, "loss/cvr")).toBeCloseTo(cvr, 12);
    expect(scalar(out, "loss/ctcvr")).toBeCloseTo(ctcvr, 12);
    expect(scalar(out, "loss")).toBeCloseTo(2 * ctr + cvr + ctcvr, 12);
    expect([scalar(out, "weight/ctr"), scalar(out, "weight/cvr"), scalar(out, "weight/ctcvr")]).toEqual([6, 4, 6]);
  });

  it("moves the weights down its gradient", () => {
    const total = (bias: number): number => {
      const shifted = { ...w, cvr: { ...w.cvr, bias } };
      const q = (head: "ctr" | "cvr", row: (typeof rows)[number]): number =>
        sigmoid(shifted[head].a * row.a + shifted[head].b * row.b + shifted[head].bias);
      return (
        mean(clicked, (row) => entropy(row.buy, q("cvr", row))) +
        mean(rows, (row) => entropy(row.buy, q("ctr", row) * q("cvr", row)))
      );
    };
    const slope = (total(w.cvr.bias + 1e-5) - total(w.cvr.bias - 1e-5)) / 2e-5;
    const trained = open(text);
    for (const head of ["ctr", "cvr"] as const) {
      trained.interpreter.set(`${head}/logit.weight`, [w[head].a, w[head].b]);
      trained.interpreter.set(`${head}/logit.bias`, [w[head].bias]);
    }
    trained.run("train", feeds);
    expect(trained.interpreter.get("cvr/logit.bias").data[0]).toBeCloseTo(w.cvr.bias - 0.5 * slope, 8);
  });

  it("is 0 where no row is in its space", () => {
    const out = opened.run("evaluate", withLabels(opened.model, feeds, { click: [0, 0, 0, 0], buy: [0, 0, 0, 0] }));
    expect([scalar(out, "loss/cvr"), scalar(out, "weight/cvr")]).toEqual([0, 0]);
    expect(Number.isFinite(scalar(out, "loss"))).toBe(true);
  });
});
