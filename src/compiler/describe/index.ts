/**
 * A typed model as the text that says it. In go models and their parts; out come expressions, declarations and whole specs
 * in the language, every default written out: what `explain`, `diff` and the pages print. What comes out compiles to the
 * model that went in. It reads no syntax tree and no file, and leaves the layout to the formatter.
 */
export * from "./column-text.js";
export * from "./head-text.js";
export * from "./network-text.js";
export * from "./feature-text.js";
export * from "./spec-text.js";
export * from "./formula-text.js";
export * from "./rule-text.js";
export * from "./serving-text.js";
export * from "./value-text.js";
