/**
 * The addon that ships with onnxruntime-node, as C++ exports it. Its JavaScript around it answers a turn of the event loop later, which
 * takes longer than a prediction.
 */
import { createRequire } from "node:module";

/** A tensor as the addon takes it and gives it back. */
export interface OnnxTensor {
  readonly type: "float32" | "int32" | "bool" | "string" | "int64";
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array | BigInt64Array | readonly string[];
  /** The addon reads `data` of tensors that are in the processor's memory. */
  readonly location: "cpu";
}

export interface OnnxSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: OnnxSessionOptions): void;
  /** The feeds must not change before it returns. `fetches`: null for each output that is wanted. */
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches: Readonly<Record<string, null>>,
    options: Readonly<Record<string, never>>,
  ): Readonly<Record<string, OnnxTensor>>;
  dispose(): void;
}

/** The part of onnxruntime's options that we set. */
export interface OnnxSessionOptions {
  readonly intraOpNumThreads: number;
  readonly interOpNumThreads: number;
  readonly executionMode: "sequential" | "parallel";
  readonly graphOptimizationLevel: "disabled" | "basic" | "extended" | "all";
}

export interface OnnxBinding {
  readonly version: string;
  createSession(): OnnxSession;
}

export type LoadedOnnxBinding =
  { readonly kind: "loaded"; readonly binding: OnnxBinding } | { readonly kind: "missing"; readonly reason: string };

/** The module of onnxruntime-node that has the addon. */
interface BindingModule {
  readonly binding: { readonly InferenceSession?: new () => OnnxSession };
  readonly initOrt: () => void;
}

const packageName = "onnxruntime-node";

let loaded: LoadedOnnxBinding | undefined;

/** Loads the addon, once in a process. */
export function loadOnnxBinding(): LoadedOnnxBinding {
  loaded ??= tryLoad();
  return loaded;
}

function tryLoad(): LoadedOnnxBinding {
  const require = createRequire(import.meta.url);
  // Otherwise the library keeps an identifier of the machine in the user's cache, and reports to its makers.
  process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
  try {
    const { version } = require(`${packageName}/package.json`) as { readonly version: string };
    const { binding, initOrt } = require(`${packageName}/dist/binding.js`) as BindingModule;
    const { InferenceSession } = binding;
    if (InferenceSession === undefined) return { kind: "missing", reason: `${packageName} ${version} has no sessions` };
    initOrt();
    return { kind: "loaded", binding: { version, createSession: () => new InferenceSession() } };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const [line = ""] = message.split("\n");
    const reason = code === "MODULE_NOT_FOUND" ? `the package ${packageName} is not installed` : line;
    return { kind: "missing", reason };
  }
}
