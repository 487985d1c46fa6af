/** The volume that a set of points dominates up to a reference point. Smaller is better in every coordinate. */
import { paretoFront } from "./front.js";

/**
 * Exact: a sweep in two dimensions, slices of it in three, and above that the recursion of While, Bradstreet and Barone
 * ("A Fast Way of Calculating Exact Hypervolumes", IEEE TEC 2012). Points not below the reference count nothing.
 */
export function hypervolume(points: readonly (readonly number[])[], reference: readonly number[]): number {
  const inside = points.filter((point) => point.every((value, k) => value < reference[k]!));
  return volume(keepFront(inside), reference);
}

function keepFront(points: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return paretoFront(points).map((i) => points[i] as readonly number[]);
}

function volume(front: readonly (readonly number[])[], reference: readonly number[]): number {
  if (front.length === 0) return 0;
  switch (reference.length) {
    case 0:
      return 0;
    case 1:
      return reference[0]! - Math.min(...front.map(([x = 0]) => x));
    case 2:
      return area(front, reference);
    case 3:
      return slices(front, reference);
    default:
      return exclusive(front, reference);
  }
}

/** Points by their first coordinate: each adds the rectangle from its height to the lowest height before. */
function area(points: readonly (readonly number[])[], [right = 0, top = 0]: readonly number[]): number {
  let sum = 0;
  let height = top;
  for (const [x = 0, y = 0] of [...points].sort((a, b) => a[0]! - b[0]!)) {
    if (y >= height) continue;
    sum += (right - x) * (height - y);
    height = y;
  }
  return sum;
}

/** Between two heights the section is the area of the points below. */
function slices(front: readonly (readonly number[])[], reference: readonly number[]): number {
  const byHeight = [...front].sort((a, b) => a[2]! - b[2]!);
  const section = reference.slice(0, 2);
  let sum = 0;
  for (let i = 0; i < byHeight.length; i++) {
    const low = byHeight[i]?.[2] as number;
    const high = byHeight[i + 1]?.[2] ?? reference[2]!;
    if (high > low) sum += (high - low) * area(byHeight.slice(0, i + 1), section);
  }
  return sum;
}

/** Σ of what each point dominates that those after it do not. Points that are worst last coordinate first keep the sets small. */
function exclusive(front: readonly (readonly number[])[], reference: readonly number[]): number {
  const last = reference.length - 1;
  const sorted = [...front].sort((a, b) => b[last]! - a[last]!);
  let sum = 0;
  for (const [i, point] of sorted.entries()) {
    const own = point.reduce((product, value, k) => product * (reference[k]! - value), 1);
    const limited = sorted.slice(i + 1).map((other) => other.map((value, k) => Math.max(value, point[k]!)));
    sum += own - volume(keepFront(limited), reference);
  }
  return sum;
}
