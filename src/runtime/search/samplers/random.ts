import type { SearchDimension, SearchPoint } from "../../../compiler/semantics/index.js";
import { createDraws, type Draws } from "../../statistics/index.js";
import type { Sampler } from "./sampler.js";
import { valueAtShare } from "./space.js";

/** Each value of a dimension as likely as the others, with `log` each factor; dimensions apart from each other. */
export function createRandomSampler(dimensions: readonly SearchDimension[], seed: number): Sampler {
  return {
    propose: (trial) => randomPoint(dimensions, createDraws(seed, trial)),
  };
}

export function randomPoint(dimensions: readonly SearchDimension[], { uniform }: Draws): SearchPoint {
  return new Map(dimensions.map((dimension) => [dimension.name, valueAtShare(dimension, uniform())]));
}
