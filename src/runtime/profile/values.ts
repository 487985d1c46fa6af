/** Values counted: of a feature, of numbers, of groups. */
import { omitUndefined } from "../../compiler/text/index.js";
import { compareTexts, type FeatureValues } from "../data/index.js";
import type { FeatureProfile, GroupProfile, NumberProfile, ValueShare } from "./types.js";

const intervals = 12;
const topValues = 10;

/** The part of a feature's profile that its values in the sample say. */
export function valueParts(
  values: FeatureValues,
): Pick<FeatureProfile, "distinct" | "numbers" | "top" | "valuesPerRow"> {
  if (values.kind === "numbers") {
    const numbers = numberProfile(values.values);
    return { distinct: new Set(values.values).size, ...omitUndefined({ numbers }) };
  }
  const { counts, lengths } = values;
  const spread = lengths === undefined ? undefined : numberProfile(lengths);
  return {
    distinct: counts.size,
    top: topOf(counts),
    ...(spread === undefined
      ? {}
      : { valuesPerRow: { minimum: spread.minimum, mean: spread.mean, maximum: spread.maximum } }),
  };
}

/** Absent for no number at all. */
export function numberProfile(values: Iterable<number>): NumberProfile | undefined {
  let n = 0;
  let mean = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  for (const value of values) {
    n += 1;
    // Divided first: the difference of two numbers at the ends of a double's range is infinite.
    mean += value / n - mean / n;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  if (n === 0) return undefined;
  if (minimum === maximum) return { minimum, mean: minimum, maximum, histogram: [n] };
  const histogram = Array.from({ length: intervals }, () => 0);
  const half = maximum / 2 - minimum / 2;
  for (const value of values) {
    const share = half === 0 ? 0 : (value / 2 - minimum / 2) / half;
    const at = Math.min(intervals - 1, Math.floor(share * intervals));
    histogram[at] = (histogram[at] ?? 0) + 1;
  }
  return { minimum, mean, maximum, histogram };
}

function topOf(counts: ReadonlyMap<string, number>): readonly ValueShare[] {
  const total = totalOf(counts);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || compareTexts(a, b))
    .slice(0, topValues)
    .map(([value, count]) => ({ value, count, share: count / total }));
}

/** The share of the values that `known` does not hold; absent without a value. */
export function unseenShare(counts: ReadonlyMap<string, number>, known: ReadonlySet<string>): number | undefined {
  const total = totalOf(counts);
  if (total === 0) return undefined;
  const unseen = [...counts].reduce((sum, [value, count]) => sum + (known.has(value) ? 0 : count), 0);
  return unseen / total;
}

function totalOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** The sizes of groups, from the code of each row's group; −1 is not a group. */
export function groupProfile(column: string, codes: Int32Array): GroupProfile {
  const counts = new Map<number, number>();
  let ungrouped = 0;
  for (const code of codes) {
    if (code < 0) ungrouped += 1;
    else counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const sizes = [...counts.values()].sort((a, b) => a - b);
  const at = (share: number): number => sizes[Math.max(0, Math.ceil(share * sizes.length) - 1)] ?? 0;
  return {
    column,
    groups: sizes.length,
    ungrouped,
    ...(sizes.length === 0
      ? {}
      : { rowsPerGroup: { minimum: at(0), p25: at(0.25), median: at(0.5), p75: at(0.75), maximum: at(1) } }),
  };
}
