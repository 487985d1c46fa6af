/** Predictions of all rows of a data set, by this thread and by others beside it. */
import { availableParallelism } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { functionInputs, stateBytes } from "../../../compiler/graph/index.js";
import { batchInputs, type BatchLayout } from "../../../compiler/model/layout.js";
import type { LoadedArtifact } from "../../artifact/index.js";
import { batchBytes, batchOver, copyBatch } from "../../data/batches/records.js";
import type { Dataset, EncodedBatch } from "../../data/index.js";
import type { HostTensor } from "../../engine/index.js";
import { threadCount } from "../../engine/native-binding.js";
import { openPool, type Pool } from "../../pool/pool.js";
import type { FileSession } from "./open-by-size.js";
import type { RowsJob, RowsSetup } from "./rows-service.js";
import { createScorer, rowsOfJob } from "./scorer.js";

/** Rows from which another thread pays: it takes a fifth of a second to start. */
const leastRows = 200_000;

/** Bytes of weights that are held for other threads as well, at most. */
const mostBytes = 1 << 28;

/** Threads besides this one at most, which encodes for all of them. */
const mostThreads = 7;

export interface ScoreOptions {
  readonly signal?: AbortSignal | undefined;
  /** Threads besides this one; default: one for each other core, at most 7. */
  readonly threads?: number;
  /** Rows from which they are opened; default 200,000. */
  readonly rows?: number;
}

/** What the function says of every row in file order, by output, [rows]. Rejects with the signal's reason when it fires. */
export async function scoreRows(
  artifact: LoadedArtifact,
  opened: FileSession,
  dataset: Dataset,
  { signal, threads = threadsBeside(), rows: least = leastRows }: ScoreOptions = {},
): Promise<ReadonlyMap<string, Float32Array>> {
  const { target, session, engine } = opened;
  const { layout, rows } = dataset;
  const outputs = new Map(target.outputs.map(({ name }) => [name, new Float32Array(new SharedArrayBuffer(4 * rows))]));
  const setup = threads < 1 || rows < least ? undefined : setupOf(artifact, opened, layout, outputs);
  const beside = setup === undefined ? undefined : openBeside(setup, threads);
  const score = createScorer(session, target, layout, outputs, engine !== "onnx" && engine !== "simd");
  try {
    let first = 0;
    for (const batch of dataset.batches({ size: rowsOfJob, pad: false })) {
      if (beside?.take(batch, first) !== true) score(batch, first);
      first += batch.rows;
      await nextTurn();
      signal?.throwIfAborted();
    }
    await beside?.finish();
  } finally {
    await beside?.close();
  }
  return outputs;
}

/** One for each core but this thread's, or as many as `MTLC_THREADS` leaves. */
function threadsBeside(): number {
  return Math.min(threadCount() ?? availableParallelism(), mostThreads + 1) - 1;
}

/** What other threads open; undefined where they cannot help: the engine has threads of its own, or more than ids and numbers are read. */
function setupOf(
  { state, ensembles }: LoadedArtifact,
  { target, variables, engine }: FileSession,
  layout: BatchLayout,
  outputs: ReadonlyMap<string, Float32Array>,
): RowsSetup | undefined {
  if (ensembles !== undefined || (engine !== "onnx" && engine !== "simd")) return undefined;
  const known: readonly string[] = [batchInputs.ids, batchInputs.numbers];
  if (functionInputs(target).some(({ name }) => !known.includes(name))) return undefined;
  if (variables.reduce((sum, variable) => sum + stateBytes(variable), 0) > mostBytes) return undefined;
  const values = new Map<string, HostTensor>();
  for (const { name } of variables) {
    const value = state.get(name);
    if (value !== undefined) values.set(name, shared(value));
  }
  return { target, variables, values, engine, layout, outputs };
}

/** The same numbers in memory that threads share. */
function shared({ shape, data }: HostTensor): HostTensor {
  const buffer = new SharedArrayBuffer(data.byteLength);
  const copy = data instanceof Float32Array ? new Float32Array(buffer) : new Int32Array(buffer);
  copy.set(data);
  return { shape, data: copy };
}

/** Threads that predict beside this one. */
interface Beside {
  /** Takes a batch whose first row is `first`, where a thread has room for it. */
  readonly take: (batch: EncodedBatch, first: number) => boolean;
  /** Rejects with what a thread threw. */
  readonly finish: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Batches that a thread is given at once: one that it works on, and the next. */
const ahead = 2;

/** Threads that take batches once they are open; until then, this one predicts them. */
function openBeside(setup: RowsSetup, threads: number): Beside {
  const { layout } = setup;
  const free = Array.from({ length: ahead * threads }, () => new SharedArrayBuffer(batchBytes(layout, rowsOfJob)));
  let pool: Pool<RowsJob, undefined, never> | undefined;
  const opening = openPool<RowsSetup, RowsJob, undefined, never>({
    service: "rows",
    setup,
    workers: threads,
    apart: true,
  }).then(
    (found) => (pool = found),
    (error: unknown) => void (fault ??= { error }),
  );
  let fault: { readonly error: unknown } | undefined;
  const pending = new Set<Promise<void>>();
  return {
    take: (batch, first) => {
      if (fault !== undefined) throw fault.error;
      const buffer = pool === undefined ? undefined : free.pop();
      if (pool === undefined || buffer === undefined) return false;
      copyBatch(batch, layout, batchOver(buffer, layout, batch.size), 0);
      const job = pool.submit({ batch: buffer, count: batch.size, first }).then(
        () => void free.push(buffer),
        (error: unknown) => void (fault ??= { error }),
      );
      pending.add(job);
      void job.then(() => pending.delete(job));
      return true;
    },
    finish: async () => {
      await Promise.all(pending);
      if (fault !== undefined) throw fault.error;
    },
    close: async () => {
      await opening;
      await pool?.close();
    },
  };
}
