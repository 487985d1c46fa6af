/**
 * Jobs side by side: a pool of worker threads that each do one at a time. Every worker has its own engine and data; what goes in
 * and out is cloned.
 */
import { SHARE_ENV, Worker } from "node:worker_threads";
import { threadScript, type ThreadScript } from "../thread-script.js";
import { type Answer, raisedError, type Request } from "./service.js";
import { loadService, type ServiceName } from "./services.js";

export interface PoolOptions<Setup> {
  readonly service: ServiceName;
  /** What each worker opens the service with; threads start, and load it, while it is made. */
  readonly setup: Setup | Promise<Setup>;
  /** At least 1. With one, and where there is no script of a worker (sources that are not compiled), this thread does the jobs. */
  readonly workers: number;
  /** One worker has a thread of its own too, so that this one goes on meanwhile. */
  readonly apart?: boolean;
  /** Jobs that a worker is given at once, at least 1: it does one, and those after it wait where it is. */
  readonly ahead?: number;
  /** Told when a worker has ended that nobody closed; its jobs are rejected from then on. */
  readonly onLost?: (error: unknown) => void;
  /** Ends what is under way, and no job begins any more. */
  readonly signal?: AbortSignal;
}

export interface Pool<Job, Result, Event> {
  /** Jobs at once. */
  readonly workers: number;
  /**
   * The result of a job, which begins when a worker is free, in the order of the calls. Rejects with what the job threw, a Failure
   * among that; with the reason of the signal when it fired before the job began.
   */
  readonly submit: (job: Job, onEvent?: (event: Event) => void) => Promise<Result>;
  /** Frees what the workers hold, once they have done what they were given. */
  readonly close: () => Promise<void>;
}

/** Rejects with what opening the service threw. */
export async function openPool<Setup, Job, Result, Event>(
  options: PoolOptions<Setup>,
): Promise<Pool<Job, Result, Event>> {
  const script = options.workers > 1 || options.apart === true ? threadScript("pool-thread") : undefined;
  const open = (): Promise<Hand<Job, Result, Event>> =>
    script === undefined ? openHere(options) : openWorker(options, script);
  const count = script === undefined ? 1 : options.workers;
  const tried = await Promise.allSettled(Array.from({ length: count }, open));
  const hands = tried.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = tried.find((each) => each.status === "rejected");
  if (failed === undefined) return shareOut(hands, options.signal, options.ahead);
  await Promise.all(hands.map((hand) => hand.close()));
  throw failed.reason;
}

/** One that does a job at a time, in the order in which it is given them. */
interface Hand<Job, Result, Event> {
  readonly work: (job: Job, onEvent: (event: Event) => void) => Promise<Result>;
  readonly close: () => Promise<void>;
}

/** A pool of these, each of which takes up to `ahead` jobs at once. */
export function shareOut<Job, Result, Event>(
  hands: readonly Hand<Job, Result, Event>[],
  signal: AbortSignal | undefined,
  ahead = 1,
): Pool<Job, Result, Event> {
  const free = Array.from({ length: ahead }, () => hands).flat();
  const waiting: ((hand: Hand<Job, Result, Event>) => void)[] = [];
  const take = (): Promise<Hand<Job, Result, Event>> => {
    const hand = free.shift();
    return hand === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(hand);
  };
  const giveBack = (hand: Hand<Job, Result, Event>): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(hand);
    else next(hand);
  };
  return {
    workers: hands.length,
    submit: async (job, onEvent = () => undefined) => {
      const hand = await take();
      try {
        signal?.throwIfAborted();
        return await hand.work(job, onEvent);
      } finally {
        giveBack(hand);
      }
    },
    close: async () => void (await Promise.all(hands.map((hand) => hand.close()))),
  };
}

async function openHere<Setup, Job, Result, Event>({
  service,
  setup,
  signal = new AbortController().signal,
}: PoolOptions<Setup>): Promise<Hand<Job, Result, Event>> {
  const opened = await (await loadService<Setup, Job, Result, Event>(service)).open(await setup, signal);
  return {
    work: (job, onEvent) => opened.work(job, onEvent, signal),
    close: async () => opened.close(),
  };
}

async function openWorker<Setup, Job, Result, Event>(
  { service, setup, signal, onLost = () => undefined }: PoolOptions<Setup>,
  script: ThreadScript,
): Promise<Hand<Job, Result, Event>> {
  // TensorFlow's library reads the environment of the process, in which an engine of a worker sets what makes its numbers those of others. Some options of Node are
  // only of a program that is a text (`node --input-type=module -e …`).
  const worker = new Worker(script.file, { argv: [...script.argv], env: SHARE_ENV, execArgv: [] });
  const send = (request: Request): void => worker.postMessage(request);
  const abort = (): void => send({ kind: "abort" });
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  /** What the worker was asked and has not answered, in the order of its answers. */
  const asked: { readonly onEvent: (event: Event) => void; readonly done: (answer: Answer) => void }[] = [];
  let broken: unknown;
  const fail = (error: unknown): void => {
    if (broken === undefined) onLost(error);
    broken ??= error;
    const answer: Answer = {
      kind: "error",
      error: { kind: "bug", message: String(error), stack: (error as Error).stack },
    };
    for (const each of asked.splice(0)) each.done(answer);
  };
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`a worker ended with ${code}`)));
  worker.on("message", (answer: Answer) => {
    if (answer.kind === "event") asked[0]?.onEvent(answer.event as Event);
    else asked.shift()?.done(answer);
  });
  const ask = (request: Request, onEvent: (event: Event) => void): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (broken !== undefined) return reject(broken as Error);
      const done = (answer: Answer): void => {
        if (answer.kind === "error") reject(raisedError(answer.error, signal?.reason) as Error);
        else resolve(answer.kind === "result" ? answer.result : undefined);
      };
      send(request);
      asked.push({ onEvent, done });
    });
  const close = async (): Promise<void> => {
    signal?.removeEventListener("abort", abort);
    broken ??= new Error("the pool is closed");
    send({ kind: "close" });
    await ended;
  };
  if (signal?.aborted === true) abort();
  signal?.addEventListener("abort", abort);
  try {
    send({ kind: "load", service });
    await ask({ kind: "open", service, setup: await setup }, () => undefined);
  } catch (error) {
    await close();
    throw error;
  }
  return { work: async (job, onEvent) => (await ask({ kind: "job", job }, onEvent)) as Result, close };
}
