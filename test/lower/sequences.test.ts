/** Sequences in a whole program: shared tables, masks, padding, gradients, and what the checker says of them. */
import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../../src/compiler/host.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { distance, type Feeds, list, modelOf, open, type Opened, randomFeeds, scalar } from "./harness.js";
import { gradientError } from "./slopes.js";

const spec = (input: string, rest = "", train = "optimizer: sgd(lr: 1)"): string => `
model m
features {
  item: categorical(vocab: 6, embed: 3)
  seen: sequence(max: 4, like: item)
  cats: sequence(vocab: 6, embed: 2, max: 4)
  age: numeric
}
labels { click: event }
input x = ${input}
tower t = mlp(x, [4], activation: tanh)
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce ${rest} }
train { ${train}, batch: 8 }
`;

const attention = "[item, age, attend(item, over: seen, hidden: [5], activation: tanh), pool(cats)]";

const recurrent = "[item, augru(item, over: gru(seen, 3), 2), pool(gru(cats, 2), kind: last)]";
const transformed =
  "[item, pool(transformer(seen, heads: 3, hidden: 4, activation: tanh, positions: false, causal: true), kind: last), pool(transformer(cats, blocks: 2, hidden: 3, activation: tanh, positions: false))]";

describe("gradients", () => {
  it.each([
    attention,
    "[pool(seen, kind: sum), pool(linear(cats, 3) * sigmoid(linear(cats, 3)), kind: max)]",
    recurrent,
    transformed.replaceAll("positions: false", "positions: true"),
    "[attend(item, over: mlp(seen, [3], activation: tanh), normalize: true, activation: swish)]",
    "[attend(item, over: seen, hidden: [5], activation: tanh, norm: layer)]",
  ])("of %s are those of difference quotients", (input) => {
    const opened = open(spec(input));
    expect(gradientError(opened, randomFeeds(opened.model, 8, 3), 6)).toBeLessThan(1e-5);
  });
});

describe("a shared table", () => {
  it("is one piece, read by both features", () => {
    const { program } = open(spec(attention));
    const names = program.state.flatMap(({ pieces }) => pieces.map(({ name }) => name));
    expect(names.filter((name) => name.endsWith("embedding"))).toEqual(["item.embedding", "cats.embedding"]);
  });

  it("gives the same value for one id as a target and in a sequence", () => {
    const { model, run } = open(spec("[item]").replace("sigmoid(logit(t))", "sigmoid(dot(item, pool(seen)))"));
    const table = open(model).interpreter.get("embeddings/3").data;
    const feeds = randomFeeds(model, 1);
    const ids = { shape: [1, 9], data: [2, 2, -1, -1, -1, -1, -1, -1, -1] };
    const square = [6, 7, 8].reduce((sum, i) => sum + (table[i] ?? 0) ** 2, 0);
    expect(list(run("predict", { ...feeds, ids }), "ctr")[0]).toBeCloseTo(1 / (1 + Math.exp(-square)), 12);
  });

  it.each(["adam(lr: 0.1)", "adagrad(lr: 0.1)"])("takes the same steps sparse and dense, with %s", (optimizer) => {
    // A dense step of these optimizers leaves rows without a gradient where they are in the first step.
    const [sparse, dense] = ["sparse", "dense"].map((embeddings) => {
      const opened = open(spec(attention, "", `optimizer: ${optimizer}, embeddings: ${embeddings}`));
      opened.run("train", randomFeeds(opened.model, 8, 3));
      return tableOf(opened);
    });
    expect(distance(sparse ?? [], dense ?? [])).toBeLessThan(1e-12);
  });

  it("counts only the weights or the biases of a part, where l2 says so", () => {
    const of = (penalty: string): number => {
      const opened = open(spec(attention, `, p: 1.0 * ${penalty}`));
      opened.interpreter.set("t.0.bias", [1, 2, 0, 0]);
      return scalar(opened.run("evaluate", randomFeeds(opened.model, 8, 3)), "penalty/p");
    };
    expect(of("l2(t, only: biases)")).toBeCloseTo(5, 10);
    expect(of("l2(t, only: weights)")).toBeCloseTo(of("l2(t)") - 5, 10);
    expect(of("l2(all, only: weights)")).toBeCloseTo(of("l2(weights)"), 10);
  });

  it("counts each use of an id in activity, and no position without a value", () => {
    const penalized = spec(attention, ", p: 1.0 * activity(item, seen, age)", "optimizer: sgd(lr: 1)");
    const opened = open(penalized);
    const feeds: Feeds = {
      ...randomFeeds(opened.model, 8, 3),
      weights: { shape: [8], data: [1, 2, 1, 1, 1, 1, 1, 0] },
    };
    const [ids, ages] = [Array.from(feeds["ids"]?.data ?? []), Array.from(feeds["numbers"]?.data ?? [])];
    const { data } = opened.interpreter.get("embeddings/3");
    const square = (id: number): number => data.slice(id * 3, (id + 1) * 3).reduce((all, x) => all + x * x, 0);
    // Item and four that were seen, of the seven rows that count.
    const used = ids.filter((id, i) => id >= 0 && i % 9 < 5 && i < 63).reduce((sum, id) => sum + square(id), 0);
    const squares = used + ages.slice(0, 7).reduce((sum, age) => sum + age * age, 0);
    expect(scalar(opened.run("evaluate", feeds), "penalty/p")).toBeCloseTo(squares / 7, 10);
    expect(gradientError(open(penalized), feeds)).toBeLessThan(1e-5);
  });

  it.each([["l2(embeddings)"], ["l2(item)"]])("counts each row that a batch touches once in %s", (penalty) => {
    const opened = open(spec(attention, `, p: 1.0 * ${penalty}`, "optimizer: sgd(lr: 0.1), embeddings: sparse"));
    const feeds = randomFeeds(opened.model, 8, 3);
    const layout = Array.from(feeds["ids"]?.data ?? []);
    // Item, four that were seen, four categories.
    const touched = (from: number, to: number): ReadonlySet<number> =>
      new Set(layout.filter((id, i) => id >= 0 && i % 9 >= from && i % 9 < to));
    const squares = (variable: string, rows: ReadonlySet<number>, width: number): number => {
      const { data } = opened.interpreter.get(variable);
      return [...rows].reduce(
        (sum, row) => sum + data.slice(row * width, (row + 1) * width).reduce((all, x) => all + x * x, 0),
        0,
      );
    };
    // What a step sees, before it changes the tables.
    const items = squares("embeddings/3", touched(0, 5), 3);
    const all = items + squares("embeddings/2", touched(5, 9), 2);
    const measured = scalar(opened.run("evaluate", feeds), "penalty/p");
    const found = scalar(opened.run("train", feeds), "penalty/p");
    expect(measured).toBeCloseTo(found, 12);
    expect(found / (penalty === "l2(item)" ? items : all)).toBeCloseTo(1, 10);
  });
});

function tableOf({ interpreter }: Opened): readonly number[] {
  return [...interpreter.get("embeddings/3").data, ...interpreter.get("embeddings/2").data];
}

describe("padding", () => {
  const wider = (feeds: Feeds): Feeds => {
    const data = Array.from(feeds["ids"]?.data ?? []);
    const rows = Array.from({ length: 8 }, (_, row) => data.slice(row * 9, row * 9 + 9));
    const more = rows.flatMap((row) => [...row.slice(0, 5), -1, -1, -1, ...row.slice(5), -1, -1, -1]);
    return { ...feeds, ids: { shape: [8, 15], data: more } };
  };

  it.each([attention.replace("activation: tanh", "activation: dice"), recurrent, transformed])(
    "of more positions changes no prediction and no step of %s",
    (input) => {
      const text = spec(input, "", "optimizer: adam(lr: 0.1)");
      const [short, long] = [open(text), open(text.replaceAll("max: 4", "max: 7"))];
      const feeds = randomFeeds(short.model, 8, 5);
      for (let step = 0; step < 3; step += 1) {
        const [a, b] = [short.run("train", feeds), long.run("train", wider(feeds))];
        expect(scalar(a, "loss")).toBeCloseTo(scalar(b, "loss"), 12);
      }
      expect(distance(tableOf(short), tableOf(long))).toBeLessThan(1e-12);
      const predicted = [short.run("predict", feeds), long.run("predict", wider(feeds))].map((each) =>
        list(each, "ctr"),
      );
      expect(distance(predicted[0] ?? [], predicted[1] ?? [])).toBeLessThan(1e-12);
    },
  );

  it("of rows that fill a batch up touches no row", () => {
    const opened = open(spec(attention, "", "optimizer: sgd(lr: 1), embeddings: dense"));
    const before = tableOf(opened);
    const feeds = randomFeeds(opened.model, 8, 3);
    const ids = { shape: [8, 9], data: Array.from({ length: 72 }, () => -1) };
    opened.run("train", { ...feeds, ids, weights: { shape: [8], data: Array.from({ length: 8 }, () => 0) } });
    expect(tableOf(opened)).toEqual(before);
  });
});

describe("what serving sees", () => {
  it("may be a sequence that the spec states", () => {
    const model = modelOf(spec(attention).replace("max: 4, like: item)", 'max: 4, like: item, serving: "a|b")'));
    const serving = { seen: [1, 2, -1, -1] };
    const { run } = open(model, { serving });
    const plain = open(spec(attention));
    const feeds = randomFeeds(model, 4);
    const data = Array.from(feeds["ids"]?.data ?? []).map((id, i) =>
      i % 9 >= 1 && i % 9 < 5 ? (serving.seen[(i % 9) - 1] ?? id) : id,
    );
    const stated = { ...feeds, ids: { shape: [4, 9], data } };
    expect(list(run("predict", feeds), "ctr")).toEqual(list(plain.run("predict", stated), "ctr"));
  });
});

describe("a sequence where a vector is needed", () => {
  const messageOf = (input: string): string => {
    const { diagnostics } = compileSpec("spec.mtl", createMemoryHost({ "spec.mtl": spec(input) }));
    return diagnostics.map(({ code, message, help }) => `${code}: ${message}; ${help ?? ""}`).join("\n");
  };
  const help = "make it a vector: `pool(x, kind: mean)` of the sequence, or `attend(target, over: x)` over it";
  it.each([
    ["[item, seen]", `MTL3007: \`[…]\` reads sequences only, or vectors only; ${help}`],
    [
      "[pool([seen, cats])]",
      "MTL3007: `[…]` reads one sequence position by position, has `seen` and `cats`; columns that belong together are along one of them: `cats: sequence(along: seen)`",
    ],
    [
      "attend([item, age], over: seen)",
      "MTL3007: `attend` needs a target of the width of the sequence's values, has [4] and sequence[4] × [3]; read the same columns in both, or make the target as wide: `linear(target, 3)`",
    ],
    ["fm(item, seen)", `MTL3007: \`fm\` needs inputs of one width, has 3 and sequence[4] × [3]; ${help}`],
    ["cross(seen)", `MTL3007: \`cross\` needs a vector per row, has sequence[4] × [3]; ${help}`],
    ["seen + item", `MTL3007: \`+\` reads sequences only, or vectors only; ${help}`],
    [
      "embedding(seen, 3)",
      "MTL3007: `embedding` gives a vector per row, but `seen` is a sequence; `pool(seen)` pools it; a `bag(like: …)` has the table of another feature",
    ],
    [
      "attend(item, [64])",
      "MTL3001: `attend` needs `over`: a feature, a part of the network or a list of such; write `attend(item, over: …, hidden: [64])`",
    ],
    ["pool(item)", "MTL3007: `pool` needs a sequence, has [3]; "],
  ])("%s is one message", (input, expected) => {
    expect(messageOf(input)).toBe(expected);
  });

  it("as a whole tower is told at the logit", () => {
    expect(messageOf("seen")).toBe(`MTL3007: \`logit\` needs a vector per row, has sequence[4] × [4]; ${help}`);
  });
});

/** Several columns under one mask: categories and times along the items that were seen. */
describe("aligned sequences", () => {
  const aligned = (input: string): string =>
    spec(input).replace(
      "cats: sequence(vocab: 6, embed: 2, max: 4)",
      "kind: categorical(vocab: 6, embed: 2)\ncats: sequence(like: kind, along: seen)\nago: sequence(scale: none, along: seen)",
    );
  const input =
    "[item, attend([item, kind], over: [seen, cats], hidden: [5], activation: tanh), pool(linear([seen, cats, ago], 3))]";

  it("have gradients that are those of difference quotients", () => {
    const opened = open(aligned(input));
    expect(gradientError(opened, randomFeeds(opened.model, 6, 3), 6)).toBeLessThan(1e-5);
  });

  it("have the mask of the one that they are along", () => {
    const { model, run } = open(aligned(input));
    const feeds = randomFeeds(model, 8, 3);
    // item, 4 × seen, kind, 4 × cats; age, 4 × ago.
    const given = Array.from(feeds["ids"]?.data ?? []);
    const isThere = (row: number, position: number): boolean => (given[row * 10 + 1 + position] ?? -1) >= 0;
    const ids = given.map((id, i) => (i % 10 > 5 && !isThere(Math.floor(i / 10), (i % 10) - 6) ? 5 : id));
    const numbers = Array.from(feeds["numbers"]?.data ?? []).map((x, i) =>
      i % 5 > 0 && !isThere(Math.floor(i / 5), (i % 5) - 1) ? 9 : x,
    );
    expect(ids).not.toEqual(given);
    const other = { ...feeds, ids: { shape: [8, 10], data: ids }, numbers: { shape: [8, 5], data: numbers } };
    expect(list(run("predict", other), "ctr")).toEqual(list(run("predict", feeds), "ctr"));
  });

  it("are one sequence to attend over, whichever way it is cut into columns", () => {
    // A table of items that has the items' and the categories' numbers side by side says the same.
    const { program } = open(aligned(input));
    const shapes = program.state.map(({ name, type }) => [name, type.shape] as const);
    expect(shapes.find(([name]) => name.endsWith("0.weight"))?.[1]).toEqual([4 * (3 + 2), 5]);
  });

  it("are dropped together", () => {
    const dropping = aligned("[item, pool(cats), pool(ago)]").replace(
      "max: 4, like: item)",
      "max: 4, like: item, dropout: 0.999999)",
    );
    const { model, run, program } = open(dropping);
    const train = program.functions.find(({ name }) => name === "train");
    expect(train?.nodes.filter(({ op }) => op === "random")).toHaveLength(1);
    const feeds = randomFeeds(model, 8, 3);
    const ids = Array.from(feeds["ids"]?.data ?? []).map((id, i) => (i % 10 > 0 && i % 10 !== 5 ? -1 : id));
    expect(scalar(run("train", feeds), "loss")).toBeCloseTo(
      scalar(open(dropping).run("train", { ...feeds, ids: { shape: [8, 10], data: ids } }), "loss"),
      12,
    );
  });
});
