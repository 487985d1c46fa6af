/** What short texts spell, many at once. */
import { type KernelMemory, kernelRows, openKernels } from "./module.js";
import { decimalTables, wholeTables } from "./text-kernels.js";

const entryBytes = 16;

/** What short texts spell. Entries are put into `entries`; what is given is good until the next call. */
export interface TextKernels {
  readonly entries: Int32Array<ArrayBuffer>;
  /** The whole number below `below` that each of the first `rows` texts is, −1 for others. */
  wholes(rows: number, below: number): Int32Array<ArrayBuffer>;
  /** The plain decimal that each is, NaN for an empty text and for others. */
  decimals(rows: number): Decimals;
}

export interface Decimals {
  readonly values: Float64Array;
  /** Whether there are texts besides decimals and empty ones. */
  readonly hasOthers: boolean;
}

/** With the address of the entries. */
export function textKernelsIn({ buffer, kernels, take, put }: KernelMemory): TextKernels & { readonly at: number } {
  const [wholesBy, decimalsBy] = [put(wholeTables()), put(decimalTables())];
  const at = take(kernelRows * entryBytes);
  const entries = new Int32Array(buffer, at, kernelRows * 4);
  const wholes = new Int32Array(buffer, take(4 * kernelRows), kernelRows);
  const decimals = new Float64Array(buffer, take(8 * kernelRows), kernelRows);
  return {
    at,
    entries,
    wholes: (rows, below) => {
      if (rows > 0) kernels["wholesOfEntries"]!(at, wholesBy, below, wholes.byteOffset, rows);
      return wholes;
    },
    decimals: (rows) => ({
      values: decimals,
      hasOthers: rows > 0 && kernels["decimalsOfEntries"]!(at, decimalsBy, decimals.byteOffset, rows) !== 0,
    }),
  };
}

/** Bytes of tables, entries and what they spell. */
export const textRoom = kernelRows * (entryBytes + 4 + 8) + 2 ** 12;

let ofThread: TextKernels | "none" | undefined;

/** Those of this thread. */
export function textKernels(): TextKernels | undefined {
  if (ofThread === undefined) {
    const memory = openKernels(textRoom);
    ofThread = memory === undefined ? "none" : textKernelsIn(memory);
  }
  return ofThread === "none" ? undefined : ofThread;
}
