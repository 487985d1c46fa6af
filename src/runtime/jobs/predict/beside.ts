/**
 * A thread beside this one that predicts rows of a call of many while this one encodes those after them. The caller waits as if there were none: what is left
 * when all rows are encoded is predicted by both, and each row by a call that it would be in anyway, so that no number changes.
 */
import { isMainThread, SHARE_ENV, Worker } from "node:worker_threads";
import { stateBytes } from "../../../compiler/graph/index.js";
import type { BatchLayout } from "../../../compiler/model/layout.js";
import type { LoadedArtifact } from "../../artifact/index.js";
import { batchBytes, batchOver, copyBatch, cutBatch, rowsOfBatch } from "../../data/batches/records.js";
import type { EncodedBatch } from "../../data/index.js";
import { threadsBeside } from "../../thread-count.js";
import { threadScript } from "../../thread-script.js";
import { awaitBlock, createRing, fillRing, finishBlock, type RingMemory, takeBlock } from "./block-ring.js";
import type { FileSession } from "./open-by-size.js";
import { canShare, type RowsSetup, setupOf } from "./rows-setup.js";
import { createScorer, type Scorer } from "./scorer.js";

/** Rows of a block: a twentieth of a millisecond of the MMoE of Census-Income, which is what one thread may wait for the other in the end. */
export const rowsOfBlock = 64;

/** Blocks that the thread has, or will find, at once. */
const blocksAhead = 4;

/** Rows of a call from which the thread pays: it takes up to a tenth of a millisecond to wake up. */
const leastRows = 512;

/** Bytes of weights that are held for the thread as well, at most. */
const mostBytes = 1 << 26;

/** Milliseconds without a word of the thread after which it is given up. */
const longestWait = 2_000;

/** What the thread is given. */
export interface BesideWork {
  readonly setup: RowsSetup;
  readonly ring: RingMemory;
}

/** Told of a batch whose first rows are encoded, so many. */
export type OnEncoded = (batch: EncodedBatch, rows: number) => void;

/** The value of each output for each row. */
type Outputs = Readonly<Record<string, Float32Array>>;

export interface Beside {
  /** Whether a call of so many rows is faster with the thread. */
  readonly pays: (rows: number) => boolean;
  /** The outputs of a call whose rows `encode` encodes. The thread starts with the first call; until it is open this one predicts all rows. */
  readonly predict: (rows: number, encode: (onEncoded: OnEncoded) => EncodedBatch) => Outputs;
  /** Lets the thread end. */
  readonly close: () => void;
}

/** Undefined where no thread can help: there is no other core, or the session has threads of its own. */
export function openBeside(artifact: LoadedArtifact, opened: FileSession, rowLayout: BatchLayout): Beside | undefined {
  const { session, target, variables } = opened;
  const bytes = variables.reduce((sum, variable) => sum + stateBytes(variable), 0);
  const mayShare = isMainThread && threadsBeside() > 0 && bytes <= mostBytes && canShare(artifact, opened);
  const script = mayShare ? threadScript("beside-thread") : undefined;
  if (script === undefined) return undefined;
  const layout = { ...rowLayout, labels: [] };
  const names = target.outputs.map(({ name }) => name);
  const calls = shareCalls({ layout, names, score: createScorer(session, target, layout) });
  let worker: Worker | undefined;
  let isLost = false;
  const start = (): Worker => {
    const work: BesideWork = { setup: setupOf(artifact, opened, layout), ring: calls.ring };
    const started = new Worker(script.file, { argv: [...script.argv], workerData: work, env: SHARE_ENV, execArgv: [] });
    started.on("error", () => (isLost = true));
    // A program ends without a word to it.
    started.unref();
    return started;
  };
  return {
    pays: (rows) => rows >= leastRows && !isLost,
    predict: (rows, encode) => {
      worker ??= start();
      const { outputs, answered } = calls.predict(rows, encode);
      isLost ||= !answered;
      return outputs;
    },
    close: () => {
      calls.close();
      if (isLost) void worker?.terminate();
    },
  };
}

/** What this thread predicts with. */
export interface OwnScorer {
  /** Of rows without labels. */
  readonly layout: BatchLayout;
  /** The outputs. */
  readonly names: readonly string[];
  readonly score: Scorer;
}

/** Calls whose rows go through a ring of blocks, as far as it has room. */
export interface SharedCalls {
  readonly ring: RingMemory;
  /** `answered`: false where whoever took a block did not come back with it; the ring is not to be used any more. */
  readonly predict: (
    rows: number,
    encode: (onEncoded: OnEncoded) => EncodedBatch,
    longest?: number,
  ) => { readonly outputs: Outputs; readonly answered: boolean };
  readonly close: () => void;
}

export function shareCalls({ layout, names, score }: OwnScorer): SharedCalls {
  const ring = createRing(blocksAhead, batchBytes(layout, rowsOfBlock), 4 * names.length * rowsOfBlock);
  const filler = fillRing(ring);
  const rooms = ring.blocks.map((block) => batchOver(block, layout, rowsOfBlock));
  const results = ring.results.map((result) => new Float32Array(result));
  const own = new Float32Array(names.length * rowsOfBlock);
  const predict: SharedCalls["predict"] = (rows, encode, longest = longestWait) => {
    const columns = names.map(() => new Float32Array(rows));
    /** The first row of each block of the ring that is not back yet. */
    const sent = new Map<number, number>();
    /** Of blocks that are encoded and that nobody has. */
    const left: number[] = [];
    const countOf = (first: number): number => Math.min(rowsOfBlock, rows - first);
    const put = (values: Float32Array, first: number): void => {
      const count = countOf(first);
      columns.forEach((column, at) => column.set(values.subarray(at * count, (at + 1) * count), first));
    };
    const collect = (at: number): void => {
      const first = sent.get(at);
      if (first !== undefined) put(results[at]!, first);
      sent.delete(at);
    };
    const scoreHere = (batch: EncodedBatch, first: number): void => {
      score(rowsOfBatch(batch, layout, first, countOf(first)), own);
      put(own, first);
    };
    const send = (batch: EncodedBatch): void => {
      while (left.length > 0) {
        const at = filler.free(collect);
        if (at === undefined) return;
        const first = left.pop()!;
        const count = countOf(first);
        copyBatch(rowsOfBatch(batch, layout, first, count), layout, cutBatch(rooms[at]!, layout, count), 0);
        sent.set(at, first);
        // To wake a thread takes this one longer than to predict ten rows.
        filler.put(at, count, sent.size >= blocksAhead - 1);
      }
    };
    /** A block that was sent and that nobody has begun: its first row. */
    const takeBack = (): number | undefined => {
      const block = takeBlock(ring);
      if (block === undefined) return undefined;
      const first = sent.get(block.at);
      sent.delete(block.at);
      finishBlock(ring, block);
      return first;
    };
    let known = 0;
    const onEncoded: OnEncoded = (batch, until) => {
      for (; known < rows && known + countOf(known) <= until; known += rowsOfBlock) left.push(known);
      send(batch);
    };
    /** Waits for blocks that others work on. */
    const settle = (): boolean => {
      for (const at of sent.keys()) if (!awaitBlock(ring, at, longest)) return false;
      return true;
    };
    let answered = true;
    try {
      const batch = encode(onEncoded);
      onEncoded(batch, rows);
      for (;;) {
        send(batch);
        const first = left.pop() ?? takeBack();
        if (first !== undefined) scoreHere(batch, first);
        else if (sent.size === 0) break;
        else if (!settle()) {
          answered = false;
          for (const each of sent.values()) scoreHere(batch, each);
          sent.clear();
        } else filler.collect(collect);
      }
      return { outputs: Object.fromEntries(names.map((name, at) => [name, columns[at]!])), answered };
    } finally {
      // Where encoding threw: nothing of this call is in the ring when the next one begins.
      while (takeBack() !== undefined);
      settle();
    }
  };
  return { ring, predict, close: filler.close };
}
