/** Gates that choose, against their formulas and the identities that must hold. */
import { describe, expect, it } from "vitest";
import { resolveGate } from "../../src/compiler/builtins/index.js";
import { createInterpreter, initialize, type Tensor } from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { distance, type Feeds, modelOf, randomFeeds, sizesOf } from "../lower/harness.js";
import { type LayerRun, runGate, someRows } from "./harness.js";

const rowsOf = ({ shape: [, width = 1], data }: Tensor): readonly (readonly number[])[] =>
  Array.from({ length: data.length / width }, (_, row) => [...data].slice(row * width, (row + 1) * width));

describe("noisy_top_k", () => {
  const run = (experts: number, options: LayerRun) => runGate("noisy_top_k", experts, options);
  const weight = Array.from({ length: 12 }, (_, at) => Math.cos(2.1 * at));

  it("with k of all experts and no noise is softmax(x·W)", () => {
    const inputs = [someRows(5, 3)];
    const sparse = run(4, { inputs, arguments: { k: 4, noise: false }, state: { weight } });
    const dense = runGate("softmax", 4, { inputs, state: { weight } });
    expect(distance([...sparse.output.data], [...dense.output.data])).toBeLessThan(1e-12);
    expect(sparse.variables.map(({ name }) => name)).toEqual(["weight"]);
  });

  it("gives the k largest logits their softmax, and the others exactly 0", () => {
    const inputs = [someRows(6, 3)];
    const sparse = rowsOf(run(4, { inputs, arguments: { k: 2, noise: false }, state: { weight } }).output);
    const dense = rowsOf(runGate("softmax", 4, { inputs, state: { weight } }).output);
    for (const [row, all] of dense.entries()) {
      const best = [...all].toSorted((a, b) => b - a).slice(0, 2);
      const total = best.reduce((sum, each) => sum + each, 0);
      expect(
        distance(
          [...(sparse[row] ?? [])],
          all.map((each) => (best.includes(each) ? each / total : 0)),
        ),
      ).toBeLessThan(1e-12);
    }
  });

  it("starts at zero, where the first experts come first, and noise chooses in training", () => {
    const inputs = [someRows(200, 3)];
    const still = rowsOf(run(4, { inputs, arguments: { k: 2 } }).output);
    expect(still.every((row) => row.join() === "0.5,0.5,0,0")).toBe(true);
    const trained = rowsOf(run(4, { inputs, arguments: { k: 2 }, training: true }).output);
    const chosen = [0, 1, 2, 3].map((expert) => trained.filter((row) => (row[expert] ?? 0) > 0).length);
    expect(trained.every((row) => row.filter((each) => each > 0).length === 2)).toBe(true);
    for (const count of chosen) expect(Math.abs(count - 100)).toBeLessThan(35);
  });

  it("draws normal noise of deviation softplus(x·W_noise)", () => {
    // Of two experts with clean logits 0 and 1, both of deviation log 2, the first wins with Φ(−1 / (√2·log 2)).
    const inputs = [{ shape: [4000, 1], data: Array.from({ length: 4000 }, () => 1) }];
    const { output } = run(2, { inputs, arguments: { k: 1 }, training: true, state: { weight: [0, 1] } });
    const share = rowsOf(output).filter(([first]) => first === 1).length / 4000;
    expect(Math.abs(share - 0.1538)).toBeLessThan(0.02);
  });

  it("refuses more experts than there are", () => {
    expect(resolveGate("noisy_top_k")?.problem?.(4, { k: 5 })).toBe(
      "chooses at most as many experts as there are, 4; k is 5",
    );
  });
});

describe("dselect_k", () => {
  const run = (experts: number, options: LayerRun) => runGate("dselect_k", experts, options);

  it("at the start spreads its weights over all codes", () => {
    for (const row of rowsOf(run(8, { inputs: [someRows(5, 3)], arguments: { k: 3 } }).output)) {
      expect(row.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
      for (const each of row) expect(Math.abs(each - 1 / 8)).toBeLessThan(0.03);
    }
  });

  it("chooses the experts whose codes its bits are, in shares of its softmax", () => {
    // Two selectors of four experts: codes 10 and 01, with logits log 3 and 0.
    const state = { "codes.bias": [1, -1, -1, 1], "shares.bias": [Math.log(3), 0] };
    const args = { k: 2, routing: "task" };
    const rows = rowsOf(run(4, { inputs: [someRows(2, 3)], arguments: args, state }).output);
    for (const row of rows) expect(distance([...row], [0, 0.25, 0.75, 0])).toBeLessThan(1e-12);
  });

  it("is smooth between: 3t / (2γ) − 2t³ / γ³ + 1/2", () => {
    const state = { "codes.bias": [0.5], "shares.bias": [0] };
    const args = { k: 1, gamma: 2, routing: "task" };
    const [row] = rowsOf(run(2, { inputs: [someRows(1, 3)], arguments: args, state }).output);
    const step = 0.375 - 0.03125 + 0.5;
    expect(distance([...(row ?? [])], [1 - step, step])).toBeLessThan(1e-12);
  });
});

describe("penalties on gates", () => {
  const model = (gate: string, penalty: string) =>
    modelOf(`
      model gates
      features { a: numeric(scale: none), b: numeric(scale: none) }
      labels { click: event }
      input x = [a, b]
      experts pool[4] = mlp(x, [2])
      gate g = ${gate} over pool
      task ctr: P(click) = sigmoid(logit(g))
      loss { ctr: bce, p: ${penalty} }
    `);

  /** The penalty in the evaluation, and in a training step, over rows of which the last only fills the batch up. */
  function penalties(gate: string, penalty: string, state: Readonly<Record<string, readonly number[]>>) {
    const spec = model(gate, penalty);
    const program = lowerModel(spec, sizesOf(spec));
    const feeds: Feeds = { ...randomFeeds(spec, 5), weights: { shape: [5], data: [1, 1, 1, 1, 0] } };
    const initial = program.state.map((each) => [each.name, state[each.name] ?? initialize(each, 1)] as const);
    const value = (fn: string): number =>
      createInterpreter(program, new Map(initial)).run(fn, feeds)["penalty/p"]?.data[0] ?? NaN;
    const numbers = Array.from(feeds["numbers"]?.data ?? []);
    const rows = Array.from({ length: 4 }, (_, row) => numbers.slice(row * 2, row * 2 + 2));
    return { evaluated: value("evaluate"), trained: value("train"), rows };
  }

  const variation = (values: readonly number[]): number => {
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
    return values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length / mean ** 2;
  };

  it("importance is the squared variation of the summed weights", () => {
    const weight = [1, -0.5, 0.3, 2, -1, 0.2, 0.7, -2];
    const { evaluated, trained, rows } = penalties("softmax(x)", "importance(g)", { "g.weight": weight });
    const sums = [0, 0, 0, 0];
    for (const [a = 0, b = 0] of rows) {
      const logits = [0, 1, 2, 3].map((expert) => Math.exp(a * (weight[expert] ?? 0) + b * (weight[4 + expert] ?? 0)));
      const total = logits.reduce((sum, each) => sum + each, 0);
      for (const [expert, each] of logits.entries()) sums[expert] = (sums[expert] ?? 0) + each / total;
    }
    expect(evaluated).toBeCloseTo(variation(sums), 8);
    expect(trained).toBeCloseTo(evaluated, 8);
  });

  it("load counts rows outside of training, and expects them in it", () => {
    const { evaluated, trained } = penalties("noisy_top_k(x, k: 2)", "load(g)", {});
    // All logits are 0: the first two experts have every row.
    expect(evaluated).toBeCloseTo(variation([4, 4, 0, 0]), 8);
    expect(trained).toBeGreaterThan(0);
    expect(trained).toBeLessThan(0.5);
  });

  it("entropy is that of each selector, reachable how many there are", () => {
    const uniform = { "g.codes.bias": [0, 0, 0, 0], "g.shares.bias": [0, 0] };
    const gate = "dselect_k(x, k: 2, routing: task)";
    expect(penalties(gate, "entropy(g)", uniform).evaluated).toBeCloseTo(2 * Math.log(4), 4);
    expect(penalties(gate, "reachable(g)", uniform).evaluated).toBeCloseTo(2, 8);
    const chosen = { "g.codes.bias": [1, 1, -1, 1], "g.shares.bias": [0, 0] };
    expect(penalties(gate, "entropy(g)", chosen).evaluated).toBeCloseTo(0, 4);
  });

  it("adds up several gates, and wants at least one", () => {
    const twice = penalties("softmax(x)", "importance(g, g)", {});
    expect(twice.evaluated).toBeCloseTo(2 * penalties("softmax(x)", "importance(g)", {}).evaluated, 8);
    expect(() => model("softmax(x)", "importance()")).toThrow("MTL3001");
  });
});

describe("softmax of given logits", () => {
  const gate = (text: string) =>
    modelOf(`
      model gates
      features { a: numeric(scale: none) }
      labels { click: event }
      experts pool[3] = mlp(a, [2])
      bottom l = norm(linear(a, 3), kind: batch)
      gate g = ${text} over pool
      task ctr: P(click) = sigmoid(logit(g))
      loss { ctr: bce }
    `);

  it("has no parameters of its own", () => {
    const model = gate("softmax(logits: l, temperature: 2)");
    expect(model.nodes.find(({ id }) => id === "g")?.arguments).toEqual({ temperature: 2, logits: true });
    const program = lowerModel(model, sizesOf(model));
    expect(program.state.filter(({ name }) => name.startsWith("g."))).toEqual([]);
  });

  it.each([
    ["softmax(logits: a)", "MTL3007: `softmax` needs a logit for each of 3 experts, has [1]"],
    ["softmax(logits: l, bias: true)", "MTL2005"],
    ["noisy_top_k(a, k: 4)", "MTL3007: `noisy_top_k` chooses at most as many experts as there are, 3; k is 4"],
  ])("%s is an error", (text, message) => {
    expect(() => gate(text)).toThrow(message);
  });
});
