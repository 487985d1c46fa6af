import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  changeClasses,
  type ChangeClass,
  changeRules,
  diffModels,
  holdsClass,
  type ModelDiff,
  renderDiffMarkdown,
  renderDiffText,
} from "../../src/compiler/diff/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { modelOf } from "../lower/harness.js";
import { compileFile, root, smallSpec } from "../semantics/compile.js";

const feed = readFileSync(join(root, "specs/examples/feed.mtl"), "utf8");

/** The feed with some texts replaced, each of which is there. */
function changedFeed(...changes: readonly (readonly [string, string])[]): Model {
  return modelOf(
    changes.reduce((text, [from, to]) => {
      expect(text).toContain(from);
      return text.replace(from, to);
    }, feed),
  );
}

function feedDiff(...changes: readonly (readonly [string, string])[]): ModelDiff {
  return diffModels(modelOf(feed), changedFeed(...changes));
}

/** Rules with the names of the subjects that fall under them. */
function rulesOf(diff: ModelDiff): readonly string[] {
  return diff.sections.flatMap(({ subjects }) =>
    subjects.flatMap(({ name, state, changes }) =>
      changes.length === 0 ? [`${state} ${name}`] : changes.map(({ rule, facet }) => `${rule} ${name} ${facet}`),
    ),
  );
}

function specModel(name: string): Model {
  const { model } = compileFile(join(root, "specs", name));
  if (model === undefined) throw new Error(`${name} has no model`);
  return model;
}

const manyChanges: readonly (readonly [string, string])[] = [
  ["pool[8]", "pool[12]"],
  ["vocab: 20_000", "vocab: 30_000"],
  ["hash: 500_000", "hash: 600_000"],
  ["[6, 12, 18]", "[6, 12, 18, 22]"],
  ["activation: relu", "activation: tanh"],
  ["[user_id, item_id, brand", "[item_id, user_id, brand"],
  ["mlp(for_cvr, [32])", "mlp(for_cvr, [32, 16])"],
  ["0.1 * huber", "0.2 * huber"],
  ["[auc, gauc, logloss, calibration]", "[auc, gauc]"],
];

describe("a diff as people read it", () => {
  it.each([
    ["omoe-to-mmoe", () => diffModels(specModel("census/omoe.mtl"), specModel("census/mmoe.mtl"))],
    [
      "mmoe-with-education",
      () => diffModels(specModel("census/mmoe.mtl"), specModel("census/mmoe_with_education.mtl")),
    ],
    ["feed-many-changes", () => feedDiff(...manyChanges)],
    [
      "feed-serving",
      () =>
        feedDiff(
          ["alpha: 0.05", "alpha: 0.1"],
          ["stay^a", "(1 + stay)^a"],
          ['boost    double11   when campaign == "double11" by 1.5', 'boost double11 when campaign == "double11" by 2'],
          ["at most 1 of brand in 5", "at most 1 of brand in 6"],
          ["cap      exposure", "dedupe twins of category\n  cap exposure"],
          ["quality:    number in [0, 1]", "quality: number in [0, 1]\n  shop: text?"],
          ["top 50 by score", "top 60 by score"],
        ),
    ],
    ["feed-more-experts", () => feedDiff(["pool[8]", "pool[12]"])],
  ])("%s", async (name, make) => {
    const diff = make();
    await expect(renderDiffText(diff)).toMatchFileSnapshot(`golden/${name}.txt`);
    await expect(renderDiffMarkdown(diff)).toMatchFileSnapshot(`golden/${name}.md`);
    // Hashes change with every field that models get.
    const json = JSON.stringify(diff, (key, value: unknown) => (key === "hash" ? "…" : value), 1);
    await expect(`${json}\n`).toMatchFileSnapshot(`golden/${name}.json`);
    // The one form is plain JSON: what is printed can be printed again from a file of it.
    expect(renderDiffText(JSON.parse(JSON.stringify(diff)) as ModelDiff)).toBe(renderDiffText(diff));
  });

  it("is what docs/diff.md shows", () => {
    const page = readFileSync(join(root, "docs/diff.md"), "utf8");
    expect(page).toContain(renderDiffText(feedDiff(["pool[8]", "pool[12]"])).trimEnd());
    for (const each of changeClasses) expect(page).toContain(`| \`${each}\``);
  });

  it("says what more experts mean for a checkpoint", () => {
    const text = renderDiffText(feedDiff(["pool[8]", "pool[12]"]));
    expect(text).toContain("checkpoint not reusable for `pool`: 8 → 12 experts");
    expect(text).toContain("5 of 30 tensors are reinitialized; the other 25 warm-start");
  });
});

describe("the class of a change", () => {
  it.each<readonly [ChangeClass, string, string, string]>([
    ["serving", "a feature's column", "age:      numeric(scale: standard)", "age: numeric(scale: standard) = years"],
    [
      "serving",
      "what serving sees",
      "position: categorical(vocab: 100, embed: 4, serving: none",
      "position: categorical(vocab: 100, embed: 4, serving: 3",
    ],
    ["serving", "a head's event", "stay: E(stay | click) ", "stay: E(stay) "],
    ["serving", "how texts are cut", 'separator: "|"', 'separator: ","'],
    ["serving", "one more prediction", "chain ctcvr = ctr * cvr", "chain ctcvr = ctr * cvr\nchain no_click = 1 - ctr"],
    ["checkpoint", "a width of an embedding", "embed: 8, min_count", "embed: 9, min_count"],
    ["checkpoint", "a width of a layer", "mlp(x, [256]", "mlp(x, [128]"],
    ["checkpoint", "the number of experts", "pool[8]", "pool[9]"],
    ["training", "the order of an input", "[user_id, item_id, brand", "[item_id, user_id, brand"],
    ["checkpoint", "the number of buckets of a hash", "hash: 1_000_000", "hash: 2_000_000"],
    ["training", "an activation", "activation: relu", "activation: tanh"],
    ["training", "how a bag is pooled", "pool: mean", "pool: sum"],
    ["training", "a scale", "scale: log1p", "scale: none"],
    ["training", "dropout of a feature", "dropout: 0.1", "dropout: 0.2"],
    ["training", "what a tower reads", "mlp(for_cvr, [32])", "mlp(for_ctr, [32])"],
    ["training", "a loss", "0.1 * huber(delta: 30)", "0.1 * mse"],
    ["training", "a weight", "0.1 * huber", "0.3 * huber"],
    ["training", "how rows count in a loss", "0.1 * huber(delta: 30)", "0.1 * huber(delta: 30, outside: 0.1)"],
    ["training", "a penalty", "1e-6 * l2(embeddings)", "1e-5 * l2(embeddings)"],
    ["training", "the optimizer", "adam(lr: 1e-3)", "adam(lr: 2e-3)"],
    ["training", "the seed", "seed:      7", "seed: 8"],
    ["training", "where training data lies", "data/train/*.parquet", "data/train2/*.parquet"],
    ["serving", "an attribute's range", "item_price: number(yuan) >= 0", "item_price: number(yuan) >= 1"],
    ["serving", "one more attribute", "campaign:   text?", "campaign: text?\n  shop: text"],
    ["score", "a formula", "ctr * (alpha + cvr)", "ctr * (alpha + 2 * cvr)"],
    ["score", "a parameter", "alpha: 0.05", "alpha: 0.06"],
    ["score", "a parameter's range", "0.5  in [0, 2]", "0.5 in [0, 3]"],
    ["score", "a rule", "at most 1 of brand in 5", "at most 1 of brand in 6"],
    ["score", "a rule gone", "drop     offline    when quality == 0", ""],
    ["score", "the length of a list", "top 50 by score", "top 60 by score"],
    ["report", "where test data lies", "data/test/*.parquet", "data/test2/*.parquet"],
    ["report", "metrics", "[auc, gauc, logloss, calibration]", "[auc]"],
    ["report", "the name", "model feed", "model home_feed"],
  ])("%s: %s", (reach, _, from, to) => {
    const diff = feedDiff([from, to]);
    expect(diff.class, rulesOf(diff).join("\n")).toBe(reach);
    expect(diff.sections.flatMap(({ subjects }) => subjects).every(({ meaning }) => meaning.length > 0)).toBe(true);
  });

  it("holds those after it", () => {
    expect(changeClasses.map((each) => holdsClass(each, "training"))).toEqual([true, true, true, false, false]);
  });

  it("has rules whose names say what they are about, and sentences without a full stop", () => {
    for (const [id, { purpose }] of Object.entries(changeRules)) {
      expect(id).toMatch(/^[a-z]+(\.[a-z_]+)+$/);
      expect(purpose).toMatch(/[^.]$/);
    }
  });
});

describe("the plan of a warm start", () => {
  const planOf = (diff: ModelDiff): Readonly<Record<string, string>> =>
    Object.fromEntries(
      diff.warmStart.tensors.map((each) => [each.name, each.kind === "initialized" ? each.reason : each.kind]),
    );

  it("takes the rows of a vocabulary that another limit cuts by their values", () => {
    const plan = planOf(feedDiff(["vocab: 20_000", "vocab: 30_000"]));
    expect(plan["brand.embedding"]).toBe("rows");
    expect(Object.values(plan)).not.toContain("shape");
  });

  it("takes nothing of a hash with other buckets, and intervals that are the same of a bucket", () => {
    const plan = planOf(feedDiff(["hash: 500_000", "hash: 600_000"], ["[6, 12, 18]", "[6, 12]"]));
    expect(plan).toMatchObject({ "item_id.embedding": "ids", "user_id.embedding": "whole", "hour.embedding": "rows" });
  });

  it("takes nothing of a table that is one of another feature now", () => {
    const text = (feature: string): string =>
      smallSpec({
        features: "features {\n  user: categorical(hash: 9)\n  item: categorical(hash: 9)\n}",
        network: `table own = embedding(${feature}, 4)\ninput x = [own, user, item]\ntower t = mlp(x, [8])`,
      });
    const diff = diffModels(modelOf(text("user")), modelOf(text("item")));
    expect(planOf(diff)).toMatchObject({ "own.embedding": "ids", "user.embedding": "whole", "t.0.weight": "whole" });
    expect(diff.class).toBe("checkpoint");
  });

  it("takes weights by the inputs that their columns belong to", () => {
    const plan = planOf(feedDiff(["[user_id, item_id, brand", "[item_id, user_id, brand"]));
    expect(plan).toMatchObject({ "base.0.weight": "columns", "base.0.bias": "whole", "for_ctr.weight": "columns" });
    expect(plan["pool.0.weight"]).toBe("whole");
  });

  it("takes a gate's weights by its experts when they are in another order", () => {
    const text = (over: string): string =>
      smallSpec({
        network: `experts a[2] = mlp(age, [4])\nexperts b[2] = mlp(age, [4])\ngate t = softmax(age) over [${over}]`,
      });
    expect(planOf(diffModels(modelOf(text("a, b")), modelOf(text("b, a"))))).toMatchObject({
      "t.weight": "columns",
      "a.0.weight": "whole",
    });
  });

  it("is reinitialized where no column is of an input that was read before", () => {
    const text = (input: string): string =>
      smallSpec({
        features: "features {\n  age: numeric\n  size: numeric\n  price: numeric\n  hour: numeric\n}",
        network: `input x = [${input}]\ntower t = mlp(x, [8])`,
      });
    const diff = diffModels(modelOf(text("age, size")), modelOf(text("price, hour")));
    const weight = diff.warmStart.tensors.find(({ name }) => name === "t.0.weight");
    expect(weight).toMatchObject({ kind: "initialized", reason: "columns" });
    expect(renderDiffText(diff)).toContain("all of its columns belong to other inputs");
  });

  it.each([
    ["a larger vocabulary", "vocab: 50", "vocab: 60", "training"],
    ["other boundaries", "[1, 2]", "[1, 3]", "training"],
    ["an input by another name", /\bx\b/g, "xx", "training"],
    ["another number of buckets", "hash: 100", "hash: 200", "checkpoint"],
    ["another number of ids", "ids: 70", "ids: 90", "training"],
  ] as const)("has the class of what carries over: %s", (_, from, to, reach) => {
    const text = smallSpec({
      features:
        "features {\n  u: categorical(hash: 100)\n  b: categorical(vocab: 50)\n  i: categorical(ids: 70)\n  h: bucket(boundaries: [1, 2])\n}",
      network: "input x = [u, b, i, h]\ntower t = mlp(x, [8])",
    });
    const changed = typeof from === "string" ? text.replace(from, to) : text.replace(from, to);
    const diff = diffModels(modelOf(text), modelOf(changed));
    expect(diff.class).toBe(reach);
    expect(renderDiffText(diff).includes("is reinitialized")).toBe(reach === "checkpoint");
  });

  it("matches by name, wherever a declaration is", () => {
    const more = smallSpec({ network: "input x = [age]\ntower other = mlp(x, [3])\ntower t = mlp(x, [8])" }).replace(
      "logit(t))\nchain",
      "logit(t) + logit(other))\nchain",
    );
    const plan = planOf(diffModels(modelOf(smallSpec()), modelOf(more)));
    expect(plan).toMatchObject({ "t.0.weight": "whole", "other.0.weight": "new", "cvr/logit.weight": "whole" });
  });

  it("goes by names, and the diff says what was renamed", () => {
    const diff = diffModels(modelOf(smallSpec()), modelOf(smallSpec().replaceAll(/\bt\b/g, "u")));
    expect(planOf(diff)).toMatchObject({ "u.0.weight": "new", "ctr/logit.weight": "whole" });
    expect(renderDiffText(diff)).toContain("`t` by another name; what is learned goes by names and is reinitialized");
    const twice = smallSpec({ network: "input x = [age]\ntower t = mlp(x, [8])\ntower s = mlp(x, [8])" });
    const both = twice.replace("cvr: P(buy | click) = sigmoid(logit(t))", "cvr: P(buy | click) = sigmoid(logit(s))");
    const renamed = both.replaceAll(/\bt\b/g, "u").replaceAll(/\bs\b/g, "v");
    expect(renderDiffText(diffModels(modelOf(both), modelOf(renamed)))).not.toContain("by another name");
  });

  it("drops what nothing takes", () => {
    const before = modelOf(smallSpec({ network: "input x = [age]\ntower t = mlp(x, [8, 8])" }));
    const { warmStart } = diffModels(before, modelOf(smallSpec()));
    expect(warmStart.dropped.map(({ name }) => name)).toEqual(["t.1.weight", "t.1.bias"]);
  });
});
