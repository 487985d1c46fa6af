/** Functions of the tensor IR as WebAssembly with SIMD: for a few rows, which a large runtime spends its time on calls for. */
export { imports as simdImports } from "./kernels.js";
export { importedFrom } from "../../wasm/module.js";
export { type FunctionPlaces, type PlacedValue, type SimdFunction, writeSimdFunction } from "./write-function.js";
export { slack, Space } from "./places.js";
