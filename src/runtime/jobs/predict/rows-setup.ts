/** What other threads need so that they predict as this one does. */
import { functionInputs, stateBytes } from "../../../compiler/graph/index.js";
import { batchInputs, type BatchLayout } from "../../../compiler/model/layout.js";
import type { LoadedArtifact } from "../../artifact/index.js";
import type { HostTensor } from "../../engine/index.js";
import type { FileSession } from "./open-by-size.js";
import type { RowsSetup } from "./rows-service.js";

/** Bytes of weights that are held for other threads as well, at most. */
const mostBytes = 1 << 28;

/** Whether other threads can help: the engine has no threads of its own, and only ids and numbers are read. */
export function canShare({ ensembles }: LoadedArtifact, { target, variables, engine }: FileSession): boolean {
  if (ensembles !== undefined || (engine !== "onnx" && engine !== "simd")) return false;
  const known: readonly string[] = [batchInputs.ids, batchInputs.numbers];
  if (functionInputs(target).some(({ name }) => !known.includes(name))) return false;
  return variables.reduce((sum, variable) => sum + stateBytes(variable), 0) <= mostBytes;
}

/** What other threads open. */
export function setupOf(
  { state }: LoadedArtifact,
  { target, variables, engine }: FileSession,
  layout: BatchLayout,
): RowsSetup {
  if (engine !== "onnx" && engine !== "simd") throw new Error(`the engine ${engine} has threads of its own`);
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
