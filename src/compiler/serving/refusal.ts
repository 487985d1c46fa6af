/** Why a request is not answered: what was wrong with which value, and what would have been right. */
export interface Refusal {
  readonly kind: "refused";
  /** The candidate at fault; absent for what the request itself provides. */
  readonly id?: string;
  /** The value at fault: an input of the spec, or a member of the request such as `now`. */
  readonly input: string;
  readonly reason: "missing" | "outside" | "type" | "unknown";
  /** What would have been right: `a number in [0, 1]`. */
  readonly expected: string;
  /** What to do, where there is more to say. */
  readonly help?: string;
}

/** A refusal of what the request itself provides. */
export function refuse(input: string, reason: Refusal["reason"], expected: string): Refusal {
  return { kind: "refused", input, reason, expected };
}

/** `one of a, b`, or that there is none. */
export function oneOf(names: readonly string[], what: string): string {
  return names.length === 0 ? `left out: the spec has no ${what}` : `one of ${names.join(", ")}`;
}
