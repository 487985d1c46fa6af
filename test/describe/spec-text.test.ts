import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnText, numberText, specText } from "../../src/compiler/describe/index.js";
import { quote } from "../../src/compiler/text/index.js";
import { format } from "../../src/compiler/format/index.js";
import { hashModel } from "../../src/compiler/model/index.js";
import { arbitraryDeclarations } from "../diff/arbitrary-model.js";
import { modelOf } from "../lower/harness.js";
import { compileFile, compileText, messagesOf, root, smallSpec } from "../semantics/compile.js";

const specs = readdirSync(join(root, "specs"), { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".mtl"))
  .map((name) => join("specs", name))
  .toSorted();

describe("the canonical spec of a model", () => {
  it.each(specs)("%s compiles to the same model", async (name) => {
    const { model, hash } = compileFile(join(root, name));
    if (model === undefined) return;
    const text = specText(model);
    const again = compileText(text);
    expect(messagesOf(again)).toBe("");
    expect(again.hash).toBe(hash);
    if (again.model !== undefined) expect(specText(again.model)).toBe(text);
    await format(text);
  });

  it.each([
    ["a bottom of layers in layers", { network: "tower t = mlp(mlp(dropout([age], 0.1), [8]), [4], norm: batch)" }],
    [
      "experts of layers in layers",
      { network: "experts p[3] = mlp(mlp(age, [8]), [4])\ngate t = softmax(age) over p" },
    ],
    [
      "sums, multiples and parentheses of logits",
      {
        network: "tower t = mlp(age, [8])",
        heads:
          "task ctr: P(click) = sigmoid(2 * (logit(t) - 0.5 * logit(t)) - logit(t))\ntask cvr: P(buy | click) = sigmoid(-logit(t))\nchain ctcvr = ctr * cvr\nchain no_buy = 1 - ctr * cvr",
      },
    ],
    [
      "expected lists of none, one and two",
      {
        rest: 'attributes { quality: number }\nrank page = top 2 by quality\ntest "lists" {\n  candidate a { quality: 1 }\n  candidate b { quality: 2 }\n  expect page == [b, a]\n  expect not page == []\n  expect not page == [a]\n}',
      },
    ],
    [
      "columns of every kind",
      {
        features:
          'features {\n  age: numeric(missing: -1.5) = -(age_years + 1) * 2 ^ 3 ^ 2 - (1 - x)\n  city: categorical(values: ["a\\"b", "c\\\\d"], serving: "c\\\\d", column: "the city")\n  old: categorical = not (age_years > 60 and (a or b)) or c in [1, -2]\n}',
      },
    ],
    [
      "rows that count otherwise",
      {
        rest: "loss {\n  ctr: bce(smoothing: 0.1, positive: 3)\n  cvr: 0.5 * bce(outside: 0.1, oversample: 5, reject: ctr, floor: 0.05)\n}",
      },
    ],
    [
      "a sample space of its own",
      {
        rest: "loss {\n  ctr: bce\n  cvr: 0.5 * bce(space: all)\n  l2: 1e-7 * l2(t)\n}\ntrain { clip: norm(1), stop: early(metric: auc(ctr)), schedule: cosine(steps: 10) }",
      },
    ],
    [
      "a decay with an end",
      { rest: "loss { ctr: bce }\ntrain { schedule: step(every: 1000, factor: 0.5, end: 1e-4) }" },
    ],
    [
      "values that are ids",
      {
        features: "features {\n  u: categorical(ids: 100)\n  tags: bag(ids: 9, max: 3)\n}",
        network: "input x = [u, tags]\ntower t = mlp(x, [8])",
      },
    ],
    [
      "optimizers by part",
      {
        features: "features { u: categorical(hash: 9) }",
        network: "input x = [u]\ntower t = mlp(x, [8])",
        rest: "loss { ctr: bce }\ntrain { optimizer: { t: sgd(lr: 0.1), embeddings: adagrad(lr: 0.05), all: adam(lr: 1e-3) } }",
      },
    ],
    [
      "schedules, rates and what is frozen by part",
      {
        features: "features { u: categorical(hash: 9) }",
        network: "input x = [u]\ntower t = mlp(x, [8])",
        rest: "loss { ctr: bce }\ntrain { schedule: { t: cosine(steps: 9), all: linear(steps: 8) }, lr_factors: { t: 0.5, all: 2 }, frozen: [u, biases] }",
      },
    ],
    [
      "evaluations and checkpoints by steps",
      {
        rest: "loss { ctr: bce }\ntrain { accumulate: 4, ema: 0.999, validate_every: 50, checkpoint_every: 1_000, evict_after: 30 }",
      },
    ],
    ["a length in steps", { rest: "loss { ctr: bce }\ntrain { steps: 5_000 }" }],
    ["a length in both", { rest: "loss { ctr: bce }\ntrain { steps: 5_000, epochs: 2 }" }],
    [
      "a split",
      {
        rest: 'data { train: tsv(["a.tsv", "b.tsv"], nulls: ["-"]), split: split(by: hash(u, v), 0.9, rest: test, seed: 3), weight: "w 1", group: u }\nloss { ctr: bce, ctcvr: bce }',
      },
    ],
  ])("holds for %s", (_, parts) => {
    const before = compileText(smallSpec(parts));
    expect(before.hash, messagesOf(before)).toBeDefined();
    if (before.model === undefined) return;
    const after = compileText(specText(before.model));
    expect(
      messagesOf({ ...after, diagnostics: after.diagnostics.filter(({ severity }) => severity === "error") }),
    ).toBe("");
    expect(after.hash).toBe(before.hash);
  });
});

describe("generated specs", () => {
  it("come back as the same models, and from there as the same texts", () => {
    fc.assert(
      fc.property(arbitraryDeclarations, (declarations) => {
        const model = modelOf(declarations.join("\n"));
        const text = specText(model);
        const again = modelOf(text);
        expect(hashModel(again)).toBe(hashModel(model));
        expect(specText(again)).toBe(text);
      }),
      { numRuns: 60, seed: 8 },
    );
  });
});

/** A spec without a network, for what comes after it. */
const scores = [
  "model m",
  "signals {\n  ctr: P(click)\n  cvr: P(buy | click)\n  stay: number(seconds) >= 0\n}",
  "chain ctcvr = ctr * cvr",
  'attributes {\n  price: number(yuan) > 0\n  brand: text\n  off: bool?\n  at: time\n  since: duration\n  shown: number in [0, 1_000_000]\n  quality: number in [0, 1] missing 0.5 outside clamp\n  shop: text missing "none"\n  tags: texts?\n  vec: vector(4)?\n}',
  "params {\n  a: 0.5 in [0, 2]\n  fixed: 3\n}",
].join("\n");

describe("formulas, rules and tests", () => {
  it.each([
    ["arithmetic", "fusion s = -(ctr - (cvr - a)) * 2 ^ a ^ 2 / (price * (4 / 2)) + fixed"],
    [
      "functions",
      'fusion s = if(not (brand == "x" or off and stay > 3), max(ctr, 1e-6), coalesce(clamp(stay, 0, 1), 0)) + log1p(stay)',
    ],
    ["chains over signals", "chain back = ctcvr / ctr\nchain none = 1 - ctr\nfusion s = back + none"],
    ["times", "fusion s = if(age(at) < 7d and since > 90s, 1, if(at < 2026-11-01, 2, 3))"],
    ["lists", 'fusion s = 1 / (10 + rank(ctr)) ^ 0.7 + percentile(ctcvr) + if(brand in ["a", "b"], 1, 0)'],
    ["pieces", "fusion s = piecewise(price, [0, 10, 100], [0.5, 1, 2])"],
    [
      "policies, requests, stages and experiments",
      [
        "request {",
        "  user_id: text",
        "  age: number >= 0 missing 30 outside clamp",
        "}",
        'fusion s = ctr * quality * if("sale" in tags, a, 1)',
        "fusion coarse = ctr",
        "rank r = from i2i top 300 by ctr, hot then top 500 by coarse then top 50 by s ties at, price ascending",
        "experiment heavier {",
        "  by: user_id",
        "  control: arm(0.9)",
        "  more: arm(0.1, a: 2)",
        "}",
        'test "request" {',
        '  request { user_id: "u1" }',
        '  candidate p { ctr: 0.1, cvr: 0.1, stay: 3, price: 9, brand: "x", at: 2026-01-01, since: 3h, shown: 5 }',
        "  expect s(p) >= 0",
        "}",
      ].join("\n"),
    ],
    [
      "rules",
      [
        "fusion s = ctr",
        "rules home {",
        "  drop a when price > 10 and not off",
        '  boost b when brand == "x" by 1.5 during 2026-11-01 .. 2026-11-12 zone: "Asia/Shanghai" bounds: [0.2, 5]',
        "  suppress c when price < 2 by last",
        "  suppress d when price < 1 by 0.25 missing: keep",
        "  spread e at most 2 of brand in 10 when price > 3 soft: 2",
        "  explore f when shown < 100 at least 2 in top 20 epsilon: 0.1",
        "  explore g when shown < 100 at least 2 in top 20 successes: 3 trials: 10",
        "  pin h when price > 100 at 3",
        "  mmr i of brand in top 50 lambda: 0.5",
        "  dpp j of brand",
        "  dedupe k of [brand, price]",
        "  cap l at most 1_000_000 of brand per day when price > 3 count: viewed down: 0.5",
        "  pace m at least 1000 of brand per hour target: [1, 3] gains: [1, 0.5, 0]",
        "}",
        "rank r = top 50 by s * 2 with home",
        'test "works" {',
        "  at 2026-11-05",
        '  candidate p { ctr: 0.1, cvr: 0.1, stay: 3, price: 9, brand: "x", at: 2026-01-01, since: 3h, shown: 5 }',
        "  candidate q like p { price: 8 }",
        "  expect r == [p, q] and s(p) > -1",
        "}",
      ].join("\n"),
    ],
  ])("%s come back as they were", async (_, text) => {
    const before = compileText(`${scores}\n${text}\n`);
    expect(before.hash, messagesOf(before)).toBeDefined();
    if (before.model === undefined) return;
    const again = compileText(specText(before.model));
    expect(again.hash, messagesOf(again)).toBe(before.hash);
    expect(again.model?.tests?.map(({ candidates }) => candidates.map(({ fields }) => fields))).toEqual(
      before.model.tests?.map(({ candidates }) => candidates.map(({ fields }) => fields)),
    );
    await format(specText(before.model));
  });
});

describe("numbers and texts", () => {
  it.each([
    [0, "0"],
    [1e-6, "1e-6"],
    [0.05, "0.05"],
    [1234, "1234"],
    [1_000_000, "1_000_000"],
    [1e21, "1e21"],
    [-2.5, "-2.5"],
  ])("%d is %s", (value, text) => {
    expect(numberText(value)).toBe(text);
  });

  it("escapes what a text may not hold", () => {
    expect(quote('a"b\\c\n\u0001')).toBe('"a\\"b\\\\c\\n\\u{1}"');
  });

  it("keeps the tree of an expression", () => {
    const model = modelOf(smallSpec({ features: "features { age: numeric = a - (b - c) / (d / e) ^ 2 }" }));
    expect(model.features.map(({ source }) => columnText(source))).toEqual(["a - (b - c) / (d / e)^2"]);
    expect(hashModel(model)).toMatch(/^[0-9a-f]{64}$/);
  });
});
