import { describe, expect, it } from "vitest";
import { costOf } from "../../src/compiler/cost/index.js";
import { specText } from "../../src/compiler/describe/index.js";
import { diagramOf, layoutDiagram, renderSvg } from "../../src/compiler/diagram/index.js";
import { diffModels, renderDiffText } from "../../src/compiler/diff/index.js";
import { format } from "../../src/compiler/format/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { modelPage } from "../../src/compiler/page/index.js";
import { runTest } from "../../src/compiler/serving/index.js";
import { createModuleFolder } from "../formulas/module-folder.js";
import { callWords } from "../../src/compiler/semantics/arguments/call-words.js";
import { compileText, errorsOf, messagesOf } from "../semantics/compile.js";
import { declarationSpec, headsSpec, heldNames, networkSpec, servingSpec } from "./names.js";

const specs: readonly (readonly [string, string])[] = [
  ["features", networkSpec(heldNames)],
  ["labels, networks and tasks", headsSpec(heldNames)],
  ["inputs, formulas, rules and arms", servingSpec(heldNames)],
  ...(["fusion", "rank", "rules", "experiment"] as const).map(
    (kind) => [kind, declarationSpec(kind, heldNames)] as const,
  ),
  [
    "def",
    declarationSpec(
      "def",
      // `length` of columns and the metric `map` are words that a macro would hide.
      heldNames.filter((name) => !callWords.has(name)),
    ),
  ],
];

function modelOf(text: string): { readonly model: Model; readonly hash: string } {
  const result = compileText(text);
  expect(errorsOf(text), messagesOf(result)).toEqual([]);
  if (result.model === undefined || result.hash === undefined) throw new Error("no model");
  return { model: result.model, hash: result.hash };
}

describe.each(specs)("names that JavaScript has, of %s", (_, text) => {
  it("are checked, laid out, written out and compared like any others", async () => {
    const { hash, model } = modelOf(text);
    const laidOut = await format(text);
    expect(await format(laidOut)).toBe(laidOut);
    expect(modelOf(laidOut).hash).toBe(hash);
    expect(modelOf(specText(model)).hash).toBe(hash);
    expect(diffModels(model, modelOf(laidOut).model).sections).toEqual([]);
    const { model: less } = modelOf("model held\nsignals { ctr: P(click) }\nrank r = top 1 by ctr");
    for (const name of text.includes("def __proto__") ? [] : heldNames.slice(0, 3)) {
      expect(renderDiffText(diffModels(less, model))).toContain(name);
      expect(renderDiffText(diffModels(model, less))).toContain(name);
      expect(modelPage(model, costOf(model))).toContain(name);
    }
    expect(renderSvg(layoutDiagram(diagramOf(model, costOf(model))))).toContain("<svg");
  });

  it("run their tests", () => {
    const { serving, tests } = modelOf(text).model;
    for (const test of tests ?? []) if (serving !== undefined) expect(runTest(serving, test).passed).toBe(true);
  });
});

describe("the serving module of such names", () => {
  const folder = createModuleFolder();

  it("scores what the compiler scores", async () => {
    const { serving, ...model } = modelOf(servingSpec(heldNames)).model;
    if (serving === undefined) throw new Error("no serving stage");
    const made = await folder.write("held", { ...model, serving });
    const candidate = Object.fromEntries(
      serving.inputs
        .filter(({ origin }) => origin !== "request")
        .map(({ name, origin }) => [name, origin === "signal" ? 0.5 : 2]),
    );
    // The second one has no signals, and is left out: nothing of it may come from elsewhere.
    const scored = made.score({ candidates: [candidate, { id: 3 }], values: { user: "u" }, now: 0 });
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const start =
      sum(
        serving.inputs.map(({ type, origin }) =>
          type !== "number" ? 0 : origin === "signal" ? 0.5 : origin === "request" ? 3 : 2,
        ),
      ) +
      sum(serving.params.map(({ value }) => value)) +
      // Each arm of the experiment sets the first parameter, 1, to 2.
      1;
    expect(scored.items.map(({ id }) => id)).toEqual(["2"]);
    const names = serving.fusions.map(({ name }) => name).filter((name) => name !== "start");
    const found = names.map((name) => scored.items[0]?.scores[name] ?? NaN).toSorted((a, b) => a - b);
    found.forEach((score, place) => expect(score).toBeCloseTo(start + place + 1, 9));
    expect(Object.hasOwn(scored.items[0]?.scores ?? {}, names[0] ?? "")).toBe(true);
  });

  it("keeps parameters that are called like places and comments of a model", async () => {
    const names = ["span", "doc", "places", "node", "text", "range", "kind"];
    const spec = (value: number): string => `model arms
signals { ctr: P(click) }
request { user: text }
params { ${names.map((name) => `${name}: 1 in [0, 9]`).join(", ")} }
fusion f = ctr * ${names.join(" * ")}
rank r = top 3 by f
experiment e { by: user, only: arm(1, ${names.map((name) => `${name}: ${value}`).join(", ")}) }`;
    const { model } = modelOf(spec(2));
    for (const name of names)
      expect(modelOf(spec(2).replaceAll(`${name}: 2`, `${name}: 3`)).hash).not.toBe(modelOf(spec(2)).hash);
    if (model.serving === undefined) throw new Error("no serving stage");
    const made = await folder.write("arms", { ...model, serving: model.serving });
    const ranked = made.rank({ candidates: [{ id: "a", ctr: 0.5 }], values: { user: "u" }, now: 0 });
    expect(ranked.items.map(({ score }) => score)).toEqual([0.5 * 2 ** names.length]);
  });
});
