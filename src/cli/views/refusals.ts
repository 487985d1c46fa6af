/** What a target cannot carry, and what it leaves to its caller. */
import type { LocatedRefusal } from "../../runtime/targets/located.js";

export function refusalText({ what, instead, location }: LocatedRefusal): string {
  const at = location === undefined ? "" : ` (${location.file}:${location.line}:${location.column})`;
  return `${what}${at}${instead === undefined ? "" : `; ${instead}`}`;
}

/** The end of a sentence, with a line for each; empty where nothing is left. */
export function leftText(left: readonly LocatedRefusal[] = []): string {
  return left.length === 0 ? "" : ["; leaves to its caller", ...left.map(refusalText)].join("\n    ");
}
