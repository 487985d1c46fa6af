/** A range that holds the true value as often as its level says. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}
