/**
 * The cache of fits and encoded rows: a folder of entries whose names are hashes of all that went into them. An entry is
 * complete or not there; processes may share the folder.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, open, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describeSystemError, isSystemError } from "../../artifact/directory.js";
import { sha256 } from "../../artifact/hash.js";
import { readRegularFile, UnreadableFile } from "../../artifact/regular-file.js";
import { createFailure } from "../../failure.js";
import { makeFolder } from "../../make-folder.js";

/** Raise it whenever the meaning of an entry changes. */
const cacheVersion = 2;
/** Bytes that entries may take before the ones that were used longest ago go. */
const largestCache = 20 * 2 ** 30;
/** Parts of a file that are hashed besides its size and time. */
const samples = 16;
const sampleBytes = 16 * 1024;

/** The name of an entry: a hash of a value that says all that it depends on. */
export function cacheKey(value: unknown): string {
  return sha256(JSON.stringify([cacheVersion, value])).slice(0, 32);
}

/** The cache's folder, made if need be: `MTLC_CACHE_DIR`, else `.mtlc/cache` beside the spec, else one for temporary files. */
export async function openCacheFolder(specFolder: string): Promise<string> {
  const named = process.env["MTLC_CACHE_DIR"];
  if (named !== undefined && named !== "") {
    const folder = resolve(named);
    const problem = await tryFolder(folder);
    if (problem !== undefined) throw createFailure("MTL7114", { folder: named, problem });
    return folder;
  }
  // A spec may be where nothing can be written, as in an installed package.
  const fallback = join(tmpdir(), "mtlc-cache");
  for (const folder of [join(specFolder, ".mtlc", "cache"), fallback])
    if ((await tryFolder(folder)) === undefined) return folder;
  throw createFailure("MTL7114", { folder: fallback, problem: (await tryFolder(fallback)) ?? "" });
}

/** Makes a folder and a file in it; what went wrong, or nothing. */
async function tryFolder(folder: string): Promise<string | undefined> {
  try {
    makeFolder(folder);
    const probe = join(folder, `.probe-${process.pid}-${randomBytes(4).toString("hex")}`);
    await writeFile(probe, "");
    await rm(probe);
    return undefined;
  } catch (error) {
    if (isSystemError(error)) return describeSystemError(error);
    throw error;
  }
}

/** What tells a file from another and from a later version of itself, without reading all of it. */
export async function fingerprintFile(path: string): Promise<unknown> {
  const file = await open(path, "r");
  try {
    // Whoever sets the time of a file back, as `cp -p` and `rsync` do, does not set back when its entry was changed.
    const { size, mtimeMs, ctimeMs } = await file.stat();
    const parts: Buffer[] = [];
    for (let i = 0; i < samples; i++) {
      const buffer = Buffer.alloc(Math.min(sampleBytes, size));
      await file.read(buffer, 0, buffer.length, Math.floor(((size - buffer.length) * i) / (samples - 1)));
      parts.push(buffer);
    }
    return { path, size, mtimeMs, ctimeMs, sample: sha256(Buffer.concat(parts)) };
  } finally {
    await file.close();
  }
}

/** The folder of an entry, marked as used; undefined when it is not there. */
export async function findEntry(folder: string, key: string): Promise<string | undefined> {
  const path = join(folder, key);
  try {
    const now = new Date();
    await utimes(path, now, now);
    return path;
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** An entry, and whether this call has written it: what others wrote may be damaged. */
interface MadeEntry {
  readonly path: string;
  readonly isOurs: boolean;
}

/**
 * Makes an entry: `write` fills a folder, which then becomes the entry in one step. When another process has made the
 * same entry meanwhile, that one is used: equal keys mean equal contents.
 */
async function createEntry(folder: string, key: string, write: (folder: string) => Promise<void>): Promise<MadeEntry> {
  const path = join(folder, key);
  const temporary = await mkdtemp(join(folder, `.${key}-`));
  let isOurs = true;
  try {
    await write(temporary);
    await rename(temporary, path).catch(async (error: unknown) => {
      if (!isSystemError(error) || (error.code !== "ENOTEMPTY" && error.code !== "EEXIST")) throw error;
      isOurs = false;
    });
  } catch (error) {
    if (isSystemError(error)) throw createFailure("MTL7114", { folder, problem: describeSystemError(error) });
    throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await pruneCache(folder, key, largestCache);
  return { path, isOurs };
}

/** Thrown by whoever reads an entry and finds that it is not what was written. */
export class DamagedEntry extends Error {
  override readonly name = "DamagedEntry";
}

/**
 * What `read` makes of an entry, which `write` makes first when it is not there; `isOurs` says that this call has written it. An entry that
 * `read` finds damaged is thrown away and made again; `damage` then says what was wrong with it. Throws a {@link Failure} (MTL7114) when
 * the folder gives back something else than was just written.
 */
export async function useEntry<T>(
  folder: string,
  key: string,
  {
    write,
    read,
  }: {
    readonly write: (folder: string) => Promise<void>;
    readonly read: (entry: string, isOurs: boolean) => Promise<T>;
  },
): Promise<{ readonly value: T; readonly damage?: string }> {
  const known = await findEntry(folder, key);
  let damage: string | undefined;
  if (known !== undefined)
    try {
      return { value: await read(known, false) };
    } catch (error) {
      if (!(error instanceof DamagedEntry)) throw error;
      damage = error.message;
      await discardEntry(folder, key);
    }
  try {
    const { path, isOurs } = await createEntry(folder, key, write);
    const value = await read(path, isOurs);
    return damage === undefined ? { value } : { value, damage };
  } catch (error) {
    if (error instanceof DamagedEntry) throw createFailure("MTL7114", { folder, problem: error.message });
    throw error;
  }
}

/** What `make` gives, from an entry where it was made before; JSON only. */
export async function rememberJson(folder: string, key: string, make: () => Promise<unknown>): Promise<unknown> {
  const name = "value.json";
  const { value } = await useEntry(folder, key, {
    write: async (entry) => writeFile(join(entry, name), sealJson(await make())),
    read: (entry) => readSealedJson(entry, name),
  });
  return value;
}

async function discardEntry(folder: string, key: string): Promise<void> {
  try {
    await rm(join(folder, key), { recursive: true, force: true });
  } catch (error) {
    if (isSystemError(error)) throw createFailure("MTL7114", { folder, problem: describeSystemError(error) });
    throw error;
  }
}

/** A value as the JSON file of an entry, with its hash on the first line. */
export function sealJson(value: unknown): string {
  const body = JSON.stringify(value);
  return `${sha256(body)}\n${body}`;
}

/** Bytes of the largest JSON file of an entry. */
const largestJson = 2 ** 31 - 1;

/**
 * The value of a file that {@link sealJson} made; of one that this process made it is at hand and only held against the hash. Throws
 * {@link DamagedEntry} for anything else.
 */
export async function readSealedJson(
  entry: string,
  name: string,
  made?: { readonly text: string; readonly value: unknown },
): Promise<unknown> {
  let bytes: Buffer;
  try {
    bytes = Buffer.from(await readRegularFile(entry, name, { limit: largestJson }));
  } catch (error) {
    if (error instanceof UnreadableFile) throw new DamagedEntry(`\`${name}\`: ${error.message}`);
    throw error;
  }
  const cut = bytes.indexOf("\n");
  const body = bytes.subarray(cut + 1);
  const hash = bytes.toString("latin1", 0, Math.max(0, cut));
  if (cut < 0 || sha256(body) !== hash) throw new DamagedEntry(`\`${name}\` does not match its hash`);
  return made?.text.startsWith(`${hash}\n`) === true ? made.value : JSON.parse(body.toString("utf8"));
}

/** Removes the entries that were used longest ago until the rest takes at most `limit` bytes, and what a killed process left. */
export async function pruneCache(folder: string, keep: string, limit: number): Promise<void> {
  const entries: { readonly path: string; readonly used: number; readonly bytes: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const used = (await stat(path).catch(() => undefined))?.mtimeMs;
    if (used === undefined) continue;
    if (name.startsWith(".")) {
      if (Date.now() - used > 24 * 3600_000) await rm(path, { recursive: true, force: true });
    } else entries.push({ path, used: name === keep ? Infinity : used, bytes: await bytesOf(path) });
  }
  let total = 0;
  for (const { path, bytes, used } of entries.sort((a, b) => b.used - a.used)) {
    total += bytes;
    if (total > limit && used !== Infinity) await rm(path, { recursive: true, force: true });
  }
}

async function bytesOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder).catch(() => []))
    bytes += (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0;
  return bytes;
}
