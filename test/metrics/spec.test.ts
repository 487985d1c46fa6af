import { describe, expect, it } from "vitest";
import { specText } from "../../src/compiler/describe/index.js";
import { diffModels } from "../../src/compiler/diff/index.js";
import { metrics, metricText } from "../../src/compiler/metrics/index.js";
import { canonicalModel, hashModel, type Model } from "../../src/compiler/model/index.js";
import { compileText } from "../semantics/compile.js";

/** Metrics as a spec says them: their arguments in the model, its hash and its text, and what is said where they do not fit. */
const spec = (measured: string, train = "", data = "group: user"): string => `model m
data { ${data} }
features { user: categorical(embed: 2) }
labels {
  click: event
  stay: amount(seconds)
}
task ctr: P(click) = sigmoid(logit(user))
task time: E(stay) = softplus(logit(user))
task pref: score = logit(user)
loss {
  ctr: bce
  time: mse
}
metrics { ${measured} }
train { ${train} }
`;

function modelOf(text: string): Model {
  const { model, diagnostics } = compileText(text);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return model;
}

function problemsOf(measured: string, train?: string, data?: string): readonly string[] {
  return compileText(spec(measured, train, data))
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ code, message }) => `${code}: ${message}`);
}

describe("a metric in the model", () => {
  it("is a plain name, or a name with the arguments that differ from their defaults", () => {
    const { metrics: found } = modelOf(spec("ctr: [auc, ece(bins: 15), ece(bins: 20), auc(weighted: false)]"));
    expect(found[0]).toEqual({
      head: "ctr",
      metrics: [
        "auc",
        "ece",
        { name: "ece", arguments: { bins: 20 } },
        { name: "auc", arguments: { weighted: false } },
      ],
    });
  });

  it("keeps the hash of a spec where every argument is a default", () => {
    const plain = modelOf(spec("ctr: [auc, gauc]"));
    expect(canonicalModel(plain)).toContain('"metrics":[{"head":"ctr","metrics":["auc","gauc"]}');
    expect(hashModel(modelOf(spec("ctr: [gauc(average: rows), auc(weighted: true)]")))).toBe(hashModel(plain));
    expect(hashModel(modelOf(spec("ctr: [gauc(average: groups), auc]")))).not.toBe(hashModel(plain));
  });

  it("is measured once however often it is asked for", () => {
    const model = modelOf(spec("ctr: [auc, ndcg(at: 5), auc, ndcg(at: 5)]", "stop: early(metric: ndcg(ctr, at: 5))"));
    expect(model.metrics[0]?.metrics.map((each) => metricText(each))).toEqual(["auc", "ndcg(at: 5)"]);
  });

  it("is written back as it was said", () => {
    const model = modelOf(
      spec(
        "ctr: [ndcg(at: 10, gain: exponential), hit_rate(at: 5), precision(above: 0.25)], time: quantile_loss(0.9)",
        "stop: early(metric: auc(ctr) + 0.5 * ndcg(ctr, at: 10) - xauc(time) * -2, patience: 3)",
      ),
    );
    const text = specText(model);
    expect(text).toContain(
      "ctr: [ndcg(at: 10, gain: exponential), hit_rate(at: 5), precision(above: 0.25), auc, ndcg(at: 10)]",
    );
    expect(text).toContain("early(metric: auc(ctr) + 0.5 * ndcg(ctr, at: 10) + 2 * xauc(time), patience: 3)");
    expect(hashModel(modelOf(text))).toBe(hashModel(model));
  });

  it("keeps columns, labels, gains and orders", () => {
    const measured =
      'ctr: [gauc(by: "user id"), auc(label: click), ndcg(gain: { click: 2 }), pair_accuracy(order: [click])], time: rce(by: user)';
    const model = modelOf(spec(measured));
    expect(model.metrics[0]?.metrics).toEqual([
      { name: "gauc", arguments: { by: "user id" } },
      { name: "auc", arguments: { label: "click" } },
      { name: "ndcg", arguments: { gain: { click: 2 } } },
      { name: "pair_accuracy", arguments: { order: [["click"]] } },
    ]);
    const text = specText(model);
    expect(text).toContain(`${measured.slice(0, measured.indexOf(", time"))}\n`);
    expect(hashModel(modelOf(text))).toBe(hashModel(model));
  });

  it("shows in a diff by its text", () => {
    const [before, after] = [modelOf(spec("ctr: [ndcg(at: 5)]")), modelOf(spec("ctr: [ndcg(at: 10)]"))];
    expect(JSON.stringify(diffModels(before, after))).toContain("ndcg(at: 10)");
  });
});

describe("what early stopping watches", () => {
  const stop = (metric: string) => modelOf(spec("ctr: auc", `stop: early(metric: ${metric}, patience: 2)`)).train.stop;

  it("is one metric of a head, as before", () => {
    expect(stop("auc(ctr)")).toEqual({ metric: "auc", head: "ctr", patience: 2 });
    expect(stop("gauc(ctr, average: groups)")).toEqual({
      metric: { name: "gauc", arguments: { average: "groups" } },
      head: "ctr",
      patience: 2,
    });
    expect(stop("2 * auc(head: ctr)")).toEqual({ metric: "auc", head: "ctr", patience: 2 });
  });

  it("is a sum with weights, written in any of its forms", () => {
    expect(stop("(auc(ctr) - 0.5 * logloss(ctr)) / 2 - rmse(time) * (1 / 4)")).toEqual({
      terms: [
        { weight: 0.5, metric: "auc", head: "ctr" },
        { weight: -0.25, metric: "logloss", head: "ctr" },
        { weight: -0.25, metric: "rmse", head: "time" },
      ],
      patience: 2,
    });
    expect(stop("logloss(ctr) + mae(time) + calibration(ctr)")).toMatchObject({ terms: [{}, {}, {}] });
    expect(stop("-logloss(ctr)")).toMatchObject({ terms: [{ weight: -1 }] });
  });

  it.each([
    ["auc(ctr) + logloss(ctr)", /^MTL3071/],
    ["auc(ctr) + calibration(ctr)", /^MTL3071.*`calibration\(ctr\)` when it is smaller/],
    ["auc(ctr) * auc(ctr)", /^MTL3002/],
    ["0 * auc(ctr) + auc(ctr)", /^MTL3003.*a weight that is not 0/],
    ["auc(ctr) + 1", /^MTL3002/],
    ["auc(ctr) + gauc(nobody)", /^MTL2001/],
    ["auc(ctr, at: 3)", /^MTL2005/],
    ["auc()", /^MTL3002/],
  ])("refuses %s", (metric, message) => {
    const found = problemsOf("ctr: auc", `stop: early(metric: ${metric})`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });
});

describe("what does not fit is said once", () => {
  it.each([
    ["ctr: ndcg(at: 0)", "MTL3003: `at` of `ndcg` is a whole number ≥ 1, not 0"],
    ["ctr: hit_rate", "MTL3001: `hit_rate` needs `at`: a whole number ≥ 1"],
    ["time: quantile_loss(q: 1)", "MTL3003: `q` of `quantile_loss` is a number in (0, 1), not 1"],
    ["ctr: precision(at: 3, above: 0.5)", "MTL3070: `precision` takes `at` or `above`, not both"],
    ["ctr: ece(bins: 20, by: user)", "MTL3070: `ece` takes `bins` or `by`, not both: the groups are the buckets"],
    ["ctr: recall(above: 0.5, by: user)", /^MTL3070: `recall` takes `by` and `average` with `at` only/],
    ["ctr: gauc(by: 3)", /^MTL3002: .*the name of a column/],
    ["ctr: auc(label: nothing)", /^MTL2001/],
    ["pref: auc", "MTL3072: `pref` is a score, so `auc` needs `label` to say which rows are relevant"],
    ["pref: precision(above: 0.5)", /^MTL3070: `precision` takes no `above` on a score/],
    ["pref: logloss", /^MTL3040/],
    ["ctr: xauc", /^MTL3040: `ctr` is P\(click\), which `xauc` does not measure; /],
    ["time: auc(weighted: false)", /^MTL3040: `time` is E\(stay\), which `auc` does not measure; /],
  ])("%s", (measured, message) => {
    const found = problemsOf(measured);
    expect(found).toHaveLength(1);
    if (typeof message === "string") expect(found[0]).toBe(message);
    else expect(found[0]).toMatch(message);
  });

  it("a group that is missing, however many metrics look at it", () => {
    expect(problemsOf("ctr: [ndcg(at: 10), map], time: ndcg", "", "weight: w")).toEqual([
      "MTL3041: `ndcg` of `ctr` is a mean over groups, but the spec names no group",
    ]);
  });

  it("a group that is missing, for lists only", () => {
    expect(problemsOf("ctr: [precision(above: 0.5), ece]", "", "weight: w")).toEqual([]);
    expect(problemsOf("ctr: recall(at: 5)", "", "weight: w")).toEqual([
      "MTL3041: `recall` of `ctr` is a mean over groups, but the spec names no group",
    ]);
  });
});

describe("every metric", () => {
  it.each(metrics.map((metric) => [metric.name, metric] as const))("%s is a whole row", (_, metric) => {
    expect(metric.summary).toMatch(/^[A-Z].*\.$/s);
    expect(metric.heads.length).toBeGreaterThan(0);
    expect(new Set(metric.parameters.map(({ name }) => name)).size).toBe(metric.parameters.length);
    for (const { doc } of metric.parameters) expect(doc).toMatch(/^[A-Z].*\.$/s);
  });

  it("has a name of its own", () => {
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
  });
});
