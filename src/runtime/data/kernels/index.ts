/** Files and rows several bytes at a time: lines cut into values, what short texts spell, columns made into rows. Without WebAssembly there are none, and loops of JavaScript give the same. */
export { kernelRows } from "./module.js";
export { type Decimals, type TextKernels, textKernels } from "./open-texts.js";
export { type LineKernels, openLineKernels } from "./open-lines.js";
export { type IdTable, openRowKernels, type RowKernels } from "./open-rows.js";
export { hashFactor, hashSeeds, hashShift, type Mixed, nullMark } from "./row-kernels.js";
