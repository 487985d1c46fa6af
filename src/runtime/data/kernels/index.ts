/** Texts of files, several bytes at a time: lines cut into values, and what short texts spell. Without WebAssembly there are none, and loops of JavaScript give the same. */
export { type Decimals, kernelRows, type LineKernels, openLineKernels, type TextKernels, textKernels } from "./open.js";
