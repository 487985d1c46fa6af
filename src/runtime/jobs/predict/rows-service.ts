/** Rows of files predicted in a thread of their own, as the work of a pool. */
import { threadId } from "node:worker_threads";
import { batchOver, copyBatch, createBatch, cutBatch } from "../../data/batches/records.js";
import { roomOf } from "../../data/batches/blocks.js";
import type { Session } from "../../engine/index.js";
import { loadStepsAddon } from "../../engine/fused/addon.js";
import { openFusedOnly } from "../../engine/fused/engine.js";
import { createOnnxEngine } from "../../engine/onnx/engine.js";
import type { Service } from "../../pool/service.js";
import { type RingMemory, workOff } from "./block-ring.js";
import { openFewRows, planFewRows } from "./few-rows.js";
import type { RowsSetup } from "./rows-setup.js";
import { createScorer, rowsOfJob } from "./scorer.js";

/** What predicts, and blocks of rows until none comes any more: each the first rows of a batch with room for `roomOf(rowsOfJob)`; of each, the outputs [outputs, rows]. */
export interface RowsJob {
  readonly setup: RowsSetup;
  readonly ring: RingMemory;
  /** The thread that fills the ring, which works blocks off by itself. */
  readonly filledBy: number;
}

/** Opened before anything is known of the model, so that the thread, its code and the library are there when the first rows are. */
export const rowsService: Service<undefined, RowsJob, undefined, never> = {
  open: async () => {
    if (loadStepsAddon() === undefined) createOnnxEngine();
    return { work, close: () => undefined };
  },
};

async function work({ setup, ring, filledBy }: RowsJob): Promise<undefined> {
  if (threadId === filledBy) return undefined;
  const session = await openSession(setup);
  try {
    const { target, layout } = setup;
    const score = createScorer(session, target, layout);
    // Not every engine reads memory that threads share.
    const own = createBatch(layout, rowsOfJob);
    workOff(ring, ({ at, rows }) => {
      const part = cutBatch(own, layout, rows);
      const filled = batchOver(ring.blocks[at]!, layout, roomOf(rowsOfJob));
      copyBatch(cutBatch(filled, layout, rows), layout, part, 0);
      score(part, new Float32Array(ring.results[at]!));
    });
  } finally {
    session.close();
  }
  return undefined;
}

async function openSession({ target, variables, values, engine }: RowsSetup): Promise<Session> {
  const plan = engine === "simd" ? planFewRows(target, variables) : undefined;
  const few = plan === undefined ? undefined : openFewRows(plan, values);
  if (few !== undefined) return few.session;
  const fused = engine === "fused" ? openFusedOnly({ state: variables, functions: [target] }, {}, 1) : undefined;
  if (fused !== undefined) {
    fused.set(values);
    return fused;
  }
  if (engine !== "onnx") throw new Error(`the engine ${engine} of one thread does not run this in another one`);
  const onnx = createOnnxEngine();
  if ("reasons" in onnx)
    throw new Error(`an engine that one thread has another one has not: ${onnx.reasons.join("; ")}`);
  const session = await onnx.open({ state: variables, functions: [target] });
  session.set(values);
  return session;
}
