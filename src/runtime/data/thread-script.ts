/** Where the compiled module of a thread is. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { packageRoot } from "../../package-root.js";

/**
 * The script of a thread, by the place of its module among the sources ("runtime/data/encode-thread"); undefined in a thread, and where there is
 * none, as where sources run as they are.
 */
export function threadScript(module: string): string | undefined {
  if (!isMainThread || import.meta.filename.endsWith(".ts")) return undefined;
  const path = join(packageRoot, "dist", `${module}.js`);
  return existsSync(path) ? path : undefined;
}
