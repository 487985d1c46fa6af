/**
 * A model as one ES module without imports. In go the model, what was fitted, the program with its weights, and the code that
 * the build bundled from `runtime/web`; out come the module and its types. It never evaluates code, and it reads and writes no files.
 */
export { web } from "./target.js";
