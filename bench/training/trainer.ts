/** mtlc as a contender: the loop, the session and the measures of `mtlc train`, a few seconds or some epochs at a time. */
import { createProgram, functionOf, measuredProgram } from "../../src/runtime/engine/create-program.js";
import type { Engine } from "../../src/runtime/engine/index.js";
import { fillSession, initialReader } from "../../src/runtime/engine/state.js";
import { measureHeads } from "../../src/runtime/measure/measure.js";
import { lossNames, runLoop } from "../../src/runtime/train/loop.js";
import { type Position, startPosition } from "../../src/runtime/train/position.js";
import type { Measured } from "./turns.js";
import { openWorkload, type Workload } from "./workloads.js";

export interface Trainer {
  /** Takes steps, each epoch of its own order, until the time is over; goes on where the call before ended. */
  readonly measure: (seconds: number) => Promise<Measured>;
  /** From first weights of the seed on; AUC of each head on the test rows. */
  readonly epochs: (epochs: number, seed: number) => Promise<Readonly<Record<string, number>>>;
  readonly close: () => void;
}

/** Opens data and session, and takes the first steps, in which the engine compiles. */
export async function openTrainer(workload: Workload, engine: Engine): Promise<Trainer> {
  const { model, data, train: dataset, test } = await openWorkload(workload);
  const { batch } = model.train;
  const whole = createProgram(model, data.fitted);
  const program = measuredProgram(whole);
  const session = await engine.open(program, { trainBatch: batch, functions: ["train", "apply", "evaluate"] });
  const train = functionOf(program, "train");
  const first = startPosition(lossNames(train).length);
  const loop = async (
    start: Position,
    until: { readonly epochs?: number; readonly steps?: number; readonly signal?: AbortSignal; readonly seed: number },
  ): Promise<{ readonly position: Position; readonly loss: number }> => {
    let loss = NaN;
    const { epochs = Infinity, steps = Infinity, signal, seed } = until;
    const { position } = await runLoop({
      session,
      train,
      data: dataset,
      batch,
      epochs,
      steps,
      shuffleSeed: seed,
      start,
      ...(signal === undefined ? {} : { signal }),
      onProgress: ({ losses }) => {
        loss = losses["loss"] ?? NaN;
      },
      isCheckpointDue: () => false,
      onCheckpoint: () => Promise.resolve(),
      onEpoch: () => Promise.resolve("continue"),
    });
    return { position, loss };
  };
  const fill = (seed: number): Promise<void> => fillSession(session, whole.state, initialReader(seed));
  await fill(1);
  let at = (await loop(first, { steps: 1, seed: 1 })).position;
  // The loop is one function more where several steps are a call.
  const warm = async (): Promise<void> => {
    at = (await loop(at, { steps: at.step + 40, seed: 1 })).position;
  };
  let isWarm = false;
  return {
    measure: async (seconds) => {
      if (!isWarm) await warm();
      isWarm = true;
      const start = performance.now();
      const before = at;
      const { position, loss } = await loop(at, { signal: AbortSignal.timeout(1000 * seconds), seed: 1 });
      at = position;
      const took = (performance.now() - start) / 1000;
      const rows = (at.epoch - before.epoch) * dataset.rows + at.rows - before.rows;
      return { rows, seconds: took, loss };
    },
    epochs: async (epochs, seed) => {
      await fill(seed);
      await loop(first, { epochs, seed });
      const { heads } = await measureHeads(session, functionOf(program, "evaluate"), test, model, "test");
      return Object.fromEntries(Object.entries(heads).map(([name, { auc = NaN }]) => [name, auc]));
    },
    close: () => {
      session.close();
      dataset.close();
      test.close();
    },
  };
}
