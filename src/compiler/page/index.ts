/**
 * A page about a model. In go a typed model and what it costs; out comes Markdown: what is predicted, from what, by which
 * network, how it is trained, scored and listed, and what it costs, with the doc comments of the spec. It reads no syntax
 * and writes no file.
 */
export * from "./model-page.js";
export * from "./markdown.js";
