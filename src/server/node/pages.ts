/** The pages about codes, which the package provides as files. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../package-root.js";
import { uriOfPath } from "./uri.js";

/** In the package of `mtlc`, and in an extension that has the server as one file of its `dist`. */
const folders = [join(packageRoot, "docs", "diagnostics"), join(packageRoot, "diagnostics")];

/** The address of the page about a code; undefined where the package came without it. */
export function createPages(): (code: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (code) => {
    if (!known.has(code)) {
      const page = folders.map((folder) => join(folder, `${code}.md`)).find((path) => existsSync(path));
      known.set(code, page === undefined ? undefined : uriOfPath(page));
    }
    return known.get(code);
  };
}
