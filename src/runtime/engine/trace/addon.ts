/**
 * The small addon that records what TensorFlow does, `native/trace.cc`: compiled when it is first wanted, beside the library of the
 * native engine, and found there by every install of this package.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../../package-root.js";
import { createFailure } from "../../failure.js";
import { firstLine } from "../fetch-wheel.js";
import { inSetUpFolder, withWorkFolder } from "../folder-lock.js";
import { loadBinding } from "../native-binding.js";
import { findCompiler } from "../native-setup.js";
import { findNodeApi } from "../native-sources.js";

const run = promisify(execFile);

/** An event of the recorder: the thread, its name, and from when to when in nanoseconds since the first event. */
export type RecordedEvent = readonly [thread: string, name: string, start: number, end: number];

export interface TraceAddon {
  /** False when a trace is under way already. */
  start(): boolean;
  stop(): RecordedEvent[];
}

/** Loads the addon, and compiles it where it is not there yet. Throws a {@link Failure} (MTL7450) that says why it cannot be. */
export async function loadTraceAddon(environment: NodeJS.ProcessEnv = process.env): Promise<TraceAddon> {
  const loaded = loadBinding(environment);
  if (loaded.kind === "unavailable") throw createFailure("MTL7450", { problem: "there is no native engine" });
  const source = join(packageRoot, "native", "trace.cc");
  const version = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 12);
  const folder = join(dirname(loaded.path), "trace");
  const file = join(folder, `trace-${version}.node`);
  try {
    if (!existsSync(file))
      await inSetUpFolder(
        folder,
        async () => existsSync(file) || compile(source, dirname(loaded.path), file, environment),
      );
    return createRequire(import.meta.url)(file) as TraceAddon;
  } catch (error) {
    throw createFailure("MTL7450", { problem: firstLine(error) });
  }
}

async function compile(source: string, library: string, file: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const compiler = await findCompiler(environment);
  if (compiler === undefined) throw new Error("no C++ compiler was found");
  await withWorkFolder(dirname(file), async (work) => {
    const headers = await findNodeApi(work, environment);
    const made = join(work, "trace.node");
    const flags = ["-shared", "-fPIC", "-O2", "-std=c++17", "-DNAPI_VERSION=8", `-I${headers}`];
    const link = [`-L${library}`, "-l:libtensorflow_framework.so.2", `-Wl,-rpath,${library}`];
    await run(compiler, [...flags, source, "-o", made, ...link]);
    await rename(made, file);
  });
}
