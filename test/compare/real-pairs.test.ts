import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { HeadModel } from "../../src/compiler/model/index.js";
import { compareSeeds } from "../../src/runtime/compare/compare-seeds.js";
import { compareArtifacts } from "../../src/runtime/jobs/compare.js";
import { trainRuns } from "../../src/runtime/jobs/train-runs.js";
import { isTrained, scoresOf } from "../../src/runtime/runs/types.js";
import { createDraws } from "../../src/runtime/statistics/index.js";
import { createTiny, tinyRows } from "../train/tiny.js";

/**
 * The simulation with models that are trained: one spec, many seeds. `MTLC_COMPARE_REAL=40` trains so many and prints what is told apart; the suite trains
 * ten.
 */
const asked = Number(process.env["MTLC_COMPARE_REAL"] ?? 0);
const count = asked > 0 ? asked : 10;
const groups = 200;

const tiny = createTiny(asked > 0 ? 2000 : 300);
afterAll(() => rmSync(tiny.root, { recursive: true, force: true }));
const head = { name: "ctr", type: { kind: "score" } } as unknown as HeadModel;

function report(text: string): void {
  if (asked > 0) process.stdout.write(`${text}\n`);
}

describe("trainings of one spec", { timeout: 3_600_000 }, () => {
  it("are not told apart by groups of their runs", async () => {
    const test = join(tiny.root, "many.csv");
    writeFileSync(test, tinyRows(asked > 0 ? 20_000 : 1000, 9));
    const network = "tower t = mlp([user, item, age], [8], dropout: 0.2)";
    const spec = tiny.spec("many", { network, rest: "metrics { ctr: [auc, logloss] }" });
    const { runs } = await trainRuns({
      spec,
      output: join(tiny.root, "runs"),
      keep: "all",
      runs: Array.from({ length: count }, (_, k) => ({ seed: k + 1 })),
      test: [test],
      engine: "wasm",
    });
    const scores = runs.map((run) => scoresOf(run)["ctr"]);
    const draws = createDraws(3);
    const size = Math.min(5, Math.floor(count / 2));
    const same = { auc: 0, logloss: 0 };
    for (let group = 0; group < groups; group++) {
      const order = scores.map((score) => ({ score, key: draws.uniform() })).toSorted((a, b) => a.key - b.key);
      const chosen = order.map(({ score }) => score);
      const { metrics } = compareSeeds(
        { head, metrics: ["auc", "logloss"] },
        [chosen.slice(0, size), chosen.slice(size, 2 * size)],
        { base: 0, level: 0.95 },
      );
      for (const { metric, differences } of metrics)
        if (differences[0]?.verdict === "same") same[metric as keyof typeof same] += 1;
    }
    for (const [metric, held] of Object.entries(same)) {
      report(
        `${size} and ${size} of ${count} seeds, ${metric}: not told apart in ${(100 * held) / groups} % of ${groups}`,
      );
      // Groups of few seeds are nearly the same ones.
      expect(held / groups).toBeGreaterThanOrEqual(asked > 0 ? 0.93 : 0.85);
    }
    const artifacts = runs.flatMap((run) => (isTrained(run) && run.artifact !== undefined ? [run.artifact] : []));
    expect(artifacts).toHaveLength(count);
    const verdicts = new Map<string, number>();
    for (let pair = 0; pair + 1 < (asked > 0 ? count : 2); pair += 2) {
      const { heads } = await compareArtifacts({
        artifacts: artifacts.slice(pair, pair + 2),
        test: [test],
        engine: "wasm",
      });
      for (const { metric, differences } of heads[0]?.metrics ?? []) {
        const key = `${metric} ${differences[0]?.verdict ?? ""}`;
        verdicts.set(key, (verdicts.get(key) ?? 0) + 1);
      }
    }
    report(`pairs of two artifacts: ${[...verdicts].map(([verdict, times]) => `${verdict} ${times}`).join(", ")}`);
    expect([...verdicts.keys()].some((key) => key.endsWith("unknown"))).toBe(false);
  });
});
