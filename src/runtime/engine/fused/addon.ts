/**
 * The addon that runs the plans of the fused engine, `native/steps.cc`: compiled at the set-up for the vectors of the processor, and found in
 * the user's cache by every install of this package.
 */
import { execFile } from "node:child_process";
import { readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { rename } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../../package-root.js";
import { firstLine } from "../fetch-wheel.js";
import { inSetUpFolder, withWorkFolder } from "../folder-lock.js";
import { findCompiler } from "../native-setup.js";
import { findNodeApi } from "../native-sources.js";
import { fileOf, stepsFile, targetOf } from "./addon-file.js";
import { type FoundAddon, keepAddon, loadedAddon, type StepsAddon } from "./steps-addon.js";

const run = promisify(execFile);

/** The addon where it is there and loads. */
export function loadStepsAddon(environment: NodeJS.ProcessEnv = process.env): FoundAddon | undefined {
  return loadedAddon() ?? keepAddon(findStepsAddon(environment));
}

function findStepsAddon(environment: NodeJS.ProcessEnv): FoundAddon | undefined {
  const target = targetOf();
  const file = target && stepsFile(target.march, environment);
  if (target === undefined || file === undefined) return undefined;
  noteUse(file);
  try {
    return { addon: loadFile(file), vectors: target.name };
  } catch {
    return undefined;
  }
}

function loadFile(file: string): StepsAddon {
  return createRequire(import.meta.url)(file) as StepsAddon;
}

/** Whether an addon is there and loads: one that another machine has compiled may not. */
function isUsable(file: string): boolean {
  try {
    loadFile(file);
    return true;
  } catch {
    return false;
  }
}

const day = 86_400_000;
/** Days after which an addon that no program has loaded is removed. */
const keptDays = 30;

/** Notes in the time of an addon's file that it is used, once a day: a program with other sources leaves it where it is. */
export function noteUse(file: string, now = Date.now()): void {
  try {
    if (now - statSync(file).mtimeMs > day) utimesSync(file, now / 1000, now / 1000);
  } catch {
    // A cache that others have made, which is only read.
  }
}

/** Removes addons of former sources that nobody has loaded for long: those of other clones that are in use stay. */
export function removeUnused(folder: string, now = Date.now()): void {
  for (const name of readdirSync(folder)) {
    if (!/^steps-.*\.node$/.test(name)) continue;
    try {
      const file = join(folder, name);
      if (now - statSync(file).mtimeMs > keptDays * day) rmSync(file);
    } catch {
      // It is not there any more, or is somebody else's.
    }
  }
}

/** Compiles the addon unless it is there, and removes those that nobody uses any more. The answer is why it could not be; undefined: it is there. */
export async function setUpSteps(
  report: (line: string) => void,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const target = targetOf();
  if (target === undefined) return "the processor has no AVX2, or this is not Linux on x64";
  const file = fileOf(target.march, environment);
  try {
    const folder = dirname(file);
    await inSetUpFolder(folder, async () => {
      if (!isUsable(file)) {
        report("compiling the instructions of the fused engine");
        await compile(target.march, file, environment);
        loadFile(file);
      }
      noteUse(file);
      removeUnused(folder);
    });
    return undefined;
  } catch (error) {
    return firstLine(error);
  }
}

async function compile(march: string, file: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const compiler = await findCompiler(environment);
  if (compiler === undefined) throw new Error("no C++ compiler was found (install g++, or set CXX)");
  await withWorkFolder(dirname(file), async (work) => {
    const headers = await findNodeApi(work, environment);
    const made = join(work, "steps.node");
    const flags = ["-shared", "-fPIC", "-O3", "-std=c++17", "-pthread", `-march=${march}`, "-DNAPI_VERSION=8"];
    const words = [...flags, `-I${headers}`, join(packageRoot, "native", "steps.cc"), "-o", made];
    // An assembler that is older than its compiler may not know tiles.
    await run(compiler, words).catch(() => run(compiler, [...words, "-DMTL_NO_BFLOAT16"]));
    await rename(made, file);
  });
}
