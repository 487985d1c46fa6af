import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trainView } from "../../src/cli/commands/train/view.js";
import type { Terminal } from "../../src/cli/terminal.js";
import { evaluate, train } from "../../src/index.js";

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
