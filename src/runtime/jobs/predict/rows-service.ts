/** Rows of files predicted in a thread of their own, as the work of a pool. */
import type { GraphFunction, StateVariable } from "../../../compiler/graph/index.js";
import type { BatchLayout } from "../../../compiler/model/layout.js";
import { batchOver, copyBatch, createBatch } from "../../data/batches/records.js";
import type { HostTensor, Session } from "../../engine/index.js";
import { createOnnxEngine } from "../../engine/onnx/engine.js";
import type { Service } from "../../pool/service.js";
import { openFewRows, planFewRows } from "./few-rows.js";
import { createScorer, rowsOfJob } from "./scorer.js";

export interface RowsSetup {
  readonly target: GraphFunction;
  readonly variables: readonly StateVariable[];
  /** Of the variables, in memory that threads share. */
  readonly values: ReadonlyMap<string, HostTensor>;
  readonly engine: "onnx" | "simd";
  readonly layout: BatchLayout;
  /** float32 of all rows by output, in memory that threads share. */
  readonly outputs: ReadonlyMap<string, Float32Array>;
}

/** Rows [first, first + count) of a file, as a batch of so many rows. */
export interface RowsJob {
  readonly batch: SharedArrayBuffer;
  readonly count: number;
  readonly first: number;
}

export const rowsService: Service<RowsSetup, RowsJob, undefined, never> = {
  open: async (setup) => {
    const session = await openSession(setup);
    const { target, layout, outputs } = setup;
    const score = createScorer(session, target, layout, outputs);
    // Not every engine reads memory that threads share.
    const own = createBatch(layout, rowsOfJob);
    return {
      work: async ({ batch, count, first }) => {
        const part = count === own.size ? own : createBatch(layout, count);
        copyBatch(batchOver(batch, layout, count), layout, part, 0);
        score(part, first);
        return undefined;
      },
      close: () => session.close(),
    };
  },
};

async function openSession({ target, variables, values, engine }: RowsSetup): Promise<Session> {
  const plan = engine === "simd" ? planFewRows(target, variables) : undefined;
  const few = plan === undefined ? undefined : openFewRows(plan, values);
  if (few !== undefined) return few.session;
  const onnx = createOnnxEngine();
  if ("reasons" in onnx)
    throw new Error(`an engine that one thread has another one has not: ${onnx.reasons.join("; ")}`);
  const session = await onnx.open({ state: variables, functions: [target] });
  session.set(values);
  return session;
}
