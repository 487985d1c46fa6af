/** Each balance against its formula, worked out here by other means. */
import { describe, expect, it } from "vitest";
import { dot, norm, runBalance, sum } from "./balance-harness.js";

const close = (actual: readonly number[] | undefined, expected: readonly number[], digits = 10): void => {
  expect(actual?.length).toBe(expected.length);
  expected.forEach((value, at) => expect(actual?.[at], `element ${at}`).toBeCloseTo(value, digits));
};

describe("uncertainty", () => {
  it("is Σ L / (2eˢ) + s/2, s of each loss its own", () => {
    const [found] = runBalance("uncertainty", [{ losses: [0.4, 3] }], { trained: { log_variance: [0.2, -1] } });
    const half = [0.5 * Math.exp(-0.2), 0.5 * Math.exp(1)];
    expect(found?.total).toBeCloseTo(0.4 * half[0]! + 3 * half[1]! + (0.2 - 1) / 2, 12);
    close(found?.weights, half);
    close(found?.trained["log_variance"], [0.5 - 0.4 * half[0]!, 0.5 - 3 * half[1]!]);
  });

  it("starts at s = −0.5, and says so otherwise", () => {
    close(runBalance("uncertainty", [{ losses: [1, 2] }])[0]?.weights, [0.5 * Math.exp(0.5), 0.5 * Math.exp(0.5)]);
    close(runBalance("uncertainty", [{ losses: [1, 2] }], { arguments: { start: 0 } })[0]?.weights, [0.5, 0.5]);
  });

  it("is stationary at s = log L", () => {
    const losses = [0.03, 0.7, 25];
    const [found] = runBalance("uncertainty", [{ losses }], { trained: { log_variance: losses.map(Math.log) } });
    close(found?.trained["log_variance"], [0, 0, 0]);
  });

  it("bounds no weight: a small loss may count more than 1, a large one less than any share", () => {
    const [found] = runBalance("uncertainty", [{ losses: [1, 1] }], { trained: { log_variance: [-6, 8] } });
    close(found?.weights, [0.5 * Math.exp(6), 0.5 * Math.exp(-8)]);
  });

  it("learns nothing of a loss without rows", () => {
    const [found] = runBalance("uncertainty", [{ losses: [1, 0], present: [1, 0] }]);
    expect(found?.trained["log_variance"]?.[1]).toBe(0);
    expect(found?.trained["log_variance"]?.[0]).not.toBe(0);
  });
});

/** What PCGrad makes of the gradients when each meets the others in the given order. */
function projected(
  gradients: readonly (readonly number[])[],
  orders: readonly (readonly number[])[],
): readonly number[] {
  const left = gradients.map((gradient, i) => {
    let own = gradient;
    for (const j of orders[i] ?? []) {
      const other = gradients[j] ?? [];
      const product = dot(own, other);
      if (product < 0) own = own.map((value, at) => value - (product / dot(other, other)) * (other[at] ?? 0));
    }
    return own;
  });
  return sum(left);
}

describe("pcgrad", () => {
  it("takes out of each of two gradients what is against the other", () => {
    const gradients = [
      [1, 2, 0],
      [-3, 0.5, 1],
    ];
    const [found] = runBalance("pcgrad", [{ gradients }]);
    close(found?.direction, projected(gradients, [[1], [0]]));
    expect(dot(found?.direction ?? [], gradients[0]!)).toBeGreaterThanOrEqual(0);
    expect(dot(found?.direction ?? [], gradients[1]!)).toBeGreaterThanOrEqual(0);
  });

  it("is the sum of gradients that are orthogonal or agree", () => {
    const orthogonal = [
      [2, 0, 0],
      [0, -3, 0],
      [0, 0, 0.1],
    ];
    close(runBalance("pcgrad", [{ gradients: orthogonal }])[0]?.direction, [2, -3, 0.1]);
    const agreeing = [
      [1, 1, 0],
      [1, 2, 0],
      [0, 1, 1],
    ];
    close(runBalance("pcgrad", [{ gradients: agreeing }])[0]?.direction, [2, 4, 1]);
  });

  it("lets each of three meet the others in an order of its own, drawn in each step", () => {
    const gradients = [
      [1, 2, 0.3],
      [-2, 0.4, -1],
      [0.5, -2, 0.7],
    ];
    const both = (i: number): readonly (readonly number[])[] => {
      const [a = 0, b = 0] = [0, 1, 2].filter((j) => j !== i);
      return [
        [a, b],
        [b, a],
      ];
    };
    const possible = both(0).flatMap((x) =>
      both(1).flatMap((y) => both(2).map((z) => projected(gradients, [x, y, z]))),
    );
    const found = runBalance(
      "pcgrad",
      Array.from({ length: 64 }, () => ({ gradients })),
    ).map(({ direction }) => direction);
    const which = found.map((each) =>
      possible.findIndex((other) => norm(other.map((value, at) => value - (each[at] ?? NaN))) < 1e-9),
    );
    expect(which).not.toContain(-1);
    expect(new Set(which).size).toBeGreaterThan(6);
  });

  it("leaves out a gradient that is zero", () => {
    const gradients = [
      [1, 2],
      [0, 0],
      [-1, 0],
    ];
    close(runBalance("pcgrad", [{ gradients }])[0]?.direction, projected(gradients, [[2], [], [0]]));
  });
});
