/** The thread that encodes rows into the cache. What goes wrong is left to whoever opens the data, who meets it again. */
import { parentPort, workerData } from "node:worker_threads";
import type { EncodingWork } from "./aside.js";
import { fillRows } from "./open.js";

const { spec, options } = workerData as EncodingWork;
const stop = new AbortController();
parentPort?.on("message", () => stop.abort());
const onProgress = (progress: unknown): void => parentPort?.postMessage(progress);
await fillRows(spec, { ...options, signal: stop.signal, onProgress }).catch(() => undefined);
parentPort?.close();
