/**
 * From scored candidates to one list. In: candidates as numbers in their total order, with the values, permits and
 * conditions that the rules look at. Out: the list, and what gave way. Pure: no clock, no random number, no I/O, and no
 * import from outside of this folder, since the standalone JavaScript module carries these files with it; no two top-level
 * names of the folder are the same.
 */
export * from "./problem.js";
export { buildList } from "./build-list.js";
export { verifyList } from "./verify-list.js";
export { createGains, type Gains } from "./gains.js";
export { compareCodePoints, sortRows, type OrderKeys } from "./order.js";
export { drawUniform, hashText } from "./hash-text.js";
