/**
 * What each candidate would add to the list so far; follows the search forth and back. A gain never grows as the list does, so
 * that one that was computed for a shorter list is a bound, and most need not be computed again.
 */
export interface Gains {
  /** At least the gain of every candidate, given the candidates added. */
  readonly bounds: Float64Array;
  /** The gain of a candidate, given those added. Greater is better; −∞ adds nothing. */
  at(candidate: number): number;
  add(candidate: number): void;
  /** Takes the newest candidate back; the gains are those of before, bit for bit. */
  remove(): void;
  reset(): void;
}

/** Gains that differ by less than the arithmetic's noise are equal: then the order of the candidates decides. */
export function roundGain(gain: number): number {
  return Math.round(gain * 1e9) / 1e9;
}
