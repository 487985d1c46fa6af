/** Puts LightGBM's library in place out of its wheel in the Python package index: nothing is compiled, and no Python is needed. */
import { rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { fetchWheel, firstLine, linuxGlibc } from "../engine/fetch-wheel.js";
import { inSetUpFolder, withWorkFolder } from "../engine/folder-lock.js";
import { cacheDirectory } from "../engine/native-binding.js";
import { unpackZip } from "../engine/zip.js";
import { findLibrary, librariesFolder, libraryFile } from "./library.js";

const project = "lightgbm";
/** Releases whose interface and model text are known, best first. */
const releases = ["4.7.0", "4.6.0"] as const;

export type TreesSetupResult =
  | { readonly kind: "ready"; readonly path: string; readonly installed: boolean }
  /** In one line: why, and what would help. */
  | { readonly kind: "unavailable"; readonly reason: string };

/**
 * Makes sure that LightGBM's library is in the cache, and says where. Quick when it is; safe when several run at once. Never
 * throws for what is missing on the user's machine.
 */
export async function setUpLightGbm(options: {
  readonly report: (line: string) => void;
  readonly environment?: NodeJS.ProcessEnv;
}): Promise<TreesSetupResult> {
  const environment = options.environment ?? process.env;
  const existing = findLibrary(environment);
  if (existing !== undefined) return { kind: "ready", path: existing, installed: false };
  const platform = linuxGlibc("LightGBM");
  if (platform.kind === "other") return { kind: "unavailable", reason: platform.reason };
  const folder = join(cacheDirectory(environment), librariesFolder);
  try {
    return await inSetUpFolder(folder, async () => {
      const meanwhile = findLibrary(environment);
      if (meanwhile !== undefined) return { kind: "ready", path: meanwhile, installed: false };
      return {
        kind: "ready",
        path: await install(folder, platform.version, environment, options.report),
        installed: true,
      };
    });
  } catch (error) {
    return { kind: "unavailable", reason: firstLine(error) };
  }
}

function install(
  folder: string,
  glibc: readonly [number, number],
  environment: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<string> {
  return withWorkFolder(folder, async (work) => {
    const { release, wheel } = await fetchWheel({ project, releases, glibc }, work, environment, report);
    report(`unpacking ${basename(wheel)}`);
    const library = join(work, "library");
    await unpackZip(wheel, (name) =>
      name === `lightgbm/lib/${libraryFile}` || name.endsWith(".dist-info/licenses/LICENSE")
        ? join(library, basename(name))
        : undefined,
    );
    const place = join(folder, release);
    await rm(place, { recursive: true, force: true });
    await rename(library, place);
    return join(place, libraryFile);
  });
}
