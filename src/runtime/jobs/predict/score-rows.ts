/** Predictions of rows that come block after block, by this thread and by others beside it. */
import { threadId } from "node:worker_threads";
import type { BatchLayout } from "../../../compiler/model/layout.js";
import type { LoadedArtifact } from "../../artifact/index.js";
import { batchBytes, batchOver, copyBatch, createBatch, cutBatch } from "../../data/batches/records.js";
import { type BlockTaker, roomOf } from "../../data/batches/blocks.js";
import type { EncodedBatch } from "../../data/index.js";
import { threadsBeside } from "../../thread-count.js";
import { openPool, type Pool } from "../../pool/pool.js";
import { createRing, fillRing, finishBlock, takeBlock } from "./block-ring.js";
import type { FileSession } from "./open-by-size.js";
import type { RowsJob } from "./rows-service.js";
import { canShare, type RowsSetup, setupOf, sharedEngine } from "./rows-setup.js";
import { createScorer, rowsOfJob, type Scorer } from "./scorer.js";

/** Rows from which another thread pays: it takes a fifth of a second to start. */
const leastRows = 100_000;

/** Bytes of files that have as many rows, as a rule: a thread for them starts before the first row is read. */
const leastBytes = 1 << 23;

export interface ScoreOptions {
  readonly signal?: AbortSignal | undefined;
  /** Threads besides this one; default: one for each other core, at most 7. */
  readonly threads?: number;
  /** Rows from which they are opened; default 100,000. */
  readonly rows?: number;
  /** Threads that are started already, in the place of others; whoever started them closes them. */
  readonly started?: RowThreads | undefined;
}

/** Threads that will predict rows, once they are told of what model. */
export interface RowThreads {
  /** Rejects where a thread could not start. */
  readonly pool: Promise<Pool<RowsJob, undefined, never>>;
  readonly threads: number;
  readonly close: () => Promise<void>;
}

/** Starts threads where files of so many bytes have enough rows for them; default: one for each other core, at most 7. */
export function startForBytes(bytes: number, threads = threadsBeside()): RowThreads | undefined {
  return bytes >= leastBytes && threads > 0 ? startThreads(threads) : undefined;
}

function startThreads(threads: number): RowThreads {
  const options = { service: "rows", setup: undefined, workers: threads, apart: true } as const;
  const pool = openPool<undefined, RowsJob, undefined, never>(options);
  // Who does not use it does not have to hear of it.
  pool.catch(() => undefined);
  const close = (): Promise<void> =>
    pool.then(
      (opened) => opened.close(),
      () => undefined,
    );
  return { pool, threads, close };
}

/** Predicts each block that it takes. */
export interface RowScorer extends BlockTaker {
  /** What the function says of every row in their order, by output, [rows]. Rejects with what a thread threw. */
  readonly finish: () => Promise<ReadonlyMap<string, Float32Array>>;
  readonly close: () => Promise<void>;
}

/** The outputs of a block, [outputs, rows]. */
interface Scored {
  readonly rows: number;
  readonly values: Float32Array;
}

/** Blocks that wait for each thread, and the one that it works on: so many that it has enough while this thread predicts one by itself. */
const ahead = 3;

/** Taking a block rejects with the signal's reason when it fires. */
export function openRowScorer(
  artifact: LoadedArtifact,
  opened: FileSession,
  rowLayout: BatchLayout,
  { signal, threads = threadsBeside(), rows: least = leastRows, started }: ScoreOptions = {},
): RowScorer {
  const { target, session, engine } = opened;
  const layout = { ...rowLayout, labels: [] };
  const names = target.outputs.map(({ name }) => name);
  const score = createScorer(session, target, layout, sharedEngine(engine) === undefined);
  const found: Scored[] = [];
  let rows = 0;
  const add = (count: number): Scored => {
    const scored = { rows: count, values: new Float32Array(names.length * count) };
    found.push(scored);
    rows += count;
    return scored;
  };
  // Not every engine reads memory that threads share.
  const own = createBatch(layout, roomOf(rowsOfJob));
  const mayShare = threads > 0 && canShare(artifact, opened);
  let beside: Beside | undefined;
  const openThreads = (found: RowThreads): Beside =>
    openBeside(setupOf(artifact, opened, layout), found, { names, own, score });
  if (mayShare && started !== undefined) beside = openThreads(started);
  let mine: RowThreads | undefined;
  return {
    rows: rowsOfJob,
    room: () => {
      if (rows >= least && mayShare) beside ??= openThreads((mine = startThreads(threads)));
      return beside?.room() ?? own;
    },
    take: async (batch, count) => {
      signal?.throwIfAborted();
      const scored = add(count);
      if (batch === own) score(cutBatch(own, layout, count), scored.values);
      else beside?.put(scored);
    },
    finish: async () => {
      await beside?.finish();
      return joined(names, found, rows);
    },
    close: async () => {
      await beside?.close();
      await mine?.close();
    },
  };
}

/** One array for each output. */
function joined(
  outputs: readonly string[],
  blocks: readonly Scored[],
  rows: number,
): ReadonlyMap<string, Float32Array> {
  const all = new Map(outputs.map((name) => [name, new Float32Array(rows)] as const));
  let first = 0;
  for (const block of blocks) {
    outputs.forEach((name, at) =>
      all.get(name)?.set(block.values.subarray(at * block.rows, (at + 1) * block.rows), first),
    );
    first += block.rows;
  }
  return all;
}

/** What this thread predicts with. */
interface Own {
  /** The outputs. */
  readonly names: readonly string[];
  /** A batch in memory of its own. */
  readonly own: EncodedBatch;
  readonly score: Scorer;
}

/** Threads that predict beside this one. */
interface Beside {
  /** Where the next block goes. */
  readonly room: () => EncodedBatch;
  /** What `room` gave is a block. */
  readonly put: (scored: Scored) => void;
  /** Once all blocks are predicted. Rejects with what a thread threw. */
  readonly finish: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Threads that take blocks once they are open; this one predicts those that they have no time for. */
function openBeside(setup: RowsSetup, { pool, threads }: RowThreads, { names, own, score }: Own): Beside {
  const { layout } = setup;
  const room = roomOf(rowsOfJob);
  // One more, which is filled meanwhile.
  const ring = createRing(ahead * threads + 1, batchBytes(layout, room), 4 * names.length * rowsOfJob);
  const filler = fillRing(ring);
  const waiting = new Map<number, Scored>();
  const collect = (at: number): void => {
    const { values } = waiting.get(at)!;
    values.set(new Float32Array(ring.results[at]!, 0, values.length));
    waiting.delete(at);
  };
  /** Predicts a block that no thread has begun; false where there is none. */
  const predictOne = (): boolean => {
    const block = takeBlock(ring);
    if (block === undefined) return false;
    const part = cutBatch(own, layout, block.rows);
    copyBatch(cutBatch(batchOver(ring.blocks[block.at]!, layout, room), layout, block.rows), layout, part, 0);
    score(part, new Float32Array(ring.results[block.at]!));
    finishBlock(ring, block);
    return true;
  };
  let fault: { readonly error: unknown } | undefined;
  const throwFault = (): void => {
    if (fault !== undefined) throw fault.error;
  };
  const working = pool.then(async (opened) => {
    const job = { setup, ring, filledBy: threadId };
    const ended = await Promise.allSettled(Array.from({ length: opened.workers }, () => opened.submit(job)));
    for (const each of ended) if (each.status === "rejected") throw each.reason;
  });
  const closed = working.catch((error: unknown) => void (fault ??= { error }));
  let filling: number | undefined;
  return {
    room: () => {
      while (filling === undefined) {
        throwFault();
        filling = filler.free(collect);
        if (filling === undefined) predictOne();
      }
      return batchOver(ring.blocks[filling]!, layout, room);
    },
    put: (scored) => {
      if (filling === undefined) throw new Error("a block comes from nowhere");
      waiting.set(filling, scored);
      filler.put(filling, scored.rows);
      filling = undefined;
    },
    finish: async () => {
      while (predictOne()) throwFault();
      filler.close();
      await closed;
      throwFault();
      for (const at of waiting.keys()) collect(at);
    },
    close: async () => {
      filler.close();
      await closed;
    },
  };
}
