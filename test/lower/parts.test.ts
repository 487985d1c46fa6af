import { describe, expect, it } from "vitest";
import type { GraphFunction } from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { codesOf, compileText, messagesOf } from "../semantics/compile.js";
import { open, randomFeeds } from "./harness.js";

const spec = (train: string): string => `model m
features {
  u: categorical(hash: 9, embed: 4)
  v: categorical(hash: 9, embed: 4)
  age: numeric(scale: none, missing: 0)
}
labels { click: event }
input x = [u, v, age]
bottom b = mlp(x, [3], norm: batch, dropout: 0.5)
tower t = mlp(b, [3])
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }
train { ${train}, batch: 6 }
`;

function modelOf(train: string): Model {
  const result = compileText(spec(train));
  expect(messagesOf(result)).toBe("");
  if (result.model === undefined) throw new Error("no model");
  return result.model;
}

const sizes = { ids: { u: 10, v: 10 } };

type Tensors = Readonly<Record<string, readonly number[]>>;

/** Every tensor of the spec before and after some steps. */
function movedBy(train: string, steps = 1): { readonly before: Tensors; readonly after: Tensors } {
  const { program, interpreter, run, model } = open(modelOf(train));
  const read = (): Tensors =>
    Object.fromEntries(
      program.state.flatMap(({ name, role, pieces, type: { shape } }) => {
        if (role !== "parameter" && role !== "statistic") return [];
        const width = shape.slice(1).reduce<number>((size, side) => size * Number(side), 1);
        const data = [...interpreter.get(name).data];
        return pieces.map((piece) => [piece.name, data.slice(piece.row * width, (piece.row + piece.rows) * width)]);
      }),
    );
  const before = read();
  for (let step = 0; step < steps; step += 1) run("train", randomFeeds(model, 6));
  return { before, after: read() };
}

/** Names of tensors that training changed. */
function changedBy(train: string): readonly string[] {
  const { before, after } = movedBy(train, 2);
  return Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]));
}

function trainOf(train: string): GraphFunction {
  const found = lowerModel(modelOf(train), sizes).functions.find(({ name }) => name === "train");
  if (found === undefined) throw new Error("no train");
  return found;
}

describe("frozen parts", () => {
  const everything = changedBy("optimizer: sgd(lr: 0.5)");

  it("keep their parameters and statistics, and all others move", () => {
    expect(everything).toEqual(expect.arrayContaining(["u.embedding", "b.0.mean", "t.0.weight", "ctr/logit.bias"]));
    const frozen = changedBy("optimizer: sgd(lr: 0.5), frozen: [u, b]");
    expect(frozen).toEqual(everything.filter((name) => name !== "u.embedding" && !name.startsWith("b.")));
    const groups = changedBy("optimizer: sgd(lr: 0.5), frozen: [embeddings, biases]");
    expect(groups).toEqual(everything.filter((name) => !/embedding|bias|shift/.test(name)));
  });

  it("of a task mean its own logit", () => {
    const changed = changedBy("optimizer: sgd(lr: 0.5), frozen: ctr");
    expect(changed).toEqual(everything.filter((name) => !name.startsWith("ctr/")));
  });

  it("cost no gradient, also of what is below where nothing there is trained", () => {
    const labels = (train: string): string =>
      trainOf(train)
        .nodes.map(({ label = "" }) => label)
        .filter((label) => label.startsWith("gradient/"))
        .join("\n");
    expect(labels("optimizer: adam")).toMatch(/gradient\/b/);
    expect(labels("frozen: [b, embeddings]")).not.toMatch(/gradient\/(b|x|u|v)\b/);
    // What is below and trained gets its gradient through the frozen part.
    expect(labels("frozen: b")).toMatch(/gradient\/b/);
    expect(trainOf("frozen: [b, embeddings]").updates.map(({ state }) => state)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^b\./)]),
    );
  });

  it("compute what serving would: no dropout, running statistics", () => {
    const count = (train: string, op: string): number => trainOf(train).nodes.filter((node) => node.op === op).length;
    expect(count("optimizer: adam", "random")).toBe(1);
    expect(count("frozen: b", "random")).toBe(0);
  });
});

describe("rates by part", () => {
  it("move a part by its factor, and leave the others", () => {
    const plain = movedBy("optimizer: sgd(lr: 0.5)");
    const slow = movedBy("optimizer: sgd(lr: 0.5), lr_factors: { t: 0.25, embeddings: 0 }");
    for (const [name, values] of Object.entries(slow.after)) {
      const factor = name.startsWith("t.") ? 0.25 : name.endsWith(".embedding") ? 0 : 1;
      values.forEach((value, i) => {
        const from = plain.before[name]?.[i] ?? NaN;
        expect(value, name).toBeCloseTo(from + factor * ((plain.after[name]?.[i] ?? NaN) - from), 10);
      });
    }
  });

  it("follow a schedule of their own", () => {
    const mixed = movedBy("optimizer: sgd(lr: 0.5), schedule: { t: step(every: 1, factor: 0.5), all: constant }", 2);
    const constant = movedBy("optimizer: sgd(lr: 0.5)", 1);
    // The first step of both is one; only then do they part.
    const halved = movedBy("optimizer: sgd(lr: 0.5), schedule: { t: warmup(steps: 2), all: constant }", 1);
    const [from, to] = [constant.before["t.0.bias"], constant.after["t.0.bias"]];
    halved.after["t.0.bias"]?.forEach((value, i) => {
      expect(value).toBeCloseTo(((from?.[i] ?? NaN) + (to?.[i] ?? NaN)) / 2, 10);
    });
    expect(halved.after["ctr/logit.weight"]).toEqual(constant.after["ctr/logit.weight"]);
    expect(mixed.after["t.0.bias"]).not.toEqual(movedBy("optimizer: sgd(lr: 0.5)", 2).after["t.0.bias"]);
  });

  it("with nothing said of a part are the step without them", () => {
    expect(lowerModel(modelOf("schedule: { all: constant }"), sizes)).toEqual(
      lowerModel(modelOf("schedule: constant"), sizes),
    );
  });

  it("say what is wrong at its key", () => {
    expect(codesOf(spec("lr_factors: { embedings: 1 }"))).toEqual(["MTL2001"]);
    expect(codesOf(spec("lr_factors: { t: -1 }"))).toEqual(["MTL3003"]);
    expect(codesOf(spec("lr_factors: 0.1"))).toEqual(["MTL3002"]);
    expect(codesOf(spec("schedule: { t: plateau }"))).toEqual(["MTL3091"]);
    expect(codesOf(spec("schedule: { t: linear(steps: 3), t: constant }"))).toEqual(["MTL2008"]);
    expect(codesOf(spec("frozen: [t, 3]"))).toEqual(["MTL3002"]);
    expect(codesOf(spec("frozen: tt"))).toEqual(["MTL2001"]);
    expect(codesOf(spec("frozen: all"))).toEqual(["MTL3110"]);
  });
});
