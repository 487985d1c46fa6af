/**
 * Loops over columns by WebAssembly, two numbers in one instruction: each number is computed by the same operations in the same order as by a plain
 * loop, so that no bit of it differs. Where there is no WebAssembly, or no room in its memory, whoever asks makes do with plain loops.
 */
import { listNumber } from "../list/scratch.js";
import { type KernelSize, kernelSizes, moduleBytes, step } from "./lanes-module.js";

/** Columns of one list in a memory that its loops read. */
export interface Lanes {
  /** A column with any numbers, and behind it room for the loops. */
  readonly take: (count: number) => Float64Array;
  /**
   * Adds to the numbers of a row from `from` (a multiple of {@link step}) up to `to` those of some columns of an array, from `first` on and `stride`
   * numbers apart, each times its factor of those from `factor` on, one column after the other. What is behind `to` in the last step is spoilt.
   */
  readonly addProducts: (
    size: KernelSize,
    array: Float64Array,
    first: number,
    stride: number,
    factors: Float64Array,
    factor: number,
    row: Float64Array,
    from: number,
    to: number,
  ) => void;
  /** Multiplies the numbers of a row by a factor, and takes their squares from another column. */
  readonly takeSquares: (row: Float64Array, by: Float64Array, left: Float64Array, from: number, to: number) => void;
}

/** The part of the interface of WebAssembly that is used. */
interface WasmInterface {
  readonly Memory: new (size: { readonly initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, object>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  readonly grow: (pages: number) => number;
}

declare const WebAssembly: WasmInterface | undefined;

/** Numbers in a page of 64 KiB, and pages that the memory has at most: it keeps what it once had. */
const pageNumbers = 2 ** 13;
const mostPages = 2 ** 10;

type Kernel = (...addresses: number[]) => void;

interface Space {
  readonly memory: WasmMemory;
  readonly kernels: Readonly<Record<string, Kernel>>;
}

let opened: Space | "none" | undefined;
let used = 0;
/** The list whose columns are in the memory. */
let owner = -1;

/** Room for so many numbers in all, each column counted with {@link columnRoom}; undefined: there is none. Valid while the list is made. */
export function openLanes(numbers: number): Lanes | undefined {
  if (opened === undefined) opened = openSpace() ?? "none";
  if (opened === "none") return undefined;
  const { memory, kernels } = opened;
  if (owner !== listNumber()) {
    owner = listNumber();
    used = 0;
  }
  const pages = Math.ceil((used + numbers) / pageNumbers);
  const there = memory.buffer.byteLength / (8 * pageNumbers);
  if (pages > there) {
    // Columns that are in use would be lost with the buffer.
    if (used > 0 || pages > mostPages || !canGrow(memory, pages - there)) return undefined;
  }
  const { buffer } = memory;
  let next = used;
  const last = (used += numbers);
  const { squares } = kernels as { readonly squares: Kernel };
  const bySize = new Map(kernelSizes.map((size) => [size, kernels[`add${size}`] as Kernel]));
  return {
    take: (count) => {
      const at = next;
      next += columnRoom(count);
      if (next > last) throw new Error("more columns than there is room for");
      return new Float64Array(buffer, 8 * at, count);
    },
    addProducts: (size, array, first, stride, factors, factor, row, from, to) => {
      const start = row.byteOffset + 8 * from;
      const columns = array.byteOffset + 8 * (first + from);
      const end = start + 8 * columnRoom(to - from);
      bySize.get(size)!(columns, 8 * stride, factors.byteOffset + 8 * factor, start, end);
    },
    takeSquares: (row, by, left, from, to) => {
      const start = row.byteOffset + 8 * from;
      squares(start, left.byteOffset + 8 * from, by.byteOffset, start + 8 * columnRoom(to - from));
    },
  };
}

/** Numbers that a column of so many takes. */
export function columnRoom(count: number): number {
  return Math.ceil(count / step) * step;
}

function canGrow(memory: WasmMemory, pages: number): boolean {
  try {
    memory.grow(pages);
    return true;
  } catch {
    return false;
  }
}

function openSpace(): Space | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  try {
    // Pages may forbid it, and processors do without its vectors.
    const module = new WebAssembly.Module(moduleBytes());
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return { memory, kernels: exports as Space["kernels"] };
  } catch {
    return undefined;
  }
}
