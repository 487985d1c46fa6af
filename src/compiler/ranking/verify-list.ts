import type { BuiltList, KeyColumn, ListProblem } from "./problem.js";
import { quotaDeadline, quotaLevel } from "./quota.js";

/**
 * Checks a list against every rule as the rules are defined, and not as the search keeps them. Gives a sentence for each
 * rule that does not hold to the extent that `gaveWay` says; none for a list that may leave.
 */
export function verifyList(problem: ListProblem, built: BuiltList): readonly string[] {
  const { list, gaveWay } = built;
  const found: string[] = [];
  const full = Math.min(problem.length, problem.count);
  if (gaveWay.some(({ kind }) => kind === "refused")) return list.length === 0 ? [] : ["a refused list is not empty"];
  const short = gaveWay.find((each) => each.kind === "short");
  if (list.length !== (short?.kind === "short" ? short.length : full)) found.push("the list has another length");

  const seen = new Uint8Array(problem.count);
  let isLast = false;
  for (const candidate of list) {
    if (seen[candidate] !== 0) return [...found, `candidate ${candidate} stands twice or does not exist`];
    seen[candidate] = 1;
    if (problem.last?.[candidate] === 1) isLast = true;
    else if (isLast) found.push(`candidate ${candidate} stands below a suppressed one`);
  }

  const pinned = new Uint8Array(problem.count);
  for (const { name, candidate, place } of problem.pins) {
    if (gaveWay.some((each) => each.kind === "pin" && each.rule === name)) continue;
    pinned[candidate] = 1;
    if (list[place] !== candidate) found.push(`pin ${name} does not hold`);
  }

  for (const { name, keys, most, size, tail, strength } of problem.windows) {
    const given = gaveWay.find((each) => each.kind === "window" && each.rule === name);
    const until = given?.kind === "window" ? given.until : list.length;
    const exempt = strength.kind === "soft" ? pinned : undefined;
    if (!windowHolds(keys, list, most, size, tail, until, exempt)) found.push(`window ${name} does not hold`);
  }

  for (const { name, keys, permits } of problem.caps) {
    const spent = new Float64Array(keys.valueCount);
    for (const candidate of list)
      for (const value of valuesOf(keys, candidate)) spent[value] = (spent[value] as number) + 1;
    if (spent.some((count, value) => count > 0 && count > (permits[value] as number)))
      found.push(`cap ${name} is overdrawn`);
  }

  for (const quota of problem.quotas) {
    const given = gaveWay.find((each) => each.kind === "quota" && each.rule === quota.name);
    const wanted = quotaLevel(quota, list.length, 0).wanted;
    const level = quotaLevel(quota, list.length, given?.kind === "quota" ? wanted - given.kept + 1 : 0);
    let have = 0;
    for (let place = 0; place < level.top; place++) {
      have += quota.members[list[place] as number] as number;
      const due = have + 1;
      if (due <= level.wanted && quotaDeadline(level, due) <= place + 1) {
        found.push(`quota ${quota.name} misses its deadline at place ${place + 1}`);
        break;
      }
    }
  }
  return found;
}

function valuesOf(keys: KeyColumn, candidate: number): Int32Array {
  return keys.values.subarray(keys.offsets[candidate], keys.offsets[candidate + 1]);
}

/** Whether no candidate of the list shares a window that ends under `until` with more than `most` of one of its values. */
function windowHolds(
  keys: KeyColumn,
  list: Int32Array,
  most: number,
  size: number,
  tail: readonly (readonly number[])[],
  until: number,
  exempt: Uint8Array | undefined,
): boolean {
  // Of each value: occurrences in the window, and those by candidates that the rule holds.
  const all = new Int32Array(keys.valueCount);
  const held = new Int32Array(keys.valueCount);
  const add = (place: number, by: 1 | -1): void => {
    if (place < 0) {
      for (const value of tail[-1 - place] ?? []) all[value] = (all[value] as number) + by;
      return;
    }
    const candidate = list[place] as number;
    for (const value of valuesOf(keys, candidate)) {
      all[value] = (all[value] as number) + by;
      if (exempt?.[candidate] !== 1) held[value] = (held[value] as number) + by;
    }
  };
  const reach = Math.min(size - 1, tail.length);
  for (let place = -reach; place < 0; place++) add(place, 1);
  for (let end = 0; end < until; end++) {
    add(end, 1);
    if (end - size >= -reach) add(end - size, -1);
    // With no exemptions only the values of the newest place can have come to be too many.
    const values = exempt === undefined ? valuesOf(keys, list[end] as number) : all.keys();
    for (const value of values) if ((all[value] as number) > most && (held[value] as number) > 0) return false;
  }
  return true;
}
