/** Files and rows several bytes at a time: lines cut into values, what short texts spell, columns made into rows. Without WebAssembly there are none, and loops of JavaScript give the same. */
export {
  type Decimals,
  type IdTable,
  kernelRows,
  type LineKernels,
  openLineKernels,
  openRowKernels,
  type RowKernels,
  type TextKernels,
  textKernels,
} from "./open.js";
export { hashFactor, hashSeeds, hashShift, type Mixed, nullId } from "./row-kernels.js";
