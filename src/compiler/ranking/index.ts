/**
 * From scored candidates to one list. In: columns over a request's candidates (scores, conditions, keys, permits) and the
 * plan of a `rank`. Out: the list, and what was relaxed. Pure: no clock, no random number, no I/O, and of other folders only
 * types, since the serving module carries these files.
 */
export * from "./list/problem.js";
export * from "./plan.js";
export { planRank } from "./plan-rank.js";
export {
  rankCandidates,
  bestOfStage,
  type ExploredItem,
  type RankOutcome,
  type SpentPermits,
  spentPermits,
} from "./rank-candidates.js";
export { buildList } from "./list/build-list.js";
export { verifyList } from "./list/verify-list.js";
export type { Gains } from "./order/gain.js";
export { createGains } from "./order/gains.js";
export { keptNumbers } from "./list/kept.js";
export { createKeyTable, gatherKeys, keyText, shownNumbers } from "./list/key-tables.js";
export { compareCodePoints, sortRows, type OrderKeys } from "./order/order.js";
export { drawUniform, hashText } from "./order/hash-text.js";
export { noneShown } from "./pages.js";
export { drawMembers, type ExploreInput, type ExploreOutcome } from "./order/explore.js";
export { createExplainer, type ExplainedCandidate, type ExplainedStep } from "./explain.js";
