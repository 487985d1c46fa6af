/**
 * The serving stage put together: a request goes in as parsed JSON, and out comes a ranked list with all that became of
 * its candidates; tests of a spec and arms of experiments. Pure: the clock, the seed, parameters and permits are inputs.
 */
export { assignArm, assignArms, type AssignedArms } from "./experiment.js";
export { formulaInputs, inputsLookedBackOn, inputsOf } from "./formula-inputs.js";
export type { RankRequest } from "./rank-request.js";
export type { RankedItem, RankedList } from "./ranked-list.js";
export { createRanker, type Ranker, type RankResult } from "./ranker.js";
export { readRequest, requestMembers, type SoundRequest } from "./read-request.js";
export { oneOf, refuse, type Refusal } from "./refusal.js";
export type { EarlierPages, ShownItem } from "./shown-items.js";
export { runTest, testEpoch, type ExpectationResult, type RankingReport, type TestResult } from "./run-test.js";
export type { ExpectationValue, ObservedValue } from "./evaluate-expectation.js";
