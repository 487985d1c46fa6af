/**
 * The tensor IR. In go the lowering's calls on a {@link GraphBuilder}; out comes a {@link Program}: state and pure
 * functions over it, with gradients and optimizer updates written as ops like any other, specialised by passes, printed,
 * verified and interpreted in float64. It knows no model, no spec beyond the spans it carries, no engine and no data.
 */
export * from "./graph.js";
export * from "./graph-error.js";
export * from "./dims.js";
export * from "./builder.js";
export * from "./philox.js";
export * from "./verify.js";
export * from "./passes/bind-dims.js";
export * from "./passes/eliminate-dead-code.js";
