/** What the system says of a path that a user may have given. */
import { type Stats, statSync } from "node:fs";

/**
 * Undefined where nothing is there, or the system does not say: a folder that may not be looked into, links that lead round, a name that is too long. Whoever then
 * opens the path hears why.
 */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
