/**
 * Puts the fast engine in place only from package registries: TensorFlow's libraries out of the `tensorflow-cpu` wheel,
 * and tfjs-node's addon compiled against them. The result lives in a cache folder outside `node_modules` and is used by
 * every install of this package.
 */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { lstat, readlink, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { addonCandidates, addonFile, cacheDirectory, tfjsNodeDirectory } from "./native-binding.js";
import { inSetUpFolder, withWorkFolder } from "./folder-lock.js";
import { findAddonSources } from "./native-sources.js";
import { fetchWheel, firstLine, linuxGlibc } from "./fetch-wheel.js";
import { unpackZip } from "./zip.js";
import { makeFolder } from "../make-folder.js";

const run = promisify(execFile);

const project = "tensorflow-cpu";
/** Releases whose libraries the addon of tfjs-node 4.22 is known to work with, best first. */
const releases = ["2.21.0", "2.18.1", "2.15.1"] as const;
const tfjsNodeVersion = "4.22.0";

export interface NativeSetupOptions {
  /** Receives lines for the user while something slow goes on. */
  readonly report: (line: string) => void;
  readonly environment?: NodeJS.ProcessEnv;
}

export type NativeSetupResult =
  | { readonly kind: "ready"; readonly path: string; readonly installed: boolean }
  /** In one line: why, and what would help. */
  | { readonly kind: "unavailable"; readonly reason: string };

/**
 * Makes sure that an addon is there, and says where. Quick when it is. Safe when several run at once: they wait for each
 * other, and the folder appears whole or not at all. Never throws for what is missing on the user's machine.
 */
export async function setUpNative(options: NativeSetupOptions): Promise<NativeSetupResult> {
  const environment = options.environment ?? process.env;
  const existing = await workingAddon(environment);
  if (existing !== undefined) return { kind: "ready", path: existing, installed: false };
  const platform = linuxGlibc("TensorFlow");
  const reasons: string[] = [];
  if (platform.kind === "glibc") {
    const native = join(cacheDirectory(environment), "native");
    const made = await inSetUpFolder(
      native,
      async () =>
        (await workingAddon(environment)) ??
        installFromWheel(native, platform.version, environment, options.report, reasons),
    );
    if (made !== undefined) {
      await linkAddon(made);
      return { kind: "ready", path: made, installed: true };
    }
  } else {
    reasons.push(platform.reason);
  }
  const official = await installOfficial(environment, options.report);
  if (official.kind === "ready") return official;
  return { kind: "unavailable", reason: [...reasons, official.reason].join("; ") };
}

/** An addon of the cache (it was tried before it got there), or the one of an official install if it loads. */
async function workingAddon(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const cache = join(cacheDirectory(environment), "native");
  for (const path of addonCandidates(environment)) {
    if (path.startsWith(cache)) {
      await linkAddon(path);
      return path;
    }
    if ((await tryAddon(path)) === undefined) return path;
  }
  return undefined;
}

/** Why the addon does not load, or `undefined` when it does. In a process of its own: a wrong library may end it. */
async function tryAddon(path: string): Promise<string | undefined> {
  const script = "process.stdout.write(String(require(process.argv[1]).TF_Version))";
  try {
    await run(process.execPath, ["-e", script, path], { timeout: 60_000 });
    return undefined;
  } catch (error) {
    return firstLine(error);
  }
}

/** The folder with the libraries and the addon, made aside and renamed into place; `undefined` with reasons otherwise. */
async function installFromWheel(
  native: string,
  glibc: readonly [number, number],
  environment: NodeJS.ProcessEnv,
  report: (line: string) => void,
  reasons: string[],
): Promise<string | undefined> {
  const compiler = await findCompiler(environment);
  if (compiler === undefined) {
    reasons.push("no C++ compiler was found (install g++, or set CXX)");
    return undefined;
  }
  const install = async (work: string): Promise<string> => {
    const sources = await findAddonSources(tfjsNodeVersion, work, environment);
    const { release, wheel } = await fetchWheel({ project, releases, glibc }, work, environment, report);
    report(`unpacking ${basename(wheel)}`);
    await unpackWheel(wheel, join(work, "library"));
    report("compiling the addon");
    const library = join(work, "library");
    await compileAddon(compiler, sources, library);
    const problem = await tryAddon(join(library, addonFile));
    if (problem !== undefined) throw new Error(`the addon does not load: ${problem}`);
    const license = join(library, "include", "LICENSE");
    if (existsSync(license)) await rename(license, join(library, "LICENSE"));
    await rm(join(library, "include"), { recursive: true });
    const folder = join(native, `tensorflow-${release}-tfjs-node-${tfjsNodeVersion}-linux-x64`);
    await rm(folder, { recursive: true, force: true });
    await rename(library, folder);
    return join(folder, addonFile);
  };
  return withWorkFolder(native, install).catch((error: unknown) => {
    reasons.push(firstLine(error));
    return undefined;
  });
}

/** The command of a C++ compiler that runs: `CXX`, else the first of the usual names. */
export async function findCompiler(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const own = environment["CXX"];
  for (const command of [...(own === undefined || own === "" ? [] : [own]), "g++", "c++", "clang++"]) {
    try {
      await run(command, ["--version"], { env: environment });
      return command;
    } catch {
      // The next one.
    }
  }
  return undefined;
}

/** What the addon links with and includes. */
const wanted =
  /^tensorflow\/(libtensorflow_(?:cc|framework)\.so\.2|include\/tensorflow\/c\/(?:eager\/)?[^/]+\.h|include\/tensorflow\/core\/platform\/ctstring(?:_internal)?\.h|include\/(?:xla\/)?tsl\/(?:platform\/ctstring(?:_internal)?|c\/[^/]+)\.h|include\/LICENSE)$/;

async function unpackWheel(wheel: string, target: string): Promise<void> {
  await unpackZip(wheel, (name) => {
    const file = wanted.exec(name)?.[1];
    return file === undefined ? undefined : join(target, file);
  });
  await rm(wheel);
}

async function compileAddon(
  compiler: string,
  sources: { readonly binding: string; readonly nodeApi: string },
  library: string,
): Promise<void> {
  const flags = ["-shared", "-fPIC", "-O2", "-std=c++17", "-DNAPI_VERSION=8", "-DBUILDING_NODE_EXTENSION"];
  const includes = [`-I${sources.nodeApi}`, `-I${join(library, "include")}`];
  const files = ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(sources.binding, file));
  const link = [`-L${library}`, "-l:libtensorflow_cc.so.2", "-l:libtensorflow_framework.so.2", "-Wl,-rpath,$ORIGIN"];
  await run(compiler, [...flags, ...includes, ...files, "-o", join(library, addonFile), ...link]);
}

/** Where tfjs-node itself looks for the addon, so that its own API works too. A package that is absent is left unchanged. */
async function linkAddon(addon: string): Promise<void> {
  const installed = tfjsNodeDirectory();
  if (installed === undefined) return;
  const link = join(installed, "lib", "napi-v8", addonFile);
  try {
    if ((await readlink(link)) === addon) return;
  } catch {
    // Not there, or not a link.
  }
  try {
    if (await isRealFile(link)) return;
    makeFolder(dirname(link));
    const fresh = `${link}.${process.pid}`;
    await symlink(addon, fresh);
    await rename(fresh, link);
  } catch {
    // A package folder that we may not write to: our own sessions load the addon from the cache.
  }
}

async function isRealFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch {
    return false;
  }
}

/** tfjs-node's own download, where its host answers within seconds: an older TensorFlow, without XLA. */
async function installOfficial(
  environment: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<NativeSetupResult> {
  const installed = tfjsNodeDirectory();
  if (installed === undefined)
    return { kind: "unavailable", reason: "the package @tensorflow/tfjs-node is not installed" };
  const host = "https://storage.googleapis.com/";
  try {
    await fetch(host, { method: "HEAD", signal: AbortSignal.timeout(3000) });
  } catch {
    return { kind: "unavailable", reason: `${host} does not answer` };
  }
  report("downloading the official build of tfjs-node");
  const path = `${join(installed, "..", "..", ".bin")}:${environment["PATH"] ?? ""}`;
  await new Promise<void>((resolve) => {
    const child = spawn(process.execPath, [join("scripts", "install.js"), "cpu", "download"], {
      cwd: installed,
      env: { ...environment, PATH: path },
      stdio: "ignore",
    });
    child.on("error", () => resolve());
    child.on("close", () => resolve());
  });
  const addon = join(installed, "lib", "napi-v8", addonFile);
  if (!existsSync(addon)) return { kind: "unavailable", reason: "the official build could not be installed" };
  const problem = await tryAddon(addon);
  return problem === undefined
    ? { kind: "ready", path: addon, installed: true }
    : { kind: "unavailable", reason: `the official build does not load: ${problem}` };
}
