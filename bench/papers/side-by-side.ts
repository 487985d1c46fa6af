/** Jobs of an experiment side by side, in as many processes as the machine has cores. */
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";

/** Processes that are ready for jobs. What a job is, the worker's module knows: it calls {@link serveJobs}. */
export interface WorkerPool<Job, Result> {
  /** Does all jobs; results come as they are done. Rejects when a worker ends: it says the reason on standard error. */
  readonly run: (jobs: readonly Job[], onResult: (job: Job, result: Result) => void) => Promise<void>;
  readonly close: () => void;
}

/** @param workers default: one a core, each with one thread */
export function openWorkers<Job extends object, Result>(
  module: string,
  workers = availableParallelism(),
): WorkerPool<Job, Result> {
  // With one thread for ops that wait as well, a small step costs a quarter less.
  const env = { ...process.env, MTLC_THREADS: "1", TF_NUM_INTEROP_THREADS: "1" };
  const children = Array.from({ length: workers }, () => fork(module, { env }));
  return {
    run: async (jobs, onResult) => {
      const queue = [...jobs];
      await Promise.all(
        children.map(async (child) => {
          for (let job = queue.shift(); job !== undefined; job = queue.shift())
            onResult(job, await answerOf<Result>(child, job));
        }),
      );
    },
    close: () => {
      for (const child of children) child.disconnect();
    },
  };
}

function answerOf<Result>(child: ChildProcess, job: object): Promise<Result> {
  return new Promise((resolve, reject) => {
    const done = (result: unknown): void => {
      child.off("exit", ended);
      resolve(result as Result);
    };
    const ended = (code: number | null, signal: string | null): void => {
      child.off("message", done);
      reject(new Error(`a worker of the experiment ended: ${signal ?? `exit code ${code}`}`));
    };
    child.once("message", done);
    child.once("exit", ended);
    child.send(job);
  });
}

/** In a worker: does the jobs that come, one after another, until there are no more. */
export function serveJobs<Job, Result>(work: (job: Job) => Promise<Result>): void {
  process.on("message", (job: Job) => {
    work(job).then(
      (result) => process.send?.(result),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
        process.exit(1);
      },
    );
  });
  process.on("disconnect", () => process.exit());
}
