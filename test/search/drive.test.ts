import { describe, expect, it } from "vitest";
import type { SearchDimension, SearchPoint } from "../../src/compiler/semantics/index.js";
import { driveTrials, finalists, type DrivePlan, type Trial } from "../../src/runtime/search/drive.js";
import { createRandomSampler } from "../../src/runtime/search/samplers/random.js";
import { createTpeSampler } from "../../src/runtime/search/samplers/tpe.js";
import type { TrialOutcome } from "../../src/runtime/search/trial.js";
import { createRandom } from "../random.js";

const at = { span: { file: "a.mtl", start: 0, end: 0 }, isOperand: false };
const x: SearchDimension = {
  name: "x",
  ...at,
  space: { kind: "range", low: 0, high: 1, log: false, whole: false },
  default: 0.9,
};
const letter: SearchDimension = {
  name: "letter",
  ...at,
  space: { kind: "choices", choices: ["a", "b", "c"] },
  default: 0,
};

function measured(auc: number, state: "done" | "paused" = "done"): TrialOutcome {
  return { state, heads: { ctr: { rows: 10, auc } }, epochs: 1, steps: 10, seconds: 0 };
}

function costsOf(outcome: TrialOutcome): readonly number[] | undefined {
  if (outcome.state === "failed") return undefined;
  return [-(outcome.heads["ctr"]?.["auc"] ?? 0)];
}

const aucOf = (point: SearchPoint): number => 1 - ((point.get("x") ?? 0) - 0.3) ** 2;

function planOf(changes: Partial<DrivePlan> = {}): DrivePlan {
  return {
    dimensions: [x],
    sampler: createTpeSampler([x], 1, 4),
    isDistinct: true,
    seed: 1,
    trials: 30,
    parallel: 1,
    shares: [],
    reduction: 3,
    costsOf,
    isOver: () => false,
    run: async (_, point) => Promise.resolve(measured(aucOf(point))),
    ...changes,
  };
}

const pointsOf = (trials: readonly Trial[]): readonly unknown[] => trials.map(({ point }) => [...point]);

describe("trials", () => {
  it("begin with the defaults, are those asked for and each its own", async () => {
    const { trials, ended } = await driveTrials(planOf());
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(trials[0]?.point.get("x")).toBe(0.9);
    expect(new Set(pointsOf(trials).map(String)).size).toBe(30);
    expect(ended).toBe("done");
  });

  it("are the same, however many are trained at once and whichever is over first", async () => {
    const one = await driveTrials(planOf());
    const random = createRandom(7);
    const many = await driveTrials(
      planOf({
        parallel: 4,
        run: async (_, point) => {
          await new Promise((resolve) => setTimeout(resolve, random() * 4));
          return measured(aucOf(point));
        },
      }),
    );
    expect(pointsOf(many.trials)).toEqual(pointsOf(one.trials));
  });

  it("end when all points were tried", async () => {
    const { trials, ended } = await driveTrials(
      planOf({ dimensions: [letter], sampler: createRandomSampler([letter], 3) }),
    );
    expect(trials.map(({ point }) => point.get("letter")).toSorted()).toEqual([0, 1, 2]);
    expect(ended).toBe("exhausted");
  });

  it("are trained once where a point may come again", async () => {
    let trained = 0;
    const { trials } = await driveTrials(
      planOf({
        dimensions: [letter],
        sampler: createRandomSampler([letter], 3),
        isDistinct: false,
        run: async (_, point) => {
          trained++;
          return Promise.resolve(measured(point.get("letter") ?? 0));
        },
      }),
    );
    expect([trials.length, trained]).toEqual([30, 3]);
  });

  it("go on after one that fails", async () => {
    const failed: TrialOutcome = { state: "failed", code: "MTL7301", reason: "not finite", seconds: 0 };
    const { trials } = await driveTrials(
      planOf({ run: async (trial, point) => Promise.resolve(trial % 3 === 0 ? failed : measured(aucOf(point))) }),
    );
    expect(trials).toHaveLength(30);
    expect(finalists({ costsOf }, trials)).toHaveLength(20);
  });

  it("end when they shall, without those under way", async () => {
    let done = 0;
    const { trials, ended } = await driveTrials(
      planOf({
        isOver: () => done >= 5,
        run: async (_, point) => {
          done++;
          return Promise.resolve(done === 5 ? undefined : measured(aucOf(point)));
        },
      }),
    );
    expect([trials.length, ended]).toEqual([4, "over"]);
  });
});

describe("halving", () => {
  /** What a trial would come to; seen earlier, it is less. */
  const run: DrivePlan["run"] = async (_, point, { share }) =>
    Promise.resolve(measured(aucOf(point) * (0.5 + 0.5 * (share ?? 1)), share === undefined ? "done" : "paused"));

  it("goes on with the best third, and keeps the best", async () => {
    const begun: number[] = [0, 0, 0];
    const { trials } = await driveTrials(
      planOf({
        trials: 27,
        shares: [1 / 9, 1 / 3],
        run: async (trial, point, stage) => {
          begun[stage.rung]!++;
          return run(trial, point, stage);
        },
      }),
    );
    expect(begun).toEqual([27, 9, 3]);
    const last = finalists({ costsOf }, trials);
    expect(last).toHaveLength(3);
    expect(last.every(({ outcome }) => outcome.state === "done")).toBe(true);
    const best = trials.toSorted((a, b) => aucOf(b.point) - aucOf(a.point)).slice(0, 3);
    expect(new Set(last.map(({ number }) => number))).toEqual(new Set(best.map(({ number }) => number)));
  });

  it("does not train on what early stopping has ended, and leaves failed trials behind", async () => {
    const begun: (readonly [number, number])[] = [];
    const { trials } = await driveTrials(
      planOf({
        trials: 9,
        shares: [1 / 3],
        run: async (trial, point, stage) => {
          begun.push([trial, stage.rung]);
          if (trial === 2) return { state: "failed", code: "MTL7301", reason: "not finite", seconds: 0 };
          return stage.rung === 0 && trial === 1 ? measured(2) : run(trial, point, stage);
        },
      }),
    );
    expect(begun.filter(([trial, rung]) => trial === 1 && rung === 1)).toEqual([]);
    const reached = finalists({ costsOf }, trials).map(({ number }) => number);
    expect(reached).toContain(1);
    expect(reached).not.toContain(2);
    expect(reached).toHaveLength(3);
  });
});
