/** The typed model and the layout of its data. Plain values: no syntax, no tensors, no I/O. */
export * from "./model.js";
export * from "./layout.js";
