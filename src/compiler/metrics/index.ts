/**
 * The metrics, a row each: names, parameters, the heads that they measure, which way is better, and what they compute.
 * Checker, evaluation, early stopping, tuning, editors and docs read the rows. A new metric is a file and its line in the
 * table in `table.ts`. Pure: typed arrays in, a number out.
 */
export * from "./compute.js";
export * from "./input.js";
export * from "./metric.js";
export * from "./metric-model.js";
export * from "./objective.js";
export * from "./relevance.js";
export * from "./table.js";
export { noGroup, notANumber } from "./undefined.js";
export { aucOfOrder } from "./kernels/areas.js";
export { splitByGroup, type RowsByGroup } from "./kernels/groups.js";
export type { ListMeasure, RankedList } from "./kernels/lists.js";
export type { Preference } from "./kernels/pairs.js";
export { ascendingOrder, ascendingOrderOfDoubles } from "./kernels/sort.js";
