/** What targets read and write, in memory. */
import type { StateBytes, TargetFile } from "../../src/compiler/targets/index.js";
import type { HostTensor } from "../../src/runtime/engine/index.js";

/** Weights that a session or a file has given. */
export function weightsOf(state: ReadonlyMap<string, Pick<HostTensor, "data">>): StateBytes {
  return (name, from, to) => {
    const data = state.get(name)?.data;
    if (data === undefined) throw new Error(`no state ${name}`);
    return new Uint8Array(data.buffer, data.byteOffset + from, to - from);
  };
}

/** All bytes of a file. */
export function bytesOf(content: TargetFile["content"]): Uint8Array {
  return typeof content === "function"
    ? Buffer.concat([...content()].map((part) => Uint8Array.from(part)))
    : Buffer.from(content);
}
