/** Order among points with several costs: Deb, Pratap, Agarwal, Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE TEC 2002. */
import type { Evaluation } from "../search.js";

/** Whether `a` is nowhere worse than `b` and somewhere better. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  let isBetter = false;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x > y) return false;
    if (x < y) isBetter = true;
  }
  return isBetter;
}

/** Constrained domination: what keeps the constraints beats what does not, a smaller violation beats a larger one. */
export function beats(a: Evaluation, b: Evaluation): boolean {
  if (a.violation !== b.violation) return a.violation < b.violation;
  return dominates(a.costs, b.costs);
}

/** Fronts, best first: indices of points that none outside of the fronts before beats. O(m n²). */
export function sortIntoFronts(evaluations: readonly Evaluation[]): readonly (readonly number[])[] {
  const beaten: number[][] = evaluations.map(() => []);
  const beatenBy = new Int32Array(evaluations.length);
  for (const [i, a] of evaluations.entries())
    for (let j = i + 1; j < evaluations.length; j++) {
      const b = evaluations[j] as Evaluation;
      const [winner, loser] = beats(a, b) ? [i, j] : beats(b, a) ? [j, i] : [-1, -1];
      if (winner < 0) continue;
      beaten[winner]?.push(loser);
      beatenBy[loser]!++;
    }
  const fronts: number[][] = [];
  let front = evaluations.flatMap((_, i) => (beatenBy[i] === 0 ? [i] : []));
  while (front.length > 0) {
    fronts.push(front);
    const next: number[] = [];
    for (const i of front)
      for (const j of beaten[i] ?? []) {
        beatenBy[j]!--;
        if (beatenBy[j] === 0) next.push(j);
      }
    front = next.sort((a, b) => a - b);
  }
  return fronts;
}

/** Crowding distance of each point of a front; infinite at the ends of each cost. A cost that all share adds nothing. */
export function crowdingDistances(front: readonly (readonly number[])[]): Float64Array {
  const distances = new Float64Array(front.length);
  if (front.length <= 2) return distances.fill(Infinity);
  const costs = front[0]?.length ?? 0;
  for (let k = 0; k < costs; k++) {
    const value = (i: number): number => front[i]?.[k] as number;
    const order = front.map((_, i) => i).sort((a, b) => value(a) - value(b) || a - b);
    const [first, last] = [order[0]!, order.at(-1) as number];
    const range = value(last) - value(first);
    distances[first] = Infinity;
    distances[last] = Infinity;
    if (range === 0) continue;
    for (let p = 1; p + 1 < order.length; p++) {
      const i = order[p]!;
      const gap = value(order[p + 1]!) - value(order[p - 1]!);
      distances[i]! += gap / range;
    }
  }
  return distances;
}
