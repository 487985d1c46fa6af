/**
 * What changed between two models. In go two typed models; out come a tree of changes, each under a rule with a class, the
 * plan of what a warm start carries over, and texts of both. It compares what specs mean: layout, order and comments are
 * no change. It reads no files and no weights; `train --warm-start` follows the same plan.
 */
export * from "./diff-models.js";
export * from "./policy.js";
export * from "./warm-start.js";
export * from "./render-text.js";
export * from "./render-markdown.js";
