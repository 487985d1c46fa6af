/** tfjs's backends in a page, a worker, Deno, Bun or Node: which there are, and starting one. */
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import type { BackendName } from "./api.js";

/** The backends of {@link BackendName}, for messages and checks. */
export const backendNames: readonly BackendName[] = ["wasm", "cpu", "webgl", "webgpu"];

/** The global, which the declarations of Node leave out. */
declare const WebAssembly: { readonly compile: (bytes: Uint8Array) => Promise<object> };

/** What the wasm backend asks the platform for; it wants to know of the other two files as well. */
const wasmPath = "tfjs-backend-wasm-simd.wasm";
const wasmPaths = { [wasmPath]: wasmPath, "tfjs-backend-wasm.wasm": "", "tfjs-backend-wasm-threaded-simd.wasm": "" };

/**
 * Starts a backend and makes it the current one; `wasm` gives its compiled code. Without a name: WebAssembly, and plain JavaScript where
 * that may not run. Throws an error that says what is missing when the named one does not start.
 */
export async function startBackend(
  wanted: BackendName | undefined,
  wasm: () => Uint8Array<ArrayBuffer>,
): Promise<BackendName> {
  usePlatform(wasm);
  tf.enableProdMode();
  if (wanted === undefined) {
    const name = (await runsWasm()) ? "wasm" : "cpu";
    return (await tf.setBackend(name)) ? name : "cpu";
  }
  if (!backendNames.includes(wanted))
    throw new Error(`\`${String(wanted)}\` is not a backend: ${backendNames.map((name) => `\`${name}\``).join(", ")}`);
  if (wanted === "wasm" && !(await runsWasm()))
    throw new Error(
      "WebAssembly with SIMD does not run here: allow it by `script-src 'wasm-unsafe-eval'` in the page's policy, or load without a backend",
    );
  if (!(await started(wanted)))
    throw new Error(`the backend \`${wanted}\` does not start here: load without a backend, or by another one`);
  if (wanted === "webgl" && tf.env().get("WEBGL_RENDER_FLOAT32_ENABLED") !== true)
    throw new Error("WebGL has only 16 bits per number here: load without a backend, or by another one");
  return wanted;
}

async function started(name: BackendName): Promise<boolean> {
  try {
    return await tf.setBackend(name);
  } catch {
    return false;
  }
}

/** A policy of the page may forbid what the browser can do. */
async function runsWasm(): Promise<boolean> {
  const emptyModule = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  try {
    await WebAssembly.compile(emptyModule);
    return (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) === true;
  } catch {
    return false;
  }
}

let isPlatformSet = false;

/** tfjs's own platforms load files and Node's modules; this one gives the one file that is asked for. */
function usePlatform(wasm: () => Uint8Array<ArrayBuffer>): void {
  if (isPlatformSet) return;
  isPlatformSet = true;
  const encoder = new TextEncoder();
  tf.env().setPlatform("mtlc", {
    fetch: (path) =>
      path === wasmPath
        ? Promise.resolve(new Response(wasm()))
        : Promise.reject(new Error(`the module holds no \`${path}\``)),
    now: () => performance.now(),
    encode: (text) => encoder.encode(text),
    decode: (bytes, encoding) => new TextDecoder(encoding).decode(bytes),
    setTimeoutCustom: (work, delay) => void setTimeout(() => work(), delay),
    isTypedArray: (value): value is Float32Array | Int32Array | Uint8Array | Uint8ClampedArray =>
      value instanceof Float32Array ||
      value instanceof Int32Array ||
      value instanceof Uint8Array ||
      value instanceof Uint8ClampedArray,
  });
  // Threads need a worker of text, which a strict policy forbids.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths(wasmPaths, true);
}
