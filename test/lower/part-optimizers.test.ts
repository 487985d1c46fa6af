import { describe, expect, it } from "vitest";
import type { StateVariable } from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { codesOf, compileText, messagesOf } from "../semantics/compile.js";
import { open, randomFeeds } from "./harness.js";

const spec = (optimizer: string): string => `model m
features {
  u: categorical(hash: 9, embed: 4)
  v: categorical(hash: 9, embed: 4)
  age: numeric(scale: none, missing: 0)
}
labels { click: event }
input x = [u, v, age]
tower t = mlp(x, [3])
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }
train { optimizer: ${optimizer}, batch: 2 }
`;

function modelOf(optimizer: string): Model {
  const result = compileText(spec(optimizer));
  expect(messagesOf(result)).toBe("");
  if (result.model === undefined) throw new Error("no model");
  return result.model;
}

const sizes = { ids: { u: 10, v: 10 } };

/** What is remembered of each tensor of the spec, by its name on disk. */
function slotsOf(optimizer: string): Readonly<Record<string, readonly string[]>> {
  const { state } = lowerModel(modelOf(optimizer), sizes);
  const names = (role: StateVariable["role"]): readonly string[] =>
    state.filter((each) => each.role === role).flatMap(({ pieces }) => pieces.map(({ name }) => name));
  const slots = names("slot");
  return Object.fromEntries(
    names("parameter").map((name) => [
      name,
      slots.flatMap((slot) => (slot.startsWith(`${name}/`) ? [slot.slice(name.length + 1)] : [])),
    ]),
  );
}

/** Every tensor of the spec after a step. */
function movedBy(optimizer: string): Readonly<Record<string, readonly number[]>> {
  const { program, interpreter, run, model } = open(modelOf(optimizer));
  run("train", randomFeeds(model, 2));
  return Object.fromEntries(
    program.state.flatMap(({ name, role, pieces, type: { shape } }) => {
      if (role !== "parameter") return [];
      const width = shape.slice(1).reduce<number>((size, side) => size * Number(side), 1);
      const data = [...interpreter.get(name).data];
      return pieces.map((piece) => [piece.name, data.slice(piece.row * width, (piece.row + piece.rows) * width)]);
    }),
  );
}

describe("optimizers by part", () => {
  it("remember what each of them needs", () => {
    const adam = slotsOf("adam")["t.0.weight"] ?? [];
    const adagrad = slotsOf("adagrad(lr: 0.1)")["t.0.weight"] ?? [];
    expect([adam.length, adagrad.length]).toEqual([2, 1]);
    expect(slotsOf("{ embeddings: adagrad(lr: 0.1), all: adam }")).toEqual({
      "u.embedding": adagrad,
      "v.embedding": adagrad,
      "t.0.weight": adam,
      "t.0.bias": adam,
      "ctr/logit.weight": adam,
      "ctr/logit.bias": adam,
    });
    expect(
      slotsOf("{ u: sgd(lr: 0.1), embeddings: adagrad(lr: 0.1), t: sgd(lr: 0.1), biases: adagrad(lr: 1) }"),
    ).toEqual({
      "u.embedding": [],
      "v.embedding": adagrad,
      "t.0.weight": [],
      "t.0.bias": [],
      "ctr/logit.weight": adam,
      "ctr/logit.bias": adagrad,
    });
  });

  it("move each part as its optimizer would by itself", () => {
    const mixed = movedBy(
      "{ embeddings: adagrad(lr: 0.1), t: sgd(lr: 0.5), all: adam(lr: 0.01) }, schedule: linear(steps: 4)",
    );
    const [adagrad, sgd, adam] = ["adagrad(lr: 0.1)", "sgd(lr: 0.5)", "adam(lr: 0.01)"].map((each) =>
      movedBy(`${each}, schedule: linear(steps: 4)`),
    );
    expect(mixed).toEqual({
      "u.embedding": adagrad?.["u.embedding"],
      "v.embedding": adagrad?.["v.embedding"],
      "t.0.weight": sgd?.["t.0.weight"],
      "t.0.bias": sgd?.["t.0.bias"],
      "ctr/logit.weight": adam?.["ctr/logit.weight"],
      "ctr/logit.bias": adam?.["ctr/logit.bias"],
    });
  });

  it("of which all are one are the step without them", () => {
    expect(lowerModel(modelOf("{ all: adam }"), sizes)).toEqual(lowerModel(modelOf("adam"), sizes));
  });

  it("say what is wrong at its key", () => {
    expect(codesOf(spec("{ embedings: adagrad }"))).toEqual(["MTL2001"]);
    expect(codesOf(spec("{ embeddings: adagard }"))).toEqual(["MTL2004"]);
    expect(codesOf(spec("{ t: sgd(lr: 0.1), t: adam }"))).toEqual(["MTL2008"]);
  });
});
