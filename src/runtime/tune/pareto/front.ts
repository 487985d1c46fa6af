/** The front of a set of points, and its knee. Smaller is better in every coordinate. */
import { dominates } from "../nsga2/sort.js";

/** Indices of the points that no other dominates, in their order; of equal points only the first. */
export function paretoFront(points: readonly (readonly number[])[]): readonly number[] {
  return points.flatMap((point, i) =>
    points.some((other, j) => j !== i && (dominates(other, point) || (j < i && isEqual(other, point)))) ? [] : [i],
  );
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value === b[i]);
}

/**
 * The index of the knee: the point farthest below the plane through the front's ends, after each cost is scaled to [0, 1]
 * (Das, "On characterizing the knee of the Pareto curve based on Normal-Boundary Intersection", 1999, with the plane
 * Σ x = 1). Undefined for fewer than three points, which have no inside.
 */
export function kneeOf(front: readonly (readonly number[])[]): number | undefined {
  if (front.length < 3) return undefined;
  const dimensions = front[0]?.length ?? 0;
  const low = Array.from({ length: dimensions }, (_, k) => Math.min(...front.map((point) => point[k]!)));
  const high = Array.from({ length: dimensions }, (_, k) => Math.max(...front.map((point) => point[k]!)));
  let best = 0;
  let least = Infinity;
  for (const [i, point] of front.entries()) {
    let sum = 0;
    for (let k = 0; k < dimensions; k++) {
      const range = high[k]! - low[k]!;
      if (range > 0) sum += (point[k]! - low[k]!) / range;
    }
    if (sum < least) [best, least] = [i, sum];
  }
  return best;
}
