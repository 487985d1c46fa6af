import type { BuiltList, ListProblem } from "./problem.js";
import { windowBreaks } from "./window-breaks.js";
import { quotaDeadline, quotaLevel } from "./quota.js";
import { scratchFlags } from "./scratch.js";

/**
 * Checks a list against every rule as the rules are defined, and not as the search keeps them. Gives a sentence for each
 * rule that does not hold to the extent that `relaxed` says; none for a list that may leave.
 */
export function verifyList(problem: ListProblem, built: BuiltList): readonly string[] {
  const { list, relaxed } = built;
  const found: string[] = [];
  const full = Math.min(problem.length, problem.count);
  if (relaxed.some(({ kind }) => kind === "refused")) return list.length === 0 ? [] : ["a refused list is not empty"];
  const short = relaxed.find((each) => each.kind === "short");
  if (list.length !== (short?.kind === "short" ? short.length : full)) found.push("the list has another length");

  const seen = scratchFlags(problem.count);
  let isLast = false;
  for (const candidate of list) {
    if (seen[candidate] !== 0) return [...found, `candidate ${candidate} is repeated or does not exist`];
    seen[candidate] = 1;
    if (problem.last?.[candidate] === 1) isLast = true;
    else if (isLast) found.push(`candidate ${candidate} comes after a suppressed one`);
  }

  for (const { name, candidate, position } of problem.pins) {
    if (relaxed.some((each) => each.kind === "pin" && each.rule === name)) continue;
    if (list[position] !== candidate) found.push(`pin ${name} does not hold`);
  }

  for (const window of problem.windows) {
    const given = relaxed.find((each) => each.kind === "window" && each.rule === window.name);
    const positions = given?.kind === "window" ? given.positions : [];
    if (
      positions.join() !==
      windowBreaks(window, list)
        .map((position) => position + 1)
        .join()
    )
      found.push(`window ${window.name} does not hold`);
  }

  for (const { name, keys, permits } of problem.caps) {
    const spent = new Float64Array(keys.valueCount);
    for (const candidate of list)
      for (let e = keys.offsets[candidate]!; e < keys.offsets[candidate + 1]!; e++) spent[keys.values[e]!]!++;
    if (spent.some((count, value) => count > 0 && count > permits[value]!)) found.push(`cap ${name} is overdrawn`);
  }

  for (const quota of problem.quotas) {
    const given = relaxed.find((each) => each.kind === "quota" && each.rule === quota.name);
    const wanted = quotaLevel(quota, list.length, 0).wanted;
    const level = quotaLevel(quota, list.length, given?.kind === "quota" ? wanted - given.kept + 1 : 0);
    let have = 0;
    for (let position = 0; position < level.top; position++) {
      have += quota.members[list[position]!]!;
      const due = have + 1;
      if (due <= level.wanted && quotaDeadline(level, due) <= position + 1) {
        found.push(`quota ${quota.name} misses its deadline at position ${position + 1}`);
        break;
      }
    }
  }
  return found;
}
