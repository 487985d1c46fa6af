/**
 * Dynamic batching: calls that wait share a batch. A batch begins when a worker is free, or where there is a bound on the wait, once
 * its first call has waited so long or it is full. What waits is bounded as well: a call too many is refused at once.
 */
import { ServeFault } from "../fault.js";

export interface BatchCall {
  /** Size of the call. */
  readonly rows: number;
  /** In milliseconds of the clock. */
  readonly deadline: number;
  readonly isWanted?: () => boolean;
}

export interface BatcherOptions {
  /** Batches at once. */
  readonly workers: number;
  /** Rows of a batch at most; a call with more is a batch by itself. */
  readonly batchRows: number;
  /** Milliseconds that a call waits for others while a worker is free. */
  readonly batchWait: number;
  /** Rows that may wait. A call that finds nobody waiting is always taken. */
  readonly queueRows: number;
  /** Told how long a call has waited when its batch begins, seconds. */
  readonly onQueued?: (seconds: number) => void;
}

export interface Batcher<C extends BatchCall, R> {
  /**
   * What `run` answers to the call. Rejects with a {@link ServeFault}: 429 where too much waits, 504 where the deadline passes, 503
   * after {@link Batcher.close}; with the answer where that is an error.
   */
  readonly submit: (call: C) => Promise<R>;
  /** Rows that wait. */
  readonly queued: () => number;
  /** Takes no more calls; ends once those that were taken are answered. */
  readonly close: () => Promise<void>;
}

interface Waiting<C, R> {
  readonly call: C;
  readonly since: number;
  readonly settle: (answer: R | Error) => void;
  /** Set where the deadline has passed. */
  isOver: boolean;
}

/** @param run answers a batch, a call each; an error among the answers is that of its call */
export function createBatcher<C extends BatchCall, R>(
  run: (calls: readonly C[]) => Promise<readonly (R | Error)[]>,
  { workers, batchRows, batchWait, queueRows, onQueued = () => undefined }: BatcherOptions,
): Batcher<C, R> {
  const queue = createQueue<C, R>(batchRows);
  let busy = 0;
  let isClosed = false;
  let timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  const pace = createPace();
  let drained = (): void => undefined;
  const whenDrained = new Promise<void>((resolve) => (drained = resolve));

  const begin = async (): Promise<void> => {
    const taken = queue.take();
    if (taken.length === 0) return;
    busy++;
    const started = performance.now();
    for (const { since } of taken) onQueued((started - since) / 1000);
    try {
      const answers = await run(taken.map(({ call }) => call));
      taken.forEach(({ settle }, i) => settle(answers[i] as R | Error));
      pace.note(
        taken.reduce((sum, { call }) => sum + call.rows, 0),
        (performance.now() - started) / 1000,
      );
    } catch (error) {
      for (const { settle } of taken) settle(error instanceof Error ? error : new Error(String(error)));
    } finally {
      busy--;
      schedule();
      if (isClosed && busy === 0 && queue.first() === undefined) drained();
    }
  };

  const schedule = (): void => {
    if (timer !== undefined || queue.first() === undefined || busy >= workers) return;
    const fire = (): void => {
      timer = undefined;
      void begin();
      schedule();
    };
    const wait =
      isClosed || queue.rows() >= batchRows ? 0 : batchWait - (performance.now() - (queue.first()?.since ?? 0));
    // Calls that are read from their sockets in one turn share a batch.
    timer = wait <= 0 ? setImmediate(fire) : setTimeout(fire, wait);
  };

  /** A batch that is full by now waits no longer. */
  const hurry = (): void => {
    if (timer === undefined || batchWait === 0 || queue.rows() < batchRows) return;
    clearTimeout(timer as NodeJS.Timeout);
    clearImmediate(timer as NodeJS.Immediate);
    timer = undefined;
  };

  return {
    submit: (call) => {
      if (isClosed)
        return Promise.reject(new ServeFault(503, "this version of the model is closed", { retryAfter: 1 }));
      if (queue.first() !== undefined && queue.rows() + call.rows > queueRows)
        return Promise.reject(overloaded(queue.rows(), pace.seconds(queue.rows() / workers)));
      const since = performance.now();
      if (call.deadline <= since) return Promise.reject(tooLate());
      return new Promise((resolve, reject) => {
        const settle = (answer: R | Error): void => {
          clearTimeout(alarm);
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        };
        const waiting: Waiting<C, R> = { call, since, settle, isOver: false };
        const alarm = setTimeout(() => {
          waiting.isOver = true;
          reject(tooLate());
        }, call.deadline - since);
        queue.push(waiting);
        hurry();
        schedule();
      });
    },
    queued: queue.rows,
    close: () => {
      isClosed = true;
      if (busy === 0 && queue.first() === undefined) drained();
      return whenDrained;
    },
  };
}

interface Queue<C, R> {
  readonly push: (waiting: Waiting<C, R>) => void;
  /** The calls of the next batch, in the order in which they came; those that nobody waits for are dropped. */
  readonly take: () => readonly Waiting<C, R>[];
  readonly first: () => Waiting<C, R> | undefined;
  readonly rows: () => number;
}

function createQueue<C extends BatchCall, R>(batchRows: number): Queue<C, R> {
  const waiting: Waiting<C, R>[] = [];
  let queued = 0;
  return {
    push: (each) => {
      waiting.push(each);
      queued += each.call.rows;
    },
    take: () => {
      const taken: Waiting<C, R>[] = [];
      let rows = 0;
      for (;;) {
        const [next] = waiting;
        if (next === undefined || (taken.length > 0 && rows + next.call.rows > batchRows)) return taken;
        waiting.shift();
        queued -= next.call.rows;
        if (next.isOver) continue;
        if (next.call.isWanted?.() === false) {
          next.settle(new ServeFault(499, "the client is gone"));
          continue;
        }
        rows += next.call.rows;
        taken.push(next);
      }
    },
    first: () => waiting[0],
    rows: () => queued,
  };
}

function tooLate(): ServeFault {
  return new ServeFault(504, "the deadline of the request has passed before it was answered");
}

/** @param seconds until those who wait are served */
function overloaded(rows: number, seconds: number): ServeFault {
  const retryAfter = Math.max(1, Math.min(60, Math.ceil(seconds)));
  return new ServeFault(429, `${rows} rows wait to be scored already; try again later`, { retryAfter });
}

/** How long rows take, as batches have shown lately. */
function createPace(): {
  readonly note: (rows: number, seconds: number) => void;
  readonly seconds: (rows: number) => number;
} {
  let perRow = 0;
  return {
    note: (rows, seconds) => {
      const now = seconds / Math.max(1, rows);
      perRow = perRow === 0 ? now : perRow * 0.9 + now * 0.1;
    },
    seconds: (rows) => rows * perRow,
  };
}
