/** Each balance against its formula, worked out here by other means. */
import { describe, expect, it } from "vitest";
import { balances } from "../../src/compiler/builtins/index.js";
import { balanceNamed, dot, norm, runBalance, sum } from "./balance-harness.js";

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

const conflicting = [
  [1, 2, 0.3, 0],
  [-2, 0.4, -1, 0.2],
  [0.5, -2, 0.7, 1],
];
const twoConflicting = [
  [1, 2, 0.3],
  [-2, 0.4, -1],
];

/** All shares of a grid. */
function shares(count: number, parts = 60): readonly (readonly number[])[] {
  const split = (left: number, open: number): readonly (readonly number[])[] =>
    open === 1
      ? [[left / parts]]
      : Array.from({ length: left + 1 }, (_, own) =>
          split(left - own, open - 1).map((others) => [own / parts, ...others]),
        ).flat();
  return split(parts, count);
}

function mixOf(gradients: readonly (readonly number[])[], weights: readonly number[]): readonly number[] {
  return sum(gradients.map((gradient, k) => gradient.map((value) => value * (weights[k] ?? 0))));
}

const total = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

describe("gradvac", () => {
  it("turns gradients to the cosine that they had on average, and follows it", () => {
    const [a, b] = twoConflicting as unknown as [readonly number[], readonly number[]];
    const steps = Array.from({ length: 4 }, (_, step) => ({
      gradients: [a, b.map((value, at) => value + step * (at === 1 ? 0.4 : 0))],
    }));
    const beta = 0.3;
    const found = runBalance("gradvac", steps, { arguments: { beta } });
    const target = [0, 0];
    steps.forEach(({ gradients }, step) => {
      const turned = gradients.map((own, i) => {
        const other = gradients[1 - i] ?? [];
        const cosine = dot(own, other) / norm(own) / norm(other);
        const wanted = target[i] ?? 0;
        target[i] = (1 - beta) * wanted + beta * cosine;
        if (cosine >= wanted) return own;
        const sine = (x: number): number => Math.sqrt(1 - x * x);
        const share = (norm(own) * (wanted * sine(cosine) - cosine * sine(wanted))) / (norm(other) * sine(wanted));
        const result = own.map((value, at) => value + share * (other[at] ?? 0));
        expect(dot(result, other) / norm(result) / norm(other)).toBeCloseTo(wanted, 10);
        return result;
      });
      close(found[step]?.direction, sum(turned), 6);
    });
    expect(target[0]).not.toBe(0);
  });

  it("is PCGrad while it has seen nothing", () => {
    const first = runBalance("gradvac", [{ gradients: twoConflicting }])[0];
    close(first?.direction, projected(twoConflicting, [[1], [0]]), 6);
  });
});

describe("cagrad", () => {
  const objective = (gradients: readonly (readonly number[])[], c: number, w: readonly number[]): number => {
    const mean = mixOf(
      gradients,
      gradients.map(() => 1 / gradients.length),
    );
    return dot(mixOf(gradients, w), mean) + c * norm(mean) * norm(mixOf(gradients, w));
  };

  it.each([
    ["two", twoConflicting],
    ["three", conflicting],
  ])("finds the shares of %s gradients at which its objective is least", (_, gradients) => {
    for (const c of [0.2, 0.5, 0.9]) {
      const [found] = runBalance("cagrad", [{ gradients }], { arguments: { c } });
      const count = gradients.length;
      const best = shares(count, count === 2 ? 2000 : 100)
        .map((w) => ({ w, value: objective(gradients, c, w) }))
        .reduce((least, each) => (each.value < least.value ? each : least));
      // Coefficients are (1/K + λ w) / (1 + c²).
      const scaled = (found?.coefficients ?? []).map((value) => value * (1 + c * c) - 1 / count);
      const w = scaled.map((value) => value / total(scaled));
      expect(objective(gradients, c, w)).toBeLessThan(best.value + 1e-5);
      const mean = mixOf(
        gradients,
        gradients.map(() => 1 / count),
      );
      const away = (found?.direction ?? []).map((value, at) => value * (1 + c * c) - (mean[at] ?? 0));
      expect(norm(away)).toBeCloseTo(c * norm(mean), 5);
    }
  });

  it("is the mean with c = 0", () => {
    const [found] = runBalance("cagrad", [{ gradients: conflicting }], { arguments: { c: 0 } });
    close(found?.direction, mixOf(conflicting, [1 / 3, 1 / 3, 1 / 3]));
  });

  it("rescales as it is told", () => {
    const norms = ["none", "square", "linear"].map((rescale) =>
      norm(runBalance("cagrad", [{ gradients: conflicting }], { arguments: { rescale } })[0]?.direction ?? []),
    );
    close([norms[0]! / norms[1]!, norms[0]! / norms[2]!], [1.25, 1.5]);
  });
});

describe("mgda", () => {
  it.each([
    ["two", twoConflicting],
    ["three", conflicting],
    [
      "of which one is the shortest of all",
      [
        [0.1, 0.1],
        [1, 2],
      ],
    ],
  ])("finds the shortest mix: %s", (_, gradients) => {
    const [found] = runBalance("mgda", [{ gradients }]);
    const { coefficients = [], direction = [] } = found ?? {};
    expect(total(coefficients)).toBeCloseTo(1, 9);
    expect(Math.min(...coefficients)).toBeGreaterThanOrEqual(0);
    const best = Math.min(...shares(gradients.length, 100).map((w) => norm(mixOf(gradients, w))));
    expect(norm(direction)).toBeLessThan(best + 1e-9);
    // What is the shortest points against no gradient.
    for (const gradient of gradients)
      expect(dot(direction, gradient)).toBeGreaterThanOrEqual(dot(direction, direction) - 1e-6);
  });

  it("normalizes the gradients while it looks for shares, not what it mixes", () => {
    const gradients = twoConflicting;
    const losses = [0.5, 3];
    const divisors = {
      l2: gradients.map(norm),
      loss: losses,
      both: gradients.map((each, k) => norm(each) * (losses[k] ?? 1)),
    };
    for (const [normalize, by] of Object.entries(divisors)) {
      const plain = runBalance("mgda", [{ gradients: gradients.map((each, k) => each.map((x) => x / (by[k] ?? 1))) }]);
      const [found] = runBalance("mgda", [{ gradients, losses }], { arguments: { normalize } });
      close(found?.coefficients, plain[0]?.coefficients ?? []);
    }
  });
});

describe("imtl", () => {
  it("mixes so that the result is as long along each gradient", () => {
    for (const gradients of [twoConflicting, conflicting]) {
      const { coefficients = [], direction = [] } = runBalance("imtl", [{ gradients }])[0] ?? {};
      expect(total(coefficients)).toBeCloseTo(1, 6);
      const along = gradients.map((gradient) => dot(direction, gradient) / norm(gradient));
      close(
        along,
        along.map(() => along[0] ?? NaN),
        5,
      );
    }
  });

  it("scales losses by numbers that it trains: eˢ L − s", () => {
    const [found] = runBalance("imtl", [{ losses: [0.5, 4] }], { trained: { scale: [0.2, -1] } });
    close(found?.weights, [Math.exp(0.2), Math.exp(-1)]);
    close(found?.trained["scale"], [Math.exp(0.2) * 0.5 - 1, Math.exp(-1) * 4 - 1]);
  });

  it("leaves out what has no gradient", () => {
    const [found] = runBalance("imtl", [
      {
        gradients: [
          [1, 0],
          [0, 0],
          [0, 2],
        ],
        present: [1, 0, 1],
      },
    ]);
    close(found?.coefficients, [2 / 3, 0, 1 / 3], 5);
  });
});

describe("nash_mtl", () => {
  it.each([
    ["two", twoConflicting],
    ["three", conflicting],
  ])("solves the bargain of %s gradients", (_, gradients) => {
    const [found] = runBalance("nash_mtl", [{ gradients }], { arguments: { max_norm: 1e6 } });
    const { coefficients = [], direction = [] } = found ?? {};
    close(
      gradients.map((gradient, k) => dot(direction, gradient) * (coefficients[k] ?? NaN)),
      gradients.map(() => 1),
      4,
    );
    expect(norm(direction)).toBeCloseTo(Math.sqrt(gradients.length), 4);
    const bounded = runBalance("nash_mtl", [{ gradients }])[0]?.direction ?? [];
    expect(norm(bounded)).toBeCloseTo(1, 6);
  });
});

describe("aligned_mtl", () => {
  it("makes principal directions as long as the shortest", () => {
    // Orthogonal gradients are their own principal directions.
    close(
      runBalance("aligned_mtl", [
        {
          gradients: [
            [3, 0],
            [0, 0.5],
          ],
        },
      ])[0]?.direction,
      [0.5, 0.5],
      6,
    );
    // For (1, 1) and (1, −1) turned: the sum of the two directions at the length of the shorter one.
    const [a, b] = [
      [2, 0.5],
      [2, -0.5],
    ];
    close(runBalance("aligned_mtl", [{ gradients: [a, b] }])[0]?.direction, [1, 0], 6);
  });

  it("is √λ_min · (GᵀG)^(−1/2) · 1 of three", () => {
    const { coefficients = [], direction = [] } = runBalance("aligned_mtl", [{ gradients: conflicting }])[0] ?? {};
    // Twice the root is the inverse: M α₂ = λ_min · 1 with α₂ = B α.
    const again = runBalance("aligned_mtl", [{ gradients: conflicting }])[0]?.coefficients ?? [];
    close(again, coefficients);
    const products = conflicting.map((x) => conflicting.map((y) => dot(x, y)));
    let vector = [1, 0.3, -0.2];
    for (let i = 0; i < 4000; i += 1) {
      // Inverse iteration by gradient descent on the Rayleigh quotient's top end: (c − M) has λ_min as its largest.
      vector = vector.map((value, k) => 20 * value - dot(products[k] ?? [], vector));
      const length = norm(vector);
      vector = vector.map((value) => value / length);
    }
    const least = dot(
      vector,
      products.map((row) => dot(row, vector)),
    );
    expect(dot(direction, direction)).toBeCloseTo(3 * least, 6);
  });
});

describe("gradnorm", () => {
  it("learns weights from norms of gradients and each loss's own rate, which sum to K", () => {
    const gradients = [
      [3, 4],
      [0, 0.5],
      [1, 0],
    ];
    const steps = [
      { losses: [2, 1, 4], gradients },
      { losses: [1, 0.9, 3], gradients },
      { losses: [0.5, 0.8, 3.5], gradients },
      { losses: [0.5, 0.8, 3.5], gradients },
    ];
    const found = runBalance("gradnorm", steps, { arguments: { lr: 0.1 } });
    let weights = [1, 1, 1];
    const [mean, square] = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    steps.forEach(({ losses }, step) => {
      close(found[step]?.coefficients, weights, 6);
      expect(total(found[step]?.coefficients ?? [])).toBeCloseTo(3, 6);
      const norms = gradients.map(norm);
      const sizes = norms.map((each, k) => each * (weights[k] ?? 0));
      const average = total(sizes) / 3;
      const rates = losses.map((loss, k) => loss / (steps[0]?.losses[k] ?? 1));
      const relative = rates.map((rate) => rate / (total(rates) / 3));
      const slope = norms.map((each, k) => Math.sign((sizes[k] ?? 0) - average * relative[k]! ** 1.5) * each);
      weights = weights.map((weight, k) => {
        mean[k] = 0.9 * mean[k]! + 0.1 * slope[k]!;
        square[k] = 0.999 * square[k]! + 0.001 * slope[k]! ** 2;
        const [m, v] = [mean[k]! / (1 - 0.9 ** (step + 1)), square[k]! / (1 - 0.999 ** (step + 1))];
        return Math.max(weight - (0.1 * m) / (Math.sqrt(v) + 1e-8), 1e-3);
      });
      const sumOfWeights = total(weights);
      weights = weights.map((weight) => (weight * 3) / sumOfWeights);
    });
    // The largest gradient is weighted down.
    expect(weights[0]).toBeLessThan(1);
    expect(weights[1]).toBeGreaterThan(1);
  });

  it("weights whole losses", () => expect(balanceNamed("gradnorm")).toMatchObject({ weightsOwn: true }));
});

describe("dwa", () => {
  const epochs = [
    { epoch: 0, losses: [2, 1] },
    { epoch: 0, losses: [4, 1] },
    { epoch: 1, losses: [2, 1] },
    { epoch: 1, losses: [1, 0.5] },
    { epoch: 2, losses: [7, 7] },
    { epoch: 2, losses: [1, 1] },
    { epoch: 3, losses: [1, 1] },
  ];
  const softmax = (r: readonly number[], t: number): readonly number[] => {
    const e = r.map((value) => Math.exp(value / t));
    return e.map((value) => (r.length * value) / total(e));
  };

  it("weights by how the mean losses of epochs fell, from the third on", () => {
    const found = runBalance("dwa", epochs).map(({ weights = [] }) => weights);
    for (const early of found.slice(0, 4)) close(early, [1, 1]);
    for (const third of found.slice(4, 6)) close(third, softmax([1.5 / 3, 0.75], 2), 6);
    close(found[6], softmax([4 / 1.5, 4 / 0.75], 2), 6);
  });

  it("counts stretches of so many steps as well", () => {
    const found = runBalance(
      "dwa",
      epochs.map(({ losses }) => ({ losses })),
      { arguments: { steps: 2 } },
    );
    close(found[6]?.weights, softmax([4 / 1.5, 4 / 0.75], 2), 6);
    close(found[3]?.weights, [1, 1]);
  });

  it("has equal weights for T → ∞", () => {
    close(runBalance("dwa", epochs, { arguments: { temperature: 1e9 } })[6]?.weights, [1, 1], 6);
  });
});

describe("db_mtl", () => {
  const gradients = [
    [3, 4],
    [0, 0.5],
    [0, 0],
  ];

  it("adds gradients up that are as long as the longest, without those that are not there", () => {
    const [found] = runBalance("db_mtl", [{ losses: [1, 2, 3], gradients }]);
    close(found?.coefficients, [1, 10, 0], 6);
    close(found?.direction, [3, 9], 5);
  });

  it("minimises logarithms", () => {
    close(runBalance("db_mtl", [{ losses: [0.5, 2, 4], gradients }])[0]?.weights, [2, 0.5, 0.25]);
  });

  it("keeps means by parameters", () => expect(balanceNamed("db_mtl")).toMatchObject({ on: "parameters" }));
});

describe("gls", () => {
  it("is the geometric mean", () => {
    const losses = [0.5, 2, 3];
    const [found] = runBalance("gls", [{ losses }]);
    expect(found?.total).toBeCloseTo(3 ** (1 / 3), 10);
    close(
      found?.weights,
      losses.map((loss) => 3 ** (1 / 3) / (3 * loss)),
    );
  });

  it("is that of the losses that have rows", () => {
    expect(runBalance("gls", [{ losses: [0.5, 0, 2], present: [1, 0, 1] }])[0]?.total).toBeCloseTo(1, 10);
  });
});

describe("rlw", () => {
  it("draws weights that sum to 1, other ones in each step, the same from the same seed", () => {
    const steps = Array.from({ length: 200 }, () => ({ losses: [1, 1, 1] }));
    const found = runBalance("rlw", steps).map(({ weights = [] }) => weights);
    for (const weights of found) expect(total(weights)).toBeCloseTo(1, 10);
    expect(new Set(found.map(String)).size).toBe(200);
    expect(runBalance("rlw", steps).map(({ weights }) => weights)).toEqual(found);
    // log w₁ − log w₂ is the difference of two standard normal numbers: variance 2.
    const differences = found.map(([a = 1, b = 1]) => Math.log(a / b));
    const variance = total(differences.map((value) => value ** 2)) / 200;
    expect(variance).toBeGreaterThan(1.4);
    expect(variance).toBeLessThan(2.8);
  });
});

describe("famo", () => {
  it("minimises logarithms, weighted by what fell least since the step before", () => {
    const steps = [{ losses: [1, 2] }, { losses: [0.5, 1.9] }, { losses: [0.45, 1] }, { losses: [0.4, 0.9] }];
    const [lr, gamma] = [0.1, 0.01];
    const found = runBalance("famo", steps, { arguments: { lr, gamma } });
    let w = [0, 0];
    const [mean, square] = [
      [0, 0],
      [0, 0],
    ];
    const softmax = (x: readonly number[]): readonly number[] => {
      const e = x.map(Math.exp);
      return e.map((value) => value / total(e));
    };
    steps.forEach(({ losses }, step) => {
      const before = steps[step - 1]?.losses ?? losses;
      const fallen = losses.map((loss, k) => Math.log(before[k]!) - Math.log(loss));
      const old = softmax(w);
      const slope = old.map((z, k) => z * (fallen[k]! - dot(old, fallen)) + gamma * w[k]!);
      w = w.map((value, k) => {
        mean[k] = 0.9 * mean[k]! + 0.1 * slope[k]!;
        square[k] = 0.999 * square[k]! + 0.001 * slope[k]! ** 2;
        // The first step tells nothing, and Adam does not count it.
        const time = Math.max(step, 1);
        const [m, v] = [mean[k]! / (1 - 0.9 ** time), square[k]! / (1 - 0.999 ** time)];
        return value - (lr * m) / (Math.sqrt(v) + 1e-8);
      });
      const z = softmax(w);
      const c = total(z.map((share, k) => share / losses[k]!));
      expect(found[step]?.total).toBeCloseTo(total(z.map((share, k) => share * Math.log(losses[k]!))) / c, 5);
      close(
        found[step]?.weights,
        z.map((share, k) => share / losses[k]! / c),
        5,
      );
    });
    // The first loss fell faster at first, so the second one counts more.
    expect(w[1]).toBeGreaterThan(w[0]!);
  });
});

describe("stch", () => {
  const mu = 0.5;
  const steps = [
    { epoch: 0, losses: [2, 1] },
    { epoch: 1, losses: [4, 1] },
    { epoch: 1, losses: [2, 3] },
    { epoch: 2, losses: [1.5, 3] },
    { epoch: 3, losses: [0.3, 2.5] },
  ];

  it("minimises logarithms, then a smooth maximum of losses over those of the last epoch of the warm-up", () => {
    const found = runBalance("stch", steps, { arguments: { mu, warmup: 2 } });
    for (const [step, { losses }] of steps.slice(0, 3).entries())
      close(
        found[step]?.weights,
        losses.map((loss) => 1 / loss),
        6,
      );
    for (const step of [3, 4]) {
      const ratios = (steps[step]?.losses ?? []).map((loss, k) => loss / [3, 2][k]!);
      const powers = ratios.map((ratio) => ratio ** (1 / mu));
      expect(found[step]?.total).toBeCloseTo(2 * mu * Math.log(total(powers)), 5);
      close(
        found[step]?.weights,
        powers.map((power, k) => (2 * power) / total(powers) / steps[step]!.losses[k]!),
        5,
      );
    }
  });

  it("is a maximum for small μ", () => {
    const found = runBalance("stch", [{ losses: [0.2, 0.7] }], { arguments: { mu: 0.01, warmup: 0 } });
    close(found[0]?.weights, [0, 2 / 0.7], 6);
  });
});

describe("graddrop", () => {
  const gradients = [
    [1, -2, 3, 0.5],
    [-1, -1, -1, 0.5],
  ];

  it("keeps gradients of one sign in each place, by how many agree", () => {
    const found = runBalance(
      "graddrop",
      Array.from({ length: 400 }, () => ({ gradients })),
    ).map(({ direction }) => direction);
    for (const each of found) {
      expect([1, -1]).toContainEqual(each[0]);
      expect(each[1]).toBeCloseTo(-3, 12);
      expect([3, -1]).toContainEqual(each[2]);
      expect(each[3]).toBeCloseTo(1, 12);
    }
    // P is (1 + 2/4)/2 in the third place.
    const ups = found.filter((each) => each[2] === 3).length / 400;
    expect(ups).toBeGreaterThan(0.65);
    expect(ups).toBeLessThan(0.85);
  });

  it("leaks", () => {
    const [found] = runBalance("graddrop", [{ gradients }], { arguments: { leak: 1 } });
    close(found?.direction, sum(gradients));
  });
});

describe("metabalance", () => {
  it("makes the others as large as the target, by running means of the norms", () => {
    const steps = [
      {
        gradients: [
          [3, 4],
          [0, 0.5],
        ],
      },
      {
        gradients: [
          [0, 1],
          [0.6, 0.8],
        ],
      },
    ];
    const found = runBalance("metabalance", steps, { arguments: { relax: 0.7, beta: 0.9 } });
    close(found[0]?.coefficients, [1, 0.7 * 10 + 0.3], 5);
    close(found[1]?.coefficients, [1, 0.7 * ((0.9 * 0.5 + 0.1) / (0.9 * 0.05 + 0.1)) + 0.3], 5);
    const other = runBalance("metabalance", steps, { arguments: { relax: 1, beta: 0, target: "h1" } });
    close(other[0]?.coefficients, [0.1, 1], 5);
    const held = runBalance("metabalance", steps, { arguments: { relax: 0.7, beta: 0.9, epsilon: 0.5 } });
    close(held[0]?.coefficients, [0.7 * (0.5 / 1) + 0.3, 0.7 * (0.5 / 0.55) + 0.3], 5);
  });
});

describe("pareto", () => {
  it("finds the shortest mix with a least weight for each loss", () => {
    const least = [0.5, 0.1, 0.2];
    const { coefficients = [], direction = [] } =
      runBalance("pareto", [{ gradients: conflicting }], { arguments: { least } })[0] ?? {};
    expect(total(coefficients)).toBeCloseTo(1, 9);
    coefficients.forEach((weight, k) => expect(weight).toBeGreaterThanOrEqual(least[k]! - 1e-9));
    const free = shares(3, 100).map((w) => w.map((share, k) => least[k]! + 0.2 * share));
    expect(norm(direction)).toBeLessThan(Math.min(...free.map((w) => norm(mixOf(conflicting, w)))) + 1e-6);
  });

  it("is that of mgda without bounds", () => {
    const both = ["pareto", "mgda"].map((name) => runBalance(name, [{ gradients: conflicting }])[0]?.coefficients);
    expect(both[0]).toEqual(both[1]);
  });
});

describe("every balance", () => {
  const named = balances.filter(({ form }) => form !== "fixed").map(({ name }) => name);

  it.each(named)("%s stays finite without rows, without gradients, and with equal ones", (name) => {
    const zero = [0, 0, 0, 0];
    const [first = zero] = conflicting;
    for (const gradients of [
      [zero, zero, zero],
      [first, zero, first],
      [first, first, first],
      [first, first.map((x) => -x), zero],
    ])
      for (const present of [
        [1, 1, 1],
        [1, 0, 1],
        [0, 0, 0],
      ])
        for (const epoch of [0, 1]) {
          const losses = present.map((each) => each * 0.7);
          const results = runBalance(name, [
            { losses, present, gradients, epoch },
            { losses, present, gradients, epoch: epoch + 5 },
          ]);
          const numbers = results.flatMap((each) => [
            ...(each.total === undefined ? [] : [each.total]),
            ...(each.weights ?? []),
            ...each.coefficients,
            ...each.direction,
            ...Object.values(each.trained).flat(),
          ]);
          expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
        }
  });
});
