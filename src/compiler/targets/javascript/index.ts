/**
 * The serving stage as a standalone JavaScript module. In go the model's formulas, rules and rankings, and the code that
 * the build bundled from `compiler/serving/module`; out come the text of one ES module without imports, and of its types.
 * It never evaluates code, and it reads and writes no files.
 */
export { createStandaloneModule, type StandaloneModule, type StandaloneOptions } from "./standalone-module.js";
export { javascript } from "./target.js";
export type { ModuleRuntime } from "./module-runtime.js";
