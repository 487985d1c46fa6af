/**
 * LightGBM's own library, called through its C interface. Only making trees needs it: they are evaluated by
 * `compiler/trees`.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../engine/native-binding.js";
import type { LightGbm } from "./lightgbm.js";

export const libraryFile = "lib_lightgbm.so";

/** The folder under the cache that has libraries by version. */
export const librariesFolder = "lightgbm";

export type LoadedLightGbm =
  | { readonly kind: "loaded"; readonly library: LightGbm }
  /** Why not: a clause. */
  | { readonly kind: "unavailable"; readonly problem: string };

let loaded: LoadedLightGbm | undefined;

/** Loads the library once: the one that `MTLC_LIGHTGBM` names, else the newest of the cache. */
export async function loadLightGbm(environment: NodeJS.ProcessEnv = process.env): Promise<LoadedLightGbm> {
  if (loaded?.kind === "loaded") return loaded;
  const path = findLibrary(environment);
  if (path === undefined) return { kind: "unavailable", problem: "it is not installed" };
  try {
    const { bindLightGbm } = await import("./binding.js");
    loaded = { kind: "loaded", library: bindLightGbm(path) };
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    loaded = { kind: "unavailable", problem: `${path} does not load (${problem})` };
  }
  return loaded;
}

export function findLibrary(environment: NodeJS.ProcessEnv): string | undefined {
  const own = environment["MTLC_LIGHTGBM"];
  if (own !== undefined && own !== "") return own;
  const folder = join(cacheDirectory(environment), librariesFolder);
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .map((name) => join(folder, name, libraryFile))
    .find((path) => existsSync(path));
}
