/** Which rows a loss sees and how much each counts: the options of every loss, by hand and by what they must equal. */
import { describe, expect, it } from "vitest";
import { describeEngines } from "../engine/engines.js";
import { expectSameSteps } from "./engine-steps.js";
import { inputsOf, list, open, randomFeeds, scalar, withLabels } from "./harness.js";
import { gradientError } from "./slopes.js";

const spec = (loss: string, seed = 5): string => `
model options
features { x: numeric, item: categorical(vocab: 6, embed: 4) }
labels { click: event, buy: event within click, worth: amount(yuan), stay: amount(seconds) within click }
table z = embedding(item, 4)
task ctr: P(click) = sigmoid(logit(mlp([x, z], [4])))
task cvr: P(buy | click) = sigmoid(logit(mlp([x, z], [4])))
task stay: E(stay | click) = softplus(logit(mlp([x, z], [4])))
loss { ${loss} }
train { optimizer: sgd(lr: 1), batch: 24, seed: ${seed} }
`;

const rows = 6;
const labels = {
  click: [1, 1, 1, 0, 0, 0],
  buy: [1, 0, 0, 0, 0, 0],
  worth: [2, 0.5, 0, 3, 1, 1],
  stay: [4, 1, 2, 0, 0, 0],
};

/** What `evaluate` gives of one spec with the labels above. */
function evaluate(loss: string, columns: Parameters<typeof withLabels>[2] = labels) {
  const { model, run } = open(spec(loss));
  const out = run("evaluate", withLabels(model, randomFeeds(model, rows), columns));
  return {
    loss: scalar(out, "loss/cvr"),
    weight: scalar(out, "weight/cvr"),
    cvr: list(out, "cvr"),
    ctr: list(out, "ctr"),
  };
}

/** −log of what was given to what happened, of each row. */
const rowLosses = (p: readonly number[], y: readonly number[]): readonly number[] =>
  p.map((each, row) => -Math.log(y[row] === 1 ? each : 1 - each));

/** Σ w·l / Σ w. */
const meanOf = (losses: readonly number[], weights: readonly number[]): number =>
  losses.reduce((sum, loss, row) => sum + loss * (weights[row] ?? 0), 0) / weights.reduce((sum, each) => sum + each, 0);

describe("rows outside the condition", () => {
  it("count by `outside`: 0 is the plain loss, 1 is `space: all`", () => {
    const plain = evaluate("ctr: bce, cvr: bce");
    const all = evaluate("ctr: bce, cvr: bce(space: all)");
    expect(evaluate("ctr: bce, cvr: bce(outside: 0)")).toEqual(plain);
    expect(evaluate("ctr: bce, cvr: bce(outside: 1)")).toEqual(all);
    const some = evaluate("ctr: bce, cvr: bce(outside: 0.25)");
    expect(some.loss).toBeCloseTo(meanOf(rowLosses(some.cvr, labels.buy), [1, 1, 1, 0.25, 0.25, 0.25]), 9);
    expect(some.weight).toBe(3.75);
  });

  it("are the same rows with `space: all` beside it", () => {
    expect(evaluate("ctr: bce, cvr: bce(space: all, outside: 0.25)")).toEqual(
      evaluate("ctr: bce, cvr: bce(outside: 0.25)"),
    );
  });

  it("are drawn by `negatives` in a step, and have that weight in an evaluation", () => {
    const share = evaluate("ctr: bce, cvr: bce(negatives: 0.25)");
    expect(share).toEqual(evaluate("ctr: bce, cvr: bce(outside: 0.25)"));
    const { model, run } = open(spec("ctr: bce, cvr: bce(negatives: 0.25)"));
    const many = 400;
    const feeds = withLabels(model, randomFeeds(model, many), {
      click: Array.from({ length: many }, (_, row) => (row < 100 ? 1 : 0)),
      buy: Array.from({ length: many }, (_, row) => (row < 40 ? 1 : 0)),
      worth: Array.from({ length: many }, () => 1),
      stay: Array.from({ length: many }, () => 0),
    });
    const kept = Array.from({ length: 20 }, () => scalar(run("train", feeds), "weight/cvr") - 100);
    // 300 rows at a quarter: 75 with a deviation of 7.5 in each step, other rows in each.
    expect(kept.every((each) => Number.isInteger(each) && each > 37 && each < 113)).toBe(true);
    expect(new Set(kept).size).toBeGreaterThan(5);
    expect(kept.reduce((sum, each) => sum + each, 0) / kept.length).toBeCloseTo(75, -1);
    const again = open(spec("ctr: bce, cvr: bce(negatives: 0.25)"));
    expect(Array.from({ length: 20 }, () => scalar(again.run("train", feeds), "weight/cvr") - 100)).toEqual(kept);
  });

  it("equal in expectation what `outside` gives: the sums of loss and weight over many draws", () => {
    const { model, interpreter, run, program } = open(spec("ctr: bce, cvr: bce(negatives: 0.4)"));
    const feeds = withLabels(model, randomFeeds(model, rows), labels);
    const start = new Map(program.state.map(({ name }) => [name, [...interpreter.get(name).data]] as const));
    let total = 0;
    let weight = 0;
    const draws = 4000;
    for (let draw = 0; draw < draws; draw += 1) {
      start.forEach((data, name) => interpreter.set(name, name === "step" ? [draw] : data));
      const out = run("train", feeds);
      const own = scalar(out, "weight/cvr");
      total += scalar(out, "loss/cvr") * own;
      weight += own;
    }
    const expected = evaluate("ctr: bce, cvr: bce(outside: 0.4)");
    expect(weight / draws).toBeCloseTo(expected.weight, 1);
    expect(Math.abs(total / weight - expected.loss)).toBeLessThan(0.01);
  });
});

describe("weights of rows", () => {
  it("`oversample` counts a positive row as copies of it, also in the mean", () => {
    const { loss, weight, cvr } = evaluate("ctr: bce, cvr: bce(oversample: 5)");
    expect(weight).toBe(7);
    expect(loss).toBeCloseTo(meanOf(rowLosses(cvr, labels.buy).slice(0, 3), [5, 1, 1]), 9);
    // As if the file had the row five times.
    const { model, run } = open(spec("ctr: bce, cvr: bce"));
    const feeds = withLabels(model, randomFeeds(model, rows), labels);
    const copies = run("evaluate", { ...feeds, weights: { shape: [rows], data: [5, 1, 1, 1, 1, 1] } });
    expect(scalar(copies, "loss/cvr")).toBeCloseTo(loss, 9);
  });

  it("`positive` multiplies the loss of a positive row, and the mean stays one over the rows", () => {
    const { loss, weight, cvr } = evaluate("ctr: bce, cvr: bce(positive: 5)");
    const [first = 0, ...others] = rowLosses(cvr, labels.buy).slice(0, 3);
    expect(weight).toBe(3);
    expect(loss).toBeCloseTo((5 * first + others.reduce((sum, each) => sum + each, 0)) / 3, 9);
  });

  it("`reject` divides by the probability of the condition, no lower than `floor`, and trains nothing by it", () => {
    const { loss, ctr, cvr } = evaluate("ctr: bce, cvr: bce(reject: ctr)");
    const own = rowLosses(cvr, labels.buy).slice(0, 3);
    expect(loss).toBeCloseTo(
      meanOf(
        own,
        ctr.slice(0, 3).map((p) => 1 / p),
      ),
      9,
    );
    const held = evaluate("ctr: bce, cvr: bce(reject: ctr, floor: 1)");
    expect(held.loss).toBeCloseTo(meanOf(own, [1, 1, 1]), 9);
    // Nothing else trains ctr here, so that its parameters stay what they are.
    const opened = open(spec("cvr: bce(reject: ctr), stay: mse"));
    const parameters = opened.program.state.filter(({ name }) => name.startsWith("ctr"));
    const before = parameters.map(({ name }) => [...opened.interpreter.get(name).data]);
    opened.run("train", withLabels(opened.model, randomFeeds(opened.model, rows), labels));
    expect(parameters.length).toBeGreaterThan(0);
    expect(parameters.map(({ name }) => [...opened.interpreter.get(name).data])).toEqual(before);
  });

  it("`weight` is a label, whose null leaves the row out and which is 0 below 0", () => {
    const { loss, weight, cvr } = evaluate("ctr: bce, cvr: bce(weight: worth)");
    expect(weight).toBe(2.5);
    expect(loss).toBeCloseTo(meanOf(rowLosses(cvr, labels.buy).slice(0, 3), [2, 0.5, 0]), 9);
    const holes = { ...labels, worth: [2, undefined, -7, 3, 1, 1] };
    expect(evaluate("ctr: bce, cvr: bce(weight: worth)", holes).weight).toBe(2);
  });

  it("`smoothing` takes y for (1 − s)·y + s/2", () => {
    const { loss, cvr } = evaluate("ctr: bce, cvr: bce(smoothing: 0.2)");
    const own = cvr.slice(0, 3).map((p, row) => {
      const y = 0.8 * (labels.buy[row] ?? 0) + 0.1;
      return -y * Math.log(p) - (1 - y) * Math.log(1 - p);
    });
    expect(loss).toBeCloseTo(meanOf(own, [1, 1, 1]), 9);
  });

  it("multiply one another, and work on amounts", () => {
    const both = evaluate("ctr: bce, cvr: bce(outside: 0.5, oversample: 3, weight: worth)");
    expect(both.weight).toBe(3 * 2 + 0.5 + 0 + 0.5 * (3 + 1 + 1));
    const { model, run } = open(spec("ctr: bce, stay: mse(outside: 0.5, weight: worth)"));
    const out = run("evaluate", withLabels(model, randomFeeds(model, rows), labels));
    expect(scalar(out, "weight/stay")).toBe(5);
    const squares = list(out, "stay").map((p, row) => (p - (labels.stay[row] ?? 0)) ** 2);
    expect(scalar(out, "loss/stay")).toBeCloseTo(meanOf(squares, [2, 0.5, 0, 1.5, 0.5, 0.5]), 6);
  });
});

const everything =
  "ctr: bce(smoothing: 0.1), cvr: bce(outside: 0.3, oversample: 4, positive: 2, weight: worth), stay: mse(reject: ctr, floor: 1)";

it("has the gradients of its formula", () => {
  const opened = open(spec(everything));
  const feeds = withLabels(opened.model, randomFeeds(opened.model, rows), labels);
  expect(gradientError(opened, feeds)).toBeLessThan(1e-6);
});

it("makes no node where no option is given", () => {
  const nodes = (loss: string): number =>
    open(spec(loss)).program.functions.reduce((sum, fn) => sum + fn.nodes.length, 0);
  expect(nodes("ctr: bce, cvr: bce(oversample: 1, smoothing: 0, positive: 1)")).toBe(nodes("ctr: bce, cvr: bce"));
  expect(inputsOf(open(spec("ctr: bce, cvr: bce(weight: worth)")).program, "train")).toEqual(
    inputsOf(open(spec("ctr: bce, cvr: bce")).program, "train"),
  );
});

describeEngines("options of losses", (engine) => {
  it("are what the interpreter says, draws included", async () => {
    const loss =
      "ctr: bce(smoothing: 0.1), cvr: bce(negatives: 0.5, oversample: 4, weight: worth), stay: mse(reject: ctr)";
    const opened = open(spec(loss).replace("lr: 1", "lr: 0.1"));
    await expectSameSteps(await engine(), opened, 24, (step) => randomFeeds(opened.model, 24, step + 1));
  });
});
