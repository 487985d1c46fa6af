/**
 * Rankings that answer: a spec or an artifact goes in, and each request becomes one list, in one call or as a stream over
 * files. The network's scores are computed where the artifact has one, and permits are spent where a store is given. One
 * request that is wrong never ends the others.
 */
export type * from "./answer.js";
export { rankFiles, type RankOptions } from "../jobs/rank/rank-files.js";
export { wholeFile } from "./group-requests.js";
export { createRanker } from "./ranker.js";
export { explainList, type ExplainedAnswer, type ExplainedRank, type RankedRequest } from "./explained.js";
export { rankJson } from "./rank-json.js";
