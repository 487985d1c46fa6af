/** How the answers of two versions to one call differ. */
import type { HeadValues } from "../../jobs/predict/predictor.js";

/** A list as it was answered. */
export interface ScoredItems {
  /** Identifiers, in the order of the list. */
  readonly items: readonly string[];
  readonly scores: readonly number[];
}

export interface ListDifference {
  /** The share of the list's items that the other list has not; 0 where both are empty, 1 where only one is. */
  readonly missing: number;
  /** The mean distance of the positions of an item that both have; undefined where they share none. */
  readonly moved: number | undefined;
  /** Of each item that both have: the other's score less that of the list. */
  readonly scores: readonly number[];
}

/** By head that both have: the other's values less these, of rows in even steps, `most` of them at most. Values that are not finite are left out. */
export function scoreDifferences(
  values: HeadValues,
  other: HeadValues,
  most = 64,
): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  for (const [head, own] of Object.entries(values)) {
    const others = other[head];
    if (others === undefined) continue;
    const step = Math.max(1, Math.ceil(own.length / most));
    const differences: number[] = [];
    for (let row = 0; row < own.length; row += step) {
      const difference = others[row]! - own[row]!;
      if (Number.isFinite(difference)) differences.push(difference);
    }
    found.set(head, differences);
  }
  return found;
}

export function listDifference(list: ScoredItems, other: ScoredItems): ListDifference {
  const positions = new Map(other.items.map((id, i) => [id, i]));
  const shared = list.items.flatMap((id, i) => {
    const position = positions.get(id);
    return position === undefined ? [] : [{ own: i, position }];
  });
  const size = list.items.length;
  const missing = size > 0 ? 1 - shared.length / size : other.items.length > 0 ? 1 : 0;
  const distance = shared.reduce((sum, { own, position }) => sum + Math.abs(own - position), 0);
  return {
    missing,
    moved: shared.length === 0 ? undefined : distance / shared.length,
    scores: shared
      .map(({ own, position }) => other.scores[position]! - list.scores[own]!)
      .filter((difference) => Number.isFinite(difference)),
  };
}
