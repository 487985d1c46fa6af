/** The pages about codes, which the package provides as files. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { uriOfPath } from "./uri.js";

const folder = join(import.meta.dirname, "..", "..", "..", "docs", "diagnostics");

/** The address of the page about a code; undefined where the package came without it. */
export function createPages(): (code: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (code) => {
    if (!known.has(code)) {
      const path = join(folder, `${code}.md`);
      known.set(code, existsSync(path) ? uriOfPath(path) : undefined);
    }
    return known.get(code);
  };
}
