/**
 * Engines. In: a program of the tensor IR. Out: sessions that run it, fed and read as typed arrays. This folder is the
 * only one that knows TensorFlow; it never sees a spec, a model or a data file.
 */
import { omitUndefined } from "../../compiler/text/index.js";
import { availableParallelism } from "node:os";
import { createFailure } from "../failure.js";
import type { Products } from "../../compiler/targets/fused/index.js";
import type { Engine, EngineName } from "./engine.js";
import { createNativeEngine, hasXla } from "./native.js";
import { threadCount } from "../thread-count.js";
import { createFusedEngine } from "./fused/engine.js";
import { loadStepsAddon, setUpSteps } from "./fused/addon.js";
import { loadBinding } from "./native-binding.js";

export type { Engine, EngineName, HostTensor, OpenOptions, Session } from "./engine.js";
export type { Products };
export { type NativeSetupOptions, type NativeSetupResult, setUpNative } from "./native-setup.js";
export { setUpSteps };

/** The engines that train; the others only predict. */
export const trainingEngines = ["fused", "native", "wasm", "cpu"] as const satisfies readonly EngineName[];

/** The engines that only predict. */
export const predictingEngines = ["onnx", "simd"] as const satisfies readonly EngineName[];

export const engineNames: readonly EngineName[] = [...trainingEngines, ...predictingEngines];

/** Command that installs the native engine. */
export const installCommand = "mtlc doctor --install";

/** Command that installs the engine `onnx`. */
export const installOnnxCommand = "npm install --ignore-scripts onnxruntime-node";

export interface SelectOptions {
  /** Default: `MTLC_ENGINE`, else the fastest that works. */
  readonly preference?: EngineName;
  readonly environment?: NodeJS.ProcessEnv;
  /** What is to be run; default training, which not every engine can. */
  readonly purpose?: EnginePurpose;
  /** Of a training. Default "float32". */
  readonly products?: Products;
}

/** `evaluation`: what a training has measured is measured again, by the engine that it would choose. */
export type EnginePurpose = "training" | "evaluation" | "prediction";

export interface SelectedEngine {
  readonly engine: Engine;
  /** One line on which engine runs and how to get the fast one; absent when it is the fast one. */
  readonly notice?: string;
}

/** The engine to use. Throws a {@link Failure} when the one that was asked for cannot run. */
export async function selectEngine(options: SelectOptions = {}): Promise<SelectedEngine> {
  const environment = options.environment ?? process.env;
  const wanted = options.preference ?? preferredEngine(environment);
  if (options.products === "bfloat16") return { engine: bfloat16Engine(wanted, environment) };
  if (wanted === "fused" || (wanted === undefined && options.purpose !== "prediction")) {
    const engine = createFusedEngine(environment, async () => (await nativeOr(environment)).engine);
    if (engine !== undefined) return { engine };
    if (wanted === "fused")
      throw createFailure("MTL7402", { name: wanted, problem: "its addon is not there", command: installCommand });
  }
  if (wanted === undefined) return nativeOr(environment);
  if (wanted === "native") {
    const native = createNativeEngine(environment);
    if (!("reasons" in native)) return { engine: native };
    throw createFailure("MTL7402", { name: wanted, problem: whyNot(native.reasons), command: installCommand });
  }
  if (wanted === "onnx" || wanted === "simd") return { engine: await predictingEngine(wanted, options.purpose) };
  const { createTfjsEngine } = await import("./tfjs.js");
  return {
    engine: await createTfjsEngine(wanted),
    notice: `running on ${wanted}, as asked; the engines fused and native are faster`,
  };
}

/** The fused engine with products in bfloat16. Throws a {@link Failure} (MTL7441) where there are none. */
function bfloat16Engine(wanted: EngineName | undefined, environment: NodeJS.ProcessEnv): Engine {
  if (wanted !== undefined && wanted !== "fused")
    throw createFailure("MTL7441", { problem: `the engine ${wanted} makes all of them in float32` });
  const refuse = (): Promise<Engine> => Promise.reject(new Error("another engine has no products in bfloat16"));
  const engine = createFusedEngine(environment, refuse, undefined, "bfloat16");
  if (engine !== undefined) return engine;
  throw createFailure("MTL7441", { problem: `the engine fused is not there (\`${installCommand}\` installs it)` });
}

/** The native engine, else the fastest that works. */
async function nativeOr(environment: NodeJS.ProcessEnv): Promise<SelectedEngine> {
  const native = createNativeEngine(environment);
  if (!("reasons" in native)) return { engine: native };
  const engine = await fallback();
  return { engine, notice: notice(engine.name, native.reasons) };
}

async function predictingEngine(
  name: (typeof predictingEngines)[number],
  purpose: EnginePurpose = "training",
): Promise<Engine> {
  if (purpose === "training") throw createFailure("MTL7440", { name, engines: trainingEngines });
  if (name === "simd") {
    const { createSimdEngine } = await import("./simd/engine.js");
    const engine = createSimdEngine();
    if (!("reasons" in engine)) return engine;
    throw createFailure("MTL7402", { name, problem: whyNot(engine.reasons) });
  }
  const { createOnnxEngine } = await import("./onnx/engine.js");
  const engine = createOnnxEngine();
  if (!("reasons" in engine)) return engine;
  throw createFailure("MTL7402", { name, problem: whyNot(engine.reasons), command: installOnnxCommand });
}

async function fallback(): Promise<Engine> {
  const { createTfjsEngine } = await import("./tfjs.js");
  try {
    return await createTfjsEngine("wasm");
  } catch {
    return createTfjsEngine("cpu");
  }
}

/** The engine that `MTLC_ENGINE` names. Throws a {@link Failure} (MTL7401) for an unknown one. */
export function preferredEngine(environment: NodeJS.ProcessEnv = process.env): EngineName | undefined {
  const wanted = environment["MTLC_ENGINE"];
  if (wanted === undefined || wanted === "") return undefined;
  const name = engineNames.find((engine) => engine === wanted);
  if (name === undefined) throw createFailure("MTL7401", { name: wanted, known: engineNames });
  return name;
}

function whyNot(reasons: readonly string[]): string {
  return reasons.length === 0 ? "it is not installed" : reasons.join("; ");
}

function notice(name: EngineName, reasons: readonly string[]): string {
  return `running on ${name}, several times slower than native: ${whyNot(reasons)}; \`${installCommand}\` installs native`;
}

/** What `mtlc doctor` shows. */
export interface EngineReport {
  /** The engine that a command would use now. */
  readonly engine: EngineName;
  readonly description: string;
  readonly node: string;
  /** As `linux-x64`. */
  readonly platform: string;
  readonly tfjs: string;
  readonly cores: number;
  readonly fused: { readonly available: boolean; readonly vectors?: string };
  readonly native:
    | {
        readonly available: true;
        readonly tensorflow: string;
        readonly threads: number;
        readonly xla: boolean;
        readonly addon: string;
      }
    | { readonly available: false; readonly reasons: readonly string[] };
  /** What to do for the fast engine; absent when it runs. */
  readonly advice?: string;
}

/** Looks at the engines without opening a session. */
export async function describeEngines(options: SelectOptions = {}): Promise<EngineReport> {
  const environment = options.environment ?? process.env;
  const { engine, notice: line } = await selectEngine({ ...options, environment });
  const { version_core: tfjs } = await import("@tensorflow/tfjs-core");
  const found = loadBinding(environment);
  const cores = availableParallelism();
  const native: EngineReport["native"] =
    found.kind === "loaded"
      ? {
          available: true,
          tensorflow: found.binding.TF_Version,
          threads: threadCount(environment) ?? cores,
          xla: hasXla(found),
          addon: found.path,
        }
      : { available: false, reasons: found.reasons };
  const steps = loadStepsAddon(environment);
  return {
    engine: engine.name,
    description: engine.description,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    tfjs,
    cores,
    fused: { available: steps !== undefined, ...omitUndefined({ vectors: steps?.vectors }) },
    native,
    ...omitUndefined({ advice: line }),
  };
}
