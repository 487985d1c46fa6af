import { describe, expect, it } from "vitest";
import { specText } from "../../src/compiler/describe/index.js";
import { carriedTensors, diffModels, renderDiffText } from "../../src/compiler/diff/index.js";
import { format } from "../../src/compiler/format/index.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import { hashModel, type Model } from "../../src/compiler/model/index.js";
import { compileSpec } from "../../src/compiler/compile.js";

/** `formerly` of the `train` block: weights of before under the names of now. */
const spec = (names: Readonly<Record<string, string>> = {}, train = ""): string => {
  const text =
    'model m\nfeatures {\n  user: categorical(hash: 50, embed: 4, column: "uid")\n  age: numeric(column: "years")\n}\nlabels { click: event }\n' +
    "input x = [user, age]\nexperts pool[2] = mlp(x, [8])\ngate g = softmax(x) over pool\ntower t = mlp(g, [4])\n" +
    `task ctr: P(click) = sigmoid(logit(t))\nloss { ctr: bce }\nmetrics { ctr: [auc] }\ntrain { epochs: 2${train} }\n`;
  return text.replace(/\b(?:user|age|x|pool|g|t|ctr)\b/g, (name) => names[name] ?? name);
};
const compile = (text: string) => compileSpec("m.mtl", createMemoryHost({ "m.mtl": text }));
function modelOf(text: string): Model {
  const { model, diagnostics } = compile(text);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return model;
}
const all = { user: "customer", age: "age_now", x: "inputs", pool: "shared", g: "mixed", t: "top", ctr: "rate" };
const formerly = (names: Readonly<Record<string, string>>): string =>
  `, formerly: { ${Object.entries(names)
    .map(([was, name]) => `${name}: ${was}\u0000`)
    .join(", ")} }`;
/** The old names stay old. */
const renamed = (names: Readonly<Record<string, string>>): string =>
  spec(names, formerly(names).replace(/: (\w+)\0/g, ": old_$1")).replaceAll(/old_(\w+)/g, "$1");

describe("names of before", () => {
  it("keep every tensor, and the diff says what was renamed and nothing else", () => {
    const [before, after] = [modelOf(spec()), modelOf(renamed(all))];
    const diff = diffModels(before, after);
    expect(carriedTensors(diff.warmStart)).toHaveLength(diff.warmStart.tensors.length);
    expect(diff.warmStart.dropped).toEqual([]);
    expect(diff.sections.map(({ section }) => section)).toEqual(["model"]);
    expect(diff.sections[0]?.subjects.map(({ name }) => name).toSorted()).toEqual(Object.values(all).toSorted());
    expect(diff.class).toBe("serving");
    expect(renderDiffText(diff)).toContain("name: t → top");
    const without = diffModels(before, modelOf(spec(all)));
    expect(carriedTensors(without.warmStart)).not.toHaveLength(without.warmStart.tensors.length);
  });

  it("are a report where callers see none of them", () => {
    const names = { pool: "shared", t: "top" };
    expect(diffModels(modelOf(spec()), modelOf(renamed(names))).class).toBe("report");
  });

  it("may be exchanged", () => {
    const two = (a: string, b: string, train: string): string =>
      spec({}, train)
        .replace("tower t = mlp(g, [4])", `tower ${a} = mlp(g, [4])\ntower ${b} = mlp(g, [6])`)
        .replace("logit(t)", `logit(${a}) + logit(${b})`);
    const diff = diffModels(modelOf(two("t", "s", "")), modelOf(two("s", "t", ", formerly: { s: t, t: s }")));
    expect(carriedTensors(diff.warmStart)).toEqual(expect.arrayContaining(["s.0.weight", "t.0.weight"]));
  });

  it("say nothing of a model that has the new names already, and are not part of what a model is", () => {
    const names = { t: "top" };
    const [plain, told] = [modelOf(spec(names)), modelOf(renamed(names))];
    expect(hashModel(told)).toBe(hashModel(plain));
    expect(diffModels(plain, told).class).toBe("none");
    expect(diffModels(told, told).class).toBe("none");
  });

  it("are written out by explain and laid out by fmt", async () => {
    const text = renamed({ t: "top" });
    const model = modelOf(text);
    const written = await format(specText(model));
    expect(written).toContain("formerly:   { top: t }");
    expect(modelOf(written).train.formerly).toEqual(model.train.formerly);
    expect(await format(await format(text))).toBe(await format(text));
  });

  it.each([
    ["{ nowhere: old }", "`nowhere` is not a feature, a part of the network, a task or a chain"],
    ["{ click: old }", "`click` is not a feature"],
    ["{ t: t }", "`t` is the name that it has"],
    ["{ t: pool }", "`pool` is declared still, so that it did not become `t`"],
    ["{ t: old, g: old }", "`t` and `g` cannot both be what was called `old`"],
    ["{ t: old, t: older }", "has one former name"],
    ["{ t: 3 }", "names such as"],
    ["old", "names such as"],
  ])("that cannot be: %s", (value, message) => {
    const { diagnostics } = compile(spec({}, `, formerly: ${value}`));
    expect(diagnostics.map((each) => [each.severity, each.message])).toEqual([
      ["error", expect.stringContaining(message)],
    ]);
  });

  it("may be none", () => {
    expect(modelOf(spec({}, ", formerly: none")).train.formerly).toBeUndefined();
  });
});
