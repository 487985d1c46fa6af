/**
 * CMA-ES over the unit cube with restarts: when a run has converged or is stuck, a new one starts elsewhere with twice the
 * population (IPOP: Auger and Hansen, "A Restart CMA Evolution Strategy With Increasing Population Size", CEC 2005).
 */
import { fold, unfold } from "../box.js";
import type { Draws } from "../../statistics/draws.js";
import { compareEvaluations, type Evaluation, type Search } from "../search.js";
import { cmaConstants, defaultPopulation } from "./constants.js";
import { type CmaState, createCmaState, sampleCma, updateCma } from "./update.js";

export interface CmaOptions {
  /** Where the first run starts, in the unit cube. */
  readonly start: Float64Array;
  readonly draws: Draws;
  /** Standard deviation of the first step as a share of the cube's side. Default 0.3. */
  readonly sigma?: number;
  /** λ of the first run; default 4 + ⌊3 ln n⌋. */
  readonly population?: number;
}

/** Searches on; costs other than the first are ignored. */
export function createCmaSearch(options: CmaOptions): Search {
  const { start, draws, sigma = 0.3 } = options;
  const n = start.length;
  let population = options.population ?? defaultPopulation(n);
  let state = createCmaState(start.map(unfold), sigma, cmaConstants(n, population));
  let asked: readonly Float64Array[] = [];
  let recent: Evaluation[] = [];
  return {
    ask: () => {
      asked = sampleCma(state, draws.normal);
      return asked.map((point) => point.map(fold));
    },
    tell: (evaluations) => {
      const order = asked.map((_, i) => i).sort((a, b) => compare(evaluations, a, b));
      state = updateCma(
        state,
        order.map((i) => asked[i] as Float64Array),
      );
      const sorted = order.map((i) => evaluations[i] as Evaluation);
      recent = [...recent, sorted[0] as Evaluation].slice(-(10 + Math.ceil((30 * n) / population)));
      if (!hasEnded(state, sorted, recent)) return;
      population *= 2;
      recent = [];
      const elsewhere = Float64Array.from({ length: n }, () => draws.uniform());
      state = createCmaState(elsewhere.map(unfold), sigma, cmaConstants(n, population));
    },
  };
}

function compare(evaluations: readonly Evaluation[], a: number, b: number): number {
  const [left, right] = [evaluations[a], evaluations[b]];
  if (left === undefined || right === undefined) throw new Error("an evaluation is missing");
  return compareEvaluations(left, right) || a - b;
}

/** Steps smaller than this share of a range change no list. */
const smallestStep = 1e-6;
/** Differences of objectives below this are rounding. */
const flat = 1e-12;

function hasEnded(state: CmaState, sorted: readonly Evaluation[], recent: readonly Evaluation[]): boolean {
  const longest = Math.max(...state.lengths);
  if (state.sigma * longest < smallestStep) return true;
  if (longest / Math.min(...state.lengths) > 1e7) return true;
  const window = 10 + Math.ceil((30 * state.mean.length) / state.constants.population);
  return recent.length >= window && spread(recent) < flat && spread(sorted) < flat;
}

function spread(evaluations: readonly Evaluation[]): number {
  const costs = evaluations.map(({ costs: [cost = 0], violation }) => cost + violation);
  return Math.max(...costs) - Math.min(...costs);
}
