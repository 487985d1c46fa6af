/**
 * Loops over columns by WebAssembly, two numbers in one instruction: each number is computed by the same operations in the same order as by a plain
 * loop, so that no bit of it differs. Where there is no WebAssembly, or no room in its memory, plain loops do it (`plain-lanes.ts`).
 */
import { encodeModule, importedFrom } from "../../wasm/index.js";
import { listNumber } from "../list/scratch.js";
import { addProducts, step, takeSquares } from "./tile-kernels.js";

/** Columns of one list, and loops over them, which are given what they have made. Behind the last number they spoil up to three. */
export interface Lanes {
  /** Columns with any numbers, and behind them room for the loops. */
  readonly take: (count: number) => Float64Array;
  /** Adds to so many numbers of an array from `row` on those of the first columns of a tile, which begin with it, each times its factor, one column after the other. */
  readonly addProducts: (
    block: Float64Array,
    columns: Columns,
    factors: Float64Array,
    row: number,
    count: number,
  ) => void;
  /** Multiplies so many numbers of an array from `row` on by a factor, and takes their squares from those of a column from `first` on. */
  readonly takeSquares: (
    block: Float64Array,
    row: number,
    by: Float64Array,
    left: Float64Array,
    first: number,
    count: number,
  ) => void;
}

/** Some columns of a tile: the number that the first begins with, and how many they are. */
export interface Columns {
  readonly first: number;
  readonly count: number;
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

const numberBytes = 8;

/** Numbers in a page of 64 KiB, and pages that the memory has at most: it keeps what it once had. */
const pageNumbers = 2 ** 16 / numberBytes;
const mostPages = 2 ** 10;

type Kernel = (...addresses: number[]) => void;

interface Space {
  readonly memory: WasmMemory;
  readonly kernels: Readonly<Record<"addProducts" | "takeSquares", Kernel>>;
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
  const there = memory.buffer.byteLength / (numberBytes * pageNumbers);
  if (pages > there) {
    // Columns that are in use would be lost with the buffer.
    if (used > 0 || pages > mostPages || !canGrow(memory, pages - there)) return undefined;
  }
  const { buffer } = memory;
  let next = used;
  const last = (used += numbers);
  const address = (array: Float64Array, at: number): number => array.byteOffset + numberBytes * at;
  return {
    take: (count) => {
      const at = next;
      next += columnRoom(count);
      if (next > last) throw new Error("more columns than there is room for");
      return new Float64Array(buffer, numberBytes * at, count);
    },
    addProducts: (block, { first, count: columns }, factors, row, count) => {
      const start = address(block, row);
      const end = start + numberBytes * columnRoom(count);
      kernels.addProducts(address(block, first), factors.byteOffset, columns, start, end);
    },
    takeSquares: (block, row, by, left, first, count) => {
      const start = address(block, row);
      const end = start + numberBytes * columnRoom(count);
      kernels.takeSquares(start, address(left, first), by.byteOffset, end);
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

function moduleBytes(): Uint8Array<ArrayBuffer> {
  return encodeModule({
    imports: [],
    pages: 1,
    functions: [
      { ...addProducts, exported: "addProducts" },
      { ...takeSquares, exported: "takeSquares" },
    ],
  });
}

function openSpace(): Space | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  try {
    // Pages may forbid it, and processors do without its vectors.
    const module = new WebAssembly.Module(moduleBytes());
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { exports } = new WebAssembly.Instance(module, { [importedFrom]: { memory } });
    return { memory, kernels: exports as Space["kernels"] };
  } catch {
    return undefined;
  }
}
