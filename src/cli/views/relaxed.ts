import type { Relaxed } from "../../compiler/ranking/index.js";

/** Of a list whose search did not end. */
export const budgetText = "the search ended for its budget: a longer list, or one that keeps more rules, may exist";

/** What a rule could not keep, as a sentence's end. */
export function relaxedText(given: Relaxed): string {
  switch (given.kind) {
    case "window":
      return `${given.rule} is relaxed at ${positionsText(given.positions)}`;
    case "pin":
      return `${given.rule} is relaxed: no item could be put at position ${given.position}`;
    case "quota":
      return given.kept === given.wanted
        ? `${given.rule} is late: its ${given.wanted} are in time, but not spread evenly`
        : `${given.rule} is relaxed: ${given.kept} of ${given.wanted}`;
    case "short":
      return `the list is short: ${given.rules.join(", ")} leave${given.rules.length === 1 ? "s" : ""} ${given.length} of ${given.wanted} positions`;
    case "refused":
      return `there is no list: ${given.rules.join(", ")} refuse${given.rules.length === 1 ? "s" : ""} a shorter one`;
  }
}

/** `position 1`, `positions 1, 4 and 7`, `17 positions: 1, 2, 3, 4, 5 and 12 more`. */
function positionsText(positions: readonly number[]): string {
  const shown = positions.slice(0, 5).join(", ");
  if (positions.length > 6) return `${positions.length} positions: ${shown} and ${positions.length - 5} more`;
  return positions.length === 1
    ? `position ${shown}`
    : `positions ${positions.slice(0, -1).join(", ")} and ${positions.at(-1)}`;
}
