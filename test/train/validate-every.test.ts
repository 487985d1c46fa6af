import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { train } from "../../src/index.js";
import { heldReader } from "../../src/runtime/engine/state.js";
import type { Session } from "../../src/runtime/engine/engine.js";
import type { TrainEvent } from "../../src/runtime/events.js";
import { runTraining, type TrainingRun } from "../../src/runtime/train/run.js";
import { fakeDataset, fakeModel, fakeProgram, fakeSession } from "./fakes.js";
import { createTiny, weightsOf } from "./tiny.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mtlc-validate-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const identity = { model: "m", fitted: "f", seed: 3, batch: 10, rows: 95, data: "d", evaluation: "e" };
const initial = heldReader(new Map([["w", { shape: [1], data: Float32Array.of(0.25) }]]));
/** Each epoch has ten steps, of which every fourth is measured. */
const model = fakeModel({ epochs: 3, validateEvery: 4, stop: { metric: "rmse", head: "y", patience: 99 } });

/** Measures the weight that a session has; the n-th time, it is interrupted. */
function measuring(session: Session, interruptedAt?: number): NonNullable<TrainingRun["evaluation"]> {
  let times = 0;
  return {
    role: "validation",
    measure: () => {
      times += 1;
      if (times === interruptedAt) return Promise.reject(new Error("interrupted"));
      return Promise.resolve({
        heads: { y: { rows: 9, rmse: Math.abs(0.4 - (session.get().get("w")?.data[0] ?? 9)) } },
      });
    },
  };
}

function createRun(changes: Partial<TrainingRun> = {}): TrainingRun & { readonly events: TrainEvent[] } {
  const events: TrainEvent[] = [];
  const session = changes.session ?? fakeSession();
  return {
    model,
    program: fakeProgram,
    data: fakeDataset(95),
    identity,
    initial,
    compiles: false,
    resume: false,
    checkpoints: { directory: join(directory, "checkpoints"), everySeconds: 1e9, keep: 2 },
    evaluation: measuring(session),
    onEvent: (event) => events.push(event),
    onStart: () => undefined,
    events,
    ...changes,
    session,
  };
}

describe("evaluations within an epoch", () => {
  it("come every so many steps of the run, and after each epoch", async () => {
    const run = createRun();
    const { history, summary } = await runTraining(run);
    expect(history.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 4],
      [1, 8],
      [1, 10],
      [2, 12],
      [2, 16],
      [2, 20],
      [3, 24],
      [3, 28],
      [3, 30],
    ]);
    const best = history.findLast((record) => record.best === true);
    expect(summary).toMatchObject({ keptStep: best?.step, keptEpoch: best?.epoch });
    const within = run.events.flatMap((event) => (event.kind === "validated" ? [event.record.step] : []));
    expect(within).toEqual([4, 8, 12, 16, 24, 28]);
    // The step's checkpoint is written after its evaluation, so that it knows of it.
    expect(run.events.filter(({ kind }) => kind === "epoch")).toHaveLength(3);
  });

  it("end training where patience ends, and keep the weights of the best of them", async () => {
    const impatient = fakeModel({ epochs: 9, validateEvery: 4, stop: { metric: "rmse", head: "y", patience: 1 } });
    const whole = createRun({ model: impatient });
    const { summary, history } = await runTraining(whole);
    const [best, last] = [history.at(-2), history.at(-1)];
    expect(summary).toMatchObject({ ended: "stopped", steps: last?.step, keptStep: best?.step });
    const again = createRun({ model: impatient, resume: true });
    expect((await runTraining(again)).summary).toMatchObject({ ended: "stopped", keptStep: best?.step });
    expect(again.session.get()).toEqual(whole.session.get());
  });

  it("resume to the bits and the history of an unbroken run, also from within an evaluation", async () => {
    const whole = createRun();
    const { history } = await runTraining(whole);
    const resume = async (name: string, first: (checkpoints: TrainingRun["checkpoints"]) => TrainingRun) => {
      const checkpoints = { directory: join(directory, name), everySeconds: 1e9, keep: 2 };
      expect((await runTraining(first(checkpoints))).summary.ended, name).toBe("interrupted");
      const second = createRun({ ...(checkpoints === undefined ? {} : { checkpoints }), resume: true });
      expect((await runTraining(second)).history, name).toEqual(history);
      expect(second.session.get(), name).toEqual(whole.session.get());
    };
    for (const at of [3, 4, 10, 13, 28]) {
      const controller = new AbortController();
      const session = fakeSession({ onStep: (step) => step === at && controller.abort() });
      await resume(`step-${at}`, (checkpoints) =>
        createRun({ session, signal: controller.signal, ...(checkpoints === undefined ? {} : { checkpoints }) }),
      );
    }
    for (const nth of [2, 3, 5]) {
      const controller = new AbortController();
      const session = fakeSession();
      const evaluation = measuring(session, nth);
      await resume(`evaluation-${nth}`, (checkpoints) =>
        createRun({
          session,
          signal: controller.signal,
          evaluation: {
            ...evaluation,
            measure: () => evaluation.measure().catch((error: unknown) => (controller.abort(), Promise.reject(error))),
          },
          ...(checkpoints === undefined ? {} : { checkpoints }),
        }),
      );
    }
  });
});

describe("runs that are saved and measured within an epoch", () => {
  it("leave the bytes of an unbroken run when they are resumed from one of their checkpoints", async () => {
    const tiny = createTiny();
    const entries = `validate_every: 3, checkpoint_every: 2,
      stop: early(metric: auc(ctr) - 0.5 * logloss(ctr), patience: 9)`;
    const spec = tiny.spec("m", { train: entries });
    const [whole, broken] = [join(tiny.root, "whole"), join(tiny.root, "broken")];
    const unbroken = await train({ spec, output: whole, engine: "cpu" });
    expect(unbroken.history.map(({ step }) => step)).toEqual([3, 6, 8, 9, 12, 15, 16]);
    const saved: number[] = [];
    const failing = train({
      spec,
      output: broken,
      engine: "cpu",
      onEvent: (event) => {
        if (event.kind === "checkpoint") saved.push(event.step);
        // As if the process had died: nothing more is saved.
        if (event.kind === "checkpoint" && event.step === 10) throw new Error("died");
      },
    });
    await expect(failing).rejects.toThrow("died");
    expect(saved).toEqual([2, 4, 6, 8, 10]);
    expect(readdirSync(join(broken, "checkpoints"))).toHaveLength(2);
    const resumed = await train({ spec, output: broken, engine: "cpu", resume: true });
    expect(resumed.history).toEqual(unbroken.history);
    expect(weightsOf(broken).equals(weightsOf(whole))).toBe(true);
    expect(readFileSync(join(broken, "metrics.json"), "utf8")).toBe(readFileSync(join(whole, "metrics.json"), "utf8"));
    rmSync(tiny.root, { recursive: true });
  });

  it("need something to measure on", async () => {
    const tiny = createTiny();
    const spec = tiny.spec("m", { train: "validate_every: 3" });
    const text = readFileSync(spec, "utf8").replace(', test: "test.csv"', "");
    writeFileSync(spec, text);
    await expect(train({ spec, engine: "cpu" })).rejects.toThrow("MTL7346");
    rmSync(tiny.root, { recursive: true });
  });
});
