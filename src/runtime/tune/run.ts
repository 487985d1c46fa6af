/** Drives a search over trials: asks, evaluates, tells, until the budget is spent or the caller stops it. */
import { createCmaSearch } from "./cma-es/search.js";
import { toRanges, toUnit, type Range } from "./box.js";
import { gridPoints, gridSide } from "./grid.js";
import { createNsga2Search } from "./nsga2/search.js";
import { paretoFront } from "./pareto/front.js";
import { createDraws } from "../statistics/draws.js";
import { compareEvaluations, type Evaluation, type Search } from "./search.js";

export const searchMethods = ["grid", "cma-es", "nsga2"] as const;
export type SearchMethod = (typeof searchMethods)[number];

/** The objectives, guards and violation of one set of parameter values. */
export interface Outcome {
  /** One an objective; larger is better. */
  readonly objectives: readonly number[];
  /** The measure of each guard. */
  readonly guards: readonly number[];
  /** By how much guards are broken in all, 0 when all hold. */
  readonly violation: number;
}

export interface Trial {
  readonly values: Float64Array;
  readonly outcome: Outcome;
}

export interface SearchProblem {
  readonly ranges: readonly Range[];
  /** The values in production. */
  readonly start: Float64Array;
  readonly objectives: number;
  readonly evaluate: (values: Float64Array) => Outcome;
}

export interface SearchOptions {
  readonly method: SearchMethod;
  readonly seed: number;
  /** Evaluations; at least that of the production values is made. */
  readonly budget: number;
  readonly signal?: AbortSignal;
  readonly onTrial?: (trial: Trial, done: number) => void;
}

export interface SearchRun {
  /** The first one is that of the values in production. */
  readonly trials: readonly Trial[];
  /** Whether the signal ended it before the budget did. */
  readonly interrupted: boolean;
}

/** Runs a search. What was found until the signal fired is kept. */
export async function runSearch(problem: SearchProblem, options: SearchOptions): Promise<SearchRun> {
  const { ranges, start } = problem;
  const { budget, signal, onTrial = () => undefined } = options;
  const trials: Trial[] = [];
  const evaluate = (values: Float64Array): Evaluation => {
    const trial: Trial = { values, outcome: problem.evaluate(values) };
    trials.push(trial);
    onTrial(trial, trials.length);
    return costsOf(trial.outcome);
  };
  evaluate(start.slice());
  const search = createSearch(problem, options);
  for (;;) {
    const points = search.ask();
    if (points.length === 0) return { trials, interrupted: false };
    const evaluations: Evaluation[] = [];
    for (const point of points) {
      if (trials.length >= budget) return { trials, interrupted: false };
      if (signal?.aborted === true) return { trials, interrupted: true };
      evaluations.push(evaluate(toRanges(point, ranges)));
      // Signals arrive between two turns of the event loop.
      await new Promise((resume) => void setImmediate(resume));
    }
    search.tell(evaluations);
  }
}

function createSearch({ ranges, start, objectives }: SearchProblem, { method, seed, budget }: SearchOptions): Search {
  const draws = createDraws(seed);
  const dimension = ranges.length;
  const unit = toUnit(start, ranges);
  switch (method) {
    case "grid":
      return createGridSearch(dimension, budget - 1);
    case "cma-es":
      return createCmaSearch({ start: unit, draws });
    case "nsga2":
      return createNsga2Search({
        dimension,
        draws,
        start: [unit],
        population: Math.max(8, Math.min(objectives > 2 ? 100 : 40, Math.floor(budget / 8))),
      });
  }
}

/** Asks for a stretch of the grid at a time, and for nothing at its end. */
function createGridSearch(dimension: number, budget: number): Search {
  const points = gridPoints(dimension, gridSide(dimension, budget));
  return {
    ask: () => {
      const next = points.next();
      return next.done === true ? [] : [next.value];
    },
    tell: () => undefined,
  };
}

export function costsOf({ objectives, violation }: Outcome): Evaluation {
  return { costs: objectives.map((value) => -value), violation };
}

/** The trial that is best by its first objective; guards first. The earliest among equals. */
export function bestTrial(trials: readonly Trial[]): Trial {
  const [first, ...others] = trials;
  if (first === undefined) throw new Error("there is no trial");
  return others.reduce(
    (best, trial) => (compareEvaluations(costsOf(trial.outcome), costsOf(best.outcome)) < 0 ? trial : best),
    first,
  );
}

/** Trials that keep every guard and that no other such trial beats in all objectives, by the first objective. */
export function frontOf(trials: readonly Trial[]): readonly Trial[] {
  const feasible = trials.filter(({ outcome }) => outcome.violation === 0);
  const front = paretoFront(feasible.map(({ outcome }) => costsOf(outcome).costs)).map((i) => feasible[i] as Trial);
  return front.sort((a, b) => (a.outcome.objectives[0] ?? 0) - (b.outcome.objectives[0] ?? 0));
}
