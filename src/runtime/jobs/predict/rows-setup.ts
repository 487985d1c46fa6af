/** What other threads need so that they predict as this one does. */
import { functionInputs, type GraphFunction, stateBytes, type StateVariable } from "../../../compiler/graph/index.js";
import { batchInputs, type BatchLayout } from "../../../compiler/model/layout.js";
import type { LoadedArtifact } from "../../artifact/index.js";
import type { EngineName, HostTensor } from "../../engine/index.js";
import type { FileSession } from "./open-by-size.js";

/** Engines whose sessions have one thread here, so that other threads may have one each. */
const sharedEngines = ["fused", "onnx", "simd"] as const;

export type SharedEngine = (typeof sharedEngines)[number];

/** The name of such an engine. */
export function sharedEngine(engine: EngineName): SharedEngine | undefined {
  return sharedEngines.find((name) => name === engine);
}

/** What a thread opens. */
export interface RowsSetup {
  readonly target: GraphFunction;
  readonly variables: readonly StateVariable[];
  /** Of the variables, in memory that threads share. */
  readonly values: ReadonlyMap<string, HostTensor>;
  readonly engine: SharedEngine;
  readonly layout: BatchLayout;
}

/** Bytes of weights that are held for other threads as well, at most. */
const mostBytes = 1 << 28;

/** Whether other threads can help: the engine has no threads of its own, and only ids and numbers are read. */
export function canShare({ ensembles }: LoadedArtifact, { target, variables, engine }: FileSession): boolean {
  if (ensembles !== undefined || sharedEngine(engine) === undefined) return false;
  const known: readonly string[] = [batchInputs.ids, batchInputs.numbers];
  if (functionInputs(target).some(({ name }) => !known.includes(name))) return false;
  return variables.reduce((sum, variable) => sum + stateBytes(variable), 0) <= mostBytes;
}

/** What other threads open. */
export function setupOf(
  { state }: LoadedArtifact,
  { target, variables, engine: name }: FileSession,
  layout: BatchLayout,
): RowsSetup {
  const engine = sharedEngine(name);
  if (engine === undefined) throw new Error(`the engine ${name} has threads of its own`);
  const values = new Map<string, HostTensor>();
  for (const { name } of variables) {
    const value = state.get(name);
    if (value !== undefined) values.set(name, shared(value));
  }
  return { target, variables, values, engine, layout };
}

/** The same numbers in memory that threads share. */
function shared({ shape, data }: HostTensor): HostTensor {
  const buffer = new SharedArrayBuffer(data.byteLength);
  const copy = data instanceof Float32Array ? new Float32Array(buffer) : new Int32Array(buffer);
  copy.set(data);
  return { shape, data: copy };
}
