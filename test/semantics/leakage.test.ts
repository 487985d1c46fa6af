import { describe, expect, it } from "vitest";
import { compileText, errorsOf } from "./compile.js";

const spec = (
  labels: string,
  heads: string,
  features = "scene: categorical, hour: numeric, item: categorical",
): string =>
  `model m
features { ${features} }
labels { ${labels} }
input x = [${[...features.matchAll(/(\w+):/g)]
    .map(([, name]) => name)
    .filter((name) => name !== "column")
    .join(", ")}]
${heads}
loss { ${[...heads.matchAll(/task (\w+)/g)].map(([, name]) => `${name}: ${heads.includes(`${name}: E`) ? "mse" : "bce"}`).join(", ")} }`;

const ctr = "task ctr: P(click) = sigmoid(logit(x))";

describe("the column of a label that is only a condition", () => {
  it.each([
    ['home: event = scene == "home", click: event', `${ctr}\ntask r: P(click | home) = sigmoid(logit(x))`],
    ['some: event = scene in ["home", "search"], click: event', "task r: P(click | some) = sigmoid(logit(x))"],
    ["night: event = hour < 6 or hour > 22, click: event", "task r: P(click | night) = sigmoid(logit(x))"],
    [
      'home: event = scene == "home", night: event = hour < 6, click: event',
      "task r: P(click | home & night) = sigmoid(logit(x))",
    ],
    ['home: event = scene == "home", click: event', "task r: P(click | not home) = sigmoid(logit(x))"],
    [
      'home: event = scene == "home", click: event, stay: amount within click',
      "task r: E(stay | click & home) = exp(logit(x))",
    ],
    [
      'home: event = scene == "home", kitchen: event within home = hour > 3 and scene == "home", click: event',
      "task r: P(click | kitchen) = sigmoid(logit(x))",
    ],
  ])("may be a feature: %s", (labels, heads) => {
    expect(errorsOf(spec(labels, heads))).toEqual([]);
  });

  it.each([
    // A head predicts it, by itself or with others, or what is not it.
    ['home: event = scene == "home", click: event', "task r: P(home) = sigmoid(logit(x))"],
    ['home: event = scene == "home", click: event', "task r: P(click & home) = sigmoid(logit(x))"],
    ['home: event = scene == "home", click: event', "task r: P(not home | click) = sigmoid(logit(x))"],
    ["long: amount = hour * 2, click: event", "task r: E(long | click) = exp(logit(x))"],
    // An outcome lies within it: it is a step on the way to it.
    ["seen: event = hour > 3, click: event within seen", "task r: P(click | seen) = sigmoid(logit(x))"],
    [
      "seen: event = hour > 3, more: event within seen = item == 3, click: event within more",
      "task r: P(click | more) = sigmoid(logit(x))",
    ],
    // It is an outcome by itself: a column of the log as it is.
    ["scene: event, click: event", "task r: P(click | scene) = sigmoid(logit(x))"],
    ["other: event = scene, click: event", "task r: P(click | other) = sigmoid(logit(x))"],
    [
      "click: event, buy: event within click",
      "task cvr: P(buy | click) = sigmoid(logit(x))",
      'item: categorical, clicked: numeric(column: "click")',
    ],
  ])("may not where it is an outcome: %s", (labels, heads, features?: string) => {
    expect(new Set(errorsOf(spec(labels, heads, features)))).toEqual(new Set(["MTL4010"]));
  });

  it("is compared by its letters as they are: columns differ by case", () => {
    expect(errorsOf(spec("click: event", ctr, 'item: categorical, other: numeric(column: "CLICK")'))).toEqual([]);
  });

  it("is told what would make it a condition", () => {
    const { diagnostics } = compileText(spec('home: event = scene == "home"', "task r: P(home) = sigmoid(logit(x))"));
    expect(diagnostics[0]?.notes.join()).toContain("P(… | home)");
  });
});
