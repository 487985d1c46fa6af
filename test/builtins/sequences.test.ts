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

  it.each(["shared", "replicated"])("copied, with a %s target, is as many networks", (kind) => {
    const copies = 5;
    const given = kind === "shared" ? target : someRows(2, copies, 2);
    const options = { arguments: { hidden: [3, 4], normalize: true } };
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

/** Each with everything that could let one position see another. */
const cases: readonly (readonly [string, readonly Rows[], NonNullable<LayerRun["arguments"]>])[] = [
  ["pool", [seq], { kind: "max" }],
  ["pool", [seq], { kind: "mean" }],
  ["attend", [{ shape: [2, 2], data: [0.5, 2, 1, 1] }, seq], { hidden: [4] }],
  ["attend", [{ shape: [2, 2], data: [0.5, 2, 1, 1] }, seq], { hidden: [4], normalize: true }],
];

describe.each(cases)("%s of what is at a position without a value", (name, inputs, args) => {
  const other = inputs.map((rows) => ({
    ...rows,
    data:
      rows.mask === undefined ? rows.data : rows.data.map((value, i) => (mask[Math.floor(i / 2)] === 1 ? value : -3)),
  }));
  it.each([false, true])("is the same (training: %s), and its gradient there is 0", (training) => {
    const [one, two] = [inputs, other].map((given) => run(name, { inputs: given, arguments: args, training }));
    expect([...(one?.output.data ?? [])]).toEqual([...(two?.output.data ?? [])]);
    expect(one?.state).toEqual(two?.state);
    const slope = one?.gradients.at(-1)?.data ?? [];
    expect([...slope].slice(0, 4).some((each) => each !== 0)).toBe(true);
    expect([...slope].slice(4)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
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
