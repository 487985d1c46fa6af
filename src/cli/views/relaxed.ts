import type { Relaxed } from "../../compiler/ranking/index.js";

/** Of a list whose search did not end. */
export const budgetText = "the search ended for its budget: a longer list, or one that keeps more rules, may exist";

/** What a rule could not keep, as a sentence's end. */
export function relaxedText(given: Relaxed): string {
  switch (given.kind) {
    case "window":
      return `${given.rule} is relaxed at ${placesText(given.places)}`;
    case "pin":
      return `${given.rule} is relaxed: place ${given.place} is not to be had`;
    case "quota":
      return given.kept === given.wanted
        ? `${given.rule} is late: its ${given.wanted} stand in time, but not spread evenly`
        : `${given.rule} is relaxed: ${given.kept} of ${given.wanted}`;
    case "short":
      return `the list is short: ${given.rules.join(", ")} leave${given.rules.length === 1 ? "s" : ""} ${given.length} of ${given.wanted} places`;
    case "refused":
      return `there is no list: ${given.rules.join(", ")} refuse${given.rules.length === 1 ? "s" : ""} a shorter one`;
  }
}

/** `place 1`, `places 1, 4 and 7`, `17 places: 1, 2, 3, 4, 5 and 12 more`. */
function placesText(places: readonly number[]): string {
  const shown = places.slice(0, 5).join(", ");
  if (places.length > 6) return `${places.length} places: ${shown} and ${places.length - 5} more`;
  return places.length === 1 ? `place ${shown}` : `places ${places.slice(0, -1).join(", ")} and ${places.at(-1)}`;
}
