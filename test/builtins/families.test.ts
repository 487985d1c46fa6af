/** Layers of families against their formulas. */
import { describe, expect, it } from "vitest";
import { distance } from "../lower/harness.js";
import { numberArgument } from "../../src/compiler/builtins/arguments.js";
import type { FamilyBuiltin } from "../../src/compiler/builtins/builtin.js";
import { denseCopies } from "../../src/compiler/builtins/dense.js";
import { inputSignal, rowsFirst } from "../../src/compiler/builtins/replicas.js";
import { fromVector, shapeOf } from "../../src/compiler/builtins/shapes.js";
import { type LayerRun, runFamily, someRows } from "./harness.js";

const values = (name: string, members: number, run: LayerRun): readonly number[] => [
  ...runFamily(name, members, run).output.data,
];

/** The example of docs/architecture.md. */
const meet: FamilyBuiltin = {
  kind: "family",
  name: "meet",
  summary: "A linear map for each member, and half of their mean.",
  inputs: ["x"],
  parameters: [{ name: "width", type: { kind: "number", min: 1, integer: true }, doc: "Number of units." }],
  shape: (inputs, args) => fromVector(inputs, () => shapeOf(numberArgument(args, "width"))),
  lower: (context) => {
    const { builder } = context;
    const maps = denseCopies(context, inputSignal(context), numberArgument(context.arguments, "width"), "", true);
    const rows = rowsFirst(context, maps);
    return builder.add(rows, builder.scale(builder.mean(rows, { axes: [1], keepDims: true }), 0.5));
  },
};

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
