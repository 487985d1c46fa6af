/** What all samplers share: points out, results of earlier trials in. */
import type { SearchPoint } from "../../../compiler/semantics/index.js";

/** A trial that is over, as samplers see it. */
export interface Observation {
  readonly point: SearchPoint;
  /** One number an objective, the smaller the better; absent where the trial failed. */
  readonly costs?: readonly number[];
}

/**
 * A sampler. Its points are a function of the seed, of a trial's number and of the results of the trials that it waits for, whenever
 * these come and in whatever order.
 */
export interface Sampler {
  /**
   * The point of a trial, counted from 1; undefined when more of the trials before it have to be over first.
   *
   * @param over the first trials, in their order, as far as all of them are over
   */
  readonly propose: (trial: number, over: readonly Observation[]) => SearchPoint | undefined;
}
