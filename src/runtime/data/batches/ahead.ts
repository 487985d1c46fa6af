/**
 * Windows of an epoch put in order by another thread, while the one before is trained on. What comes too late is not waited for: whoever asks puts the
 * window in order by itself, and the rows are the same.
 */
import { isMainThread, Worker } from "node:worker_threads";
import type { BatchLayout } from "../../../compiler/model/layout.js";
import { omitUndefined } from "../../../compiler/text/index.js";
import { stepsFile } from "../../engine/fused/addon-file.js";
import { threadScript } from "../../thread-script.js";
import type { EncodedBatch } from "./dataset.js";
import { batchBytes, batchOver } from "./records.js";
import { windowRows } from "./shuffle.js";
import type { WindowJob, WindowKey, WindowsSetup, WindowsSource } from "./windows.js";

export interface ReadAhead {
  /** For one reader at a time: undefined while another one has not left. */
  readonly enter: () => WindowsAhead | undefined;
  readonly close: () => void;
}

export interface WindowsAhead {
  /** The rows of the window in their order, if they are there; they stay until the next window is taken. */
  readonly take: (key: WindowKey) => EncodedBatch | undefined;
  /** Has the window put in order, from the second one on that is wanted. */
  readonly want: (key: WindowKey) => void;
  readonly leave: () => void;
}

/** What puts windows in order. */
export interface Arranging {
  /** Calls back with the rows of the window, some time later; jobs are done in their order. */
  readonly submit: (job: WindowJob, done: (rows: number) => void) => void;
  readonly close: () => void;
}

/** How it is opened; told where it ends by itself. */
export type OpenArranging = (setup: WindowsSetup, onLost: () => void) => Arranging;

/** Rows from which another thread pays. */
const leastRows = 16_384;

/** Undefined where no thread would help: for few rows, and in a thread that is one of several already. */
export function openReadAhead(
  source: WindowsSource,
  layout: BatchLayout,
  rows: number,
  open: OpenArranging | undefined = openThread(),
): ReadAhead | undefined {
  if (rows < leastRows || open === undefined) return undefined;
  const bytes = batchBytes(layout, Math.min(rows, windowRows));
  let wanted = 0;
  let arranging: Arranging | undefined;
  let ready: { readonly job: WindowJob; readonly rows: number } | undefined;
  /** The buffer whose rows were taken last; the other one is written. */
  let reading: SharedArrayBuffer | undefined;
  let writing: SharedArrayBuffer | undefined;
  let isClosed = false;
  const close = (): void => {
    isClosed = true;
    arranging?.close();
    arranging = undefined;
  };
  let latest: WindowJob | undefined;
  let isEntered = false;
  const windows: WindowsAhead = {
    take: (key) => {
      const found = ready;
      ready = undefined;
      if (found === undefined || !isSame(found.job, key)) return undefined;
      [reading, writing] = [found.job.into, reading];
      return batchOver(found.job.into, layout, found.rows);
    },
    want: (key) => {
      wanted += 1;
      if (isClosed || wanted < 2) return;
      arranging ??= open({ source, layout, rows }, close);
      const job = { ...key, into: (writing ??= new SharedArrayBuffer(bytes)) };
      // Rows of a job before it are written over.
      ready = undefined;
      latest = job;
      arranging.submit(job, (found) => {
        if (job === latest) ready = { job, rows: found };
      });
    },
    leave: () => (isEntered = false),
  };
  return {
    enter: () => {
      if (isEntered) return undefined;
      isEntered = true;
      return windows;
    },
    close,
  };
}

function isSame(a: WindowKey, b: WindowKey): boolean {
  return a.seed === b.seed && a.epoch === b.epoch && a.window === b.window;
}

/** A thread, which does not keep the process alive; undefined where there is no script of it, as where sources run as they are. */
function openThread(): OpenArranging | undefined {
  const script = isMainThread ? threadScript("windows-thread") : undefined;
  if (script === undefined) return undefined;
  return (setup, onLost) => {
    const workerData = { ...setup, ...omitUndefined({ steps: stepsFile() }) };
    const thread = new Worker(script.file, { argv: [...script.argv], workerData, execArgv: [] });
    thread.unref();
    const waiting: ((rows: number) => void)[] = [];
    thread.on("message", (rows: number) => waiting.shift()?.(rows));
    thread.on("error", onLost);
    return {
      submit: (job, done) => {
        waiting.push(done);
        thread.postMessage(job);
      },
      close: () => void thread.terminate(),
    };
  };
}
