/** Activations as layers, with their parameters; `layers.test.ts` holds the ones that `mlp` names to their formulas. */
import { describe, expect, it } from "vitest";
import { layerNamed, type LayerRun, runLayer } from "./harness.js";

const run = (name: string, options: LayerRun) => runLayer(layerNamed(name), options);
const column = (...data: readonly number[]) => ({ shape: [data.length, 1], data });

describe("parameters of activations", () => {
  it("leaky_relu has the slope that the spec says", () => {
    const { output, gradients } = run("leaky_relu", { inputs: [column(-2, 3)], arguments: { slope: 0.2 } });
    expect([...output.data]).toEqual([-0.4, 3]);
    expect([...(gradients[0]?.data ?? [])]).toEqual([0.2, 1]);
  });

  it("elu stays finite where e to the x would not", () => {
    const { output, gradients } = run("elu", { inputs: [column(-1000, 1000)], arguments: { alpha: 2 } });
    expect([...output.data]).toEqual([-2, 1000]);
    expect([...(gradients[0]?.data ?? [])]).toEqual([0, 1]);
  });

  it("prelu trains a slope for each unit", () => {
    const inputs = [{ shape: [1, 2], data: [-2, -2] }];
    const { output, variables } = run("prelu", { inputs, state: { alpha: [0.5, 0.1] } });
    expect([...output.data]).toEqual([-1, -0.2]);
    expect(variables.map(({ name, type }) => [name, type.shape])).toEqual([["alpha", [2]]]);
  });
});

describe("dice", () => {
  const x = [1, 2, 3, 6];
  const mean = 3;
  const deviation = Math.sqrt(3.5);

  it("takes mean and deviation from the batch in training, and moves its running statistics", () => {
    const { output, state } = run("dice", {
      inputs: [column(...x)],
      training: true,
      arguments: { momentum: 0.9, epsilon: 1e-8 },
      state: { alpha: [0.1], mean: [0], variance: [1] },
    });
    for (const [row, value] of x.entries()) {
      const p = 1 / (1 + Math.exp(-(value - mean) / deviation));
      expect(output.data[row]).toBeCloseTo(p * value + (1 - p) * 0.1 * value, 7);
    }
    expect(state.get("mean")?.data[0]).toBeCloseTo(0.1 * mean, 12);
    expect(state.get("variance")?.data[0]).toBeCloseTo(0.9 + 0.1 * 3.5, 12);
  });

  it("leaves out rows that only fill the batch up", () => {
    const whole = run("dice", { inputs: [column(...x)], training: true, state: { alpha: [0.1] } });
    const padded = run("dice", {
      inputs: [column(...x, 100)],
      training: true,
      present: [1, 1, 1, 1, 0],
      state: { alpha: [0.1] },
    });
    expect([...padded.output.data].slice(0, 4)).toEqual([...whole.output.data]);
  });
});
