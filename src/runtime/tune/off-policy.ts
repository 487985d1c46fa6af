/**
 * What a change would have earned, from a log whose parameters were jittered by request: each request's reward counts by
 * how much likelier its parameters are under the change than they were.
 */

import { normalCdf } from "../statistics/distributions.js";

/** Parameters of one request are normal around the centers, cut to the ranges, independent of each other. */
export interface JitterPolicy {
  readonly center: Float64Array;
  /** Standard deviations, > 0, in the parameters' own units. */
  readonly deviation: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface OffPolicyEstimate {
  /** Inverse propensity score: Σ w r / n. Unbiased. */
  readonly ips: number;
  /** Self-normalised: Σ w r / Σ w (Swaminathan and Joachims, NIPS 2015). */
  readonly snips: number;
  /** Standard error of `snips` by the delta method. */
  readonly standardError: number;
  /** (Σ w)² / Σ w² (Kish): the number of requests without weights that would give an estimate of the same variance. */
  readonly effectiveSampleSize: number;
  readonly requests: number;
}

/** Density of the parameters under `candidate` over that under `logging`; 0 outside of the candidate's ranges. */
export function densityRatio(parameters: Float64Array, candidate: JitterPolicy, logging: JitterPolicy): number {
  const ratio = logDensity(parameters, candidate) - logDensity(parameters, logging);
  return Number.isNaN(ratio) ? 0 : Math.exp(ratio);
}

function logDensity(parameters: Float64Array, policy: JitterPolicy): number {
  let sum = 0;
  for (let i = 0; i < parameters.length; i++) {
    const [x, center, s] = [parameters[i]!, policy.center[i]!, policy.deviation[i]!];
    const [low, high] = [policy.low[i]!, policy.high[i]!];
    if (x < low || x > high) return -Infinity;
    const mass = normalCdf((high - center) / s) - normalCdf((low - center) / s);
    sum += -0.5 * ((x - center) / s) ** 2 - Math.log(s * mass);
  }
  return sum;
}

export function estimateOffPolicy(weights: Float64Array, rewards: Float64Array): OffPolicyEstimate {
  const n = weights.length;
  let sum = 0;
  let squares = 0;
  let earned = 0;
  for (let i = 0; i < n; i++) {
    const w = weights[i]!;
    sum += w;
    squares += w * w;
    earned += w * rewards[i]!;
  }
  const snips = sum > 0 ? earned / sum : 0;
  let variance = 0;
  for (let i = 0; i < n; i++) variance += (weights[i]! * (rewards[i]! - snips)) ** 2;
  return {
    ips: n > 0 ? earned / n : 0,
    snips,
    standardError: sum > 0 ? Math.sqrt(variance) / sum : Infinity,
    effectiveSampleSize: squares > 0 ? (sum * sum) / squares : 0,
    requests: n,
  };
}
