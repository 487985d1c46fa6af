/** The module of all kernels, and memories for it. */
import { encodeModule, importedFrom, type ModuleFunction } from "../../../compiler/wasm/index.js";
import { webAssembly } from "../../web-assembly.js";
import { fillEntries, findEnds } from "./line-kernels.js";
import { idsOfCodes, mixColumn, mixed, rowsOfColumns } from "./row-kernels.js";
import { decimalsOfEntries, wholesOfEntries } from "./text-kernels.js";

/** Rows of a column that text and line kernels have room for. */
export const kernelRows = 2048;
const pageBytes = 2 ** 16;
/** Parts of a memory begin at a multiple of it, and there are at most so many of them. */
const [aligned, most] = [16, 64];

type Kernel = (...numbers: number[]) => number;

/** Kernels over a memory, whose room they are given in parts. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  readonly kernels: Readonly<Record<string, Kernel>>;
  /** The address of the next so many bytes, a multiple of 16. */
  take(bytes: number): number;
  /** The address of some bytes, copied. */
  put(bytes: Uint8Array): number;
}

const functions: Readonly<Record<string, ModuleFunction>> = {
  findEnds,
  fillEntries,
  wholesOfEntries,
  decimalsOfEntries,
  rowsOfColumns,
  idsOfCodes,
  ...Object.fromEntries(mixed.map((what) => [`mix-${what}`, mixColumn(what)])),
};

let compiled: object | undefined;

/** A memory with room for so many bytes in up to 64 parts; undefined where this process has no WebAssembly with SIMD, or no such room. */
export function openKernels(bytes: number): KernelMemory | undefined {
  if (webAssembly === undefined) return undefined;
  try {
    compiled ??= new webAssembly.Module(
      encodeModule({
        imports: [],
        pages: 1,
        functions: Object.entries(functions).map(([exported, each]) => ({ ...each, exported })),
      }),
    );
    const pages = Math.ceil((bytes + most * aligned) / pageBytes);
    const memory = new webAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new webAssembly.Instance(compiled, { [importedFrom]: { memory } });
    return inParts(memory.buffer, exports as unknown as KernelMemory["kernels"]);
  } catch {
    return undefined;
  }
}

function inParts(buffer: ArrayBuffer, kernels: KernelMemory["kernels"]): KernelMemory {
  let next = aligned;
  const take = (bytes: number): number => {
    const place = next;
    next = Math.ceil((next + bytes) / aligned) * aligned;
    return place;
  };
  return {
    buffer,
    kernels,
    take,
    put: (bytes) => {
      const place = take(bytes.length);
      new Uint8Array(buffer).set(bytes, place);
      return place;
    },
  };
}
