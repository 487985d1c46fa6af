/** CMA-ES over the ranges of a search: a generation of points, their results, and the next. */
import type { SearchDimension } from "../../../compiler/semantics/index.js";
import { createDraws } from "../../statistics/index.js";
import { createCmaSearch } from "../../tune/cma-es/search.js";
import type { Evaluation } from "../../tune/search.js";
import type { Observation, Sampler } from "./sampler.js";
import { placeOf, stretchOf, valueAtShare } from "./space.js";

/** The first trial is the start, the first generation begins with the second. Every dimension is a range. */
export function createCmaSampler(dimensions: readonly SearchDimension[], seed: number): Sampler {
  const start = Float64Array.from(dimensions, shareOfDefault);
  return {
    propose: (trial, over) => {
      const search = createCmaSearch({ start, draws: createDraws(seed) });
      for (let first = 2; ;) {
        const points = search.ask();
        const point = points[trial - first];
        if (point !== undefined)
          return new Map(dimensions.map((each, i) => [each.name, valueAtShare(each, point[i] ?? 0)]));
        const next = first + points.length;
        if (over.length < next - 1) return undefined;
        search.tell(over.slice(first - 1, next - 1).map(evaluationOf));
        first = next;
      }
    },
  };
}

function shareOfDefault(dimension: SearchDimension): number {
  const stretch = stretchOf(dimension);
  if (stretch === undefined) throw new Error("CMA-ES searches ranges");
  return (placeOf(dimension, dimension.default) - stretch.low) / (stretch.high - stretch.low);
}

/** A failed trial is worse than all others. */
function evaluationOf({ costs }: Observation): Evaluation {
  return costs === undefined ? { costs: [0], violation: 1 } : { costs, violation: 0 };
}
