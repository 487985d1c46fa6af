/** Layers of families against their formulas. */
import { describe, expect, it } from "vitest";
import { distance } from "../lower/harness.js";
import { meet } from "../outside/rows.js";
import { type LayerRun, runFamily, someRows } from "./harness.js";

const values = (name: string, members: number, run: LayerRun): readonly number[] => [
  ...runFamily(name, members, run).output.data,
];

it("a family layer of one file computes what its lowering says", () => {
  const { output, variables } = runFamily(meet, 2, {
    inputs: [{ shape: [1, 1], data: [2] }],
    arguments: { width: 1 },
    state: { weight: [3, 5], bias: [0, 1] },
  });
  expect([...output.data]).toEqual([6 + 8.5 / 2, 11 + 8.5 / 2]);
  expect(variables.map(({ name, type }) => [name, type.shape])).toEqual([
    ["weight", [2, 1, 1]],
    ["bias", [2, 1]],
  ]);
});

describe("stitch", () => {
  const weights = { "0.weight": [1, 2, -1, 0.5], "0.bias": [0, 0.1, 0.2, 0.3] };
  const run = (per: string, alpha: readonly number[]): readonly number[] =>
    values("stitch", 2, {
      inputs: [{ shape: [1, 1], data: [3] }],
      arguments: { widths: [2], activation: "none", per },
      state: { ...weights, "0.stitch": alpha },
    });
  /** Of each member, x·W + b with x = 3. */
  const [first, second] = [
    [3, 6.1],
    [-2.8, 1.8],
  ] as const;

  it("gives each member Σ αₖⱼ·hⱼ, one α for all units", () => {
    const expected = [
      0.9 * first[0] + 0.1 * second[0],
      0.9 * first[1] + 0.1 * second[1],
      0.3 * first[0] + 0.7 * second[0],
      0.3 * first[1] + 0.7 * second[1],
    ];
    expect(distance(run("layer", [0.9, 0.1, 0.3, 0.7]), expected)).toBeLessThan(1e-6);
  });

  it("or one α for each unit", () => {
    // α[k][j][unit]
    const alpha = [1, 2, 3, 4, 5, 6, 7, 8];
    const expected = [
      first[0] + 3 * second[0],
      2 * first[1] + 4 * second[1],
      5 * first[0] + 7 * second[0],
      6 * first[1] + 8 * second[1],
    ];
    expect(distance(run("channel", alpha), expected)).toBeLessThan(1e-6);
  });

  it.each(["layer", "channel"])("starts with `same` on the diagonal, never with ones everywhere (per %s)", (per) => {
    const { state } = runFamily("stitch", 3, {
      inputs: [someRows(2, 4)],
      arguments: { widths: [5, 2], same: 0.8, per },
    });
    const starts = [...(state.get("1.stitch")?.data ?? [])];
    const copies = per === "layer" ? 1 : 2;
    const expected = [0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8].flatMap((alpha) =>
      Array.from({ length: copies }, () => alpha),
    );
    expect(distance(starts, expected)).toBeLessThan(1e-6);
  });

  it("reads one tensor for all members, or one for each", () => {
    const together = runFamily("stitch", 2, { inputs: [someRows(4, 3)], arguments: { widths: [5] } });
    const state = Object.fromEntries([...together.state].map(([name, { data }]) => [name, [...data]]));
    const { shape, data } = someRows(4, 3);
    const twice = data.flatMap((_, i) => (i % 3 === 0 ? [...data.slice(i, i + 3), ...data.slice(i, i + 3)] : []));
    const apart = runFamily("stitch", 2, {
      inputs: [{ shape: [4, 2, ...shape.slice(1)], data: twice }],
      arguments: { widths: [5] },
      state,
    });
    expect(together.output.shape).toEqual([4, 2, 5]);
    expect(distance([...apart.output.data], [...together.output.data])).toBeLessThan(1e-12);
  });
});

/** softmax(logits)·values. */
function mixOf(logits: readonly number[], values: readonly number[]): number {
  const shares = logits.map(Math.exp);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.reduce((sum, share, i) => sum + (share / total) * (values[i] ?? NaN), 0);
}

const linear = { activation: "none", dropout: 0 };

describe("mmoe and omoe", () => {
  const state = { "0.shared.0.weight": [1, -2, 3], "0.shared.0.bias": [0, 0.5, 0] };
  const inputs = [{ shape: [1, 1], data: [2] }];
  const experts = [2, -3.5, 6];

  it("mix all experts by a gate for each member, linear in the input and without a bias", () => {
    const gates = [0.1, 0.2, -0.3, 1, 0, -1];
    const run = { inputs, arguments: { widths: [1], experts: 3, ...linear } };
    const { output, variables } = runFamily("mmoe", 2, { ...run, state: { ...state, "0.gate.weight": gates } });
    const logits = [gates.slice(0, 3), gates.slice(3)].map((gate) => gate.map((weight) => 2 * weight));
    expect(
      distance(
        [...output.data],
        logits.map((each) => mixOf(each, experts)),
      ),
    ).toBeLessThan(1e-6);
    expect(variables.map(({ name }) => name)).toEqual(["0.shared.0.weight", "0.shared.0.bias", "0.gate.weight"]);
  });

  it("or by one gate, the same for all", () => {
    const run = { inputs, arguments: { widths: [1], experts: 3, ...linear } };
    const { output } = runFamily("omoe", 3, { ...run, state: { ...state, "0.gate.weight": [0.1, 0.2, -0.3] } });
    const mix = mixOf([0.2, 0.4, -0.6], experts);
    expect(distance([...output.data], [mix, mix, mix])).toBeLessThan(1e-6);
  });
});

describe("cgc and ple", () => {
  // Two members, one own expert each and two shared ones, of one unit each without biases.
  const level = (index: number, own: readonly number[], shared: readonly number[], gates: readonly number[]) => ({
    [`${index}.own.0.weight`]: own,
    [`${index}.shared.0.weight`]: shared,
    [`${index}.own.0.bias`]: [0, 0],
    [`${index}.shared.0.bias`]: [0, 0],
    [`${index}.gate.weight`]: gates,
  });
  const first = level(0, [1, 2], [3, -1], [0.1, 0.2, 0.3, -0.1, 0, 0.4]);
  const x = 1.5;
  /** What the members have after a level, from what they had and the shared stream. */
  const after = (state: ReturnType<typeof level>, index: number, had: readonly number[], s: number): number[] =>
    had.map((value, k) => {
      const weight = (name: string, i: number): number => state[`${index}.${name}.weight`]?.[i] ?? NaN;
      const experts = [value * weight("own.0", k), s * weight("shared.0", 0), s * weight("shared.0", 1)];
      return mixOf(
        [0, 1, 2].map((i) => value * weight("gate", 3 * k + i)),
        experts,
      );
    });
  const one = after(first, 0, [x, x], x);

  it("mix a member's own experts and the shared ones, in that order", () => {
    const { output } = runFamily("cgc", 2, {
      inputs: [{ shape: [1, 1], data: [x] }],
      arguments: { widths: [1], shared: 2, own: 1, ...linear },
      state: first,
    });
    expect(distance([...output.data], one)).toBeLessThan(1e-6);
  });

  it("and on the next level what each has of the one before, with a shared gate over all experts in between", () => {
    const second = level(1, [0.5, -1], [1, 2], [0.3, 0.1, -0.2, 0.2, 0.5, 0.1]);
    const gate = { "0.shared_gate.weight": [0.2, -0.4], "0.shared_gate.shared": [0.1, 0.6] };
    const { output, variables } = runFamily("ple", 2, {
      inputs: [{ shape: [1, 1], data: [x] }],
      arguments: { levels: [[1], [1]], shared: 2, own: 1, ...linear },
      state: { ...first, ...second, ...gate },
    });
    const s = mixOf(
      [0.2, -0.4, 0.1, 0.6].map((weight) => weight * x),
      [x, 2 * x, 3 * x, -x],
    );
    expect(distance([...output.data], after(second, 1, one, s))).toBeLessThan(1e-6);
    // Nothing shared reads the last level.
    expect(variables.filter(({ name }) => name.startsWith("1.shared_gate"))).toEqual([]);
  });

  it.each([1, 3])("starts every expert from other numbers (%s of each member)", (own) => {
    const { state } = runFamily("ple", 2, {
      inputs: [someRows(2, 4)],
      arguments: { levels: [[5], [5]], shared: 2, own },
    });
    for (const [index, fanIn] of [4, 5].entries())
      for (const kind of ["own", "shared"]) {
        const data = [...(state.get(`${index}.${kind}.0.weight`)?.data ?? [])];
        expect(data.length).toBe((kind === "own" ? 2 * own : 2) * fanIn * 5);
        expect(new Set(data).size).toBe(data.length);
      }
  });

  it("has biases in all its gates, where it is told to: at an input of 1 they are what weights are", () => {
    const gates = { "0.gate": [0.5, -1, 0.3, 0.1, -0.2, 0.7], "0.shared_gate": [0.2, -0.6] };
    const experts = Object.fromEntries(
      ["0.own", "0.shared", "1.own", "1.shared"].map((name) => [`${name}.0.weight`, [0.5, 2]]),
    );
    const run = (bias: boolean): readonly number[] => {
      const own = Object.entries(gates).flatMap(([name, values]) =>
        bias
          ? ([
              [`${name}.bias`, values],
              [`${name}.weight`, values.map(() => 0)],
            ] as const)
          : ([[`${name}.weight`, values]] as const),
      );
      const shared = bias
        ? { "0.shared_gate.shared": [0, 0], "0.shared_gate.shared_bias": [0.4, -0.4] }
        : { "0.shared_gate.shared": [0.4, -0.4] };
      const state = { ...experts, ...Object.fromEntries(own), ...shared, "1.gate.weight": [0, 0, 0, 0, 0, 0] };
      const args = { levels: [[1], [1]], shared: 2, own: 1, ...(bias ? { bias } : {}) };
      return values("ple", 2, { inputs: [{ shape: [1, 1], data: [1] }], arguments: args, state });
    };
    expect(distance(run(true), run(false))).toBeLessThan(1e-6);
  });

  it("normalize and drop in their experts as mlp does", () => {
    const run = { inputs: [someRows(6, 4)], arguments: { levels: [[5, 3], [4]], shared: 1, own: 2, norm: "batch" } };
    const { output, state } = runFamily("ple", 3, { ...run, training: true });
    expect(output.shape).toEqual([6, 3, 4]);
    expect([...output.data].every(Number.isFinite)).toBe(true);
    // The running statistics moved from where they start.
    expect([...(state.get("0.own.0.mean")?.data ?? [0])].some((mean) => mean !== 0)).toBe(true);
  });
});

it("cgc and mmoe read a tensor of each member beside one for what is shared", () => {
  const inputs = [
    { shape: [1, 2, 1], data: [2, -1] },
    { shape: [1, 1], data: [3] },
  ];
  const gates = [0.1, 0.2, -0.3, 0.4];
  const state = { "0.shared.0.weight": [2, -1], "0.shared.0.bias": [0, 0], "0.gate.weight": gates };
  const { output } = runFamily("mmoe", 2, { inputs, arguments: { widths: [1], experts: 2, ...linear }, state });
  const expected = [mixOf([0.2, 0.4], [6, -3]), mixOf([0.3, -0.4], [6, -3])];
  expect(distance([...output.data], expected)).toBeLessThan(1e-6);
  const own = { "0.own.0.weight": [5, 7], "0.own.0.bias": [0, 0] };
  const one = { "0.shared.0.weight": [2], "0.shared.0.bias": [0] };
  const cgc = runFamily("cgc", 2, {
    inputs,
    arguments: { widths: [1], shared: 1, own: 1, ...linear },
    state: { ...state, ...own, ...one },
  });
  const mixes = [mixOf([0.2, 0.4], [10, 6]), mixOf([0.3, -0.4], [-7, 6])];
  expect(distance([...cgc.output.data], mixes)).toBeLessThan(1e-6);
});

describe("stem", () => {
  const [x1, x2, common] = [2, -1, 3];
  const run = (gate: readonly number[], args: LayerRun["arguments"] = {}, training = false): LayerRun => ({
    inputs: [
      { shape: [1, 2, 1], data: [x1, x2] },
      { shape: [1, 1], data: [common] },
    ],
    arguments: { levels: [[1]], shared: 1, own: 1, ...linear, ...args },
    state: {
      "0.own.0.weight": [5, 7],
      "0.own.0.bias": [0, 0],
      "0.shared.0.weight": [2],
      "0.shared.0.bias": [0],
      "0.gate.weight": gate,
      "0.gate.bias": [0.1, 0, 0, 0, -0.2, 0],
    },
    training,
  });
  const experts = [5 * x1, 7 * x2, 2 * common];
  const gate = [0.1, 0.2, -0.3, 0.3, 0, 0.1];
  const sums = [x1 + common, x2 + common];
  const logits = sums.map((sum, k) => gate.slice(3 * k, 3 * k + 3).map((weight) => weight * sum));
  const biased = [
    (logits[0] ?? []).map((value, i) => value + (i === 0 ? 0.1 : 0)),
    (logits[1] ?? []).map((value, i) => value - (i === 1 ? 0.2 : 0)),
  ];

  it.each([false, true])(
    "mixes the experts of all members and the shared ones by a gate on both inputs (training: %s)",
    (training) => {
      const expected = biased.map((each) => mixOf(each, experts));
      expect(distance(values("stem", 2, run(gate, {}, training)), expected)).toBeLessThan(1e-6);
    },
  );

  it("sends gradients to a member's own experts and the shared ones only", () => {
    const flat = run([0, 0, 0, 0, 0, 0], {}, true);
    const { gradients } = runFamily("stem", 2, {
      ...flat,
      state: { ...flat.state, "0.gate.bias": [0, 0, 0, 0, 0, 0] },
    });
    // Each expert has a third of both outputs; a member's own gets what its own output says.
    expect(distance([...(gradients[0]?.data ?? [])], [5 / 3, 7 / 3])).toBeLessThan(1e-6);
    expect(distance([...(gradients[1]?.data ?? [])], [(2 * 2) / 3])).toBeLessThan(1e-6);
  });

  it("may have hidden layers in its gates, and several levels", () => {
    const { output, variables } = runFamily("stem", 3, {
      inputs: [{ shape: [4, 3, 5], data: someRows(12, 5).data }, someRows(4, 5)],
      arguments: { levels: [[6], [4, 2]], shared: 2, own: 2, gate: [7] },
      training: true,
    });
    expect(output.shape).toEqual([4, 3, 2]);
    const gates = variables.filter(({ name }) => name.includes("gate.")).map(({ name, type }) => [name, type.shape]);
    expect(gates).toEqual([
      ["0.gate.0.weight", [3, 5, 7]],
      ["0.gate.0.bias", [3, 7]],
      ["0.gate.weight", [3, 7, 8]],
      ["0.gate.bias", [3, 8]],
      ["0.shared_gate.weight", [3, 5, 2]],
      ["0.shared_gate.shared", [5, 2]],
      ["1.gate.0.weight", [3, 6, 7]],
      ["1.gate.0.bias", [3, 7]],
      ["1.gate.weight", [3, 7, 8]],
      ["1.gate.bias", [3, 8]],
    ]);
  });
});

describe("factored", () => {
  it("is x·U₁·(Σ u₃·S)·U₂ᵀ + b for each member, in both layers", () => {
    const u1 = [1, 2, -1, 0.5];
    const u2 = [0.3, -0.2];
    const core = [1, 2, 3, 4];
    const u3 = [0.5, -1, 2, 1];
    const bias = [0.1, 0.2, 0.3, 0.4];
    const x = [2, 3];
    const layer = (inputs: readonly number[], k: number, factor: readonly number[]): number[] => {
      const low = [0, 1].map((r) => inputs.reduce((sum, value, i) => sum + value * (factor[2 * i + r] ?? NaN), 0));
      const own = [0, 1].map(
        (r) => (u3[2 * k] ?? NaN) * (core[r] ?? NaN) + (u3[2 * k + 1] ?? NaN) * (core[2 + r] ?? NaN),
      );
      const middle = (low[0] ?? NaN) * (own[0] ?? NaN) + (low[1] ?? NaN) * (own[1] ?? NaN);
      return u2.map((factorOut, j) => middle * factorOut + (bias[2 * k + j] ?? NaN));
    };
    const factors = (index: number) => ({
      [`${index}.input_factor`]: u1,
      [`${index}.core`]: core,
      [`${index}.unit_factor`]: u2,
      [`${index}.member_factor`]: u3,
      [`${index}.bias`]: bias,
    });
    const { output } = runFamily("factored", 2, {
      inputs: [{ shape: [1, 2], data: x }],
      arguments: { widths: [2, 2], rank: [2, 1, 2], ...linear },
      state: { ...factors(0), ...factors(1) },
    });
    const expected = [0, 1].flatMap((k) => layer(layer(x, k, u1), k, u1));
    expect(distance([...output.data], expected)).toBeLessThan(1e-5);
  });

  it("starts with weights of the variance 2 / (inputs + units), whatever the ranks", () => {
    const [inputs, units, members] = [60, 50, 8];
    for (const rank of [
      [20, 20, 4],
      [60, 50, 8],
    ]) {
      const unit = Array.from({ length: inputs * inputs }, (_, i) => Number(Math.floor(i / inputs) === i % inputs));
      const { output } = runFamily("factored", members, {
        inputs: [{ shape: [inputs, inputs], data: unit }],
        arguments: { widths: [units], rank, ...linear },
      });
      const squares = [...output.data].reduce((sum, weight) => sum + weight * weight, 0) / output.data.length;
      expect(squares * ((inputs + units) / 2)).toBeGreaterThan(0.6);
      expect(squares * ((inputs + units) / 2)).toBeLessThan(1.6);
    }
  });

  it("with a rank of 1 over members ties their weights up to a factor", () => {
    const { output } = runFamily("factored", 3, {
      inputs: [someRows(4, 5)],
      arguments: { widths: [6], rank: [5, 6, 1], ...linear },
    });
    const values = [...output.data];
    const of = (member: number): number[] => values.filter((_, i) => Math.floor(i / 6) % 3 === member);
    const factor = (of(1)[0] ?? NaN) / (of(0)[0] ?? NaN);
    expect(
      distance(
        of(1),
        of(0).map((value) => value * factor),
      ),
    ).toBeLessThan(1e-9);
  });

  it("at full rank gives any weights: here those of two networks that share nothing", () => {
    const [inputs, units] = [2, 3];
    const unit = (size: number): number[] =>
      Array.from({ length: size * size }, (_, i) => Number(Math.floor(i / size) === i % size));
    const weights = [1, 2, 3, 4, 5, 6, -1, 0.5, 2, 7, -3, 0];
    const state = {
      "0.input_factor": unit(inputs),
      "0.unit_factor": unit(units),
      "0.member_factor": unit(2),
      "0.core": weights,
    };
    const { output } = runFamily("factored", 2, {
      inputs: [{ shape: [2, 2], data: unit(2) }],
      arguments: { widths: [units], rank: [inputs, units, 2], ...linear },
      state,
    });
    // [row, member, unit]
    const expected = [0, 1].flatMap((row) =>
      [0, 1].flatMap((k) => weights.slice(6 * k + 3 * row, 6 * k + 3 * row + 3)),
    );
    expect(distance([...output.data], expected)).toBeLessThan(1e-9);
  });
});

describe("sluice", () => {
  it("mixes the subspaces of all members, and a member's layers into its output", () => {
    const alpha = Array.from({ length: 16 }, (_, i) => 0.1 * i - 0.5);
    const skips = { "0.skip": [0.3, 0.6], "1.skip": [2, -1] };
    const weights = [1, 2, -1, 3];
    const { output } = runFamily("sluice", 2, {
      inputs: [{ shape: [1, 1], data: [2] }],
      arguments: { widths: [2, 2], ...linear },
      state: {
        "0.weight": weights,
        "1.weight": [1, 0, 0, 1, 1, 0, 0, 1],
        "0.bias": [0, 0, 0, 0],
        "1.bias": [0, 0, 0, 0],
        "0.subspaces": alpha,
        "1.subspaces": alpha,
        ...skips,
      },
    });
    // One unit a subspace: α mixes the four of them.
    const mix = (h: readonly number[]): number[] =>
      [0, 1, 2, 3].map((s) => h.reduce((sum, value, t) => sum + (alpha[4 * s + t] ?? NaN) * value, 0));
    const [one, two] = [mix(weights.map((weight) => 2 * weight)), mix(mix(weights.map((weight) => 2 * weight)))];
    const expected = one.map((value, s) => {
      const k = Math.floor(s / 2);
      return (skips["0.skip"][k] ?? NaN) * value + (skips["1.skip"][k] ?? NaN) * (two[s] ?? NaN);
    });
    expect(distance([...output.data], expected)).toBeLessThan(1e-6);
  });

  it("starts near what each member has by itself", () => {
    const { state } = runFamily("sluice", 2, { inputs: [someRows(2, 3)], arguments: { widths: [4, 4, 4], same: 0.7 } });
    expect([...(state.get("1.subspaces")?.data ?? [])].slice(0, 5).map((value) => value.toFixed(3))).toEqual([
      "0.700",
      "0.100",
      "0.100",
      "0.100",
      "0.100",
    ]);
    const starts = [0, 1, 2].map((layer) => state.get(`${layer}.skip`)?.data[0] ?? NaN);
    expect(distance(starts, [0.15, 0.15, 0.7])).toBeLessThan(1e-6);
  });
});
