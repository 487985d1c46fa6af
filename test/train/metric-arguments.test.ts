import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trainView } from "../../src/cli/commands/train/view.js";
import type { Terminal } from "../../src/cli/terminal.js";
import { computeMetrics, metricText } from "../../src/compiler/metrics/index.js";
import type { MetricModel } from "../../src/compiler/model/index.js";
import { evaluate, train, type TrainOptions } from "../../src/index.js";
import { predictColumns } from "../../src/runtime/jobs/predict/predict.js";

/** Metrics with arguments from the spec to what is printed, stored and measured again, and early stopping on a sum of them. */
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-metric-arguments-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const spec = `model m
data {
  train: "rows.csv"
  test: "rows.csv"
  group: user
  weight: w
}
features {
  user: categorical(embed: 2)
  x: numeric
}
labels {
  click: event
  stay: amount(seconds)
}
task ctr: P(click) = sigmoid(logit([user, x]))
task time: E(stay) = softplus(logit([user, x]))
loss {
  ctr: bce
  time: mse
}
metrics {
  ctr: [auc, auc(weighted: false), ndcg(at: 2), precision(above: 0.5), hit_rate(at: 1)]
  time: [quantile_loss(q: 0.9), ndcg(gain: exponential)]
}
train {
  epochs: 4
  stop: early(metric: auc(ctr) + 0.1 * ndcg(ctr, at: 3) - logloss(ctr), patience: 2)
}
`;

const rows = ["a,1,1,3,1", "a,2,0,0,2", "a,3,1,5,1", "b,1,0,0,1", "b,4,1,2,0.5", "b,2,0,0,1"];

describe("metrics with arguments", () => {
  it("are trained, stopped by, stored and measured again under their texts", async () => {
    writeFileSync(join(root, "rows.csv"), `user,x,click,stay,w\n${rows.join("\n")}\n`);
    const path = join(root, "m.mtl");
    writeFileSync(path, spec);
    const result = await train({ spec: path, output: join(root, "out"), force: true });
    const { heads } = result.evaluation ?? {};
    expect(Object.keys(heads?.["ctr"] ?? {})).toEqual([
      "rows",
      "auc",
      "auc(weighted: false)",
      "ndcg(at: 2)",
      "precision(above: 0.5)",
      "hit_rate(at: 1)",
      "ndcg(at: 3)",
      "logloss",
    ]);
    expect(Object.keys(heads?.["time"] ?? {})).toEqual(["rows", "quantile_loss(q: 0.9)", "ndcg(gain: exponential)"]);
    expect(result.history.map(({ best }) => typeof best)).toEqual(result.history.map(() => "boolean"));
    expect(trainView.human(result, {} as Terminal)).toMatch(/^task +rows +auc +auc\(weighted: false\) +ndcg\(at: 2\)/);
    expect(JSON.parse(readFileSync(join(root, "out/metrics.json"), "utf8"))).toMatchObject({ heads });
    expect((await evaluate({ artifact: join(root, "out") })).heads).toEqual(heads);
  });
});

/** A score is measured by what its loss goes by, or by what the metric names; rows by any column. */
const scored = (loss: string, measured: string, data = "group: user"): string => `model m
data {
  train: "scored.csv"
  test: "scored.csv"
  ${data}
}
features { x: numeric(scale: none) }
labels {
  click: event
  buy: event within click
  share: event
}
task pref: score = logit(x)
task ctr: P(click) = sigmoid(logit(x))
loss {
  pref: ${loss}
  ctr: bce
}
${measured === "" ? "" : `metrics { pref: ${measured} }`}
train { epochs: 1 }
`;

/** x, click, buy, share, user, session; whether the last is shared is not known. */
const shown = [
  "9,0,0,0,a,s",
  "8,1,0,0,a,s",
  "7,1,1,0,a,t",
  "6,0,0,1,a,t",
  "5,1,1,1,b,s",
  "4,0,0,0,b,t",
  "3,1,0,,b,s",
].map((line) => line.split(","));
/** Of some rows, what a metric reads of them. */
const columns = {
  click: [0, 1, 1, 0, 1, 0, 1],
  gain: [0, 1, 3, 0, 3, 0, 1],
  user: [0, 0, 0, 0, 1, 1, 1],
  session: [0, 0, 1, 1, 0, 1, 0],
};

async function measure(loss: string, measured: string, data?: string) {
  const lines = [["x", "click", "buy", "share", "user", "session"], ...shown];
  writeFileSync(join(root, "scored.csv"), `${lines.map((line) => line.join(",")).join("\n")}\n`);
  const spec = join(root, "scored.mtl");
  writeFileSync(spec, scored(loss, measured, data));
  const options: TrainOptions = { spec, output: join(root, "scored"), force: true };
  const { evaluation } = await train(options);
  const { heads } = await predictColumns({ artifact: join(root, "scored"), files: [join(root, "scored.csv")] });
  const predictions = heads.get("pref") ?? new Float32Array();
  /** The value of the metric over the rows and codes given. */
  const wanted = (metric: MetricModel, targets: readonly number[], groups: readonly number[] = columns.user) => {
    const rows = { predictions, targets: Float32Array.from(targets), groups: () => Int32Array.from(groups) };
    return computeMetrics([metric], rows).values.get(metricText(metric));
  };
  return {
    found: evaluation?.heads["pref"] ?? { rows: -1 },
    missing: evaluation?.undefinedMetrics,
    wanted,
    predictions,
  };
}

describe("metrics of a score", () => {
  it("go by its loss, or by what they name", async () => {
    const { found, wanted, missing } = await measure(
      "lambdarank(gain: { buy: 3, click: 1 })",
      "[auc, auc(label: buy), gauc(average: groups), ndcg(at: 2), ndcg(at: 2, gain: { click: 1 }), mrr, precision(at: 1), pair_accuracy]",
    );
    expect(missing).toBeUndefined();
    const buy = columns.gain.map((gain) => Number(gain === 3));
    expect(found).toEqual({
      rows: 7,
      auc: wanted("auc", columns.click),
      "auc(label: buy)": wanted("auc", buy),
      "gauc(average: groups)": wanted({ name: "gauc", arguments: { average: "groups" } }, columns.click),
      "ndcg(at: 2)": wanted({ name: "ndcg", arguments: { at: 2 } }, columns.gain),
      "ndcg(at: 2, gain: { click: 1 })": wanted({ name: "ndcg", arguments: { at: 2 } }, columns.click),
      mrr: wanted("mrr", columns.click),
      "precision(at: 1)": wanted({ name: "precision", arguments: { at: 1 } }, columns.click),
      pair_accuracy: wanted("pair_accuracy", columns.gain),
    });
  });

  it("take the labels of a total order for grades", async () => {
    const { found, wanted } = await measure("bpr(order: [buy, click])", "[ndcg, pair_accuracy, map]");
    const grades = columns.gain.map((gain) => Math.min(gain, 2));
    expect(found).toEqual({
      rows: 7,
      ndcg: wanted("ndcg", grades),
      pair_accuracy: wanted("pair_accuracy", grades),
      map: wanted("map", columns.click),
    });
  });

  it("count pairs of a partial order, on the rows whose labels are known", async () => {
    const { found, predictions } = await measure("bpr(order: [buy > click, share > click])", "pair_accuracy");
    // Of a and of b: a row that was bought or shared before one that was clicked, and each before one that was not.
    const pairs = [
      [1, 0],
      [2, 0],
      [2, 1],
      [3, 0],
      [3, 1],
      [4, 5],
    ] as const;
    const right = pairs.map(([first, second]) => {
      const [a, b] = [predictions[first] ?? 0, predictions[second] ?? 0];
      return a > b ? 1 : a === b ? 0.5 : 0;
    });
    expect(found).toEqual({
      rows: 6,
      pair_accuracy: right.reduce((sum: number, each) => sum + each, 0) / pairs.length,
    });
  });

  it("without an entry, are those of its order", async () => {
    const listed = await measure("lambdarank(gain: { buy: 3, click: 1 })", "");
    expect(Object.keys(listed.found)).toEqual(["rows", "ndcg(at: 10)"]);
    const partial = await measure("bpr(order: [buy > click, share > click])", "");
    expect(Object.keys(partial.found)).toEqual(["rows", "pair_accuracy"]);
    const batch = await measure("bpr(order: [buy, click], by: batch)", "", "");
    expect(Object.keys(batch.found)).toEqual(["rows", "auc"]);
  });
});

describe("groups by another column", () => {
  it("are read with the data, and only there", async () => {
    const { found, wanted } = await measure(
      "bpr(order: [buy, click])",
      '[gauc(by: session), ndcg(by: "session", at: 1), mrr(by: user), mrr]',
    );
    expect(found).toEqual({
      rows: 7,
      "gauc(by: session)": wanted("gauc", columns.click, columns.session),
      "ndcg(at: 1, by: session)": wanted(
        { name: "ndcg", arguments: { at: 1 } },
        columns.gain.map((gain) => Math.min(gain, 2)),
        columns.session,
      ),
      "mrr(by: user)": wanted("mrr", columns.click),
      mrr: wanted("mrr", columns.click),
    });
  });

  it("need no group of the data", async () => {
    const { found, wanted } = await measure("bpr(order: click, by: batch)", "gauc(by: session)", "");
    expect(found["gauc(by: session)"]).toBe(wanted("gauc", columns.click, columns.session));
  });

  it("are refused where the files do not have the column", async () => {
    await expect(measure("bpr(order: click)", "gauc(by: nobody)")).rejects.toThrow(
      /`nobody`.*`by` of a metric|`by` of a metric.*`nobody`/,
    );
  });
});
