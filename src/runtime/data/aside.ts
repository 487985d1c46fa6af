/** Rows that another thread encodes. */
import { isMainThread, Worker } from "node:worker_threads";
import type { DataProgress, OpenDataOptions } from "./open-options.js";
import { threadScript } from "../thread-script.js";
import type { DataSpec } from "./uses.js";

/** What the thread is given. */
export interface EncodingWork {
  readonly spec: DataSpec;
  readonly options: Omit<OpenDataOptions, "onProgress" | "signal" | "whileEncoding">;
}

/**
 * Encodes all rows into the cache in another thread; resolves when it has ended, however that was: whoever opens the data finds what it left, or
 * what stopped it. Undefined where there is no such thread.
 */
export function startEncoding(
  work: EncodingWork,
  { signal, onProgress }: Pick<OpenDataOptions, "signal" | "onProgress">,
): Promise<void> | undefined {
  const script = isMainThread ? threadScript("runtime/data/encode-thread") : undefined;
  if (script === undefined) return undefined;
  const thread = new Worker(script, { workerData: work, execArgv: [] });
  const stop = (): void => thread.postMessage("stop");
  signal?.addEventListener("abort", stop, { once: true });
  thread.on("message", (progress: DataProgress) => onProgress?.(progress));
  return new Promise((resolve) => {
    thread.on("error", () => undefined);
    thread.on("exit", () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    });
  });
}
