/** The loss over the inner products of a batch, in whole programs: its formula by hand, its slopes, and the same on every engine. */
import { describe, expect, it } from "vitest";
import { compileText } from "../semantics/compile.js";
import { describeEngines } from "../engine/engines.js";
import { expectSameSteps } from "./engine-steps.js";
import { type Feeds, open, randomFeeds, scalar, withLabels } from "./harness.js";
import { gradientError } from "./slopes.js";

/** The vectors of both sides are numbers of the file: u = [a, b], v = [c, d]. */
const plain = (loss: string, task = "pref: score"): string => `
model m
features { a: numeric, b: numeric, c: numeric, d: numeric, item: categorical(vocab: 6, embed: 2) }
labels { click: event, q: amount }
input u = [a, b]
input v = [c, d]
task ${task} = ${task.includes("P(") ? "sigmoid(dot(u, v))" : "dot(u, v)"}
task other: P(click) = sigmoid(logit(item))
loss { pref: ${loss}, other: bce }
`;

const numbers = [1, 0, 0.5, 1, -1, 2, 2, 0, 9, 9, 9, 9, 0.3, 0.3, -1, 1, 0.7, -1, 1, 2, 0, 1, 1, 1];
const rowCount = 6;
const at = (row: number, column: number): number => numbers[4 * row + column] ?? NaN;
/** The third row fills the batch up. */
const weights = [1, 2, 0, 1, 0.5, 1];
const clicks = [1, 1, 1, 0, 1, 1];
const items = [3, 1, 1, 3, 3, 2];
const frequencies = [0.2, 0.5, 0.1, 0.2, 0.2, undefined];

function lossOf(text: string, changes: Feeds = {}): number {
  const { model, run } = open(text);
  const feeds = withLabels(model, randomFeeds(model, rowCount), { click: clicks, q: frequencies });
  return scalar(
    run("evaluate", {
      ...feeds,
      ids: { shape: [rowCount, 1], data: items },
      numbers: { shape: [rowCount, 4], data: numbers },
      weights: { shape: [rowCount], data: weights },
      ...changes,
    }),
    "loss/pref",
  );
}

/** Σ w·l / Σ w over positive rows: `rows` take part, `isNegative` says which others a row is told from. */
function byHand(
  temperature: number,
  rows: readonly number[],
  log: (row: number) => number,
  isNegative: (i: number, j: number) => boolean,
): number {
  const logit = (i: number, j: number): number => (at(i, 0) * at(j, 2) + at(i, 1) * at(j, 3)) / temperature - log(j);
  const positives = rows.filter((row) => clicks[row] === 1);
  const losses = positives.map((i) => {
    const among = rows.filter((j) => j === i || isNegative(i, j));
    return (weights[i] ?? 0) * (Math.log(among.reduce((sum, j) => sum + Math.exp(logit(i, j)), 0)) - logit(i, i));
  });
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return sum(losses) / sum(positives.map((i) => weights[i] ?? 0));
}

const counted = [0, 1, 3, 4, 5];
const known = [0, 1, 3, 4];
const logOf = (row: number): number => Math.log(frequencies[row] ?? NaN);
const differ = (i: number, j: number): boolean => items[i] !== items[j];

describe("in_batch_softmax", () => {
  it.each([
    [
      "temperature: 0.5",
      byHand(
        0.5,
        counted,
        () => 0,
        () => true,
      ),
    ],
    ["temperature: 0.5, frequency: q", byHand(0.5, known, logOf, () => true)],
    ["temperature: 0.5, item: item", byHand(0.5, counted, () => 0, differ)],
    ["temperature: 2, frequency: q, item: item", byHand(2, known, logOf, differ)],
  ])("is its formula: %s", (args, expected) => {
    expect(lossOf(plain(`in_batch_softmax(gain: { click: 1 }, ${args})`))).toBeCloseTo(expected, 9);
  });

  it("of a probability goes by its own event", () => {
    const expected = byHand(
      0.5,
      counted,
      () => 0,
      () => true,
    );
    expect(lossOf(plain("in_batch_softmax(temperature: 0.5)", "pref: P(click)"))).toBeCloseTo(expected, 9);
  });

  it("takes counts for shares, and leaves out a frequency of 0 as one that is missing", () => {
    const text = plain("in_batch_softmax(gain: { click: 1 }, frequency: q)");
    const { model } = open(text);
    const labels = (q: readonly (number | undefined)[]): Feeds => {
      const { labels: values, known } = withLabels(model, randomFeeds(model, rowCount), { click: clicks, q });
      return { labels: values!, known: known! };
    };
    const share = lossOf(text);
    expect(lossOf(text, labels(frequencies.map((q) => q && 1000 * q)))).toBeCloseTo(share, 9);
    expect(lossOf(text, labels(frequencies.map((q) => q ?? 0)))).toBe(share);
  });

  it("is 0 without a positive row, finite at any score, and 0 where all rows are of one item", () => {
    const text = plain("in_batch_softmax(gain: { click: 1 }, item: item, temperature: 0.01)");
    const none = { weights: { shape: [rowCount], data: weights.map((w, row) => (clicks[row] === 1 ? 0 : w)) } };
    expect(lossOf(text, none)).toBe(0);
    const far = { numbers: { shape: [rowCount, 4], data: numbers.map((x) => 10 * x) } };
    expect(Number.isFinite(lossOf(text, far))).toBe(true);
    expect(lossOf(text, { ids: { shape: [rowCount, 1], data: items.map(() => 1) } })).toBe(0);
  });
});

const towers = (args: string): string => `
model m
features { user: categorical(vocab: 6, embed: 4), item: categorical(vocab: 6, embed: 4), x: numeric }
labels { click: event, q: amount }
tower u = mlp(user, [3], activation: tanh)
tower v = mlp([item, x], [3], activation: tanh)
task pref: score = dot(u, v)
loss { pref: in_batch_softmax(gain: { click: 1 }${args}) }
train { optimizer: sgd(lr: 1), batch: 8, seed: 4 }
`;
const frequencyOf = (row: number): number | undefined => (row % 5 === 4 ? undefined : 0.1 + 0.05 * row);

describe.each(["", ", frequency: q", ", item: item, temperature: 0.3, frequency: q"])("with %s", (args) => {
  const feeds = (model: ReturnType<typeof open>["model"], rows: number, seed: number): Feeds => {
    const every = Array.from({ length: rows }, (_, row) => row);
    const labels = { click: every.map((row) => (row % 3 === 0 ? 0 : 1)), q: every.map(frequencyOf) };
    const filled = withLabels(model, randomFeeds(model, rows, seed), labels);
    return { ...filled, weights: { shape: [rows], data: every.map((row) => (row === rows - 1 ? 0 : 1 + (row % 2))) } };
  };

  it("has the gradients that its slopes say", () => {
    const opened = open(towers(args));
    expect(gradientError(opened, feeds(opened.model, 8, 1), 3)).toBeLessThan(1e-5);
  });

  describeEngines("a step", (engine) => {
    it("is what the interpreter says", async () => {
      const opened = open(towers(args).replace("lr: 1", "lr: 0.1"));
      await expectSameSteps(await engine(), opened, 16, (step) => feeds(opened.model, 16, step + 1));
    });
  });
});

describe("what it needs is said", () => {
  const problems = (text: string): readonly string[] => compileText(text).diagnostics.map(({ message }) => message);

  it.each([
    ["pref: score = dot(u, v) + item", "", "needs a head that is the inner product of two tensors"],
    ["pref: score = dot(u, v)", ", item: x", "needs one id per row as `item`, and `x` is a number"],
  ])("%s%s", (task, args, problem) => {
    const text = towers(args).replace(
      "task pref: score = dot(u, v)",
      `task ${task.replace("+ item", "+ linear(item, 1)")}`,
    );
    expect(problems(text)).toEqual([`\`in_batch_softmax\` on \`pref\` ${problem}`]);
  });
});
