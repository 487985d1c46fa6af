/** Gates and losses against their formulas. */
import { describe, expect, it } from "vitest";
import { distance } from "../lower/harness.js";
import { type LayerRun, runGate, runLoss, someRows } from "./harness.js";

describe("softmax", () => {
  const run = (experts: number, options: LayerRun) => runGate("softmax", experts, options);

  it("is softmax(x·W): linear in the input, without a bias", () => {
    const x = { shape: [1, 2], data: [1, -2] };
    const { output, variables } = run(3, { inputs: [x], state: { weight: [1, 0, 2, 0.5, 1, 0] } });
    const logits = [1 - 1, 0 - 2, 2];
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    expect(
      distance(
        [...output.data],
        logits.map((logit) => Math.exp(logit) / total),
      ),
    ).toBeLessThan(1e-12);
    expect(variables.map(({ name, type }) => [name, type.shape])).toEqual([["weight", [2, 3]]]);
  });

  it("divides the logits by the temperature", () => {
    const inputs = [someRows(4, 3)];
    const cold = run(3, { inputs, arguments: { temperature: 0.01 } }).output.data;
    const hot = run(3, { inputs, arguments: { temperature: 1e6 } }).output.data;
    expect(
      distance(
        [...hot],
        Array.from(hot, () => 1 / 3),
      ),
    ).toBeLessThan(1e-5);
    for (let row = 0; row < 4; row += 1) expect(Math.max(...cold.slice(row * 3, row * 3 + 3))).toBeGreaterThan(0.99);
  });

  it("has ReLU layers before the weights, and a bias, where the spec asks for them", () => {
    const { variables, output } = run(2, { inputs: [someRows(4, 3)], arguments: { hidden: [5, 6], bias: true } });
    expect(variables.map(({ name, type }) => [name, type.shape])).toEqual([
      ["hidden.0.weight", [3, 5]],
      ["hidden.0.bias", [5]],
      ["hidden.1.weight", [5, 6]],
      ["hidden.1.bias", [6]],
      ["weight", [6, 2]],
      ["bias", [2]],
    ]);
    expect(output.shape).toEqual([4, 2]);
  });
});

describe("bce", () => {
  it.each(["logit", "logs"] as const)("from the %s is −y·log p − (1 − y)·log(1 − p), with slope p − y", (form) => {
    const logits = [0.3, -2, 1.5, 0];
    const targets = [1, 0, 0, 1];
    const p = logits.map((z) => 1 / (1 + Math.exp(-z)));
    const { loss, slope } = runLoss("bce", logits, targets, {}, form);
    expect(
      distance(
        loss,
        p.map((each, i) => (targets[i] === 1 ? -Math.log(each) : -Math.log(1 - each))),
      ),
    ).toBeLessThan(1e-12);
    expect(
      distance(
        slope,
        p.map((each, i) => each - (targets[i] ?? 0)),
      ),
    ).toBeLessThan(1e-12);
  });

  it("stays finite where p is 0 or 1", () => {
    for (const form of ["logit", "logs"] as const) {
      const { loss, slope } = runLoss("bce", [800, -800], [0, 1], {}, form);
      expect(loss).toEqual([800, 800]);
      expect(slope).toEqual([1, -1]);
    }
  });
});

describe("fake_negative", () => {
  const p = 1 / (1 + Math.exp(-0.7));

  it("has the gradient of cross-entropy with the weights of the paper, which are constants to it", () => {
    const { loss, slope } = runLoss("fake_negative", [0.7, 0.7], [1, 0], {}, "logit");
    expect(distance(loss, [-Math.log(p) + 1 - p, p + p ** 2 / 2])).toBeLessThan(1e-12);
    expect(distance(slope, [(1 + p) * (p - 1), (1 - p) * (1 + p) * p])).toBeLessThan(1e-12);
  });

  it("is at rest at the rate of events when each event was a negative before", () => {
    // A rate of p: of 1 + p rows, p are positives.
    const { slope } = runLoss("fake_negative", [0.7, 0.7], [1, 0], {}, "logit");
    expect(p * (slope[0] ?? NaN) + (slope[1] ?? NaN)).toBeCloseTo(0, 12);
  });
});

describe("focal", () => {
  const p = 1 / (1 + Math.exp(-0.7));

  it("is −α(1 − p)^γ log p, and likewise on the other side", () => {
    const { loss } = runLoss("focal", [0.7, 0.7], [1, 0], { gamma: 2, alpha: 0.25 }, "logit");
    const expected = [-0.25 * (1 - p) ** 2 * Math.log(p), -0.75 * p ** 2 * Math.log(1 - p)];
    expect(distance(loss, expected)).toBeLessThan(1e-12);
  });

  it("is half of the cross-entropy without focus and preference", () => {
    const plain = runLoss("bce", [0.7, -3], [1, 1], {}, "logit");
    const focal = runLoss("focal", [0.7, -3], [1, 1], { gamma: 0, alpha: 0.5 }, "logit");
    expect(
      distance(
        focal.loss,
        plain.loss.map((value) => value / 2),
      ),
    ).toBeLessThan(1e-12);
    expect(
      distance(
        focal.slope,
        plain.slope.map((value) => value / 2),
      ),
    ).toBeLessThan(1e-12);
  });
});

describe("losses on amounts", () => {
  it("mse is the squared error", () => {
    expect(runLoss("mse", [3, -1], [1, 1])).toEqual({ loss: [4, 4], slope: [4, -4] });
  });

  it("huber is quadratic up to delta and linear beyond, with a slope of at most delta", () => {
    const { loss, slope } = runLoss("huber", [0.5, 5, -9, 3], [0, 0, 0, 0], { delta: 3 });
    expect(loss).toEqual([0.125, 3 * (5 - 1.5), 3 * (9 - 1.5), 4.5]);
    expect(slope).toEqual([0.5, 3, -3, 3]);
  });
});
