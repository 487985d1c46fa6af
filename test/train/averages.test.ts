import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluate, train } from "../../src/index.js";
import { createTiny, type Tiny, weightsOf } from "./tiny.js";
import { fusedMissing } from "../engine/engines.js";

/** Whole runs with averaged weights and steps of several batches. */
let tiny: Tiny;
beforeAll(() => {
  tiny = createTiny();
});
afterAll(() => rmSync(tiny.root, { recursive: true, force: true }));

/** Trains until a checkpoint of that step and batch, as if the process had died there, and resumes. */
async function resumed(spec: string, output: string, at: number): Promise<Awaited<ReturnType<typeof train>>> {
  const dying = train({
    spec,
    output,
    engine: "cpu",
    onEvent: (event) => {
      if (event.kind === "checkpoint" && event.step === at) throw new Error("died");
    },
  });
  await expect(dying).rejects.toThrow("died");
  return train({ spec, output, engine: "cpu", resume: true });
}

describe("training with averaged weights", () => {
  it("measures, keeps and serves the averages, and resumes to the same bytes", async () => {
    const spec = tiny.spec("ema", {
      train:
        "ema: 0.9, embeddings: sparse, checkpoint_every: 3, validate_every: 5, stop: early(metric: auc(ctr), patience: 99)",
    });
    const [whole, broken] = [join(tiny.root, "whole"), join(tiny.root, "broken")];
    const unbroken = await train({ spec, output: whole, engine: "cpu" });
    const plain = await train({
      spec: tiny.spec("plain", { train: "embeddings: sparse" }),
      output: join(tiny.root, "plain"),
      engine: "cpu",
    });
    // The weights that train are the same; what is measured of them is not.
    expect(unbroken.history.map(({ losses }) => losses["loss"]).at(-1)).toBe(plain.history.at(-1)?.losses["loss"]);
    expect(unbroken.history.at(-1)?.evaluation?.heads).not.toEqual(plain.history.at(-1)?.evaluation?.heads);
    expect(weightsOf(whole).equals(weightsOf(join(tiny.root, "plain")))).toBe(false);
    expect(await evaluate({ artifact: whole, engine: "cpu" })).toEqual({ heads: unbroken.evaluation?.heads });

    const again = await resumed(spec, broken, 9);
    expect(again.history).toEqual(unbroken.history);
    expect(weightsOf(broken).equals(weightsOf(whole))).toBe(true);
  });

  it("trains the same weights in all engines", async () => {
    const spec = tiny.spec("engines", { train: "ema: 0.8, accumulate: 2, embeddings: sparse, epochs: 1" });
    const losses = [];
    for (const engine of [
      "cpu",
      "wasm",
      "native",
      ...(fusedMissing === undefined ? (["fused"] as const) : []),
    ] as const) {
      const { evaluation } = await train({ spec, engine });
      losses.push(evaluation?.heads["ctr"]?.["logloss"]);
    }
    for (const loss of losses) expect(loss).toBeCloseTo(losses[0] ?? NaN, 4);
  });
});

describe("training in steps of several batches", () => {
  it("counts steps of the optimizer, the last of an epoch of fewer batches, and resumes to the same bytes", async () => {
    const spec = tiny.spec("steps", { train: "accumulate: 3, checkpoint_every: 2" });
    const [whole, broken] = [join(tiny.root, "steps"), join(tiny.root, "steps-broken")];
    // Each epoch has eight batches.
    const unbroken = await train({ spec, output: whole, engine: "cpu" });
    expect(unbroken.history.map(({ step }) => step)).toEqual([3, 6]);
    const again = await resumed(spec, broken, 4);
    expect(again.history).toEqual(unbroken.history);
    expect(weightsOf(broken).equals(weightsOf(whole))).toBe(true);
    expect(readFileSync(join(whole, "graph.txt"), "utf8")).toContain("apply");
  });

  it("goes on in the middle of a step", async () => {
    const spec = tiny.spec("within", { train: "accumulate: 3" });
    const [whole, broken] = [join(tiny.root, "within"), join(tiny.root, "within-broken")];
    await train({ spec, output: whole, engine: "cpu" });
    const controller = new AbortController();
    const first = await train({
      spec,
      output: broken,
      engine: "cpu",
      signal: controller.signal,
      onEvent: (event) => {
        // Told after the first batches of a step.
        if (event.kind === "progress" && event.batch === 2) controller.abort();
      },
    });
    if (first.summary.ended === "interrupted") await train({ spec, output: broken, engine: "cpu", resume: true });
    expect(weightsOf(broken).equals(weightsOf(whole))).toBe(true);
  });
});
