import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evalView } from "../../src/cli/commands/eval/view.js";
import { trainView } from "../../src/cli/commands/train/view.js";
import type { Terminal } from "../../src/cli/terminal.js";
import { evaluate, train, type TrainEvent } from "../../src/index.js";
import type { TrainResult } from "../../src/runtime/train/result.js";

/** Metrics that have no value: each with its reason, in the result, in the table and in what early stopping says. */
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-undefined-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const spec = (more = ""): string => `model m
data {
  train: "train.csv"
  test: "test.csv"
  group: user
}
features { user: categorical(embed: 2) }
labels {
  click: event
  buy: event within click
}
task ctr: P(click) = sigmoid(logit(user))
task cvr: P(buy | click) = sigmoid(logit(user))
loss {
  ctr: bce
  cvr: bce
}
metrics {
  ctr: [auc, gauc, logloss]
  cvr: [auc, pr_auc]
}
train { ${more} }
`;

/** `user,click,buy` by row. */
function write(name: string, rows: readonly string[]): string {
  const path = join(root, name);
  writeFileSync(path, `user,click,buy\n${rows.join("\n")}\n`);
  return path;
}

const mixed = ["a,1,1", "a,0,0", "b,1,0", "b,0,0", "c,1,1", "c,0,0"];

async function run(
  testRows: readonly string[],
  more = "",
): Promise<{ readonly result: TrainResult; readonly warnings: readonly string[] }> {
  const path = join(root, "m.mtl");
  writeFileSync(path, spec(more));
  write("train.csv", [...mixed, ...mixed]);
  write("test.csv", testRows);
  const events: TrainEvent[] = [];
  const result = await train({
    spec: path,
    output: join(root, "out"),
    force: true,
    onEvent: (event) => events.push(event),
  });
  const warnings = events.flatMap((event) =>
    event.kind === "warning" ? [`${event.diagnostic.code}: ${event.diagnostic.message}`] : [],
  );
  return { result, warnings };
}

describe("metrics without a value", () => {
  it("say that one answer is all there is, and keep the others", async () => {
    const { result } = await run(["a,0,0", "b,0,0", "c,0,"]);
    const { heads, undefinedMetrics } = result.evaluation ?? {};
    expect(Object.keys(heads?.["ctr"] ?? {})).toEqual(["rows", "logloss"]);
    expect(undefinedMetrics).toEqual([
      { head: "ctr", metrics: ["auc", "gauc"], reason: "no row of the test data has `click`" },
      { head: "cvr", metrics: ["auc", "pr_auc"], reason: "no row of the test data has `click`" },
    ]);
    const text = trainView.human(result, {} as Terminal);
    expect(text).toContain("ctr: no row of the test data has click; auc and gauc are undefined\n");
    expect(text).toMatch(/^task +rows +logloss +auc +gauc +pr_auc\n/);
    expect(trainView.json(result)).toMatchObject({ undefinedMetrics });
    const stored = JSON.parse(readFileSync(join(root, "out/metrics.json"), "utf8")) as object;
    expect(stored).toMatchObject({ undefinedMetrics });
    const measured = await evaluate({ artifact: join(root, "out") });
    expect(measured.undefinedMetrics).toEqual(undefinedMetrics);
    expect(evalView.json(measured)).toMatchObject({ undefinedMetrics });
  });

  it("tell groups of one answer, missing groups, weights and unknown labels apart", async () => {
    const byUser = await run(["a,1,1", "a,1,0", "b,0,0", "c,0,0"]);
    expect(byUser.result.evaluation?.undefinedMetrics).toEqual([
      { head: "ctr", metrics: ["gauc"], reason: "no group has rows of both kinds" },
    ]);
    const noUser = await run([",1,1", ",1,0", ",0,0"]);
    expect(noUser.result.evaluation?.undefinedMetrics).toEqual([
      { head: "ctr", metrics: ["gauc"], reason: "no row has a group" },
    ]);
    const unknown = await run(["a,1,", "b,0,", "a,0,"]);
    expect(unknown.result.evaluation?.undefinedMetrics).toEqual([
      {
        head: "cvr",
        metrics: ["auc", "pr_auc"],
        reason: "whether a row has `buy` is not known in any row of the test data that has `click`",
      },
    ]);
    const always = await run(["a,1,1", "b,0,0", "a,0,0"]);
    expect(always.result.evaluation?.undefinedMetrics).toEqual([
      { head: "cvr", metrics: ["auc"], reason: "every row of the test data that has `click` has `buy`" },
    ]);
    const empty = await run([]);
    expect(empty.result.evaluation?.undefinedMetrics?.map(({ reason }) => reason)).toEqual([
      "the test data has no rows",
      "the test data has no rows",
    ]);
    expect(empty.warnings).toContain("MTL7142: the test data has no rows");
  });

  it("give early stopping its reason", async () => {
    const { warnings } = await run(["a,0,0", "b,0,0"], "stop: early(metric: auc(ctr), patience: 1)");
    expect(warnings).toContain(
      "MTL7308: `auc(ctr)` is undefined after epoch 1 (no row of the test data has `click`), so early stopping does not count this epoch",
    );
  });
});
