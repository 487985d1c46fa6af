/** Layers over sequences against their formulas; what is at positions without a value never matters. */
import { describe, expect, it } from "vitest";
import { activations } from "../../src/compiler/builtins/index.js";
import { layerShape } from "../../src/compiler/builtins/positions.js";
import { distance } from "../lower/harness.js";
import { copyOf } from "./copies.js";
import { layerNamed, type LayerRun, type Rows, runLayer, someRows, withDefaults } from "./harness.js";

const run = (name: string, options: LayerRun) => runLayer(layerNamed(name), options);
const values = (name: string, options: LayerRun): readonly number[] => [...run(name, options).output.data];

/** Two rows of two numbers at three positions: two values, and none. */
const mask = [1, 1, 0, 0, 0, 0];
const data = [1, -2, 3, 5, 99, 99, 7, 7, 7, 7, 7, 7];
const seq: Rows = { shape: [2, 3, 2], data, mask };

describe("pool", () => {
  it.each([
    ["mean", [2, 1.5, 0, 0]],
    ["sum", [4, 3, 0, 0]],
    ["max", [3, 5, 0, 0]],
    ["last", [3, 5, 0, 0]],
  ])("%s is over the values that are there", (kind, expected) => {
    expect(values("pool", { inputs: [seq], arguments: { kind } })).toEqual(expected);
  });

  it("is the same for each of n networks", () => {
    const { output } = run("pool", { inputs: [seq], replicas: 3 });
    expect(output.shape).toEqual([2, 3, 2]);
    expect([...output.data]).toEqual([2, 1.5, 2, 1.5, 2, 1.5, 0, 0, 0, 0, 0, 0]);
  });
});

describe("attend", () => {
  const target: Rows = { shape: [2, 2], data: [0.5, 2, 1, 1] };
  const state = {
    "0.weight": [0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.7, -0.8],
    "0.bias": [0.05],
    "score.weight": [2],
    "score.bias": [-0.1],
  };
  const args = { hidden: [1], activation: "relu" };
  /** The weight of a value k for the target q: q, k, q − k and q·k side by side through one hidden unit. */
  const scoreOf = (q: readonly number[], k: readonly number[]): number => {
    const pair = [...q, ...k, ...q.map((each, i) => each - (k[i] ?? 0)), ...q.map((each, i) => each * (k[i] ?? 0))];
    const hidden = pair.reduce((sum, each, i) => sum + each * (state["0.weight"][i] ?? 0), 0.05);
    return 2 * Math.max(0, hidden) - 0.1;
  };
  const [a, b] = [scoreOf([0.5, 2], [1, -2]), scoreOf([0.5, 2], [3, 5])];

  it("is the sum of the values, each times its weight, which no softmax changes", () => {
    const found = values("attend", { inputs: [target, seq], arguments: args, state });
    expect(a).not.toBe(b);
    expect(distance(found, [a + 3 * b, -2 * a + 5 * b, 0, 0])).toBeLessThan(1e-12);
  });

  it("has weights that sum to 1 under `normalize`", () => {
    const found = values("attend", { inputs: [target, seq], arguments: { ...args, normalize: true }, state });
    const share = Math.exp(a) / (Math.exp(a) + Math.exp(b));
    expect(distance(found, [share + 3 * (1 - share), -2 * share + 5 * (1 - share), 0, 0])).toBeLessThan(1e-12);
  });

  it("normalizes hidden units over the positions that have a value, outside of training by what it has seen", () => {
    const { ["0.bias"]: _, ...rest } = state;
    const given = { ...rest, "0.scale": [1.5], "0.shift": [0.3], "0.mean": [0.2], "0.variance": [4] };
    const input = { inputs: [target, seq], arguments: { ...args, norm: "batch", epsilon: 0.5 }, state: given };
    const hidden = [
      [1, -2],
      [3, 5],
    ].map((k) => {
      const q = [0.5, 2];
      const pair = [...q, ...k, ...q.map((each, i) => each - (k[i] ?? 0)), ...q.map((each, i) => each * (k[i] ?? 0))];
      return pair.reduce((sum, each, i) => sum + each * (state["0.weight"][i] ?? 0), 0);
    });
    const [one = 0, two = 0] = hidden;
    const mean = (one + two) / 2;
    const variance = ((one - mean) ** 2 + (two - mean) ** 2) / 2;
    for (const [training, m, v] of [[true, mean, variance] as const, [false, 0.2, 4] as const]) {
      const [a = 0, b = 0] = hidden.map((h) => 2 * Math.max(0, ((h - m) / Math.sqrt(v + 0.5)) * 1.5 + 0.3) - 0.1);
      const found = values("attend", { ...input, training });
      expect(distance(found, [a + 3 * b, -2 * a + 5 * b, 0, 0])).toBeLessThan(1e-12);
    }
  });

  it.each([
    ["shared", {}],
    ["replicated", {}],
    ["replicated", { norm: "batch" }],
    ["shared", { norm: "layer" }],
  ])("copied, with a %s target and %o, is as many networks", (kind, more) => {
    const copies = 5;
    const given = kind === "shared" ? target : someRows(2, copies, 2);
    const options = { arguments: { hidden: [3, 4], normalize: true, ...more } };
    for (const training of [false, true]) {
      const together = run("attend", { inputs: [given, seq], replicas: copies, training, ...options });
      for (let copy = 0; copy < copies; copy += 1) {
        const own = kind === "shared" ? given : copyOf(given.shape, given.data, 1, copy);
        const single = run("attend", {
          inputs: [own, seq],
          training,
          ...options,
          state: Object.fromEntries(
            together.variables
              .filter(({ role }) => role !== "statistic")
              .map(({ name, type }) => {
                const shape = type.shape.map(Number);
                return [name, copyOf(shape, together.state.get(name)?.data ?? [], shape.indexOf(copies), copy).data];
              }),
          ),
        });
        const part = copyOf([2, copies, 2], together.output.data, 1, copy).data;
        expect(distance([...single.output.data], part)).toBeLessThan(1e-12);
      }
    }
  });

  it("says which widths do not meet", () => {
    expect(layerNamed("attend").shape([[3], [50, 2]], withDefaults(layerNamed("attend").parameters))).toEqual({
      kind: "problem",
      problem: "needs a target of the width of the sequence's values, has [3] and sequence[50] × [2]",
      help: "read the same columns in both, or make the target as wide: `linear(target, 2)`",
    });
  });
});

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const times = (row: readonly number[], weight: readonly number[], width: number): readonly number[] =>
  Array.from({ length: width }, (_, unit) =>
    row.reduce((sum, each, i) => sum + each * (weight[i * width + unit] ?? NaN), 0),
  );
const noise = (count: number, shift: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(2.3 * i + shift));
const whole = { ...seq, mask: [1, 1, 0, 1, 1, 1] };

/** The states of a GRU of two units by its formulas, after each value of a row; `attention` scales its update gate. */
function statesOf(
  values: readonly (readonly number[])[],
  state: Readonly<Record<string, readonly number[]>>,
  attention: readonly number[] = values.map(() => 1),
): readonly (readonly number[])[] {
  const { weight = [], recurrent = [], bias = [] } = state;
  let h: readonly number[] = [0, 0];
  return values.map((value, t) => {
    const x = times(value, weight, 6).map((each, i) => each + (bias[i] ?? NaN));
    const u = times(h, recurrent, 6);
    h = h.map((before, i) => {
      const reset = sigmoid((x[i] ?? NaN) + (u[i] ?? NaN));
      const update = sigmoid((x[2 + i] ?? NaN) + (u[2 + i] ?? NaN)) * (attention[t] ?? NaN);
      const candidate = Math.tanh((x[4 + i] ?? NaN) + reset * (u[4 + i] ?? NaN));
      return (1 - update) * before + update * candidate;
    });
    return h;
  });
}

describe("gru and augru", () => {
  const state = { weight: noise(12, 0), recurrent: noise(12, 1), bias: noise(6, 2) };
  const rows = [
    [
      [1, -2],
      [3, 5],
    ],
    [
      [7, 7],
      [7, 7],
      [7, 7],
    ],
  ];

  it("gru has the states of its formulas, and keeps the last one where nothing follows", () => {
    const found = values("gru", { inputs: [whole], arguments: { units: 2 }, state });
    const [first = [], second = []] = rows.map((row) => statesOf(row, state));
    expect(distance(found, [...first, first.at(-1) ?? [], ...second].flat())).toBeLessThan(1e-12);
  });

  it("augru scales updates by a softmax of how the target meets the values", () => {
    const target = [0.5, 2, -1];
    const meets = noise(6, 3);
    const run = { inputs: [{ shape: [2, 3], data: [...target, ...target] }, whole], arguments: { units: 2 } };
    const found = values("augru", { ...run, state: { ...state, "attention.weight": meets } });
    const expected = rows.map((row) => {
      const query = times(target, meets, 2);
      const scores = row.map((value) => Math.exp(value.reduce((sum, each, i) => sum + each * (query[i] ?? NaN), 0)));
      const total = scores.reduce((sum, each) => sum + each, 0);
      return (
        statesOf(
          row,
          state,
          scores.map((each) => each / total),
        ).at(-1) ?? []
      );
    });
    expect(distance(found, expected.flat())).toBeLessThan(1e-12);
  });

  it.each(["shared", "replicated"])("augru copied, with a %s target, is as many networks", (kind) => {
    const given = kind === "shared" ? someRows(2, 3) : someRows(2, 4, 3);
    const together = run("augru", { inputs: [given, whole], replicas: 4, arguments: { units: 2 } });
    for (let copy = 0; copy < 4; copy += 1) {
      const own = kind === "shared" ? given : copyOf(given.shape, given.data, 1, copy);
      const single = run("augru", {
        inputs: [own, whole],
        arguments: { units: 2 },
        state: Object.fromEntries(
          together.variables.map(({ name, type }) => [
            name,
            copyOf(type.shape.map(Number), together.state.get(name)?.data ?? [], 0, copy).data,
          ]),
        ),
      });
      const part = copyOf([2, 4, 2], together.output.data, 1, copy).data;
      expect(distance([...single.output.data], part)).toBeLessThan(1e-12);
    }
  });

  it("read at most 100 positions", () => {
    const layer = layerNamed("gru");
    expect(layer.shape([[101, 2]], { units: 3 })).toMatchObject({
      kind: "problem",
      problem: "reads at most 100 positions, one after another, has sequence[101] × [2]",
    });
  });
});

describe("transformer", () => {
  const layer = layerNamed("transformer");
  const norm = (x: readonly number[]): readonly number[] => {
    const mean = x.reduce((sum, each) => sum + each, 0) / x.length;
    const variance = x.reduce((sum, each) => sum + (each - mean) ** 2, 0) / x.length;
    return x.map((each) => (each - mean) / Math.sqrt(variance + 1e-5));
  };
  const plus = (a: readonly number[], b: readonly number[]): readonly number[] => a.map((x, i) => x + (b[i] ?? NaN));
  const names = ["query", "key", "value", "out"] as const;
  const state = {
    positions: noise(12, 4),
    ...Object.fromEntries(names.map((name, i) => [`0.attention.${name}.weight`, noise(16, i)])),
    ...Object.fromEntries(names.map((name, i) => [`0.attention.${name}.bias`, noise(4, 5 + i)])),
    "0.hidden.weight": noise(20, 1),
    "0.hidden.bias": noise(5, 2),
    "0.out.weight": noise(20, 3),
    "0.out.bias": noise(4, 4),
  };
  const given = (name: string): readonly number[] => (state as Record<string, readonly number[]>)[name] ?? [];
  const linear = (row: readonly number[], name: string, width: number): readonly number[] =>
    plus(times(row, given(`${name}.weight`), width), given(`${name}.bias`));

  /** One block with two heads of two numbers, by its formulas. */
  function blockOf(values: readonly (readonly number[])[], causal: boolean): readonly (readonly number[])[] {
    const x = values.map((value, t) => plus(value, given("positions").slice(4 * t, 4 * t + 4)));
    const [query = [], key = [], value = []] = names.map((name) =>
      x.map((row) => linear(row, `0.attention.${name}`, 4)),
    );
    return x.map((row, t) => {
      const seen = x.map((_, s) => s).filter((s) => !causal || s <= t);
      const mixed = [0, 2].flatMap((head) => {
        const scores = seen.map((s) =>
          Math.exp(
            [0, 1].reduce((sum, i) => sum + (query[t]?.[head + i] ?? NaN) * (key[s]?.[head + i] ?? NaN), 0) /
              Math.SQRT2,
          ),
        );
        const total = scores.reduce((sum, each) => sum + each, 0);
        return [0, 1].map((i) =>
          seen.reduce((sum, s, at) => sum + ((scores[at] ?? NaN) / total) * (value[s]?.[head + i] ?? NaN), 0),
        );
      });
      const attended = norm(plus(row, linear(mixed, "0.attention.out", 4)));
      const hidden = linear(attended, "0.hidden", 5).map((each) => Math.max(0, each));
      return norm(plus(attended, linear(hidden, "0.out", 4)));
    });
  }

  const rows = { ...someRows(2, 3, 4), mask: [1, 1, 0, 1, 1, 1] };
  it.each([false, true])("is its formulas over the values that are there (causal: %s)", (causal) => {
    const found = values("transformer", { inputs: [rows], arguments: { heads: 2, hidden: 5, causal }, state });
    const at = (row: number, t: number): readonly number[] => rows.data.slice(12 * row + 4 * t, 12 * row + 4 * t + 4);
    const first = blockOf([at(0, 0), at(0, 1)], causal).flat();
    const second = blockOf([at(1, 0), at(1, 1), at(1, 2)], causal).flat();
    expect(distance(found.slice(0, 8), first)).toBeLessThan(1e-12);
    expect(distance(found.slice(12), second)).toBeLessThan(1e-12);
  });

  it("shares its width among heads", () => {
    expect(layer.shape([[3, 4]], withDefaults(layer.parameters, { heads: 3 }))).toEqual({
      kind: "problem",
      problem: "shares a width of 4 among 3 heads, which does not come out even",
      help: "take another number of heads, or a width that it divides: `linear(x, 6)`",
    });
  });
});

/** Each with everything that could let one position see another. */
const cases: readonly (readonly [string, readonly Rows[], NonNullable<LayerRun["arguments"]>])[] = [
  ["pool", [seq], { kind: "max" }],
  ["pool", [seq], { kind: "mean" }],
  ["pool", [seq], { kind: "last" }],
  ["augru", [{ shape: [2, 2], data: [0.5, 2, 1, 1] }, seq], { units: 3 }],
  ["attend", [{ shape: [2, 2], data: [0.5, 2, 1, 1] }, seq], { hidden: [4] }],
  ["attend", [{ shape: [2, 2], data: [0.5, 2, 1, 1] }, seq], { hidden: [4], normalize: true }],
  ["attend", [{ shape: [2, 2], data: [0.5, 2, 1, 1] }, seq], { hidden: [4], norm: "batch" }],
];

describe.each(cases)("%s of what is at a position without a value", (name, inputs, args) => {
  const other = inputs.map((rows) => ({
    ...rows,
    data:
      rows.mask === undefined ? rows.data : rows.data.map((value, i) => (mask[Math.floor(i / 2)] === 1 ? value : -3)),
  }));
  it.each([false, true])("is the same (training: %s), and its gradient there is 0", (training) => {
    const [one, two] = [inputs, other].map((given) => run(name, { inputs: given, arguments: args, training }));
    expect(distance([...(one?.output.data ?? [])], [...(two?.output.data ?? [])])).toBe(0);
    expect(one?.state).toEqual(two?.state);
    const slope = one?.gradients.at(-1)?.data ?? [];
    expect([...slope].slice(0, 4).some((each) => each !== 0)).toBe(true);
    expect([...slope].slice(4).map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

const positionwise: readonly (readonly [string, NonNullable<LayerRun["arguments"]>])[] = [
  ["mlp", { widths: [3, 4], norm: "layer" }],
  ["linear", { width: 3 }],
  ["norm", {}],
  ["dropout", { rate: 0 }],
  ["stop", {}],
  ["concat", {}],
  ...activations.map(({ name }): readonly [string, NonNullable<LayerRun["arguments"]>] => [name, {}]),
];

describe.each(positionwise)("%s of a sequence", (name, args) => {
  it("is what it is of each value by itself", () => {
    const whole = run(name, { inputs: [{ ...seq, mask: [1, 1, 1, 1, 1, 1] }], arguments: args });
    const apart = run(name, { inputs: [{ shape: [6, 2], data }], arguments: args });
    expect([...whole.output.data]).toEqual([...apart.output.data]);
    const layer = layerNamed(name);
    expect(layerShape(layer, [[3, 2]], withDefaults(layer.parameters, args))).toEqual({
      kind: "shape",
      shape: whole.output.shape.slice(1),
    });
  });
});

it("takes the statistics of a batch over the values that are there, in rows that count", () => {
  const rows = { ...seq, mask: [1, 1, 0, 1, 1, 1] };
  const options = { arguments: { kind: "batch" }, training: true };
  const whole = run("norm", { inputs: [rows], present: [1, 0], ...options });
  const apart = run("norm", { inputs: [{ shape: [2, 2], data: data.slice(0, 4) }], ...options });
  expect(distance([...whole.output.data].slice(0, 4), [...apart.output.data])).toBeLessThan(1e-12);
  expect(distance([...(whole.state.get("mean")?.data ?? [])], [...(apart.state.get("mean")?.data ?? [])])).toBe(0);
});
