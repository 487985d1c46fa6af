import { chmod, type FileHandle, mkdir, open, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { createFailure } from "../failure.js";
import { makeFolder } from "../make-folder.js";

/**
 * Directories that appear whole or not at all: everything is written beside the target, flushed to the disk, and renamed.
 * A process that dies in between leaves a folder whose name starts with a dot, which the next write of the same target
 * removes.
 */

/** A file of a directory: its path with `/` between folders, and its bytes. */
export interface DirectoryFile {
  readonly path: string;
  readonly content: FileContent;
}

/**
 * What a file holds: at hand, or in pieces that are made as they are written, so that a large file is never in memory as a whole.
 * `folder` is the directory in the making, which has the files before this one. A piece may be used again for the next.
 */
export type FileContent = Uint8Array | string | ((folder: string) => Iterable<Uint8Array>);

/** A file as it was written. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ReplaceOptions {
  /** Entries at the target's top that stay. Default: none. */
  readonly keeps?: (entry: string) => boolean;
  /** A last file, made of what the others have become. */
  readonly last?: (written: readonly WrittenFile[]) => DirectoryFile;
  /** Ends the writing with the signal's reason; the target stays as it was. */
  readonly signal?: AbortSignal;
}

/**
 * Makes `target` hold exactly these files, written in this order, replacing what was there but for the entries at its top that
 * `keeps` names, which stay; what was there leaves its mode. Whether it may be replaced is the caller's business. Throws a {@link Failure} when the disk refuses.
 */
export async function replaceDirectory(
  target: string,
  files: readonly DirectoryFile[],
  options: ReplaceOptions = {},
): Promise<void> {
  const { keeps = () => false } = options;
  const path = resolve(target);
  const parent = dirname(path);
  // Loaded when something is written: every command has this file.
  const { randomUUID } = await import("node:crypto");
  try {
    makeFolder(parent);
    await removeLeftovers(path);
    // Others may read it as far as the umask says; `mkdtemp` would keep it from them.
    const temporary = join(parent, `.${basename(path)}.new-${randomUUID()}`);
    await mkdir(temporary);
    try {
      await writeFiles(temporary, files, options);
      const mode = (await stat(path).catch(() => undefined))?.mode;
      if (mode !== undefined) await chmod(temporary, mode & 0o7777);
      await flushFolder(temporary);
      await swap(temporary, path, keeps);
      await flushFolder(parent);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  } catch (error) {
    throw writeFailure(error, target);
  }
}

/** Writes one file so that it has either its old or its new content. A link stays one; a file that was there keeps its mode. */
export async function replaceFile(target: string, content: Uint8Array | string): Promise<void> {
  const path = await realpath(target).catch(() => resolve(target));
  const temporary = join(dirname(path), `.${basename(path)}.new-${process.pid}`);
  try {
    await writeFlushed(temporary, content);
    const mode = (await stat(path).catch(() => undefined))?.mode;
    if (mode !== undefined) await chmod(temporary, mode & 0o7777);
    await rename(temporary, path);
  } catch (error) {
    // What stopped the write may stop the removal as well; the first error is the one to tell.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeFailure(error, target);
  }
}

/** The entries of a directory, sorted; none when it does not exist. Throws a {@link Failure} when it is a file, or cannot be read. */
export async function entriesOf(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return [];
    if (isSystemError(error) && error.code === "ENOTDIR")
      throw createFailure("MTL8008", { file: directory, problem: "it is a file, not a directory" });
    throw writeFailure(error, directory);
  }
}

/** What a system call reports. */
export function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

/** A system error in words that say what to look at. */
export function describeSystemError(error: Error & { readonly code: string }): string {
  switch (error.code) {
    case "ENOENT":
      return "there is no such file or directory";
    case "EACCES":
    case "EPERM":
      return "permission is missing";
    case "EEXIST":
      return "a file is in its place";
    case "EISDIR":
      return "it is a directory";
    case "ENOTDIR":
      return "a part of its path is a file";
    case "ENOSPC":
      return "the disk is full";
    case "EROFS":
      return "the file system is read-only";
    default:
      return error.message;
  }
}

async function swap(from: string, to: string, keeps: (entry: string) => boolean): Promise<void> {
  const old = join(dirname(to), `.${basename(to)}.old-${process.pid}`);
  const replaced = await rename(to, old).then(
    () => true,
    (error: unknown) => {
      if (isSystemError(error) && error.code === "ENOENT") return false;
      throw error;
    },
  );
  try {
    await rename(from, to);
  } catch (error) {
    if (replaced) await rename(old, to);
    throw error;
  }
  if (!replaced) return;
  for (const entry of await readdir(old)) if (keeps(entry)) await rename(join(old, entry), join(to, entry));
  await rm(old, { recursive: true, force: true });
}

async function removeLeftovers(path: string): Promise<void> {
  const prefixes = [`.${basename(path)}.new-`, `.${basename(path)}.old-`];
  for (const entry of await readdir(dirname(path)))
    if (prefixes.some((prefix) => entry.startsWith(prefix)))
      await rm(join(dirname(path), entry), { recursive: true, force: true });
}

/** Files that wait for the disk while the next ones are written. */
const mostFlushing = 16;
/** Files that are flushed at once: fewer than threads of libuv's, so that one of these opens and writes the next file meanwhile. */
const flushedAtOnce = 3;

/** Writes the files of a directory in the making; they are on the disk when it is done. */
async function writeFiles(
  folder: string,
  files: readonly DirectoryFile[],
  { last, signal }: Pick<ReplaceOptions, "last" | "signal">,
): Promise<void> {
  const written: WrittenFile[] = [];
  const flushing: Promise<void>[] = [];
  const lanes: Promise<unknown>[] = Array.from({ length: flushedAtOnce }, () => Promise.resolve());
  const write = async ({ path, content }: DirectoryFile): Promise<void> => {
    signal?.throwIfAborted();
    const { handle, ...file } = await writePieces(folder, path, content, signal);
    const lane = written.length % flushedAtOnce;
    written.push({ path, ...file });
    const flushed = (lanes[lane] ?? Promise.resolve()).then(() => handle.sync()).finally(() => handle.close());
    // Whoever waits for it hears of a failure; until then nobody may. The next of the lane does not.
    lanes[lane] = flushed.catch(() => undefined);
    flushing.push(flushed);
    if (flushing.length > mostFlushing) await flushing.shift();
  };
  try {
    for (const file of files) await write(file);
    if (last !== undefined) await write(last(written));
    await Promise.all(flushing);
  } finally {
    await Promise.allSettled(flushing);
  }
}

/** Writes a file of a directory in the making, piece by piece, and hashes it on the way. Its caller closes it. */
async function writePieces(
  folder: string,
  name: string,
  content: FileContent,
  signal: AbortSignal | undefined,
): Promise<Omit<WrittenFile, "path"> & { readonly handle: FileHandle }> {
  const path = join(folder, name);
  const { createHash } = await import("node:crypto");
  makeFolder(dirname(path));
  const hash = createHash("sha256");
  let bytes = 0;
  const handle = await open(path, "w");
  try {
    for (const piece of gathered(piecesOf(content, folder))) {
      signal?.throwIfAborted();
      // Another thread writes while this one hashes.
      const writing = writeAll(handle, piece);
      hash.update(piece);
      await writing;
      bytes += piece.length;
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  return { bytes, sha256: hash.digest("hex"), handle };
}

async function writeAll(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let done = 0; done < piece.length;) done += (await handle.write(piece, done)).bytesWritten;
}

/** Bytes of a piece that is worth a call of the system. */
const leastPiece = 1 << 16;

/** Pieces of which small ones are put together, in memory that is used again for the next. */
function* gathered(pieces: Iterable<Uint8Array>): Iterable<Uint8Array> {
  let buffer: Uint8Array | undefined;
  let filled = 0;
  for (const piece of pieces) {
    if (filled + piece.length > leastPiece && buffer !== undefined && filled > 0) {
      yield buffer.subarray(0, filled);
      filled = 0;
    }
    if (piece.length >= leastPiece) yield piece;
    else {
      buffer ??= new Uint8Array(leastPiece);
      buffer.set(piece, filled);
      filled += piece.length;
    }
  }
  if (buffer !== undefined && filled > 0) yield buffer.subarray(0, filled);
}

function piecesOf(content: FileContent, folder: string): Iterable<Uint8Array> {
  if (typeof content === "function") return content(folder);
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  // No call of the system takes 2 GiB.
  const count = Math.ceil(bytes.length / largestPiece);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * largestPiece, (i + 1) * largestPiece));
}

const largestPiece = 1 << 28;

async function writeFlushed(path: string, content: Uint8Array | string): Promise<void> {
  makeFolder(dirname(path));
  await withHandle(path, "w", async (handle) => {
    await handle.writeFile(content);
    await handle.sync();
  });
}

/** Makes a rename durable; not every platform can open a folder, and none needs it for correctness after a kill. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  await withHandle(path, "r", (handle) => handle.sync());
}

async function withHandle(path: string, flags: string, action: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, flags);
  try {
    await action(handle);
  } finally {
    await handle.close();
  }
}

/** What to throw where a file could not be written: a {@link Failure} (MTL8008) of what the system says; any other error as it is. */
export function writeFailure(error: unknown, file: string): unknown {
  return isSystemError(error) ? createFailure("MTL8008", { file, problem: describeSystemError(error) }) : error;
}
