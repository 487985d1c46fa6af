/** What transfers between networks: losses against a teacher, between tensors, and with the counts of the batch. */
import { describe, expect, it } from "vitest";
import { describeEngines } from "../engine/engines.js";
import { expectSameSteps } from "../lower/engine-steps.js";
import { distance, open, randomFeeds, scalar, withLabels } from "../lower/harness.js";
import { gradientError } from "../lower/slopes.js";
import { runLoss } from "./harness.js";

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

describe("distill", () => {
  const logits = [0.3, -2, 1.5];
  const teacher = [0.9, 0.2, 0.5];

  it("is T² times the cross-entropy of both at the temperature T", () => {
    const { loss, slope } = runLoss("distill", logits, [0, 1, 0], { teacher: "t", temperature: 2 }, "logit", {
      t: teacher,
    });
    const soft = teacher.map((q) => sigmoid(Math.log(q / (1 - q)) / 2));
    const own = logits.map((z) => sigmoid(z / 2));
    const expected = own.map(
      (p, i) => -4 * ((soft[i] ?? NaN) * Math.log(p) + (1 - (soft[i] ?? NaN)) * Math.log(1 - p)),
    );
    expect(distance(loss, expected)).toBeLessThan(1e-9);
    expect(
      distance(
        slope,
        own.map((p, i) => 2 * (p - (soft[i] ?? NaN))),
      ),
    ).toBeLessThan(1e-9);
  });

  it("at the temperature 1 is cross-entropy with the teacher for the truth, finite at 0 and 1", () => {
    const { loss } = runLoss("distill", [0.3, -50, 50], [0, 0, 0], { teacher: "t" }, "logit", { t: [0.25, 1, 0] });
    expect(loss[0]).toBeCloseTo(-0.25 * Math.log(sigmoid(0.3)) - 0.75 * Math.log(1 - sigmoid(0.3)), 9);
    expect(loss.slice(1).every((each) => each > 49 && each < 51)).toBe(true);
  });
});

it("f1_weighted has the value of EasyRec's own test of it", () => {
  const logits = [0.1, 0.5, 0.3, 0.8, -0.1, 0.3];
  const { loss } = runLoss("f1_weighted", logits, [1, 1, 0, 0, 1, 1], { beta: 2 }, "logs");
  expect(loss.reduce((sum, each) => sum + each, 0) / 6).toBeCloseTo(0.47844395, 6);
});

const spec = (loss: string): string => `
model m
features { x: numeric, y: numeric, user: categorical(vocab: 6, embed: 4) }
labels { click: event, home: event, taught: amount }
bottom b = mlp([x, y, user], [3], activation: tanh)
tower light = mlp(x, [3], activation: tanh)
task ctr: P(click) = sigmoid(logit(b))
task domain: P(home) = sigmoid(logit(mlp(reverse(b, 0.5), [3], activation: tanh))) auxiliary
task small: P(click) = sigmoid(logit(light))
loss { ctr: bce, small: bce, ${loss} }
train { optimizer: sgd(lr: 1), batch: 6, seed: 4 }
`;

const pairs = (values: readonly number[]): readonly (readonly number[])[] =>
  Array.from({ length: values.length / 2 }, (_, row) => values.slice(2 * row, 2 * row + 2));

describe("penalties on two tensors", () => {
  const penalty = (text: string, weights: readonly number[], data: readonly number[]): number => {
    const { model, run } = open(`
model m
features { a: numeric, b: numeric, c: numeric, d: numeric }
labels { click: event }
task ctr: P(click) = sigmoid(logit(a))
loss { ctr: bce, tie: ${text} }
`);
    const feeds = { ...randomFeeds(model, weights.length), weights: { shape: [weights.length], data: weights } };
    return scalar(run("evaluate", { ...feeds, numbers: { shape: [weights.length, 4], data } }), "penalty/tie");
  };
  const weights = [1, 2, 0, 1];
  const numbers = [1, 0, 0.5, 1, -1, 2, 2, 0, 9, 9, 9, 9, 0.3, 0.3, -1, 1];
  const rows = pairs(numbers);

  it("distance is the mean of the squared differences", () => {
    const squares = weights.map((_, i) => {
      const [a = [], b = []] = [rows[2 * i], rows[2 * i + 1]];
      return (((a[0] ?? 0) - (b[0] ?? 0)) ** 2 + ((a[1] ?? 0) - (b[1] ?? 0)) ** 2) / 2;
    });
    const expected = squares.reduce((sum, each, i) => sum + each * (weights[i] ?? 0), 0) / 4;
    expect(penalty("distance([a, b], [c, d])", weights, numbers)).toBeCloseTo(expected, 9);
  });

  it.each([true, false])("info_nce tells a row from the others of the batch, cosine: %s", (cosine) => {
    const unit = (v: readonly number[]): readonly number[] => v.map((each) => each / (cosine ? Math.hypot(...v) : 1));
    const inner = (v: readonly number[], w: readonly number[]): number =>
      v.reduce((sum, each, k) => sum + each * (w[k] ?? 0), 0);
    const [as, bs] = [0, 1].map((side) => weights.map((_, i) => unit(rows[2 * i + side] ?? [])));
    const counted = [0, 1, 3];
    const losses = counted.map((i) => {
      const logits = counted.map((j) => inner(as?.[i] ?? [], bs?.[j] ?? []) / 0.5);
      const own = inner(as?.[i] ?? [], bs?.[i] ?? []) / 0.5;
      return Math.log(logits.reduce((sum, each) => sum + Math.exp(each), 0)) - own;
    });
    const expected = ((losses[0] ?? 0) + 2 * (losses[1] ?? 0) + (losses[2] ?? 0)) / 4;
    const text = `info_nce([a, b], [c, d], temperature: 0.5, cosine: ${cosine})`;
    expect(penalty(text, weights, numbers)).toBeCloseTo(expected, 6);
  });
});

describe("in whole programs", () => {
  it("losses and penalties have the gradients that their slopes say", () => {
    const loss =
      "ctr: bce + 0.5 * distill(teacher: taught, temperature: 2), hint: 0.3 * distance(light, b), near: 0.2 * info_nce(light, b)";
    const opened = open(spec(loss).replace("ctr: bce, small", "small"));
    const labels = {
      click: [1, 0, 1, 0, 1, 1],
      home: [0, 1, 1, 0, 0, 1],
      taught: [0.5, 0.1, undefined, 0.9, 0.3, 0.2],
    };
    expect(gradientError(opened, withLabels(opened.model, randomFeeds(opened.model, 6), labels), 3)).toBeLessThan(1e-5);
  });

  it("a reversed gradient moves what is below the other way, and what is above as ever", () => {
    const steps = [0, 1].map((which) => {
      const opened = open(
        spec("domain: bce")
          .replace("ctr: bce, small: bce, ", "")
          .replace("reverse(b, 0.5)", which === 0 ? "dropout(b, 0)" : "reverse(b, 0.5)"),
      );
      const read = (name: string): readonly number[] => [...opened.interpreter.get(name).data];
      const names = opened.program.state.filter(({ role }) => role === "parameter").map(({ name }) => name);
      const before = new Map(names.map((name) => [name, read(name)]));
      opened.run("train", randomFeeds(opened.model, 6));
      return new Map(names.map((name) => [name, read(name).map((value, i) => value - (before.get(name)?.[i] ?? NaN))]));
    });
    const [plain, reversed] = steps;
    const below = plain?.get("b.0.weight") ?? [];
    expect(Math.max(...below.map(Math.abs))).toBeGreaterThan(1e-4);
    expect(
      distance(
        [...(reversed?.get("b.0.weight") ?? [])],
        below.map((each) => -0.5 * each),
      ),
    ).toBeLessThan(1e-6);
    expect(
      distance([...(reversed?.get("domain/logit.weight") ?? [])], [...(plain?.get("domain/logit.weight") ?? [])]),
    ).toBeLessThan(1e-6);
  });
});

describeEngines("a step of what transfers", (engine) => {
  it("is what the interpreter says", async () => {
    const loss =
      "domain: f1_weighted(beta: 2) + 0.5 * distill(teacher: taught, temperature: 3), hint: 0.3 * distance(light, stop(b)), near: 0.2 * info_nce(light, b)";
    const opened = open(spec(loss).replace("lr: 1", "lr: 0.1"));
    await expectSameSteps(await engine(), opened, 24, (step) => randomFeeds(opened.model, 24, step + 1));
  });
});
