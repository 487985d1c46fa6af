/** Labels of several classes: what a spec may say of them, and what it is told where they do not fit. */
import { describe, expect, it } from "vitest";
import { specText } from "../../src/compiler/describe/index.js";
import { diffModels } from "../../src/compiler/diff/index.js";
import { hashModel } from "../../src/compiler/model/index.js";
import { modelOf } from "../lower/harness.js";
import { compileText } from "./compile.js";

const spec = (changes: Readonly<Record<string, string>> = {}): string =>
  Object.entries(changes).reduce(
    (text, [from, to]) => text.replace(from, to),
    `
model m
features { user: categorical, x: numeric }
labels {
  click: event
  kind:  classes(sport, news, estate: "real estate") within click
  stars: classes(3)
}
tower t = mlp([user, x], [4])
task  ctr:   P(click) = sigmoid(logit(t))
task  taste: P(kind | click) = softmax(logit(t))
task  grade: P(stars) = softmax(linear(t, 3))
chain both:  P(kind.sport) = ctr * taste.sport
loss { ctr: bce, taste: cross_entropy, grade: cross_entropy }
fusion score = ctr * taste.estate + grade.2
rank feed = top 10 by score
test "first" {
  candidate a { ctr: 0.5, taste: [0, 0.2, 0.8], grade: [0, 0, 1] }
  expect feed == [a]
}
`,
  );

const codesOf = (changes: Readonly<Record<string, string>>): readonly string[] =>
  compileText(spec(changes)).diagnostics.map(({ code }) => code);

describe("labels of classes", () => {
  it("make a head of each class, whose event is the class", () => {
    const { heads, labels } = modelOf(spec());
    expect(labels[1]?.classes?.[2]).toEqual({ name: "estate", value: "real estate" });
    expect(labels[2]?.classes?.map(({ value }) => value)).toEqual([0, 1, 2]);
    expect(heads.filter(({ keyword }) => keyword === "class").map(({ name }) => name)).toEqual([
      "taste.sport",
      "taste.news",
      "taste.estate",
      "grade.0",
      "grade.1",
      "grade.2",
    ]);
    expect(heads.find(({ name }) => name === "both")?.type).toEqual({
      kind: "probability",
      event: [
        { kind: "label", label: "click" },
        { kind: "label", label: "kind.sport" },
      ],
      given: [],
    });
  });

  it("are said by the model's text, which has the same hash", () => {
    const model = modelOf(spec());
    const text = specText(model);
    expect(text).toContain('kind: classes(sport, news, estate: "real estate") within click');
    expect(text).toContain("taste: [0, 0.2, 0.8]");
    expect(hashModel(modelOf(text))).toBe(hashModel(model));
  });

  it("keep their weights by name in a warm start", () => {
    const other = modelOf(spec({ "sport, news": "news, weather, sport", "[0, 0.2, 0.8]": "[0, 0.1, 0.1, 0.8]" }));
    const { sections, warmStart } = diffModels(modelOf(spec()), other);
    expect(sections.map(({ section }) => section)).toContain("labels");
    const bias = warmStart.tensors.find(({ name }) => name === "taste/logit.bias");
    expect(bias).toMatchObject({ kind: "columns", axes: [{ axis: 0 }] });
  });

  it("are told apart from events, amounts and numbers", () => {
    expect(codesOf({})).toEqual([]);
    expect(codesOf({ "P(click)": "P(kind)" })).toContain("MTL4044");
    expect(codesOf({ "P(stars) = softmax(linear(t, 3))": "E(stars) = softplus(logit(t))" })).toContain("MTL4042");
    expect(codesOf({ "P(stars) = softmax(linear(t, 3))": "P(not stars) = sigmoid(logit(t))" })).toContain("MTL4042");
    expect(codesOf({ "softmax(linear(t, 3))": "sigmoid(logit(t))" })).toContain("MTL3031");
    expect(codesOf({ "linear(t, 3)": "linear(t, 4)" })).toContain("MTL3009");
    expect(codesOf({ "ctr * taste.sport": "ctr * taste" })).toContain("MTL4045");
    expect(codesOf({ "P(kind.sport) =": "P(kind.sport & kind.news) =" })).toEqual(["MTL4006"]);
    expect(codesOf({ "taste.estate": "taste.house" })).toEqual(["MTL4043"]);
    expect(codesOf({ "taste.estate": "ctr.estate" })).toEqual(["MTL4043"]);
    expect(codesOf({ "ctr: bce": "ctr: bce(weight: kind)" })).toEqual(["MTL4042"]);
    expect(codesOf({ "ctr: bce": "ctr: cross_entropy" })).toEqual(["MTL3036"]);
    expect(codesOf({ "grade: cross_entropy": "grade: bce" })).toEqual(["MTL3036"]);
    expect(codesOf({ "[0, 0.2, 0.8]": "[0.2, 0.8]" })).toEqual(["MTL3047"]);
    expect(codesOf({ "within click": "within stars" })).toContain("MTL4042");
  });

  it("are one message each where they are wrong", () => {
    expect(codesOf({ "classes(3)": "classes(1)" })).toEqual(["MTL4040"]);
    expect(codesOf({ "classes(3)": "classes(2.5)" })).toEqual(["MTL4040"]);
    expect(codesOf({ "classes(3)": 'classes(a, "b")' })).toEqual(["MTL4040"]);
    expect(codesOf({ 'estate: "real estate"': 'estate: "news"' })).toEqual(["MTL4041"]);
    expect(codesOf({ "classes(3)": "classes(3) = x > 1" })).toContain("MTL3027");
  });
});
