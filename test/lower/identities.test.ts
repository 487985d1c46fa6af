/** Networks that must be the same network, and mistakes that published code has made. */
import { describe, expect, it } from "vitest";
import { distance, type Feeds, functionOf, list, type Opened, open, randomFeeds, scalar } from "./harness.js";

const head = `
model m
features { a: numeric, b: numeric, c: numeric }
labels { click: event, like: event }
input x = [a, b, c]
train { optimizer: sgd(lr: 0.5), batch: 16 }
loss { ctr: bce, liked: bce }
task ctr: P(click) = sigmoid(logit(t_ctr))
task liked: P(like) = sigmoid(logit(t_like))
`;

/** Copies parameters; a name is that of the source unless `names` says otherwise. */
function copyParameters(from: Opened, to: Opened, names: Readonly<Record<string, string>> = {}): void {
  for (const { name, role } of to.program.state) {
    const source = names[name] ?? name;
    if (role !== "parameter" || !from.program.state.some((each) => each.name === source)) continue;
    to.interpreter.set(name, from.interpreter.get(source).data);
  }
}

/** Predictions before and after some steps: equal networks move alike. */
function course(opened: Opened, feeds: Feeds, steps = 3): readonly number[] {
  const predictions = (): readonly number[] =>
    ["ctr", "liked"].flatMap((name) => list(opened.run("predict", feeds), name));
  const all = [...predictions()];
  for (let step = 0; step < steps; step += 1) {
    opened.run("train", feeds);
    all.push(...predictions());
  }
  return all;
}

const feeds = randomFeeds(open(`${head} tower t_ctr = mlp(x, [2])\ntower t_like = mlp(x, [2])`).model, 16, 3);

describe("networks that are the same", () => {
  it("MMoE with one expert and shared bottom", () => {
    const towers = (from: string, other: string): string =>
      `tower t_ctr = mlp(${from}, [3])\ntower t_like = mlp(${other}, [3])`;
    const shared = open(`${head} bottom pool = mlp(x, [5, 4])\n${towers("pool", "pool")}`);
    const mmoe = open(
      `${head} experts pool[1] = mlp(x, [5, 4])\ngate g = softmax(x) over pool\ngate h = softmax(x) over pool\n${towers("g", "h")}`,
    );
    copyParameters(shared, mmoe);
    expect(distance(course(mmoe, feeds), course(shared, feeds))).toBeLessThan(1e-12);
  });

  it("CGC with no shared and one own expert a task, and single tasks", () => {
    const towers = (from: string, other: string): string =>
      `tower t_ctr = mlp(${from}, [3])\ntower t_like = mlp(${other}, [3])`;
    const single = open(`${head} bottom a1 = mlp(x, [4])\nbottom b1 = mlp(x, [4])\n${towers("a1", "b1")}`);
    const cgc = open(
      `${head} experts a1[1] = mlp(x, [4])\nexperts b1[1] = mlp(x, [4])\ngate g = softmax(x) over a1\ngate h = softmax(x) over [b1]\n${towers("g", "h")}`,
    );
    copyParameters(single, cgc);
    expect(distance(course(cgc, feeds), course(single, feeds))).toBeLessThan(1e-12);
  });

  it("OMoE and MMoE with tied gates", () => {
    const towers = (from: string, other: string): string =>
      `tower t_ctr = mlp(${from}, [3])\ntower t_like = mlp(${other}, [3])`;
    const omoe = open(`${head} experts pool[4] = mlp(x, [5])\ngate g = softmax(x) over pool\n${towers("g", "g")}`);
    const mmoe = open(
      `${head} experts pool[4] = mlp(x, [5])\ngate g = softmax(x) over pool\ngate h = softmax(x) over pool\n${towers("g", "h")}`,
    );
    copyParameters(omoe, mmoe, { "h.weight": "g.weight" });
    expect(distance(course(mmoe, feeds, 0), course(omoe, feeds, 0))).toBeLessThan(1e-12);
    const before = omoe.interpreter.get("g.weight").data;
    omoe.run("train", feeds);
    mmoe.run("train", feeds);
    const state = (opened: Opened, name: string): readonly number[] => [...opened.interpreter.get(name).data];
    // One gate's step is the sum of the steps of the tied ones; experts and towers move alike.
    const sum = state(mmoe, "g.weight").map((g, i) => g + (state(mmoe, "h.weight")[i] ?? NaN) - (before[i] ?? NaN));
    expect(distance(state(omoe, "g.weight"), sum)).toBeLessThan(1e-12);
    for (const name of ["pool.0.weight", "pool.0.bias", "t_ctr.0.weight", "t_like.0.weight"])
      expect(distance(state(omoe, name), state(mmoe, name))).toBeLessThan(1e-12);
  });

  it("a pool and its experts one by one, each by itself in a list", () => {
    const towers = `tower t_ctr = mlp(g, [3])\ntower t_like = mlp(g, [3])`;
    const pool = open(`${head} experts pool[3] = mlp(x, [4])\ngate g = softmax(x) over pool\n${towers}`);
    const apart = open(
      `${head} bottom e0 = mlp(x, [4])\nbottom e1 = mlp(x, [4])\nbottom e2 = mlp(x, [4])\ngate g = softmax(x) over [e0, e1, e2]\n${towers}`,
    );
    copyParameters(pool, apart);
    const weight = [...pool.interpreter.get("pool.0.weight").data];
    for (let expert = 0; expert < 3; expert += 1) {
      const own = [0, 1, 2].flatMap((row) => weight.slice((row * 3 + expert) * 4, (row * 3 + expert + 1) * 4));
      apart.interpreter.set(`e${expert}.0.weight`, own);
    }
    expect(distance(course(apart, feeds), course(pool, feeds))).toBeLessThan(1e-12);
  });
});

describe("experts", () => {
  const opened = open(
    `${head} experts pool[6] = mlp(x, [5, 4])\ngate g = softmax(x) over pool\ntower t_ctr = mlp(g, [3])\ntower t_like = mlp(g, [3])`,
  );

  it("differ at the start, in every layer", () => {
    const first = opened.interpreter.get("pool.0.weight").data;
    const second = opened.interpreter.get("pool.1.weight").data;
    const experts = Array.from({ length: 6 }, (_, expert) => [
      ...first.filter((_, place) => Math.floor(place / 5) % 6 === expert),
      ...second.slice(expert * 20, expert * 20 + 20),
    ]);
    for (const [place, expert] of experts.entries()) {
      for (const other of experts.slice(place + 1)) {
        expect(distance(expert.slice(0, 15), other.slice(0, 15))).toBeGreaterThan(0.01);
        expect(distance(expert.slice(15), other.slice(15))).toBeGreaterThan(0.01);
      }
    }
  });

  it("are computed in one product on the input they share", () => {
    const fn = functionOf(opened.program, "predict");
    const products = fn.nodes.filter((node) => node.op === "matmul" && node.label === "pool");
    expect(products.map(({ type }) => type.shape)).toEqual([
      ["B", 30],
      [6, "B", 4],
    ]);
  });
});

describe("a gate", () => {
  it("mixes own and shared experts in the order of its list", () => {
    const opened = open(
      `${head} experts s[2] = mlp(x, [2], activation: none)\nexperts o[1] = mlp(x, [2], activation: none)\ngate g = softmax(x) over [o, s]\ntask out: score = dot(g, [a, b])\ntower t_ctr = mlp(g, [3])\ntower t_like = mlp(g, [3])`,
    );
    const { interpreter } = opened;
    const x = [0.5, -1, 2];
    const gate = [1, 0, 0.5, -1, 0.2, 0.3, 0, 1, -0.4];
    interpreter.set("g.weight", gate);
    // Only biases: expert o gives (1, 2), the shared ones (10, 20) and (100, 200).
    for (const name of ["s.0.weight", "o.0.weight"])
      interpreter.set(
        name,
        Array.from(interpreter.get(name).data, () => 0),
      );
    interpreter.set("o.0.bias", [1, 2]);
    interpreter.set("s.0.bias", [10, 20, 100, 200]);
    const logits = [0, 1, 2].map((expert) =>
      x.reduce((sum, value, row) => sum + value * (gate[row * 3 + expert] ?? 0), 0),
    );
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    const mix = logits.reduce((sum, logit, expert) => sum + (Math.exp(logit) / total) * 10 ** expert, 0);
    const out = opened.run("predict", { numbers: { shape: [1, 3], data: x } });
    expect(scalar(out, "out")).toBeCloseTo(mix * (x[0] ?? 0) + 2 * mix * (x[1] ?? 0), 10);
  });
});

describe("PLE", () => {
  it("has a shared gate over all experts, whose mix feeds the shared experts of the next level", () => {
    const opened = open(`${head}
experts s1[2] = mlp(x, [4])
experts c1[2] = mlp(x, [4])
experts v1[1] = mlp(x, [4])
gate gc1 = softmax(x) over [c1, s1]
gate gv1 = softmax(x) over [v1, s1]
gate gs1 = softmax(x) over [c1, v1, s1]
experts s2[1] = mlp(gs1, [3])
experts c2[1] = mlp(gc1, [3])
experts v2[1] = mlp(gv1, [3])
gate gc2 = softmax(gc1) over [c2, s2]
gate gv2 = softmax(gv1) over [v2, s2]
tower t_ctr = mlp(gc2, [3])
tower t_like = mlp(gv2, [3])
`);
    const shape = (name: string) => opened.program.state.find((each) => each.name === name)?.type.shape;
    expect([shape("gs1.weight"), shape("gc1.weight"), shape("gv1.weight")]).toEqual([
      [3, 5],
      [3, 4],
      [3, 3],
    ]);
    const before = [...opened.interpreter.get("v1.0.weight").data];
    const { ctr } = opened.run("predict", feeds);
    // Through the shared gate, the other task's experts of the first level reach this one.
    opened.interpreter.set(
      "v1.0.weight",
      before.map((value) => value + 0.5),
    );
    expect(distance([...(opened.run("predict", feeds)["ctr"]?.data ?? [])], [...(ctr?.data ?? [])])).toBeGreaterThan(
      1e-4,
    );
    const first = scalar(opened.run("evaluate", feeds), "loss");
    for (let step = 0; step < 200; step += 1) opened.run("train", feeds);
    expect(scalar(opened.run("evaluate", feeds), "loss")).toBeLessThan(0.9 * first);
  });
});
