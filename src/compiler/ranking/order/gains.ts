import type { Diversity } from "../list/problem.js";
import { createDpp } from "./dpp.js";
import type { Gains } from "./gain.js";
import { createMmr } from "./mmr.js";

/** Marginal gains for choosing position by position, of a list that is empty. */
export function createGains(diversity: Diversity, count: number): Gains {
  return diversity.kind === "mmr" ? createMmr(diversity, count) : createDpp(diversity, count);
}
