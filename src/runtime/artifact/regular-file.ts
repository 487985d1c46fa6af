import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { chunkBytes } from "../engine/engine.js";
import { describeSystemError, isSystemError } from "./directory.js";

/** Why a file of a directory is not read. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
  /** The system's code, such as `ENOENT`; absent when the file is there and is not what it should be. */
  readonly code: string | undefined;

  constructor(problem: string, code?: string) {
    super(problem);
    this.code = code;
  }
}

/** What a file may be, in bytes; `exact` when its size is known before it is read. */
export type FileSize = { readonly exact: number } | { readonly limit: number };

/**
 * Reads a file of a directory that others may have written: it must be a regular file of the size that is expected, and lie
 * in the directory whatever links lead to it, so that no device is read without end, no pipe is waited for, and nothing
 * outside is looked at. Throws {@link UnreadableFile} before a byte is read.
 */
export async function readRegularFile(directory: string, path: string, size: FileSize): Promise<Uint8Array> {
  return withRegularFile(directory, path, size, async (handle) => {
    const content = await handle.readFile();
    checkSize(content.length, size);
    return content;
  });
}

/**
 * Hashes a file under the same conditions, a piece at a time, whatever its size: SHA-256 in hexadecimal. Rejects with the
 * signal's reason when it fires.
 */
export async function hashRegularFile(
  directory: string,
  path: string,
  size: FileSize,
  signal?: AbortSignal,
): Promise<string> {
  return withRegularFile(directory, path, size, async (handle) => {
    const hash = createHash("sha256");
    const piece = Buffer.allocUnsafe(chunkBytes);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(piece, 0, piece.length);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(piece.subarray(0, bytesRead));
    }
  });
}

/** Opens a file under the same conditions for the time of some work. */
export async function withRegularFile<T>(
  directory: string,
  path: string,
  size: FileSize,
  work: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  try {
    const file = await realFile(directory, path);
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw notRegular();
      checkSize(found.size, size);
      return await work(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isSystemError(error) && !(error instanceof UnreadableFile))
      throw new UnreadableFile(describeSystemError(error), error.code);
    throw error;
  }
}

/** The file that a path means, links followed; its kind is looked at before it is opened. */
async function realFile(directory: string, path: string): Promise<string> {
  const [folder, file] = await Promise.all([realpath(directory), realpath(join(directory, path))]);
  const inside = relative(folder, file);
  if (inside === "" || isAbsolute(inside) || /^\.\.(?:[\\/]|$)/.test(inside))
    throw new UnreadableFile("it is a link that leads out of the directory");
  const found = await stat(file);
  if (found.isDirectory()) throw new UnreadableFile("it is a directory");
  if (!found.isFile()) throw notRegular();
  return file;
}

function notRegular(): UnreadableFile {
  return new UnreadableFile("it is not a regular file but a pipe, a socket or a device");
}

function checkSize(bytes: number, size: FileSize): void {
  if ("exact" in size && bytes !== size.exact)
    throw new UnreadableFile(`it has ${bytes} bytes instead of ${size.exact}`);
  if ("limit" in size && bytes > size.limit)
    throw new UnreadableFile(`it has ${bytes} bytes, and at most ${size.limit} are read`);
}
