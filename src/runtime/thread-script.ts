/** Where the compiled module of a thread is. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";

/**
 * The script of a thread, by the place of its module among the sources ("runtime/pool/worker"); undefined where there is none, as where sources run as
 * they are.
 */
export function threadScript(module: string): string | undefined {
  if (import.meta.filename.endsWith(".ts")) return undefined;
  const path = join(packageRoot, "dist", `${module}.js`);
  return existsSync(path) ? path : undefined;
}
