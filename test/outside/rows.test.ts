/**
 * What docs/architecture.md promises of the tables: a row of one's own goes through checker, graph, engines, evaluation and editors
 * with no other file touched. Here each table has a row more than in the sources, for this file only.
 */
import { describe, expect, it, vi } from "vitest";
import type * as activationTable from "../../src/compiler/builtins/activations/table.js";
import type * as balanceTable from "../../src/compiler/builtins/balances/index.js";
import type * as builtinTables from "../../src/compiler/builtins/tables.js";
import type * as functionTable from "../../src/compiler/functions/numbers.js";
import type * as metricTable from "../../src/compiler/metrics/rows/index.js";
import type * as verbTable from "../../src/compiler/rules/verbs/index.js";

vi.mock("../../src/compiler/builtins/tables.js", async (original: () => Promise<typeof builtinTables>) => {
  const [tables, rows] = [await original(), await import("./rows.js")];
  return {
    ...tables,
    layers: [...tables.layers, rows.apart],
    families: [...tables.families, rows.meet],
    gates: [...tables.gates, rows.shares],
    losses: [...tables.losses, rows.logCosh, rows.expList],
    penalties: [...tables.penalties, rows.l1],
  };
});
vi.mock(
  "../../src/compiler/builtins/activations/table.js",
  async (original: () => Promise<typeof activationTable>) => ({
    activations: [...(await original()).activations, (await import("./rows.js")).cubic],
  }),
);
vi.mock("../../src/compiler/builtins/balances/index.js", async (original: () => Promise<typeof balanceTable>) => ({
  balances: [...(await original()).balances, (await import("./rows.js")).roots],
}));
vi.mock("../../src/compiler/metrics/rows/index.js", async (original: () => Promise<typeof metricTable>) => ({
  metrics: [...(await original()).metrics, (await import("./rows.js")).meanError],
}));
vi.mock("../../src/compiler/functions/numbers.js", async (original: () => Promise<typeof functionTable>) => {
  const table = await original();
  return { ...table, numberFunctions: { ...table.numberFunctions, cube: (await import("./rows.js")).cube } };
});
vi.mock("../../src/compiler/rules/verbs/index.js", async (original: () => Promise<typeof verbTable>) => ({
  verbs: { ...(await original()).verbs, require: (await import("./rows.js")).require },
}));

const { specText } = await import("../../src/compiler/describe/index.js");
const { computeMetrics } = await import("../../src/compiler/metrics/index.js");
const { runTest } = await import("../../src/compiler/serving/index.js");
const { describeEngines } = await import("../engine/engines.js");
const { expectSameSteps } = await import("../lower/engine-steps.js");
const { open, randomFeeds, scalar } = await import("../lower/harness.js");
const { gradientError } = await import("../lower/slopes.js");
const { compileText, messagesOf } = await import("../semantics/compile.js");

const network = (loss: string): string => `model outside

data { train: csv("train.csv"), group: user }

features {
  user:    categorical(vocab: 7, embed: 4)
  item:    categorical(vocab: 7, embed: 4)
  age:  numeric
  price: numeric
}

labels {
  click: event
  stay:  amount(seconds)
}

input x = [apart(user, item), cubic(linear(user, 3)), age, price]

bottoms m[one, other] = meet(x, width: 5)

experts pool[3] = mlp(x, [4], activation: cubic)
gate g = shares(x) over pool

tower t = mlp([m.one, m.other, g], [4], activation: tanh)

task ctr: P(click) = sigmoid(logit(t))
task stay: E(stay) = softplus(logit(t))
task pref: score = logit(t)

loss {
${loss}
}

train {
  optimizer: sgd(lr: 1)
  batch:     12
  seed:      3
}

metrics {
  stay: [mean_error, rmse]
}
`;

const losses = {
  "each loss by itself": "  ctr: bce\n  stay: log_cosh\n  pref: exp_list(gain: { click: 2 })\n  small: 0.01 * l1(t)",
  "a balance": "  ctr: bce\n  stay: log_cosh\n  pref: exp_list(gain: { click: 2 })\n  balance: roots",
};

describe.each(Object.entries(losses))("a network of rows from outside, %s", (_, loss) => {
  const text = network(loss);

  it("is checked, and is the same model when it is written out", () => {
    const compiled = compileText(text);
    expect(messagesOf(compiled)).toBe("");
    if (compiled.model !== undefined) expect(compileText(specText(compiled.model)).hash).toBe(compiled.hash);
  });

  describeEngines("and steps alike", (engine) => {
    it("as the interpreter does", async () => {
      const opened = open(text.replace("sgd(lr: 1)", "sgd(lr: 0.05)"));
      await expectSameSteps(await engine(), opened, 12, (step) => randomFeeds(opened.model, 12, step));
    });
  });
});

describe("the step", () => {
  it("of losses and penalties has the gradients of their sum", () => {
    const opened = open(network(losses["each loss by itself"]));
    expect(gradientError(opened, randomFeeds(opened.model, 12))).toBeLessThan(1e-5);
  });

  it("of a balance weights each loss with its slope", () => {
    const opened = open(network(losses["a balance"]));
    const outputs = opened.run("train", randomFeeds(opened.model, 12));
    for (const head of ["ctr", "stay", "pref"])
      expect(scalar(outputs, `balance/${head}`)).toBeCloseTo(
        0.5 / Math.sqrt(scalar(outputs, `loss/${head}`) + 1e-6),
        9,
      );
  });
});

describe("a row from outside", () => {
  it("of metrics is computed", () => {
    const rows = { predictions: Float32Array.of(3, 5), targets: Float32Array.of(1, 4), weights: Float32Array.of(1, 3) };
    expect(computeMetrics(["mean_error"], rows).values.get("mean_error")).toBe(1.25);
  });

  it("of verbs and functions ranks", () => {
    const { model, diagnostics } = compileText(`model shop

attributes {
  quality: number in [0, 1]
}

fusion score = cube(quality)

rules home {
  require good when cube(quality) >= 0.125
}

rank page = top 3 by score with home

test "only what the condition holds for" {
  candidate a { quality: 0.9 }
  candidate b { quality: 0.6 }
  candidate c { quality: 0.4 }
  expect page == [a, b]
}
`);
    expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
    if (model?.serving === undefined) throw new Error("the spec ranks nothing");
    expect(runTest(model.serving, model.tests?.[0] as never).passed).toBe(true);
  });
});
