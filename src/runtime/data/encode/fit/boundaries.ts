/** Where the buckets of a number begin: quantiles of the training values, or bins that give a frequent value one of its own. */
import type { FeatureModel } from "../../../../compiler/model/model.js";
import { compileFinite } from "../../expressions/expression-sql.js";
import type { Database } from "../../files/database.js";
import type { Relation } from "../../files/relation.js";
import { float64Of } from "../vectors.js";

type BucketFeature = Extract<FeatureModel, { kind: "bucket" }>;

/** Ascending boundaries: bucket i is the values with i − 1 boundaries at or below them. */
export async function fitBoundaries(
  database: Database,
  { sql, columns }: Relation,
  { source, boundaries }: BucketFeature,
): Promise<readonly number[]> {
  if (boundaries.kind === "listed") return boundaries.values;
  const values = `(SELECT ${compileFinite(source, columns)} AS x FROM ${sql})`;
  const cut =
    boundaries.kind === "quantiles"
      ? cutQuantiles(await countOf(database, values), boundaries.count)
      : cutBins(await countOf(database, values), await topValues(database, values, boundaries.count), boundaries.count);
  const query = `SELECT x, CAST(count(*) AS DOUBLE) FROM ${values} WHERE x IS NOT NULL GROUP BY x ORDER BY x`;
  for await (const chunk of database.stream(query)) {
    const x = float64Of(chunk.getColumnVector(0));
    const n = float64Of(chunk.getColumnVector(1));
    for (let i = 0; i < chunk.rowCount; i++) cut.add(x[i] ?? 0, n[i] ?? 0);
  }
  return cut.boundaries;
}

/** Takes distinct values in ascending order, and cuts between some of them. */
export interface Cut {
  readonly boundaries: readonly number[];
  readonly add: (value: number, count: number) => void;
}

/**
 * Cuts `total` values into `buckets` of about equal size: the k-th boundary is the smallest value below which at least
 * k / `buckets` of the values lie. Equal boundaries count once, so that there may be fewer buckets.
 */
function cutQuantiles(total: number, buckets: number): Cut {
  const boundaries: number[] = [];
  let below = 0;
  let k = 1;
  const add = (value: number, count: number): void => {
    if (k < buckets && below >= (k * total) / buckets) boundaries.push(value);
    while (k < buckets && below >= (k * total) / buckets) k += 1;
    below += count;
  };
  return { boundaries, add };
}

/**
 * Cuts `total` values into `bins` at most, halfway between neighbours. A value as frequent as a bin is large by then, the
 * most frequent first, has a bin of its own; the others share the bins that are left evenly, where few beside a frequent value
 * join its bin.
 *
 * @param top the most frequent values with their counts, the most frequent first, as many as `bins` if there are so many
 */
export function cutBins(total: number, top: readonly (readonly [value: number, count: number])[], bins: number): Cut {
  const frequent = new Set<number>();
  /** Values that share bins, and bins that they may still open; both count down. */
  let left = total;
  for (const [value, count] of top) {
    if (count < left / (bins - frequent.size)) break;
    frequent.add(value);
    left -= count;
  }
  let free = bins - frequent.size;
  const boundaries: number[] = [];
  let before: number | undefined;
  /** Infrequent values in the open bin, and whether a frequent one is in it. */
  let held = 0;
  let isTaken = false;
  const add = (value: number, count: number): void => {
    const isFrequent = frequent.has(value);
    const share = free > 0 ? left / free : Infinity;
    const isFull = isTaken
      ? isFrequent || free > 0
      : held >= (isFrequent ? share / 2 : share) && (isFrequent || free > 1);
    if (before !== undefined && isFull) {
      boundaries.push(between(before, value));
      if (!isTaken) {
        free -= 1;
        left -= held;
      }
      held = 0;
      isTaken = false;
    }
    if (!isFrequent) held += count;
    // Those that join a frequent value need no bin.
    if (isFrequent || isTaken) {
      left -= held;
      held = 0;
    }
    isTaken ||= isFrequent;
    before = value;
  };
  return { boundaries, add };
}

/** A boundary above `low` and at most `high`, halfway where doubles allow it. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle > low ? middle : high;
}

async function countOf(database: Database, values: string): Promise<number> {
  const [[total] = []] = await database.rows(`SELECT count(x) FROM ${values}`);
  return Number(total);
}

async function topValues(
  database: Database,
  values: string,
  most: number,
): Promise<readonly (readonly [number, number])[]> {
  const rows = await database.rows(
    `SELECT x, count(*) FROM ${values} WHERE x IS NOT NULL GROUP BY x ORDER BY count(*) DESC, x LIMIT ${most}`,
  );
  return rows.map(([value, count]) => [Number(value), Number(count)] as const);
}
