/** tfjs's backends in Node: starting one, and the memory behind a tensor. */
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

export type TfjsBackendName = "wasm" | "cpu";

/** Starts the backend, if it has not been started, and makes it the current one. Throws when it does not start. */
export async function startBackend(name: TfjsBackendName): Promise<void> {
  switch (name) {
    case "wasm": {
      const wasm = await import("@tensorflow/tfjs-backend-wasm");
      if (tf.findBackend("wasm") === null) {
        const manifest = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json");
        wasm.setWasmPaths(join(dirname(manifest), "dist") + sep);
        // Threads of the wasm backend do not start under Node.
        wasm.setThreadsCount(1);
      }
      break;
    }
    case "cpu":
      await import("@tensorflow/tfjs-backend-cpu");
      break;
  }
  // Without it tfjs advises on the console to install what we have no use for, and checks each call.
  tf.enableProdMode();
  const started = await withoutNewListeners(() => tf.setBackend(name));
  if (!started) throw new Error(`the \`${name}\` backend of tfjs does not start`);
}

/** The wasm module catches every uncaught error of the process, to throw it again from its own source. */
async function withoutNewListeners<T>(start: () => Promise<T>): Promise<T> {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => new Set<unknown>(process.listeners(event as "uncaughtException")));
  const result = await start();
  events.forEach((event, index) => {
    for (const listener of process.listeners(event as "uncaughtException")) {
      if (before[index]?.has(listener) !== true) process.removeListener(event, listener);
    }
  });
  return result;
}

/** Makes a started backend the current one. Takes effect at once: only a backend's first start is asynchronous. */
export function useBackend(name: TfjsBackendName): void {
  if (tf.getBackend() !== name) void tf.setBackend(name);
}

/**
 * The elements of a tensor of the current backend where they lie: writing changes the tensor. Valid until the next
 * tensor is made (wasm may move its memory).
 */
export function memoryOf(tensor: tf.Tensor): Float32Array | Int32Array | Uint8Array {
  const backend = tf.backend();
  return isWasm(backend)
    ? (backend.typedArrayFromHeap(tensor) as Float32Array | Int32Array | Uint8Array)
    : ((backend as MathBackendCPU).readSync(tensor.dataId) as Float32Array | Int32Array | Uint8Array);
}

function isWasm(backend: tf.KernelBackend): backend is BackendWasm {
  return "typedArrayFromHeap" in backend;
}
