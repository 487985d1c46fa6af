/**
 * Artifacts: a trained or compiled model as a directory that is complete in itself. In: the typed model, what was fitted
 * on the data, the program and its state. Out: files with their hashes, and back. It never trains, never reads data, and
 * never writes what depends on time, place or machine.
 */
export * from "./directory.js";
export * from "./files.js";
export * from "./hash.js";
export * from "./load.js";
export * from "./manifest.js";
export * from "./model-file.js";
export * from "./pieces.js";
export * from "./read.js";
export * from "./regular-file.js";
export * from "./safetensors.js";
export * from "./target-files.js";
export * from "./vocabulary-file.js";
export * from "./weights-file.js";
export * from "./write.js";
