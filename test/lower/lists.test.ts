/** Losses over lists in whole programs: what is relevant, which rows count, and the same on every engine. */
import { describe, expect, it } from "vitest";
import { losses } from "../../src/compiler/builtins/index.js";
import { describeEngines } from "../engine/engines.js";
import { onBoth } from "./engine-steps.js";
import { distance, type Feeds, inputsOf, listFeeds, open, randomFeeds, scalar, withLabels } from "./harness.js";

const spec = (loss: string, more = ""): string => `
model lists
data { group: user_id }
features { x: numeric, item: categorical(vocab: 6, embed: 4) }
labels { click: event, buy: event within click, share: event within click, stay: amount(seconds) }
table z = embedding(item, 4)
task pref: score = x
task ctr: P(click) = sigmoid(logit(mlp([x, z], [4])))
task cvr: P(buy | click) = sigmoid(logit(mlp([x, z], [4])))
${more}
loss { ${loss} }
train { optimizer: adam(lr: 0.02), batch: 24, seed: 5 }
`;

const softplus = (x: number): number => Math.log1p(Math.exp(x));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The loss of `pref`, whose score is the number x, with the labels given; all rows are one list. */
function lossOf(
  loss: string,
  scores: readonly number[],
  labels: Readonly<Record<string, readonly (number | undefined)[]>>,
  changes: Feeds = {},
): number {
  const { model, run } = open(spec(`pref: ${loss}`));
  const feeds = withLabels(model, randomFeeds(model, scores.length), labels);
  const numbers = { shape: [scores.length, 1], data: scores };
  return scalar(run("evaluate", { ...feeds, numbers, ...listFeeds(scores.map(() => 0)), ...changes }), "loss/pref");
}

/** BPR over pairs of rows, the first of each to come first. */
const bprOf = (scores: readonly number[], pairs: readonly (readonly [number, number])[]): number =>
  mean(pairs.map(([i, j]) => softplus((scores[j] ?? 0) - (scores[i] ?? 0))));

describe("an order of labels", () => {
  const scores = [0.3, -0.4, 1.1, 0.7, -0.2];
  // Nothing, a click, a purchase, a share, and both.
  const labels = {
    click: [0, 1, 1, 1, 1],
    buy: [0, 0, 1, 0, 1],
    share: [0, 0, 0, 1, 1],
    stay: [0, 0, 0, 0, 0],
  };

  it("goes from the best label on, and nothing comes last", () => {
    const expected = bprOf(scores, [
      [2, 1],
      [4, 1],
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
      [2, 3],
      [4, 3],
    ]);
    expect(lossOf("bpr(order: [buy, click])", scores, labels)).toBeCloseTo(expected, 9);
  });

  it("may be partial: rows that have reached different things have no order", () => {
    const expected = bprOf(scores, [
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
      [2, 1],
      [3, 1],
      [4, 1],
      [4, 2],
      [4, 3],
    ]);
    expect(lossOf("bpr(order: [buy > click, share > click])", scores, labels)).toBeCloseTo(expected, 9);
  });

  it("is the same however it is said", () => {
    const chain = lossOf("bpr(order: [buy, share, click])", scores, labels);
    expect(lossOf("bpr(order: [buy > share, share > click])", scores, labels)).toBeCloseTo(chain, 12);
    expect(lossOf("bpr(order: [share > click, buy > share, buy > click])", scores, labels)).toBeCloseTo(chain, 12);
  });
});

describe("what counts", () => {
  const scores = [0.3, -0.4, 1.1];
  const labels = { click: [0, 1, 1], buy: [0, 0, 1], share: [0, 0, 0], stay: [2, 0, 5] };

  it("is the largest gain of the labels that hold, and an amount times its gain", () => {
    const softmax = (gains: readonly number[]): number => {
      const total = Math.log(scores.reduce((sum, s) => sum + Math.exp(s), 0));
      const all = gains.reduce((sum, gain) => sum + gain, 0);
      return gains.reduce((sum, gain, row) => sum + (gain / all) * (total - (scores[row] ?? 0)), 0);
    };
    expect(lossOf("softmax_list(gain: { buy: 3, click: 1 })", scores, labels)).toBeCloseTo(softmax([0, 1, 3]), 9);
    expect(lossOf("softmax_list(gain: { stay: 0.5, click: 2 })", scores, labels)).toBeCloseTo(softmax([1, 2, 2.5]), 9);
  });

  it("is not a row on which a label that the loss reads is null, or whose weight is 0", () => {
    const expected = bprOf(scores, [[2, 0]]);
    const unknown = { ...labels, click: [0, undefined, 1] };
    expect(lossOf("bpr(order: [buy, click])", scores, unknown)).toBeCloseTo(expected, 9);
    const weights = { weights: { shape: [3], data: [1, 0, 1] } };
    expect(lossOf("bpr(order: [buy, click])", scores, labels, weights)).toBeCloseTo(expected, 9);
  });

  it("of a condition is only a row where it holds", () => {
    const { model, run } = open(spec("cvr: bpr, ctr: bpr"));
    const rows = 4;
    const feeds = {
      ...withLabels(model, randomFeeds(model, rows), {
        click: [1, 1, 0, 0],
        buy: [1, 0, 0, 0],
        share: [0, 0, 0, 0],
        stay: [0, 0, 0, 0],
      }),
      ...listFeeds([0, 0, 0, 0]),
    };
    const out = run("evaluate", feeds);
    // One pair of clicked rows; each clicked row before each that was not.
    expect(scalar(out, "weight/cvr")).toBe(1);
    expect(scalar(out, "weight/ctr")).toBe(4);
  });

  it("is a pair within one list only", () => {
    const two = lossOf("bpr(order: [buy, click])", scores, labels, listFeeds([0, 0, 1]));
    expect(two).toBeCloseTo(bprOf(scores, [[1, 0]]), 9);
    expect(lossOf("bpr(order: [buy, click], by: batch)", scores, labels, listFeeds([0, 0, 1]))).toBeCloseTo(
      bprOf(scores, [
        [1, 0],
        [2, 0],
        [2, 1],
      ]),
      9,
    );
  });
});

it("a chain is ordered by its log-odds", () => {
  const { model, run } = open(spec("ctcvr: bpr", "chain ctcvr = ctr * cvr"));
  const feeds = randomFeeds(model, 30);
  expect(scalar(run("evaluate", feeds), "loss/ctcvr")).toBeGreaterThan(0);
});

it("a function is fed lists only where it compares rows of some", () => {
  const inputs = (loss: string): readonly string[] => inputsOf(open(spec(loss)).program, "train");
  const rows = ["ids", "known", "labels", "numbers", "weights"];
  expect(inputs("ctr: bce")).toEqual(rows);
  expect(inputs("pref: softmax_list(gain: { buy: 1 })")).toEqual([
    "groups",
    "known",
    "labels",
    "lists",
    "numbers",
    "weights",
  ]);
  expect(inputs("pref: bpr(order: [buy], by: batch)")).toEqual(rows.filter((name) => name !== "ids"));
  expect(inputs("pref: lambdarank(gain: { buy: 1 }, by: batch)")).toContain("rows");
});

/** Each loss over lists, of a score or of a probability, with arguments that use all of it. */
const calls: readonly string[] = [
  "pref: bpr(order: [buy > click, share > click], max_pairs: 4)",
  "pref: hinge(order: [buy, click])",
  "pref: lambdarank(gain: { buy: 3, click: 1 }, at: 3)",
  "pref: softmax_list(gain: { buy: 3, click: 1 })",
  "pref: listmle(gain: { buy: 3, click: 1 })",
  "pref: approx_ndcg(gain: { buy: 3, click: 1 })",
  "ctr: jrc(alpha: 0.3, base: pref)",
];

it("every loss over lists is tried on every engine", () => {
  const names = losses.flatMap(({ per, name }) => (per === "list" ? [name] : []));
  expect(calls.map((call) => /: (\w+)/.exec(call)?.[1])).toEqual(names);
});

describeEngines("a step of losses over lists", (engine) => {
  // What is whole columns elsewhere has other code in these.
  const ofBatch = calls.filter((call) => /bpr|lambdarank|softmax_list|jrc/.test(call));
  it.each([...calls, ...ofBatch.map((call) => call.replace(/\)$/, ", by: batch)"))])(
    "is that of the interpreter: %s",
    async (call) => {
      const { model, program } = open(spec(`${call}, cvr: 0.5 * bce`));
      const trainBatch = /bpr|lambdarank/.test(call) ? 24 : undefined;
      await onBoth(await engine(), program, { trainBatch }, ({ session, oracle, step }) => {
        for (let at = 0; at < 3; at += 1) {
          const { found, wanted } = step(randomFeeds(model, 24, at + 1));
          const expected = wanted["loss"]?.data[0] ?? NaN;
          const actual = found["loss"]?.data[0] ?? NaN;
          expect(Math.abs(actual - expected) / expected).toBeLessThan(1e-5);
        }
        for (const [name, { data }] of session.get())
          expect(distance([...data], [...oracle.get(name).data])).toBeLessThan(1e-4);
      });
    },
  );
});
