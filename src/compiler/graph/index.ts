/**
 * The tensor IR. In go the lowering's calls on a {@link GraphBuilder}; out comes a {@link Program}: state and pure
 * functions over it, with gradients and optimizer updates written as ops like any other, specialised by passes, printed,
 * verified and interpreted in float64. It knows no model, no spec beyond the spans it carries, no engine and no data.
 */
export * from "./graph.js";
export * from "./graph-error.js";
export * from "./dims.js";
export * from "./builder.js";
export * from "./autodiff.js";
export * from "./settings.js";
export * from "./optimizers/index.js";
export * from "./schedules/index.js";
export * from "./balance/balanced-gradients.js";
export * from "./train-step.js";
export type { Target } from "./target.js";
export { averageSlot, averageStepSlot, kept as keptOfAverage } from "./average.js";
export { batchesSlot } from "./accumulate.js";
export { scalarSlot } from "./slots.js";
export * from "./initialize.js";
export * from "./philox.js";
export * from "./verify.js";
export * from "./print.js";
export * from "./parse.js";
export * from "./tensor.js";
export * from "./interpreter.js";
export type { OpSystem } from "./ops/op.js";
export { nodeFlops, opTable } from "./ops/table.js";
export * from "./predict-program.js";
export * from "./reads.js";
export * from "./step-passes.js";
export * from "./passes/align-columns.js";
export * from "./passes/bind-dims.js";
export * from "./passes/eliminate-dead-code.js";
export * from "./passes/join-tables.js";
export * from "./passes/products/merge-products.js";
export * from "./passes/products/multiply-fixed-tables.js";
export * from "./passes/products/multiply-tables.js";
export * from "./passes/pad-distinct.js";
export * from "./passes/partition.js";
export * from "./passes/repeat.js";
export * from "./passes/stack-state.js";
export * from "./passes/stack-training.js";
