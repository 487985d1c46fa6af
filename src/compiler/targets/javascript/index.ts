/**
 * The serving stage as a standalone JavaScript module. In go the model's formulas, rules and rankings, and our own
 * compiled sources; out come the text of one ES module without imports, and of its types. It never evaluates code, and
 * it reads and writes no files.
 */
export { createStandaloneModule, type StandaloneModule, type StandaloneOptions } from "./standalone-module.js";
export { linkModules, type CompiledModules, type LinkedModules } from "./link-modules.js";
