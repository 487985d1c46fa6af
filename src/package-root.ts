import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The folder of the package, which holds `package.json`, `docs` and `dist`. Found from this file upwards, since the sources,
 * the compiled modules and the bundles of `dist` are at different depths. Throws when there is none.
 */
export const packageRoot = find(import.meta.dirname);

function find(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error(`no package.json above ${import.meta.dirname}`);
  return find(above);
}
