/** Several losses on one head: each by itself, their sum, and what a balance and the rest of the tools make of them. */
import { describe, expect, it } from "vitest";
import { specText } from "../../src/compiler/describe/index.js";
import { printProgram } from "../../src/compiler/graph/index.js";
import { hashModel } from "../../src/compiler/model/index.js";
import { diffModels } from "../../src/compiler/diff/index.js";
import { describeEngines } from "../engine/engines.js";
import { expectSameSteps } from "./engine-steps.js";
import { inputsOf, modelOf, open, randomFeeds, scalar } from "./harness.js";
import { gradientError } from "./slopes.js";

const spec = (loss: string): string => `
model sums
data { group: user_id }
features { x: numeric, item: categorical(vocab: 6, embed: 4) }
labels { click: event, buy: event within click }
table z = embedding(item, 4)
bottom b = mlp([x, z], [4])
task ctr: P(click) = sigmoid(logit(b))
task cvr: P(buy | click) = sigmoid(logit(b))
loss { ${loss} }
train { optimizer: sgd(lr: 0.5), batch: 24, seed: 5 }
`;

const both = "ctr: bce + 0.5 * jrc(alpha: 0.2), cvr: bce(space: all)";

function evaluate(loss: string): (name: string) => number {
  const { model, run } = open(spec(loss));
  const feeds = randomFeeds(modelOf(spec(both)), 24);
  const declared = new Set(inputsOf(open(model).program, "evaluate"));
  const out = run("evaluate", Object.fromEntries(Object.entries(feeds).filter(([name]) => declared.has(name))));
  return (name) => scalar(out, name);
}

describe("losses of rows and lists on one head", () => {
  it("are each what they are by themselves, and add up", () => {
    const sum = evaluate(both);
    const bce = evaluate("ctr: bce");
    const jrc = evaluate("ctr: jrc(alpha: 0.2)");
    expect(sum("loss/ctr.bce")).toBeCloseTo(bce("loss/ctr"), 12);
    expect(sum("loss/ctr.jrc")).toBeCloseTo(jrc("loss/ctr"), 12);
    expect(sum("weight/ctr.jrc")).toBe(24);
    expect(sum("loss")).toBeCloseTo(bce("loss/ctr") + 0.5 * jrc("loss/ctr") + sum("loss/cvr"), 12);
  });

  it("share a factor before parentheses, and a head may have one loss twice", () => {
    const twice = evaluate("cvr: 0.5 * (bce + (bce(space: all)) * 3)");
    const total = 0.5 * twice("loss/cvr.bce") + 1.5 * twice("loss/cvr.bce_2");
    expect(twice("loss")).toBeCloseTo(total, 12);
    expect(twice("loss/cvr.bce")).not.toBeCloseTo(twice("loss/cvr.bce_2"), 3);
  });

  it("give one loss with a sum of weights what a single one gives", () => {
    const once = open(spec("ctr: bce"));
    const split = open(spec("ctr: 0.25 * bce + 0.75 * bce"));
    const feeds = randomFeeds(once.model, 24);
    for (const { run } of [once, split]) run("train", feeds);
    for (const { name, role } of once.program.state)
      if (role === "parameter") {
        const [one, two] = [once, split].map(({ interpreter }) => [...interpreter.get(name).data]);
        one?.forEach((value, at) => expect(two?.[at]).toBeCloseTo(value, 9));
      }
  });

  it("have the gradient that their slopes say", () => {
    const opened = open(spec(both).replace("lr: 0.5", "lr: 1"));
    expect(gradientError(opened, randomFeeds(opened.model, 24))).toBeLessThan(1e-5);
  });

  it("are one loss to a balance, that of their head", () => {
    const sum = "ctr: 0.5 * bce + 0.5 * bce, cvr: bce(space: all), balance: dwa";
    const once = open(spec("ctr: bce, cvr: bce(space: all), balance: dwa"));
    const split = open(spec(sum));
    const feeds = randomFeeds(once.model, 24);
    for (let step = 0; step < 3; step += 1) {
      const [one, two] = [once, split].map(({ run }) => run("train", { ...feeds, epoch: { shape: [], data: [step] } }));
      for (const head of ["ctr", "cvr"])
        expect(scalar(two ?? {}, `balance/${head}`)).toBeCloseTo(scalar(one ?? {}, `balance/${head}`), 9);
    }
    expect(printProgram(split.program)).not.toContain("balance/ctr.bce");
  });

  it("are said in full by the model's text, which has the same hash in any order", () => {
    const model = modelOf(spec(both));
    const text = specText(model);
    expect(text).toContain("ctr: 1 * bce + 0.5 * jrc(alpha: 0.2");
    expect(hashModel(modelOf(text))).toBe(hashModel(model));
    const turned = modelOf(spec("cvr: bce(space: all), ctr: 0.5 * jrc(alpha: 0.2) + bce"));
    expect(hashModel(turned)).toBe(hashModel(model));
    expect(diffModels(model, turned).sections).toEqual([]);
  });

  it("show in a review as a loss that is added", () => {
    const { sections } = diffModels(modelOf(spec("ctr: bce, cvr: bce(space: all)")), modelOf(spec(both)));
    const subjects = sections.flatMap((section) => section.subjects);
    expect(subjects.map(({ kind, name, state }) => `${kind} ${name}: ${state}`)).toEqual(["loss ctr.jrc: added"]);
  });
});

describeEngines("a step of several losses on one head", (engine) => {
  it("is the same", async () => {
    const opened = open(spec(both));
    await expectSameSteps(await engine(), opened, 24, (step) => randomFeeds(opened.model, 24, step + 1));
  });
});
