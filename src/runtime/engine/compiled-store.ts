/**
 * What XLA has compiled, kept from one process to the next: a step takes seconds to compile, and the same program on the same processor is compiled to the same
 * code. TensorFlow reads and writes a folder of this process; files come into it, and go from it into the user's cache, with their checksums, so that it never
 * meets one that is damaged. Whatever goes wrong here, a program is compiled as without it.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { isRunning } from "./folder-lock.js";
import { makeFolder } from "../make-folder.js";

export interface CompiledStore {
  /** Puts what is kept of a program where TensorFlow finds it. `program`: all that says what is compiled. */
  readonly offer: (program: Uint8Array) => CompiledEntry;
}

export interface CompiledEntry {
  /** Keeps what was compiled since the offer, if anything was. */
  readonly keep: () => void;
}

/** Programs that are kept, the last used ones. */
const mostPrograms = 64;
const sumsFile = "sums.json";
const folderPrefix = "mtlc-compiled-";
const folderName = new RegExp(`^${folderPrefix}(\\d+)-`);
const noEntry: CompiledEntry = { keep: () => undefined };
const persistentFlag = "--tf_xla_persistent_cache_directory";

/**
 * Opens the store and tells TensorFlow of it, which it reads when it first compiles: call it before the library is loaded. Undefined where XLA is to write what it
 * compiles elsewhere, in a thread, whose environment the library does not see, and where no folder can be made.
 * @param cache folder of the user's cache
 * @param library path of the library, whose code decides what is compiled
 */
export function openCompiledStore(
  cache: string,
  library: string,
  environment: NodeJS.ProcessEnv,
): CompiledStore | undefined {
  const flags = environment["TF_XLA_FLAGS"] ?? "";
  const isWatched = (environment["XLA_FLAGS"] ?? "").includes("xla_dump");
  if (!isMainThread || isWatched || flags.includes(persistentFlag)) return undefined;
  return attempt(() => {
    const kept = join(cache, "compiled", machineKey(library, environment));
    makeFolder(kept);
    removeLeftFolders(tmpdir());
    const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
    process.once("exit", () => {
      rmSync(folder, { recursive: true, force: true });
    });
    environment["TF_XLA_FLAGS"] = `${flags} ${persistentFlag}=${folder}`.trim();
    return storeOf(folder, kept);
  }, undefined);
}

/** Removes the folders of processes that were killed. A process of another container that shares the folder is not seen: none of the last day is removed. */
export function removeLeftFolders(parent: string, now = Date.now()): void {
  attempt(() => {
    for (const name of readdirSync(parent)) {
      const [, id] = folderName.exec(name) ?? [];
      if (id === undefined || isRunning(Number(id))) continue;
      const folder = join(parent, name);
      if (now - statSync(folder).mtimeMs > 86_400_000) rmSync(folder, { recursive: true, force: true });
    }
  }, undefined);
}

/** A store between the folder that TensorFlow uses and the one that is kept. */
export function storeOf(folder: string, kept: string): CompiledStore {
  return {
    offer: (program) =>
      attempt(() => {
        const entry = join(kept, createHash("sha256").update(program).digest("hex"));
        takeOut(entry, folder);
        const known = new Set(filesIn(folder));
        return {
          keep: () => {
            attempt(() => {
              const made = filesIn(folder).filter((name) => !known.has(name));
              for (const name of made) known.add(name);
              if (made.length > 0) putIn(made, folder, entry);
            }, undefined);
          },
        };
      }, noEntry),
  };
}

/** What the code depends on besides the program: the library, its flags, the processor, and how many threads share an op. */
function machineKey(library: string, environment: NodeJS.ProcessEnv): string {
  const { mtimeMs, size } = statSync(library);
  const features = attempt(() => /^(?:flags|Features)\s*:.*$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[0], "");
  const facts = [
    library,
    mtimeMs,
    size,
    cpus()[0]?.model ?? "",
    features ?? "",
    availableParallelism(),
    ...["MTLC_THREADS", "TF_NUM_INTRAOP_THREADS", "XLA_FLAGS", "TF_XLA_FLAGS"].map((name) => environment[name] ?? ""),
  ];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
}

/** Finished files: one that is being written has another ending. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".pb"));
}

/** Copies an entry whose files are as they were written; removes one of which a file is not. */
function takeOut(entry: string, folder: string): void {
  if (!existsSync(entry)) return;
  try {
    const sums = JSON.parse(readFileSync(join(entry, sumsFile), "utf8")) as Readonly<Record<string, string>>;
    const files = Object.entries(sums).map(([name, sum]) => ({ name, sum, bytes: readFileSync(join(entry, name)) }));
    if (!files.every(({ bytes, sum }) => sumOf(bytes) === sum)) throw new Error("a file of the entry is damaged");
    for (const { name, bytes } of files) writeWhole(join(folder, name), bytes);
    utimesSync(entry, new Date(), new Date());
  } catch {
    rmSync(entry, { recursive: true, force: true });
  }
}

function putIn(names: readonly string[], folder: string, entry: string): void {
  const made = `${entry}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    mkdirSync(made);
    const sums = names.map((name) => {
      const bytes = readFileSync(join(folder, name));
      writeFileSync(join(made, name), bytes);
      return [name, sumOf(bytes)] as const;
    });
    writeFileSync(join(made, sumsFile), JSON.stringify(Object.fromEntries(sums)));
    rmSync(entry, { recursive: true, force: true });
    renameSync(made, entry);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  prune(join(entry, ".."));
}

function prune(kept: string): void {
  const entries = readdirSync(kept).map((name) => ({
    path: join(kept, name),
    used: statSync(join(kept, name)).mtimeMs,
  }));
  const old = entries.toSorted((a, b) => b.used - a.used).slice(mostPrograms);
  for (const { path } of old) rmSync(path, { recursive: true, force: true });
}

function writeWhole(path: string, bytes: Uint8Array): void {
  if (existsSync(path)) return;
  const made = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  writeFileSync(made, bytes);
  renameSync(made, path);
}

function sumOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What `work` returns, or `otherwise` when it throws. */
function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}
