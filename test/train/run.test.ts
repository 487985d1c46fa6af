import { heldReader } from "../../src/runtime/engine/state.js";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HeadScores, TrainEvent } from "../../src/runtime/events.js";
import { runTraining, type TrainingRun } from "../../src/runtime/train/run.js";
import { fakeDataset, fakeModel, fakeProgram, fakeSession } from "./fakes.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mtlc-run-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const identity = { model: "m", fitted: "f", seed: 3, batch: 10, rows: 95, data: "d", evaluation: "e" };
const initial = heldReader(new Map([["w", { shape: [1], data: Float32Array.of(0.25) }]]));

function createRun(changes: Partial<TrainingRun> = {}): TrainingRun & { readonly events: TrainEvent[] } {
  const events: TrainEvent[] = [];
  return {
    model: fakeModel({ epochs: 3 }),
    program: fakeProgram,
    session: fakeSession(),
    data: fakeDataset(95),
    identity,
    initial,
    compiles: false,
    resume: false,
    checkpoints: { directory: join(directory, "checkpoints"), everySeconds: 1e9, keep: 2 },
    onEvent: (event) => events.push(event),
    onStart: () => undefined,
    events,
    ...changes,
  };
}

/** Scores of the head `y`, one per epoch. */
function scripted(values: readonly (number | undefined)[]): NonNullable<TrainingRun["evaluation"]> {
  let epoch = 0;
  return {
    role: "validation",
    measure: () => {
      const value = values[epoch++];
      const heads: HeadScores = { y: value === undefined ? { rows: 9 } : { rows: 9, rmse: value } };
      return Promise.resolve({ heads });
    },
  };
}

const steps = (names: readonly string[]) => names.map((name) => Number(name.replace("step-", "")));

describe("a run", () => {
  it("starts from the initial state, records each epoch and leaves a checkpoint after each", async () => {
    const run = createRun({ evaluation: scripted([0.5, 0.4, 0.3]) });
    const outcome = await runTraining(run);
    expect(outcome.summary).toMatchObject({ ended: "done", steps: 30, epochs: 3, keptEpoch: 3 });
    expect(
      outcome.history.map(({ epoch, step, evaluation }) => [epoch, step, evaluation?.heads["y"]?.["rmse"]]),
    ).toEqual([
      [1, 10, 0.5],
      [2, 20, 0.4],
      [3, 30, 0.3],
    ]);
    expect(steps(readdirSync(join(directory, "checkpoints")))).toEqual([20, 30]);
    expect(run.events.filter(({ kind }) => kind !== "progress").map(({ kind }) => kind)).toEqual([
      "epoch",
      "checkpoint",
      "epoch",
      "checkpoint",
      "epoch",
      "checkpoint",
      "finished",
    ]);
  });

  it("resumes to the bits of an unbroken run from wherever it was interrupted", async () => {
    const whole = createRun();
    const unbroken = await runTraining(whole);
    for (const at of [4, 10, 17, 29]) {
      const folder = join(directory, `at-${at}`);
      const checkpoints = { directory: folder, everySeconds: 1e9, keep: 2 };
      const controller = new AbortController();
      const session = fakeSession({ onStep: (step) => step === at && controller.abort() });
      const broken = await runTraining(createRun({ session, checkpoints, signal: controller.signal }));
      expect(broken.summary).toMatchObject({ ended: "interrupted", steps: at });
      expect(broken.checkpoint).toContain(`step-${String(at).padStart(12, "0")}`);
      const second = createRun({ checkpoints, resume: true });
      const resumed = await runTraining(second);
      expect(second.session.get(), `from step ${at}`).toEqual(whole.session.get());
      expect(resumed.history).toEqual(unbroken.history);
    }
  });

  it("writes checkpoints every so many steps", async () => {
    const run = createRun({ checkpoints: { directory, everySteps: 4, everySeconds: 1e9, keep: 9 } });
    await runTraining(run);
    expect(steps(readdirSync(directory))).toEqual([4, 8, 10, 12, 16, 20, 24, 28, 30]);
  });

  it("may go on for more epochs than it was started with", async () => {
    await runTraining(createRun({ model: fakeModel({ epochs: 2 }) }));
    const longer = createRun({ resume: true });
    const whole = createRun({ checkpoints: { directory: join(directory, "other"), everySeconds: 1e9, keep: 1 } });
    await Promise.all([runTraining(longer), runTraining(whole)]);
    expect(longer.session.get()).toEqual(whole.session.get());
  });

  it("ends within an epoch where its steps do, measured there, and resumes to the same bits", async () => {
    const bySteps = { model: fakeModel({ epochs: 3, steps: 14 }) };
    const whole = createRun({ ...bySteps, evaluation: scripted([0.5, 0.4]) });
    const { summary, history, kept } = await runTraining(whole);
    expect(summary).toMatchObject({ ended: "done", steps: 14, epochs: 1, keptEpoch: 2 });
    expect(history.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 10],
      [2, 14],
    ]);
    expect(kept?.evaluation?.heads["y"]?.["rmse"]).toBe(0.4);
    for (const at of [10, 12, 14]) {
      const checkpoints = { directory: join(directory, `at-${at}`), everySeconds: 1e9, keep: 2 };
      const controller = new AbortController();
      const session = fakeSession({ onStep: (step) => step === at && controller.abort() });
      const evaluation = scripted([0.5, 0.4]);
      await runTraining(createRun({ ...bySteps, session, checkpoints, evaluation, signal: controller.signal }));
      const second = createRun({ ...bySteps, checkpoints, evaluation, resume: true });
      const resumed = await runTraining(second);
      expect(second.session.get(), `from step ${at}`).toEqual(whole.session.get());
      expect(resumed.history).toEqual(history);
    }
    expect(whole.events.flatMap((event) => (event.kind === "epoch" ? [event.epochs] : []))).toEqual([2, 2]);
  });

  it("may go on for more steps than it was started with, as if it had not ended within an epoch", async () => {
    const stop = { metric: "rmse", head: "y", patience: 2 } as const;
    await runTraining(createRun({ model: fakeModel({ steps: 14, stop }), evaluation: scripted([0.5, 0.9]) }));
    const model = fakeModel({ steps: 28, epochs: 9, stop });
    const longer = createRun({ model, resume: true, evaluation: scripted([0.4, 0.6]) });
    const checkpoints = { directory: join(directory, "other"), everySeconds: 1e9, keep: 1 };
    const whole = createRun({ model, checkpoints, evaluation: scripted([0.5, 0.4, 0.6]) });
    const outcomes = [await runTraining(longer), await runTraining(whole)];
    expect(longer.session.get()).toEqual(whole.session.get());
    expect(outcomes[0]?.history).toEqual(outcomes[1]?.history);
    expect(outcomes[0]?.summary).toMatchObject({ steps: 28, epochs: 2, keptEpoch: 2 });
  });

  it("refuses to resume what is another run, and says what differs", async () => {
    await runTraining(createRun());
    const resumed = (changes: Partial<typeof identity>) =>
      runTraining(createRun({ resume: true, identity: { ...identity, ...changes } }));
    await expect(resumed({ model: "other" })).rejects.toThrow(/MTL7304: .* the model differs/);
    await expect(resumed({ seed: 4 })).rejects.toThrow(/the seed differs/);
    await expect(resumed({ rows: 96 })).rejects.toThrow(/the number of training rows differs/);
    await expect(resumed({ fitted: "other" })).rejects.toThrow(/the training data \(its vocabularies.* differs/);
    await expect(resumed({ data: "other" })).rejects.toThrow(/the training data \(its features.* differs/);
    await expect(resumed({ evaluation: "other" })).rejects.toThrow(/each epoch is measured on differs/);
  });

  it("refuses to resume from nothing", async () => {
    await expect(runTraining(createRun({ resume: true }))).rejects.toThrow(
      /MTL7303: .* has no complete checkpoint to resume from/,
    );
  });

  it("resumes from the checkpoint before a damaged one, with a warning, to the same bits", async () => {
    const whole = createRun();
    await runTraining(whole);
    const checkpoints = join(directory, "checkpoints");
    writeFileSync(join(checkpoints, readdirSync(checkpoints).at(-1) ?? "", "state.safetensors"), "cut");
    const again = createRun({ resume: true });
    await runTraining(again);
    expect(again.events.flatMap((event) => (event.kind === "warning" ? [event.diagnostic.code] : []))).toEqual([
      "MTL7305",
    ]);
    expect(again.session.get()).toEqual(whole.session.get());
  });
});

describe("early stopping", () => {
  const model = fakeModel({ epochs: 9, stop: { metric: "rmse", head: "y", patience: 2 } });

  it("ends the run and leaves the weights of the best epoch", async () => {
    const twoEpochs = createRun({
      model: fakeModel({ epochs: 2 }),
      checkpoints: { directory: join(directory, "two"), everySeconds: 1e9, keep: 1 },
    });
    await runTraining(twoEpochs);
    const run = createRun({ model, evaluation: scripted([0.5, 0.3, 0.4, 0.35, 0.1]) });
    const { summary, history } = await runTraining(run);
    expect(summary).toMatchObject({ ended: "stopped", epochs: 4, keptEpoch: 2 });
    expect(history.map(({ best }) => best)).toEqual([true, true, false, false]);
    expect(run.session.get()).toEqual(twoEpochs.session.get());
  });

  it("keeps the best weights through an interruption", async () => {
    const whole = createRun({ model, evaluation: scripted([0.5, 0.3, 0.4, 0.35]) });
    await runTraining(whole);
    const checkpoints = { directory: join(directory, "other"), everySeconds: 1e9, keep: 1 };
    const controller = new AbortController();
    const session = fakeSession({ onStep: (step) => step === 25 && controller.abort() });
    await runTraining(
      createRun({ model, session, checkpoints, signal: controller.signal, evaluation: scripted([0.5, 0.3]) }),
    );
    const resumed = createRun({ model, checkpoints, resume: true, evaluation: scripted([0.4, 0.35]) });
    expect((await runTraining(resumed)).summary).toMatchObject({ ended: "stopped", epochs: 4, keptEpoch: 2 });
    expect(resumed.session.get()).toEqual(whole.session.get());
  });

  it("does not train on when a run is resumed that it had ended", async () => {
    const first = createRun({ model, evaluation: scripted([0.3, 0.4, 0.5]) });
    await runTraining(first);
    const again = createRun({ model, resume: true, evaluation: scripted([0.1]) });
    expect((await runTraining(again)).summary).toMatchObject({ ended: "stopped", steps: 30, keptEpoch: 1 });
    expect(again.session.get()).toEqual(first.session.get());
  });

  it("warns when its metric is undefined, and does not count the epoch", async () => {
    const run = createRun({ model, evaluation: scripted([0.3, undefined, 0.4, 0.5, 0.1]) });
    expect((await runTraining(run)).summary).toMatchObject({ ended: "stopped", epochs: 4, keptEpoch: 1 });
    expect(run.events.flatMap((event) => (event.kind === "warning" ? [event.diagnostic.message] : []))).toEqual([
      expect.stringContaining("`rmse(y)` is undefined after epoch 2"),
    ]);
  });
});

describe("event files", () => {
  it("are written beside the run, one a process", async () => {
    await runTraining(createRun({ tensorboard: join(directory, "board"), evaluation: scripted([0.5, 0.4, 0.3]) }));
    const files = readdirSync(join(directory, "board"));
    expect(files).toEqual([expect.stringMatching(/^events\.out\.tfevents\.\d{10}\./)]);
  });
});
