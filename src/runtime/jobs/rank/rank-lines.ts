/** Answers to the requests of files as text, by this thread and by others beside it. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { isUrl } from "../../../compiler/text/index.js";
import {
  createRowsOfBlocks,
  hasBlocks,
  type PlacedBlock,
  type RawRow,
  rulesOf,
  streamRowBlocks,
} from "../../data/index.js";
import { threadsBeside } from "../../thread-count.js";
import { openPool, type Pool } from "../../pool/pool.js";
import { areApart, createGrouper, type Grouper } from "../../rank/group-requests.js";
import {
  type AnswerLine,
  type BlockAnswers,
  type BlockJob,
  blocksService,
  lineOf,
  type BlocksSetup,
} from "./blocks-service.js";
import { createFileAnswers } from "./file-requests.js";
import { type FileRanking, openFileRanking, type RankOptions, rankRows } from "./rank-files.js";
import { statOf } from "../../stat-of.js";

export interface LinesOptions extends RankOptions {
  /** Threads besides this one; default: one for each other core, at most 7. */
  readonly threads?: number;
  /** Bytes of all files from which they are opened, each as if it were of JSON lines; default 36 MiB. */
  readonly leastBytes?: number;
  /** Size of a block; default 1 MiB of lines, 6,000 rows of a table. */
  readonly block?: { readonly bytes: number; readonly rows: number };
}

/** Bytes of JSON lines from which another thread pays: it takes a fifth of a second to start. */
const leastBytes = 36 * 2 ** 20;

const usualBlock = { bytes: 1 << 20, rows: 6000 };

/** Blocks that a thread is given at once: one that it works on, and the next. */
const ahead = 2;

/** Blocks that wait for one before them, at most, for each thread. */
const mostWaiting = 16;

/** Blocks that others could not rank, from which on this thread reads all. */
const mostSpoilt = 8;

/**
 * What `rankFiles` answers, each as a line of JSON. Where requests know nothing of each other, and files are large, threads rank blocks of them; answers, their
 * order, warnings and failures are those of one thread.
 */
export async function* rankFileLines(options: LinesOptions): AsyncGenerator<AnswerLine, void, undefined> {
  const threads = threadsFor(options);
  // They start while the spec is read.
  const beside = threads === 0 ? undefined : startThreads(threads, options.signal);
  try {
    const ranking = await openFileRanking(options);
    try {
      if (beside !== undefined && isShareable(ranking, options.files)) yield* rankBlocks(ranking, options, beside);
      else for await (const answer of rankRows(ranking, options.files)) yield lineOf(answer);
      ranking.tellUnseen();
    } finally {
      await ranking.ranker.close();
    }
  } finally {
    await beside?.close();
  }
}

/** How many threads may rank beside this one, as far as files tell. */
function threadsFor({ files, flow, threads, leastBytes: least = leastBytes }: LinesOptions): number {
  // Permits are spent one request after the other.
  if (flow !== undefined || files.some(isUrl)) return 0;
  const sizes = files.map((file) => {
    const found = statOf(file);
    return found?.isFile() === true ? found.size * linesPerByte(file) : -Infinity;
  });
  if (sizes.reduce((sum, size) => sum + size, 0) < least) return 0;
  return threads ?? threadsBeside();
}

/** About how many bytes of JSON lines the rows of a byte of a file would be. */
function linesPerByte(file: string): number {
  if (/\.jsonl$/i.test(file)) return 1;
  return /\.[ct]sv$/i.test(file) ? 2 : 5;
}

/** Whether requests know nothing of each other, and none needs a network, which is opened once. */
function isShareable({ ranker, reading }: FileRanking, files: readonly string[]): boolean {
  const heads = ranker.model.serving?.inputs.filter(({ origin }) => origin === "head") ?? [];
  return !(ranker.isArtifact && heads.length > 0) && files.every((file) => hasBlocks(file, reading));
}

/** A block whose answers come after those of the blocks before it. */
interface Waiting extends PlacedBlock {
  /** What another thread, or this one, made of it; undefined: it is left to whoever knows the rows before. */
  readonly ranked: Promise<BlockAnswers> | undefined;
  isReady: boolean;
}

async function* rankBlocks(
  ranking: FileRanking,
  options: LinesOptions,
  beside: Threads,
): AsyncGenerator<AnswerLine, void, undefined> {
  const { signal, block: size = usualBlock } = options;
  let group: string | undefined;
  const columnOf = (first: RawRow): string | undefined => (group = ranking.groupOf(first));
  const blocks = streamRowBlocks(options.files, ranking.reading, { columnOf, areApart, ...size });
  const here = await beside.open(setupOf(ranking, options));
  const inOrder = createInOrder(ranking, () => group);
  const waiting: Waiting[] = [];
  let isFresh = true;
  try {
    for (;;) {
      const next = await attempt(blocks.next());
      signal?.throwIfAborted();
      if (!("value" in next) || next.value.done === true) {
        // What was read before a fault is answered first.
        for (const each of waiting) yield* inOrder.settle(each);
        if ("error" in next) throw next.error;
        return yield* inOrder.end();
      }
      const { block, isWhole, release } = next.value.value;
      const isShared = isFresh && isWhole && group !== undefined && inOrder.spoilt() < mostSpoilt;
      const ranked = isShared && group !== undefined ? (await here.rank({ block, group })).answers : undefined;
      const each: Waiting = { block, isWhole, release, ranked, isReady: ranked === undefined };
      void each.ranked?.then(() => (each.isReady = true));
      waiting.push(each);
      isFresh = isWhole;
      // Answers of other threads arrive between two turns.
      await nextTurn();
      while (waiting[0]?.isReady === true || waiting.length > mostWaiting * beside.count)
        yield* inOrder.settle(waiting.shift() as Waiting);
    }
  } finally {
    await blocks.return();
  }
}

async function attempt<T>(work: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    return { value: await work };
  } catch (error) {
    return { error };
  }
}

function setupOf({ ranker, answers, reading }: FileRanking, { duplicates }: LinesOptions): BlocksSetup {
  const { model, isArtifact, name } = ranker;
  return { model, isArtifact, ranking: name, duplicates, answers, rules: rulesOf(reading.reading) };
}

/** Takes blocks in their order. */
interface InOrder {
  /** The answers of a block after those of all before it. */
  readonly settle: (waiting: Waiting) => AsyncGenerator<AnswerLine, void, undefined>;
  /** The answers that end with the last row. */
  readonly end: () => AsyncGenerator<AnswerLine, void, undefined>;
  /** How many blocks another thread could not rank. */
  readonly spoilt: () => number;
}

function createInOrder({ ranker, answers, reading }: FileRanking, group: () => string | undefined): InOrder {
  const answer = createFileAnswers(ranker, answers);
  const rowsOf = createRowsOfBlocks(rulesOf(reading.reading));
  let grouper: Grouper | undefined;
  let linesBefore = 0;
  let spoilt = 0;
  const answerAll = async function* (requests: ReturnType<Grouper["push"]>): AsyncGenerator<AnswerLine> {
    for (const request of requests) yield lineOf(await answer(request));
  };
  return {
    settle: async function* ({ block, isWhole, release, ranked }) {
      const made = await ranked;
      grouper ??= createGrouper(group());
      if (block.kind === "lines" && block.isFirst) linesBefore = 0;
      if (made !== undefined && grouper.skip(made.rows, made.names)) {
        linesBefore += made.lines;
        release();
        return yield* made.answers;
      }
      if (ranked !== undefined) spoilt += 1;
      const batches = rowsOf(block, linesBefore);
      let next = batches.next();
      for (; next.done !== true; next = batches.next()) {
        yield* answerAll(grouper.push(next.value.rows));
        if (next.value.failure !== undefined) throw next.value.failure;
      }
      linesBefore += next.value.lines;
      release();
      if (isWhole) yield* answerAll(grouper.close());
    },
    end: async function* () {
      if (grouper !== undefined) yield* answerAll(grouper.close());
    },
    spoilt: () => spoilt,
  };
}

/** Threads beside this one. */
interface Threads {
  readonly count: number;
  /** Opens them, and says who ranks a block. They take blocks once they are open; until then, this thread ranks them. */
  readonly open: (setup: BlocksSetup) => Promise<Hands>;
  readonly close: () => Promise<void>;
}

/** Threads that rank blocks, this one among them. */
interface Hands {
  /** Has a block ranked: by another thread that has room for it, else by this one before the call resolves. */
  readonly rank: (job: BlockJob) => Promise<{ readonly answers: Promise<BlockAnswers> }>;
}

function startThreads(count: number, signal: AbortSignal | undefined): Threads {
  let pool: Pool<BlockJob, BlockAnswers, never> | undefined;
  let give: (setup: BlocksSetup) => void = () => undefined;
  let giveUp: () => void = () => undefined;
  const setup = new Promise<BlocksSetup>((resolve, reject) => {
    give = resolve;
    giveUp = () => reject(new Error("no thread is needed"));
  });
  const opening = openPool<BlocksSetup, BlockJob, BlockAnswers, never>({
    service: "blocks",
    setup,
    workers: count,
    apart: true,
    ahead,
  }).then(
    (found) => (pool = found),
    // What no thread can do this one does.
    () => undefined,
  );
  let given = 0;
  return {
    count,
    open: async (opened) => {
      give(opened);
      const working = signal ?? new AbortController().signal;
      const here = await blocksService.open(opened, working);
      return {
        rank: async (job) => {
          if (pool === undefined || given >= ahead * count)
            return { answers: Promise.resolve(await here.work(job, () => undefined, working)) };
          given += 1;
          const answers = pool.submit(job).catch(() => undefined);
          void answers.then(() => (given -= 1));
          return { answers };
        },
      };
    },
    close: async () => {
      giveUp();
      await opening;
      await pool?.close();
    },
  };
}
