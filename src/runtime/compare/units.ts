/** What a resampling draws: rows, or groups of rows that are alike. */
import { metricArguments, type MetricRows, rowOfMetric } from "../../compiler/metrics/index.js";
import type { MetricModel } from "../../compiler/model/index.js";

export interface Units {
  readonly kind: "rows" | "groups";
  readonly count: number;
  /** Of each row, −1 where it is in none; absent: each row is one. */
  readonly codes?: Int32Array;
}

/**
 * The units of each metric: the groups that it is a mean over, else those of the data, else rows. Metrics with the same units get the
 * same object, so that they share draws.
 */
export function createUnits(rows: MetricRows, hasGroup: boolean): (metric: MetricModel) => Units {
  const made = new Map<string, Units>();
  return (metric) => {
    const { group, groupsAre } = rowOfMetric(metric);
    const args = metricArguments(metric);
    const looksAtGroups = group === "required" || (group !== "none" && (args[group.where] ?? null) !== null);
    const isOverGroups = looksAtGroups && groupsAre !== "buckets";
    const column = isOverGroups && typeof args["by"] === "string" ? args["by"] : undefined;
    const key = `${isOverGroups ? "lists" : "rows"} ${column ?? ""}`;
    const groups = isOverGroups || hasGroup ? rows.groups?.(column) : undefined;
    const units = made.get(key) ?? unitsOf(rows.predictions.length, groups, isOverGroups);
    made.set(key, units);
    return units;
  };
}

/** A row without a group is one by itself, but in none for a metric that is a mean over groups. */
function unitsOf(rows: number, groups: Int32Array | undefined, isOverGroups: boolean): Units {
  if (groups === undefined) return { kind: "rows", count: rows };
  const codes = new Int32Array(rows).fill(-1);
  const dense = new Map<number, number>();
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const group = groups[row]!;
    if (group < 0) {
      if (!isOverGroups) codes[row] = count++;
      continue;
    }
    let code = dense.get(group);
    if (code === undefined) dense.set(group, (code = count++));
    codes[row] = code;
  }
  return { kind: "groups", count, codes };
}
