/** Each layer against its formula, and n copies of it against one. */
import { describe, expect, it } from "vitest";
import { distance } from "../lower/harness.js";
import { activations } from "../../src/compiler/builtins/index.js";
import type { Arguments } from "../../src/compiler/model/index.js";
import { copies, copyOf, describeLayer } from "./copies.js";
import { layerNamed, type LayerRun, runLayer, someRows } from "./harness.js";

const run = (name: string, options: LayerRun) => runLayer(layerNamed(name), options);
const values = (name: string, options: LayerRun): readonly number[] => [...run(name, options).output.data];

/** Layers that stand for networks of their own, with arguments that turn everything on. */
const cases: readonly (readonly [string, LayerRun])[] = [
  ["mlp", { inputs: [someRows(5, 3)], arguments: { widths: [4] } }],
  ["mlp", { inputs: [someRows(5, 3)], arguments: { widths: [4, 6, 2], activation: "tanh", last: "none" } }],
  ["mlp", { inputs: [someRows(5, 3)], arguments: { widths: [4, 3], norm: "layer", activation: "swish" } }],
  ["mlp", { inputs: [someRows(5, 3)], arguments: { widths: [4, 3], norm: "batch", activation: "gelu" } }],
  ["linear", { inputs: [someRows(5, 3)], arguments: { width: 2 } }],
  ["linear", { inputs: [someRows(5, 3)], arguments: { width: 2, bias: false } }],
  ["cross", { inputs: [someRows(5, 3)], arguments: { depth: 3 } }],
  ["sum_units", { inputs: [someRows(5, 4)] }],
  ["norm", { inputs: [someRows(5, 4)] }],
  ["norm", { inputs: [someRows(5, 4)], arguments: { kind: "batch" } }],
  ["stop", { inputs: [someRows(5, 3)] }],
  ["reverse", { inputs: [someRows(5, 3)], arguments: { rate: 0.5 } }],
  ["dropout", { inputs: [someRows(5, 3)], arguments: { rate: 0 } }],
  ["dot", { inputs: [someRows(5, 3), someRows(5, 3)] }],
  ["fm", { inputs: [someRows(5, 3), someRows(5, 3)] }],
  ["ait", { inputs: [someRows(5, 3), someRows(5, 3)] }],
  ["bi_interaction", { inputs: [someRows(5, 3), someRows(5, 3), someRows(5, 3)] }],
  ["pairs", { inputs: [someRows(5, 3), someRows(5, 3), someRows(5, 3), someRows(5, 3)] }],
  ["sum", { inputs: [someRows(5, 3), someRows(5, 3), someRows(5, 3)] }],
  ["cross_v2", { inputs: [someRows(5, 3)], arguments: { depth: 3 } }],
  ["cross_v2", { inputs: [someRows(5, 3)], arguments: { depth: 2, rank: 2 } }],
  ["bi_fwfm", { inputs: [someRows(5, 3), someRows(5, 3), someRows(5, 3)] }],
  ["autoint", { inputs: [someRows(5, 3), someRows(5, 3), someRows(5, 3)], arguments: { width: 2 } }],
  ["autoint", { inputs: [someRows(5, 3), someRows(5, 3)], arguments: { width: 3, heads: 1, depth: 1, scaled: true } }],
  ["autodis", { inputs: [someRows(5, 1)], arguments: { width: 3, buckets: 4, temperature: 0.5 } }],
  ["piecewise_linear", { inputs: [someRows(5, 1)], arguments: { boundaries: [-0.6, -0.1, 0.4] } }],
  ["concat", { inputs: [someRows(5, 3), someRows(5, 2)] }],
  ["mlp", { inputs: [someRows(5, 3)], arguments: { widths: [4, 3], activation: "dice", norm: "batch" } }],
  ["mlp", { inputs: [someRows(5, 3)], arguments: { widths: [4, 3], activation: "prelu" } }],
  ...activations.map(({ name }): readonly [string, LayerRun] => [name, { inputs: [someRows(5, 3)] }]),
];

for (const [name, options] of cases) describeLayer(name, options);

describe("copies at the start", () => {
  it.each([
    ["linear", { width: 4 }],
    ["mlp", { widths: [4, 4] }],
    ["cross", { depth: 1 }],
  ] as const)("of %s all differ", (name, args) => {
    const { variables, state } = run(name, { inputs: [someRows(2, 3)], arguments: args, replicas: copies });
    for (const variable of variables.filter((each) => each.name.endsWith("weight"))) {
      const shape = variable.type.shape.map(Number);
      const all = Array.from(
        { length: copies },
        (_, copy) => copyOf(shape, state.get(variable.name)?.data ?? [], shape.indexOf(copies), copy).data,
      );
      for (const [place, copy] of all.entries()) {
        for (const other of all.slice(place + 1)) expect(distance(copy, other)).toBeGreaterThan(1e-3);
      }
    }
  });
});

describe("mlp", () => {
  it("is max(0, x·W₀ + b₀)·W₁ + b₁ under a last activation of none", () => {
    const state = {
      "0.weight": [1, -1, 0.5, 2],
      "0.bias": [0.1, -0.2],
      "1.weight": [3, -4],
      "1.bias": [0.5],
    };
    const args = { widths: [2, 1], last: "none" };
    const [y] = values("mlp", { inputs: [{ shape: [1, 2], data: [2, -1] }], arguments: args, state });
    const hidden = [Math.max(0, 2 - 0.5 + 0.1), Math.max(0, -2 - 2 - 0.2)];
    expect(y).toBeCloseTo(3 * (hidden[0] ?? 0) - 4 * (hidden[1] ?? 0) + 0.5, 12);
  });

  it("has no bias before batch normalization, which would take it away", () => {
    const names = (norm: string): readonly string[] =>
      run("mlp", { inputs: [someRows(2, 3)], arguments: { widths: [4], norm } }).variables.map(({ name }) => name);
    expect(names("batch")).toEqual(["0.weight", "0.mean", "0.variance", "0.scale", "0.shift"]);
    expect(names("layer")).toEqual(["0.weight", "0.bias", "0.scale", "0.shift"]);
  });

  it("normalizes as `norm` with the same epsilon and momentum", () => {
    const inputs = [someRows(5, 2)];
    const settings = { epsilon: 0.5, momentum: 0.3 };
    const of = (layer: string, args: Arguments, state = {}) => {
      const result = run(layer, { inputs, training: true, arguments: { ...args, ...settings }, state });
      return {
        y: [...result.output.data],
        means: [...(result.state.get(layer === "mlp" ? "0.mean" : "mean")?.data ?? [])],
      };
    };
    const mlp = of("mlp", { widths: [2], norm: "batch", activation: "none" }, { "0.weight": [1, 0, 0, 1] });
    expect(mlp).toEqual(of("norm", { kind: "batch" }));
  });

  it("applies each activation by its formula", () => {
    const x = [-2, -0.5, 0, 0.7, 3];
    const state = { "0.weight": [1], "0.bias": [0] };
    const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
    const formulas: Readonly<Record<string, (z: number) => number>> = {
      none: (z) => z,
      relu: (z) => Math.max(0, z),
      gelu: (z) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
      swish: (z) => z * sigmoid(z),
      tanh: Math.tanh,
      sigmoid,
      softplus: (z) => Math.log1p(Math.exp(z)),
      leaky_relu: (z) => (z > 0 ? z : 0.01 * z),
      elu: (z) => (z > 0 ? z : Math.expm1(z)),
      prelu: (z) => (z > 0 ? z : 0.25 * z),
      // Outside of training, by the running mean 0 and variance 1.
      dice: (z) => z * sigmoid(z / Math.sqrt(1 + 1e-8)),
    };
    expect(Object.keys(formulas).toSorted()).toEqual(["none", ...activations.map(({ name }) => name)].toSorted());
    for (const [activation, formula] of Object.entries(formulas)) {
      const inputs = [{ shape: [5, 1], data: x }];
      const y = values("mlp", { inputs, arguments: { widths: [1], activation }, state });
      expect([activation, distance(y, x.map(formula)) < 1e-12]).toEqual([activation, true]);
    }
  });

  it("draws weights within Glorot's limit and starts biases at zero", () => {
    const { state } = run("mlp", { inputs: [someRows(1, 20)], arguments: { widths: [30] } });
    const weights = [...(state.get("0.weight")?.data ?? [])];
    const limit = Math.sqrt(6 / 50);
    expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(Math.max(...weights.map(Math.abs))).toBeGreaterThan(0.95 * limit);
    expect([...(state.get("0.bias")?.data ?? [])]).toEqual(Array.from({ length: 30 }, () => 0));
  });
});

describe("products", () => {
  const inputs = [
    { shape: [1, 2], data: [1, 2] },
    { shape: [1, 2], data: [3, -1] },
    { shape: [1, 2], data: [0.5, 4] },
  ];

  it("dot is Σ aᵢbᵢ", () => {
    expect(values("dot", { inputs: inputs.slice(0, 2) })).toEqual([1]);
  });

  it("fm sums the inner products of all pairs", () => {
    expect(values("fm", { inputs })).toEqual([1 + 8.5 + -2.5]);
  });

  it("bi_interaction sums the products of all pairs, unit by unit", () => {
    expect(values("bi_interaction", { inputs })).toEqual([3 + 0.5 + 1.5, -2 + 8 - 4]);
  });

  it("bi_fwfm weights each pair, from 1 on", () => {
    expect(values("bi_fwfm", { inputs })).toEqual(values("bi_interaction", { inputs }));
    const state = { strength: [2, -1, 0.5] };
    expect(values("bi_fwfm", { inputs, state })).toEqual([2 * 3 - 0.5 + 0.5 * 1.5, 2 * -2 - 8 + 0.5 * -4]);
  });

  it("autoint attends to all inputs, itself too, beside a residual", () => {
    const one = [
      { shape: [1, 1], data: [1] },
      { shape: [1, 1], data: [2] },
    ];
    const state = { "0.query": [0.5], "0.key": [2], "0.value": [3], "0.residual": [-1] };
    const attended = [1, 2].map((x) => {
      const shares = [1, 2].map((other) => Math.exp(0.5 * x * 2 * other));
      return (3 * (shares[0] ?? 0) + 6 * (shares[1] ?? 0)) / ((shares[0] ?? 0) + (shares[1] ?? 0)) - x;
    });
    const run = { inputs: one, arguments: { width: 1, heads: 1, depth: 1 }, state };
    expect(distance(values("autoint", run), attended)).toBeLessThan(1e-6);
  });

  it("autodis mixes embeddings by a softmax of two layers of the number", () => {
    const state = { first: [1, -1], second: [0.5, 0.2, -1, 3], embeddings: [1, 2, 3, 4] };
    const [x, keep, temperature] = [2, 0.3, 0.5];
    const h = [2, -0.02];
    const scores = [h[0]! * 0.5 + h[1]! * -1 + keep * h[0]!, h[0]! * 0.2 + h[1]! * 3 + keep * h[1]!];
    const shares = scores.map((score) => Math.exp(score / temperature));
    const total = shares[0]! + shares[1]!;
    const expected = [(shares[0]! + 3 * shares[1]!) / total, (2 * shares[0]! + 4 * shares[1]!) / total];
    const args = { width: 2, buckets: 2, keep, temperature };
    const found = values("autodis", { inputs: [{ shape: [1, 1], data: [x] }], arguments: args, state });
    expect(distance(found, expected)).toBeLessThan(1e-6);
  });

  it("piecewise_linear passes intervals one after another, open at both ends", () => {
    const found = values("piecewise_linear", {
      inputs: [{ shape: [4, 1], data: [-1, 1, 3, 10] }],
      arguments: { boundaries: [0, 2, 4, 8] },
    });
    const expected = [-0.5, 0, 0, 0.5, 0, 0, 1, 0.5, 0, 1, 1, 1.5];
    expect(distance(found, expected)).toBeLessThan(1e-6);
  });

  it("sum adds its inputs, unit by unit", () => {
    expect(values("sum", { inputs })).toEqual([4.5, 5]);
  });

  it("pairs gives each inner product", () => {
    expect(values("pairs", { inputs })).toEqual([1, 8.5, -2.5]);
  });

  it("cross_v2 multiplies the input with a linear map of what came so far", () => {
    const state = { "0.weight": [2, 1, -1, 3], "0.bias": [0.5, 0], "1.weight": [1, 0, 0, 1], "1.bias": [0, 1] };
    const first = [1 * (2 - 2 + 0.5) + 1, 2 * (1 + 6) + 2];
    expect(values("cross_v2", { inputs: inputs.slice(0, 1), arguments: { depth: 2 }, state })).toEqual([
      1 * (first[0] ?? 0) + (first[0] ?? 0),
      2 * ((first[1] ?? 0) + 1) + (first[1] ?? 0),
    ]);
  });

  it("cross_v2 of a rank has two factors and one bias a layer", () => {
    const { variables } = run("cross_v2", { inputs: [someRows(2, 5)], arguments: { depth: 1, rank: 2 } });
    expect(variables.map(({ name, type }) => [name, type.shape])).toEqual([
      ["0.narrow.weight", [5, 2]],
      ["0.weight", [2, 5]],
      ["0.bias", [5]],
    ]);
  });

  it("cross multiplies with the input once a layer", () => {
    const state = { "0.weight": [2, 1], "0.bias": [0.5, 0], "1.weight": [1, -1], "1.bias": [0, 0] };
    const [x0, x1] = [1, 2];
    const first = [x0 * 4 + 0.5 + x0, x1 * 4 + x1];
    const inner = (first[0] ?? 0) - (first[1] ?? 0);
    expect(values("cross", { inputs: inputs.slice(0, 1), arguments: { depth: 2 }, state })).toEqual([
      x0 * inner + (first[0] ?? 0),
      x1 * inner + (first[1] ?? 0),
    ]);
  });
});

describe("dropout", () => {
  const inputs = [{ shape: [400, 10], data: Array.from({ length: 4000 }, () => 1) }];

  it("drops its share in training and keeps the sum", () => {
    const y = values("dropout", { inputs, arguments: { rate: 0.25 }, training: true });
    const dropped = y.filter((value) => value === 0).length / y.length;
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.03);
    expect(new Set(y)).toEqual(new Set([0, 1 / 0.75]));
  });

  it("does nothing outside of training", () => {
    expect(values("dropout", { inputs, arguments: { rate: 0.25 } })).toEqual(inputs[0]?.data);
  });

  it("drops other units of each copy", () => {
    const { output } = run("dropout", { inputs, arguments: { rate: 0.5 }, training: true, replicas: 2 });
    const [a, b] = [0, 1].map((copy) => copyOf([400, 2, 10], output.data, 1, copy).data);
    expect(a).not.toEqual(b);
  });
});

describe("stop", () => {
  it("lets no gradient back", () => {
    expect([...(run("stop", { inputs: [someRows(2, 2)] }).gradients[0]?.data ?? [])]).toEqual([0, 0, 0, 0]);
  });
});

describe("reverse", () => {
  it("gives the very same value, and the gradient times −rate", () => {
    const inputs = [someRows(2, 2)];
    const { output, gradients } = run("reverse", { inputs, arguments: { rate: 0.25 } });
    expect([...output.data]).toEqual(inputs[0]?.data);
    const plain = run("concat", { inputs }).gradients[0]?.data ?? [];
    expect([...(gradients[0]?.data ?? [])]).toEqual([...plain].map((slope) => -0.25 * slope));
  });
});

describe("norm", () => {
  const mean = (all: readonly number[]): number => all.reduce((sum, value) => sum + value, 0) / all.length;
  const variance = (all: readonly number[]): number => mean(all.map((value) => (value - mean(all)) ** 2));

  it("of a layer gives each row mean 0 and variance 1", () => {
    const y = values("norm", { inputs: [someRows(3, 8)] });
    for (let row = 0; row < 3; row += 1) {
      const own = y.slice(row * 8, row * 8 + 8);
      expect(mean(own)).toBeCloseTo(0, 10);
      expect(variance(own)).toBeCloseTo(1, 3);
    }
  });

  it("of a batch leaves out the rows that fill it up, and moves the running statistics", () => {
    const data = [1, 10, 2, 20, 6, 60, 100, -100];
    const result = run("norm", {
      inputs: [{ shape: [4, 2], data }],
      arguments: { kind: "batch", momentum: 0.9, epsilon: 1e-9 },
      training: true,
      present: [1, 1, 1, 0],
    });
    const units = [
      [1, 2, 6],
      [10, 20, 60],
    ];
    const expected = units.map((unit) => unit.map((value) => (value - mean(unit)) / Math.sqrt(variance(unit))));
    const y = [...result.output.data];
    expect(
      distance(
        y.slice(0, 6),
        [0, 1, 2].flatMap((row) => expected.map((unit) => unit[row] ?? 0)),
      ),
    ).toBeLessThan(1e-6);
    const running = (name: string): readonly number[] => [...(result.state.get(name)?.data ?? [])];
    expect(
      distance(
        running("mean"),
        units.map((unit) => 0.1 * mean(unit)),
      ),
    ).toBeLessThan(1e-12);
    expect(
      distance(
        running("variance"),
        units.map((unit) => 0.9 + 0.1 * variance(unit)),
      ),
    ).toBeLessThan(1e-12);
  });

  it("of a batch uses the running statistics outside of training", () => {
    const y = values("norm", {
      inputs: [{ shape: [1, 1], data: [7] }],
      arguments: { kind: "batch", epsilon: 1e-9 },
      state: { mean: [3], variance: [4], scale: [10], shift: [1] },
    });
    expect(y[0]).toBeCloseTo(21, 6);
  });
});

describe("sum_units", () => {
  it("is one number per row", () => {
    expect(values("sum_units", { inputs: [{ shape: [2, 3], data: [1, 2, 4, -1, 0, 5] }] })).toEqual([7, 4]);
  });
});

describe("ait", () => {
  it("drops units of what the step before says, in training", () => {
    const inputs = [someRows(50, 4), someRows(50, 4)];
    const at = (training: boolean, dropout: number) =>
      run("ait", { inputs, training, arguments: { dropout }, state: { "info.bias": [9, 9, 9, 9] } }).output.data;
    expect(at(false, 0.5)).toEqual(at(true, 0));
    expect(distance([...at(true, 0.5)], [...at(true, 0)])).toBeGreaterThan(0.001);
  });

  it("attends to the information of the step before and to its own, each by h₁, h₂ and h₃", () => {
    const matrix = { info: [1, -2, 0.5, 1], h1: [1, 2, 3, 4], h2: [0.5, 0, -1, 1], h3: [2, 1, 1, -1] };
    const state = {
      "info.weight": matrix.info,
      "info.bias": [0.1, -5],
      "h1.weight": matrix.h1,
      "h2.weight": matrix.h2,
      "h3.weight": matrix.h3,
    };
    const times = ([a = NaN, b = NaN]: readonly number[], m: readonly number[]): number[] =>
      [0, 1].map((j) => a * (m[j] ?? NaN) + b * (m[2 + j] ?? NaN));
    const [previous, own] = [
      [0.3, 0.4],
      [-0.2, 0.5],
    ];
    const info = times(previous, matrix.info).map((value, j) => Math.max(0, value + (state["info.bias"][j] ?? NaN)));
    const scores = [info, own].map((unit) => {
      const [key, query] = [times(unit, matrix.h1), times(unit, matrix.h2)];
      return key.reduce((sum, value, j) => sum + value * (query[j] ?? NaN), 0) / Math.sqrt(2);
    });
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    const [v0, v1] = [info, own].map((unit) => times(unit, matrix.h3));
    const expected = [0, 1].map(
      (j) => ((v0?.[j] ?? NaN) * Math.exp(scores[0] ?? NaN) + (v1?.[j] ?? NaN) * Math.exp(scores[1] ?? NaN)) / total,
    );
    const inputs = [
      { shape: [1, 2], data: previous },
      { shape: [1, 2], data: own },
    ];
    expect(distance([...values("ait", { inputs, state })], expected)).toBeLessThan(1e-6);
  });
});
