import { describe, expect, it, vi } from "vitest";
import { Failure } from "../../src/runtime/failure.js";
import { lossNames, type LoopOptions, runLoop, type StepProgress } from "../../src/runtime/train/loop.js";
import { type Position, startPosition } from "../../src/runtime/train/position.js";
import { fakeDataset, fakeSession, fakeTrain } from "./fakes.js";

const defaults = {
  train: fakeTrain,
  batch: 10,
  epochs: 3,
  steps: Infinity,
  shuffleSeed: 5,
  start: startPosition(2),
  onProgress: () => undefined,
  isCheckpointDue: () => false,
  onCheckpoint: () => Promise.resolve(),
  onEpoch: () => Promise.resolve("continue" as const),
};

const run = (options: Partial<LoopOptions> = {}) => {
  const session = options.session ?? fakeSession();
  return { session, result: runLoop({ ...defaults, data: fakeDataset(95), ...options, session }) };
};

describe("the training loop", () => {
  it("takes every row once per epoch, in another order each epoch, the last batch padded", async () => {
    const data = fakeDataset(95);
    const epochs: unknown[] = [];
    const { result } = run({
      data,
      onEpoch: (position, losses) => {
        epochs.push([position.step, position.epoch, position.batch, Object.keys(losses)]);
        return Promise.resolve("continue");
      },
    });
    expect(await result).toMatchObject({ ended: "done", position: { step: 30, epoch: 3, batch: 0 } });
    expect(data.asked).toEqual(
      [0, 1, 2].map((epoch) => ({ size: 10, pad: true, skip: 0, shuffle: { seed: 5, epoch } })),
    );
    expect(epochs).toEqual([1, 2, 3].map((epoch) => [epoch * 10, epoch, 0, ["loss", "loss/y"]]));
  });

  it("weights the epoch's mean loss by rows, so that the short batch counts only for its rows", async () => {
    const means: number[] = [];
    const constant = fakeSession();
    const { result } = run({
      data: fakeDataset(15),
      epochs: 1,
      session: {
        ...constant,
        run: (_, feeds) => {
          const weights = feeds["weights"]?.data ?? new Float32Array();
          const rows = [...weights].reduce((a, b) => a + b, 0);
          const loss = { shape: [], data: Float32Array.of(rows === 10 ? 1 : 4) };
          return { loss, "loss/y": loss };
        },
      },
      onEpoch: (_, losses) => {
        means.push(losses["loss"] ?? NaN);
        return Promise.resolve("continue");
      },
    });
    await result;
    expect(means).toEqual([2]);
  });

  it("goes on from any checkpoint to the very numbers of an unbroken run", async () => {
    const losses: unknown[] = [];
    const unbroken = run({
      onEpoch: (_, means) => {
        losses.push(means);
        return Promise.resolve("continue");
      },
    });
    await unbroken.result;
    for (const at of [1, 9, 13, 29]) {
      const again: unknown[] = [];
      let saved: { position: Position; state: ReturnType<typeof unbroken.session.get> } | undefined;
      const first = fakeSession();
      const controller = new AbortController();
      await run({
        session: first,
        signal: controller.signal,
        isCheckpointDue: (step) => step === at,
        onCheckpoint: (position) => {
          saved = { position, state: first.get() };
          controller.abort();
          return Promise.resolve();
        },
      }).result;
      const second = fakeSession();
      if (saved === undefined) throw new Error("no checkpoint was asked for");
      second.set(saved.state);
      await run({
        session: second,
        // As a checkpoint's file gives it back.
        start: JSON.parse(JSON.stringify(saved.position)) as Position,
        onEpoch: (_, means) => {
          again.push(means);
          return Promise.resolve("continue");
        },
      }).result;
      expect(second.get(), `from step ${at}`).toEqual(unbroken.session.get());
      expect(again, `from step ${at}`).toEqual(losses.slice(losses.length - again.length));
    }
  });

  it("asks for no checkpoint at the end of an epoch, where there is one anyway", async () => {
    const steps: number[] = [];
    await run({
      isCheckpointDue: (step) => step % 5 === 0,
      onCheckpoint: ({ step }) => Promise.resolve(void steps.push(step)),
    }).result;
    expect(steps).toEqual([5, 15, 25]);
  });

  it("ends after as many steps, within an epoch too, and measures what it took of that epoch", async () => {
    const ended: unknown[] = [];
    const measured: unknown[] = [];
    for (const [steps, start] of [
      [14, startPosition(2)],
      [20, startPosition(2)],
      [35, startPosition(2)],
    ] as const) {
      const { position, ended: how } = await run({
        steps,
        start,
        onEpoch: ({ step, epoch, batch, rows }, losses) =>
          Promise.resolve((measured.push([step, epoch, batch, rows, Object.keys(losses).length]), "continue")),
      }).result;
      ended.push([how, position.step, position.epoch, position.batch]);
    }
    expect(ended).toEqual([
      ["done", 14, 1, 4],
      ["done", 20, 2, 0],
      ["done", 30, 3, 0],
    ]);
    expect(measured).toEqual([
      [10, 1, 0, 0, 2],
      [14, 1, 4, 40, 2],
      [10, 1, 0, 0, 2],
      [20, 2, 0, 0, 2],
      [10, 1, 0, 0, 2],
      [20, 2, 0, 0, 2],
      [30, 3, 0, 0, 2],
    ]);
  });

  it("counts the time that is left to the last step", async () => {
    const seen: StepProgress[] = [];
    await run({ steps: 14, epochs: Infinity, onProgress: (progress) => seen.push(progress) }).result;
    expect(seen.at(-1)).toMatchObject({ step: 14, batch: 4, batches: 10, remainingSeconds: 0 });
  });

  it("ends after the step under way when it is aborted", async () => {
    const controller = new AbortController();
    const session = fakeSession({ onStep: (step) => step === 14 && controller.abort() });
    const { result } = run({ session, signal: controller.signal });
    expect(await result).toMatchObject({ ended: "interrupted", position: { step: 14, epoch: 1, batch: 4, rows: 40 } });
  });

  it("ends at a checkpoint during which it is aborted, without another step", async () => {
    const controller = new AbortController();
    const { result } = run({
      signal: controller.signal,
      isCheckpointDue: (step) => step === 5,
      onCheckpoint: () => Promise.resolve(controller.abort()),
    });
    expect(await result).toMatchObject({ ended: "interrupted", position: { step: 5, batch: 5 } });
  });

  it("ends before the end of an epoch that is aborted while it is measured, so that it is measured again", async () => {
    const controller = new AbortController();
    const { result } = run({
      signal: controller.signal,
      onEpoch: () => {
        controller.abort(new Error("enough"));
        return Promise.reject(controller.signal.reason as Error);
      },
    });
    const { ended, position } = await result;
    expect([ended, position.step, position.epoch, position.batch, position.rows]).toEqual([
      "interrupted",
      10,
      0,
      10,
      95,
    ]);
    const epochs: number[] = [];
    const again = run({
      start: position,
      epochs: 1,
      onEpoch: (at) => Promise.resolve((epochs.push(at.step), "continue")),
    });
    await again.result;
    expect(epochs).toEqual([10]);
  });

  it("leaves the first step, in which the engine compiles, out of every rate and time", async () => {
    let clock = 0;
    const now = vi.spyOn(performance, "now").mockImplementation(() => clock);
    try {
      const told: (number | undefined)[] = [];
      const progress: StepProgress[] = [];
      // 29 s for the first step, a quarter of one for each other.
      const session = fakeSession({ onStep: (step) => (clock += step === 1 ? 29_000 : 250) });
      const { result } = run({
        session,
        epochs: 1,
        onFirstStep: (seconds) => void told.push(seconds),
        onProgress: (each) => void progress.push(each),
      });
      const { seconds, rowsPerSecond } = await result;
      expect(told).toEqual([undefined, 29]);
      // Of 95 rows in batches of 10, the first 10 are left out.
      expect([seconds, rowsPerSecond]).toEqual([9 * 0.25, 85 / (9 * 0.25)]);
      expect(progress[0]?.step).toBe(2);
      expect(progress.every((each) => Math.abs(each.rowsPerSecond - 40) < 3)).toBe(true);
      expect(progress[0]?.remainingSeconds).toBeCloseTo(75 / 40);
    } finally {
      now.mockRestore();
    }
  });

  it("ends after an epoch when it is told to stop", async () => {
    const { result } = run({ onEpoch: ({ epoch }) => Promise.resolve(epoch === 2 ? "stop" : "continue") });
    expect(await result).toMatchObject({ ended: "stopped", position: { step: 20, epoch: 2 } });
  });

  it("stops at a loss that is not a number, and names step, epoch and head", async () => {
    const { result } = run({ session: fakeSession({ poison: 17 }) });
    const error: unknown = await result.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).message).toBe(
      "MTL7301: the loss of `y` became NaN at step 17 (epoch 2), so training stopped",
    );
  });

  it("reports progress that ends at the last row", async () => {
    const seen: StepProgress[] = [];
    await run({ epochs: 1, onProgress: (progress) => seen.push(progress) }).result;
    expect(seen.at(-1)).toMatchObject({ step: 10, epoch: 1, batch: 10, batches: 10, remainingSeconds: 0 });
    expect(Object.values(seen.at(-1)?.recent ?? {}).every(Number.isFinite)).toBe(true);
    expect(Object.keys(seen.at(-1)?.losses ?? {})).toEqual(["loss", "loss/y"]);
  });

  it("adds less than 0.2 ms to a step", async () => {
    const output = { shape: [], data: Float32Array.of(1) };
    const outputs = { loss: output, "loss/y": output };
    const session = { ...fakeSession(), run: () => outputs };
    const data = fakeDataset(20_000);
    const { seconds, position } = await run({ session, data, epochs: 1 }).result;
    expect(position.step).toBe(2000);
    expect((seconds * 1000) / position.step).toBeLessThan(0.2);
  });
});

describe("lossNames", () => {
  it("are the scalar outputs", () => {
    expect(lossNames({ ...fakeTrain, outputs: [...fakeTrain.outputs, { name: "prediction", value: 0 }] })).toEqual([
      "loss",
      "loss/y",
    ]);
  });
});
