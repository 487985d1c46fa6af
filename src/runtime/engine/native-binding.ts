/**
 * The addon that ships with tfjs-node, as C++ exports it. It is loaded by itself: the JavaScript around it takes half a
 * second to start and adds nothing that a session needs.
 */
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { threadCount } from "../thread-count.js";
import { type CompiledStore, openCompiledStore } from "./compiled-store.js";

/** A tensor that TensorFlow owns. */
export interface TensorHandle {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

export interface NativeBinding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  /** The tensor reads the array's memory until it is deleted. */
  createTensor(shape: readonly number[], dtype: number, data: Float32Array | Int32Array | Uint8Array): number;
  deleteTensor(id: number): void;
  /** A copy of the elements. */
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  /** `tags` is separated by commas. */
  loadSavedModel(directory: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** `inputNames` and `outputNames` are `node:port`, separated by commas. */
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): TensorHandle[];
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
}

/** Where this package keeps native libraries between installs: `MTLC_CACHE`, or `mtlc` in the user's cache folder. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment["MTLC_CACHE"];
  if (own !== undefined && own !== "") return own;
  const shared = environment["XDG_CACHE_HOME"];
  return join(shared !== undefined && shared !== "" ? shared : join(homeDirectory(), ".cache"), "mtlc");
}

/** A user of whom the system knows nothing, as a container may run, has no home: then `/`, where there is nothing to find. */
function homeDirectory(): string {
  try {
    return homedir();
  } catch {
    return "/";
  }
}

export const addonFile = "tfjs_binding.node";

/** The folder of the installed tfjs-node package, or `undefined`. */
export function tfjsNodeDirectory(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-node/package.json"));
  } catch {
    return undefined;
  }
}

/** Addons that may load, the one to prefer first: those of the cache, newest version first, then the package's own. */
export function addonCandidates(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  const native = join(cacheDirectory(environment), "native");
  const cached = existsSync(native)
    ? readdirSync(native)
        .filter((name) => !name.startsWith("."))
        .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
        .map((name) => join(native, name, addonFile))
    : [];
  const installed = tfjsNodeDirectory();
  const own = installed === undefined ? [] : [join(installed, "lib", "napi-v8", addonFile)];
  return [...cached, ...own].filter((path) => existsSync(path));
}

export type LoadedBinding =
  | {
      readonly kind: "loaded";
      readonly binding: NativeBinding;
      readonly path: string;
      /** Absent: what XLA compiles is not kept. */
      readonly compiled?: CompiledStore | undefined;
    }
  /** `reasons` is empty when no addon is installed. */
  | { readonly kind: "unavailable"; readonly reasons: readonly string[] };

let loaded: LoadedBinding | undefined;

/**
 * Loads the first addon that works, once. TensorFlow reads its settings from the environment at that moment:
 * `MTLC_THREADS` is the number of threads of one op (default: every core).
 */
export function loadBinding(environment: NodeJS.ProcessEnv = process.env): LoadedBinding {
  if (loaded?.kind === "loaded") return loaded;
  setEnvironment(environment);
  const require = createRequire(import.meta.url);
  const reasons: string[] = [];
  for (const path of addonCandidates(environment)) {
    try {
      const compiled = openCompiledStore(cacheDirectory(environment), path, environment);
      loaded = { kind: "loaded", binding: require(path) as NativeBinding, path, compiled };
      return loaded;
    } catch (error) {
      reasons.push(`${path}: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`);
    }
  }
  loaded = { kind: "unavailable", reasons };
  return loaded;
}

function setEnvironment(environment: NodeJS.ProcessEnv): void {
  const threads = threadCount(environment);
  if (threads !== undefined) environment["TF_NUM_INTRAOP_THREADS"] = String(threads);
  // What fails is thrown; as an error it logs that kept code was compiled with hints to the compiler that are no features of a processor. oneDNN announces itself
  // at any level, and gains nothing at our sizes (measured).
  environment["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
  environment["TF_ENABLE_ONEDNN_OPTS"] ??= "0";
}
