import type { GaveWay } from "../../compiler/ranking/index.js";

/** Of a list whose search did not end. */
export const budgetText = "the search ended for its budget: a longer list, or one that keeps more rules, may exist";

/** What a rule could not keep, as a sentence's end. */
export function gaveWayText(given: GaveWay): string {
  switch (given.kind) {
    case "window":
      return given.until === 0
        ? `${given.rule} gave way: it cannot hold`
        : `${given.rule} gave way: it holds on the first ${given.until} places`;
    case "pin":
      return `${given.rule} gave way: place ${given.place} is not to be had`;
    case "quota":
      return given.kept === given.wanted
        ? `${given.rule} is late: its ${given.wanted} stand in time, but not spread evenly`
        : `${given.rule} gave way: ${given.kept} of ${given.wanted}`;
    case "short":
      return `the list is short: ${given.rules.join(", ")} leave${given.rules.length === 1 ? "s" : ""} ${given.length} of ${given.wanted} places`;
    case "refused":
      return `there is no list: ${given.rules.join(", ")} refuse${given.rules.length === 1 ? "s" : ""} a shorter one`;
  }
}
