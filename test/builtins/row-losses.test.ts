/** Losses of rows against their formulas, finite where they are used, and what they must equal. */
import { describe, expect, it } from "vitest";
import { losses } from "../../src/compiler/builtins/index.js";
import { distance } from "../lower/harness.js";
import { runLoss } from "./harness.js";

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const softplus = (z: number): number => Math.log1p(Math.exp(z));

/** −log of what a logit gives to what happened. */
const bce = (z: number, y: number): number => (y === 1 ? softplus(-z) : softplus(z));

describe("f1_weighted", () => {
  const logits = [2, -1, 0.5, -3];
  const happened = [1, 0, 0, 0];

  it("is cross-entropy where recall and precision count alike", () => {
    const { loss, slope } = runLoss("f1_weighted", logits, happened, { beta: 1 }, "logit");
    expect(distance(loss, runLoss("bce", logits, happened, {}, "logit").loss)).toBeLessThan(1e-7);
    expect(distance(slope, runLoss("bce", logits, happened, {}, "logit").slope)).toBeLessThan(1e-7);
  });

  it("counts negatives by what is found over what is wanted", () => {
    const { loss } = runLoss("f1_weighted", logits, happened, { beta: 1.5 }, "logit");
    const found = logits.reduce((sum, z) => sum + sigmoid(z), 0);
    const weight = found / (found + (1.5 ** 2 - 1) * 1);
    const expected = logits.map((z, row) => (happened[row] === 1 ? 1 : weight) * bce(z, happened[row] ?? 0));
    expect(distance(loss, expected)).toBeLessThan(1e-7);
  });
});

describe("losses on amounts", () => {
  it("mae is the absolute error", () => {
    expect(runLoss("mae", [3, -1], [1, 1])).toEqual({ loss: [2, 2], slope: [1, -1] });
  });

  it("quantile is q on one side of the truth and 1 − q on the other, and half of mae at the median", () => {
    const { loss, slope } = runLoss("quantile", [3, -1], [1, 1], { q: 0.9 });
    expect(distance(loss, [0.1 * 2, 0.9 * 2])).toBeLessThan(1e-12);
    expect(distance(slope, [0.1, -0.9])).toBeLessThan(1e-12);
    expect(runLoss("quantile", [3, -1], [1, 1], { q: 0.5 }).loss).toEqual([1, 1]);
  });

  it("tweedie has its least at the mean, and a slope of (p − y)/p^power", () => {
    const [p, y] = [
      [0.3, 2, 5, 1],
      [0, 2, 1, 7],
    ];
    const { loss, slope } = runLoss("tweedie", p, y, { power: 1.3 });
    expect(
      distance(
        loss,
        p.map((each, row) => (-(y[row] ?? 0) * each ** -0.3) / -0.3 + each ** 0.7 / 0.7),
      ),
    ).toBeLessThan(1e-12);
    expect(
      distance(
        slope,
        p.map((each, row) => (each - (y[row] ?? 0)) / each ** 1.3),
      ),
    ).toBeLessThan(1e-12);
  });

  it("weighted_logistic is logistic regression whose odds are the prediction", () => {
    const odds = [0.5, 3, 0.2];
    const watched = [0, 12, 0.5];
    const p = odds.map((each) => each / (1 + each));
    const { loss } = runLoss("weighted_logistic", odds, watched);
    const expected = p.map((each, row) => {
      const time = watched[row] ?? 0;
      return time > 0 ? -time * Math.log(each) : -Math.log(1 - each);
    });
    expect(distance(loss, expected)).toBeLessThan(1e-12);
    // Every row a negative: the slope Σ is 0 where the odds are the mean time.
    const mean = watched.reduce((sum, each) => sum + each, 0) / watched.length;
    const { slope } = runLoss(
      "weighted_logistic",
      watched.map(() => mean),
      watched,
      { against: "all" },
    );
    expect(Math.abs(slope.reduce((sum, each) => sum + each, 0))).toBeLessThan(1e-12);
    // The rows that were not watched: the time over how many they are.
    const zeros = runLoss(
      "weighted_logistic",
      watched.map(() => 12.5 / 1),
      [0, 12, 0.5],
    );
    expect(Math.abs(zeros.slope.reduce((sum, each) => sum + each, 0))).toBeLessThan(1e-12);
  });

  it("lognormal is the density of an amount whose mean is the prediction", () => {
    const [p, y, s] = [
      [2, 7, 0.5],
      [3, 1, 0.4],
      [0.2, -1, 0.9],
    ];
    const { loss } = runLoss("lognormal", p, y, { sigma: "s" }, "value", { s });
    const expected = p.map((mean, row) => {
      const sigma = softplus(s[row] ?? 0);
      const amount = y[row] ?? 0;
      const mu = Math.log(mean) - sigma ** 2 / 2;
      const density =
        Math.exp(-((Math.log(amount) - mu) ** 2) / (2 * sigma ** 2)) / (amount * sigma * Math.sqrt(2 * Math.PI));
      return -Math.log(density);
    });
    expect(distance(loss, expected)).toBeLessThan(1e-12);
  });

  it("ziln adds the cross-entropy of the condition", () => {
    const others = { s: [0.2, -1], c: [0.7, -2] };
    const density = runLoss("lognormal", [2, 7], [3, 1], { sigma: "s" }, "value", others);
    const { loss } = runLoss("ziln", [2, 7], [3, 1], { sigma: "s", chance: "c" }, "value", others);
    expect(
      distance(
        loss,
        density.loss.map((each, row) => each + bce(others.c[row] ?? 0, 1)),
      ),
    ).toBeLessThan(1e-12);
  });
});

describe("delayed", () => {
  const args = { elapsed: "e", delay: "d", hazard: "h" };

  it("is the likelihood of when an event came, or has not yet", () => {
    const z = [0.4, -1, 2];
    const others = { e: [9, 4, 0.5], d: [2, 0, 0], h: [-0.5, 0.3, -2] };
    const { loss } = runLoss("delayed", z, [1, 0, 0], args, "logit", others);
    const expected = z.map((logit, row) => {
      const p = sigmoid(logit);
      const rate = Math.exp(others.h[row] ?? 0);
      return row === 0
        ? -Math.log(p) - Math.log(rate) + rate * (others.d[row] ?? 0)
        : -Math.log(1 - p + p * Math.exp(-rate * (others.e[row] ?? 0)));
    });
    expect(distance(loss, expected)).toBeLessThan(1e-12);
  });

  it("is bce after an infinity without the event, and says nothing at once", () => {
    const z = [0.4, -1];
    const never = runLoss("delayed", z, [0, 0], args, "logit", { e: [1e9, 1e9], d: [0, 0], h: [0, 0] });
    expect(never.loss).toEqual(runLoss("bce", z, [0, 0], {}, "logit").loss);
    const now = runLoss("delayed", z, [0, 0], args, "logit", { e: [0, 0], d: [0, 0], h: [0, 0] });
    expect(distance(now.loss, [0, 0])).toBeLessThan(1e-12);
    expect(distance(now.slope, [0, 0])).toBeLessThan(1e-12);
  });
});

describe("estimates over all rows", () => {
  const z = [0.4, -1, 2];
  const y = [1, 0, 0];
  const c = [0.7, -2, 0.1];
  const own = z.map((logit, row) => bce(logit, y[row] ?? 0));

  it("ips divides by the propensity, which gets no gradient, and no further than the floor", () => {
    const args = { propensity: "c", floor: 0.3 };
    const { loss } = runLoss("ips", z, y, args, "logit", { c });
    expect(
      distance(
        loss,
        own.map((each, row) => each / Math.max(sigmoid(c[row] ?? 0), 0.3)),
      ),
    ).toBeLessThan(1e-12);
  });

  it("doubly_robust with an imputation that is the loss is that loss, whatever the propensity", () => {
    // softplus(s) = δ.
    const s = own.map((each) => Math.log(Math.expm1(each)));
    const { loss } = runLoss("doubly_robust", z, y, { propensity: "c", imputation: "s" }, "logit", { c, s });
    expect(distance(loss, own)).toBeLessThan(1e-12);
  });

  it("doubly_robust is δ̂ + o·(δ − δ̂)/ô + w·o·(δ − δ̂)²/ô", () => {
    const s = [0.3, -0.4, 1];
    const args = { propensity: "c", imputation: "s", imputation_weight: 0.5 };
    const { loss } = runLoss("doubly_robust", z, y, args, "logit", { c, s });
    const expected = own.map((each, row) => {
      const error = each - softplus(s[row] ?? 0);
      return each - error + (error + 0.5 * error ** 2) / sigmoid(c[row] ?? 0);
    });
    expect(distance(loss, expected)).toBeLessThan(1e-12);
  });

  it("are bce where the condition always holds and the propensity is 1", () => {
    const others = { c: [90, 90, 90], s: [0.3, -0.4, 1] };
    for (const [name, args] of [
      ["ips", { propensity: "c" }],
      ["snips", { propensity: "c" }],
      ["doubly_robust", { propensity: "c", imputation: "s", imputation_weight: 0 }],
    ] as const)
      expect([name, distance(runLoss(name, z, y, args, "logit", others).loss, own) < 1e-12]).toEqual([name, true]);
  });
});

describe("every loss of a probability", () => {
  const names = losses.flatMap(({ name, per, heads }) =>
    per === "row" && heads.includes("probability") ? [name] : [],
  );
  const args = { propensity: "c", imputation: "s", elapsed: "e", delay: "d", hazard: "s", teacher: "q" };

  it.each(names)("%s is finite with its gradient at logits of ±50", (name) => {
    const others = {
      c: [50, -50, 50, -50],
      s: [50, -50, -50, 50],
      e: [0, 1, 100, 5],
      d: [0, 1, 100, 5],
      q: [0, 1, 0.3, 0.9],
    };
    const used = Object.fromEntries(
      (losses.find((loss) => loss.name === name)?.parameters ?? []).flatMap((parameter) =>
        Object.entries(args).filter(([key]) => key === parameter.name),
      ),
    );
    for (const form of ["logit", "logs"] as const) {
      const { loss, slope } = runLoss(name, [50, -50, -50, 50], [0, 1, 0, 1], used, form, others);
      expect([...loss, ...slope].every(Number.isFinite)).toBe(true);
    }
  });
});
