import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { starterFiles } from "../../src/cli/commands/init/starter.js";
import { train } from "../../src/index.js";
import type { EpochRecord } from "../../src/runtime/events.js";
import { levelAfter, levelsAfter } from "../../src/runtime/train/plateau.js";
import { fakeModel } from "./fakes.js";

function history(values: readonly (number | undefined)[]): readonly EpochRecord[] {
  return values.map((value, i) => ({
    epoch: i + 1,
    step: 10 * (i + 1),
    losses: {},
    evaluation: {
      role: "validation",
      heads: { y: value === undefined ? { rows: 9 } : { rows: 9, auc: value, rmse: -value } },
    },
  }));
}

function levelOf(
  settings: Readonly<Record<string, number>>,
  values: readonly (number | undefined)[],
  metric = "auc",
): number | undefined {
  const schedule = { name: "plateau", arguments: { factor: 0.5, patience: 1, warmup: 0, ...settings } };
  return levelAfter(schedule, { metric, head: "y", patience: 9 }, history(values));
}

describe("the level of a plateau", () => {
  it("falls at each evaluation without a strictly better value, by default", () => {
    expect(levelOf({}, [])).toBe(1);
    expect(levelOf({}, [0.5, 0.6, 0.7])).toBe(1);
    expect(levelOf({}, [0.5, 0.5])).toBe(0.5);
    expect(levelOf({}, [0.5, 0.4, 0.45, 0.6])).toBe(0.25);
    expect(levelOf({}, [0.5, 0.4], "rmse")).toBe(0.5);
  });

  it("waits as long as it is told, and as long again after a fall", () => {
    expect(levelOf({ patience: 2 }, [0.5, 0.4])).toBe(1);
    expect(levelOf({ patience: 2 }, [0.5, 0.4, 0.4])).toBe(0.5);
    expect(levelOf({ patience: 2 }, [0.5, 0.4, 0.4, 0.4])).toBe(0.5);
    expect(levelOf({ patience: 2 }, [0.5, 0.4, 0.4, 0.4, 0.4])).toBe(0.25);
    expect(levelOf({ patience: 2 }, [0.5, 0.4, 0.6, 0.4])).toBe(1);
  });

  it("does not fall below its end, and an undefined value counts neither way", () => {
    expect(levelOf({ end: 0.3 }, [0.5, 0.4, 0.4, 0.4])).toBe(0.3);
    expect(levelOf({}, [0.5, undefined, 0.6, undefined])).toBe(1);
  });

  it("is nothing of other schedules", () => {
    const model = fakeModel({ stop: { metric: "auc", head: "y", patience: 9 } });
    expect(levelsAfter(model, history([1])).size).toBe(0);
    const plateau = { name: "plateau", arguments: { factor: 0.5, patience: 1, warmup: 0 } };
    const train = { ...model.train, schedules: [{ part: "t", of: "part" as const, ...plateau }] };
    expect([...levelsAfter({ ...model, train }, history([1, 0]))]).toEqual([["schedule/level/t", 0.5]]);
  });
});

describe("training under a plateau", () => {
  let root: string;
  let spec: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "mtlc-plateau-"));
    for (const [name, text] of Object.entries(starterFiles())) writeFileSync(join(root, name), text);
    spec = join(root, "model.mtl");
    const text = readFileSync(spec, "utf8");
    // Rows per second teach nothing: the level is what moves, or does not.
    const changed = text
      .replace(
        /epochs: +5/,
        "epochs: 4\n  schedule: plateau(factor: 1e-12)\n  stop: early(metric: logloss(ctr), patience: 9)",
      )
      .replace(/lr: [0-9.e-]+/, "lr: 0.3");
    writeFileSync(spec, changed);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it("moves no further once the rate has fallen, and resumes to the bytes of an unbroken run", async () => {
    const whole = await train({ spec, output: join(root, "whole"), engine: "cpu" });
    const losses = whole.history.map(({ evaluation }) => evaluation?.heads["ctr"]?.["logloss"] ?? NaN);
    const fall = losses.findIndex((loss, i) => i > 0 && loss >= Math.min(...losses.slice(0, i)));
    expect(fall, losses.join()).toBeGreaterThan(0);
    expect(fall, losses.join()).toBeLessThan(3);
    for (const loss of losses.slice(fall)) expect(loss).toBeCloseTo(losses[fall] ?? NaN, 6);

    const controller = new AbortController();
    const output = join(root, "resumed");
    const broken = await train({
      spec,
      output,
      engine: "cpu",
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === "epoch" && event.record.epoch === fall + 1) controller.abort();
      },
    });
    expect(broken.summary.ended).toBe("interrupted");
    const resumed = await train({ spec, output, engine: "cpu", resume: true });
    expect(resumed.history).toEqual(whole.history);
    const weights = (folder: string): Buffer => readFileSync(join(root, folder, "weights.safetensors"));
    expect(weights("resumed").equals(weights("whole"))).toBe(true);
  });
});
