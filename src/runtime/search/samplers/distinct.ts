/** Points that no trial before has had. */
import type { SearchDimension, SearchPoint } from "../../../compiler/semantics/index.js";
import { createDraws } from "../../statistics/index.js";
import { randomPoint } from "./random.js";
import { countPoints, pointKey, pointOfNumber } from "./space.js";

/** Random draws before the points are looked through. */
const draws = 100;

/**
 * The point, or where it is taken another one, at random; undefined when all are taken. A function of the seed and the trial only.
 */
export function distinctPoint(
  dimensions: readonly SearchDimension[],
  point: SearchPoint,
  taken: ReadonlySet<string>,
  { seed, trial }: { readonly seed: number; readonly trial: number },
): SearchPoint | undefined {
  const isFree = (each: SearchPoint): boolean => !taken.has(pointKey(dimensions, each));
  if (isFree(point)) return point;
  const random = createDraws(seed, trial, 1);
  for (let k = 0; k < draws; k++) {
    const other = randomPoint(dimensions, random);
    if (isFree(other)) return other;
  }
  const count = countPoints(dimensions);
  for (let number = 0; number < Math.min(count, taken.size + 1); number++) {
    const other = pointOfNumber(dimensions, number);
    if (isFree(other)) return other;
  }
  return Number.isFinite(count) ? undefined : point;
}
