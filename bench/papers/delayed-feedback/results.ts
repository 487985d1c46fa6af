import type { PaperResults } from "../results.js";
import type { ClickChoices } from "./clicks.js";

/** A model beside the true probabilities of the clicks that it is measured on. */
export interface Measured {
  /** Mean prediction over mean truth. */
  readonly calibration: number;
  /** Expected calibration error against the true probabilities, twenty buckets of equally many clicks. */
  readonly error: number;
  /** Expected log loss less that of the true probabilities, in nats per click. */
  readonly excess: number;
}

export interface DelayRun {
  readonly seed: number;
  /** Days between the last click and the log. */
  readonly age: number;
  /** Share of the conversions that are not in the log yet. */
  readonly unseen: number;
  readonly methods: Readonly<Record<string, Measured>>;
}

export interface DelayResults extends PaperResults<DelayRun> {
  readonly options: { readonly clicks: Omit<ClickChoices, "seed">; readonly ages: readonly number[] };
}
