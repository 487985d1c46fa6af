/**
 * The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio, Kégl: "Algorithms for Hyper-Parameter Optimization", NIPS
 * 2011): of each dimension, the density l of the good trials and g of the others; the point is that of 24 drawn from l for which
 * l / g is largest.
 */
import type { SearchDimension } from "../../../compiler/semantics/index.js";
import { createDraws, type Draws } from "../../statistics/index.js";
import { crowdingDistances, sortIntoFronts } from "../../tune/nsga2/sort.js";
import { ageWeights, createChoiceDensity, createNumberDensity, type Density } from "./parzen.js";
import { randomPoint } from "./random.js";
import type { Observation, Sampler } from "./sampler.js";
import { choicesOf, placeOf, stretchOf, valueAt, type Stretch } from "./space.js";

/** Trials that are drawn at random before there is anything to learn from. */
export const startupTrials = 10;
/** Values drawn from l of each dimension. */
const candidates = 24;

/**
 * @param lag how many trials may be under way at once: a trial knows the results of those that are at least so many before it
 */
export function createTpeSampler(dimensions: readonly SearchDimension[], seed: number, lag: number): Sampler {
  return {
    propose: (trial, all) => {
      const needed = trial <= startupTrials ? 0 : Math.max(0, trial - lag);
      if (all.length < needed) return undefined;
      const draws = createDraws(seed, trial);
      const over = all.slice(0, needed);
      if (over.length < 2) return randomPoint(dimensions, draws);
      const order = orderByCosts(over);
      const good = new Set(order.slice(0, goodCount(over.length)));
      const below = over.filter((_, i) => good.has(i));
      const above = over.filter((_, i) => !good.has(i));
      return new Map(dimensions.map((dimension) => [dimension.name, propose(dimension, below, above, draws)]));
    },
  };
}

/** How many trials are good: a tenth, at most 25. */
function goodCount(trials: number): number {
  return Math.min(25, Math.ceil(0.1 * trials));
}

/** Indices of trials, best first: by fronts, within a front those with more room around them; failed trials are last. */
export function orderByCosts(over: readonly Observation[]): readonly number[] {
  const known = over.flatMap(({ costs }, i) => (costs === undefined ? [] : [{ i, costs }]));
  const fronts = sortIntoFronts(known.map(({ costs }) => ({ costs, violation: 0 })));
  const sorted = fronts.flatMap((front) => {
    const room = crowdingDistances(front.map((at) => known[at]?.costs ?? []));
    return front
      .map((at, place) => ({ at, room: room[place] ?? 0 }))
      .sort((a, b) => (a.room === b.room ? a.at - b.at : b.room - a.room))
      .map(({ at }) => known[at]?.i ?? 0);
  });
  return [...sorted, ...over.flatMap(({ costs }, i) => (costs === undefined ? [i] : []))];
}

function propose(
  dimension: SearchDimension,
  below: readonly Observation[],
  above: readonly Observation[],
  draws: Draws,
): number {
  const [good, bad] = [densityOf(dimension, below), densityOf(dimension, above)];
  let best = 0;
  let most = -Infinity;
  for (let k = 0; k < candidates; k++) {
    const place = good.sample(draws);
    const gain = good.logDensity(place) - bad.logDensity(place);
    if (gain > most) [best, most] = [place, gain];
  }
  return valueAt(dimension, best);
}

function densityOf(dimension: SearchDimension, observations: readonly Observation[]): Density {
  const values = observations.map(({ point }) => point.get(dimension.name) ?? dimension.default);
  const weights = ageWeights(values.length);
  const stretch = stretchOf(dimension);
  if (stretch === undefined) return createChoiceDensity(values, weights, choicesOf(dimension));
  return createNumberDensity(
    values.map((value) => placeOf(dimension, value)),
    weights,
    stretch,
    binsOf(dimension),
  );
}

/** Of whole numbers, what of the stretch stands for the one at a place. */
function binsOf(dimension: SearchDimension): ((place: number) => Stretch) | undefined {
  const { space } = dimension;
  if (space.kind === "choices" || !space.whole) return undefined;
  return (place) => {
    const value = valueAt(dimension, place);
    return {
      low: placeOf(dimension, value - 0.5),
      high: placeOf(dimension, value + 0.5),
    };
  };
}
