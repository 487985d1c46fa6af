/**
 * Tuning: a formula's parameters against logged data. Ranges, a function that scores rows for given parameters, and a log
 * come in; parameters with their objectives, fronts and intervals go out. Searches are seeded, smaller is better to them,
 * and they never evaluate: whoever drives them does. It never changes a spec, and knows no network.
 */
export * from "../statistics/index.js";
export * from "./box.js";
export * from "./cma-es/constants.js";
export * from "./cma-es/search.js";
export * from "./cma-es/update.js";
export * from "./fit/nonnegative.js";
export * from "./fit/pairwise.js";
export * from "./fit/stacking.js";
export * from "./grid.js";
export * from "./nsga2/search.js";
export * from "./nsga2/sort.js";
export * from "./nsga2/variation.js";
export * from "./off-policy.js";
export * from "./pareto/front.js";
export * from "./pareto/hypervolume.js";
export * from "./search.js";
export * from "./fit/within.js";
export * from "./measure/log-rows.js";
export * from "./measure/measure.js";
export * from "./measure/objective.js";
export * from "./measure/ranking.js";
export * from "./run.js";
