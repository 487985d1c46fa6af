/** The thread that opens the data of a training. Its modules take as long to load as those of the command: who knows that there will be a training starts it before. */
import { isMainThread, Worker } from "node:worker_threads";
import { threadScript } from "../../thread-script.js";
import { type LibraryGate, newLibraryGate, shutLibraryGate } from "./library-gate.js";

let waiting: Worker | undefined;

/** Has a thread load what opening data takes. It holds no process up, and is the one that {@link takeDataThread} gives next. */
export function startDataThread(): void {
  if (waiting !== undefined) return;
  const gate = newLibraryGate();
  const thread = newThread({ gate });
  if (thread === undefined) return;
  thread.unref();
  process.once("exit", () => shutLibraryGate(gate));
  // One that ended is none to wait for; whoever takes another hears why.
  const forget = (): void => {
    if (waiting === thread) waiting = undefined;
  };
  thread.once("error", forget).once("exit", forget);
  waiting = thread;
}

/** A thread to post `DataWork` to, once; undefined where there is none: in threads, and where sources run as they are. */
export function takeDataThread(): Worker | undefined {
  const thread = waiting ?? newThread({});
  waiting = undefined;
  thread?.ref();
  return thread;
}

/** How a thread is started. */
export interface DataThreadSetup {
  /** Of a thread that has time before its work comes, and loads the database in it. */
  readonly gate?: LibraryGate;
}

function newThread(workerData: DataThreadSetup): Worker | undefined {
  const script = isMainThread ? threadScript("data-thread") : undefined;
  // Some options of Node are only of a program that is a text (`node --input-type=module -e …`).
  return script && new Worker(script.file, { argv: [...script.argv], workerData, execArgv: [] });
}
