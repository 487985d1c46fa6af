/** What is known of an output before the work starts: that it is none of the inputs, and that its place can be written. */
import { constants, realpathSync, statSync } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";
import { isSystemError, writeFailure } from "./artifact/directory.js";
import { isArtifactEntry } from "./artifact/write.js";
import { createFailure } from "./failure.js";
import { makeFolder } from "./make-folder.js";
import { statOf } from "./stat-of.js";

/**
 * Throws a Failure (MTL8013) when writing `output` would overwrite one of `inputs`: the same file under whatever name (a
 * symbolic link, a hard link, another spelling), or a part of an artifact that is read. What is not there is no input.
 */
export function refuseOverwrite(output: string, inputs: readonly string[]): void {
  const target = identityOf(output);
  if (target === undefined) return;
  for (const input of inputs) {
    const source = identityOf(input);
    if (source === undefined) continue;
    const isSame = source.device === target.device && source.inode === target.inode;
    if (isSame || isPartOf(target.path, source.path)) throw createFailure("MTL8013", { output, input });
  }
}

/**
 * Throws a Failure (MTL8013) when an artifact written to `directory` would take the place of one of `inputs`: the directory
 * itself, or a file that is where an artifact has a part of its own.
 */
export function refuseReplacement(directory: string, inputs: readonly string[]): void {
  const target = identityOf(directory);
  if (target === undefined) return;
  for (const input of inputs) {
    const source = identityOf(input);
    if (source === undefined) continue;
    const isSame = source.device === target.device && source.inode === target.inode;
    if (isSame || isPartOf(source.path, target.path)) throw createFailure("MTL8013", { output: directory, input });
  }
}

/**
 * Throws a Failure (MTL8008) when nothing can be written at `output`, whose folders need not be there yet: a read-only file
 * system, a missing permission, or a file where a folder is needed. A full disk is found by the write itself.
 */
export async function checkWritable(output: string): Promise<void> {
  let folder = dirname(resolve(output));
  while (statOf(folder) === undefined && folder !== dirname(folder)) folder = dirname(folder);
  try {
    if (!statSync(folder).isDirectory())
      throw createFailure("MTL8008", { file: output, problem: `\`${folder}\` is a file, not a directory` });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw writeFailure(error, output);
  }
}

/** Makes the folder that results go to, and those above it. Throws a Failure (MTL8008) when it cannot be made. */
export function makeOutputFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw writeFailure(error, folder);
  }
}

interface Identity {
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
}

function identityOf(path: string): Identity | undefined {
  try {
    const { dev: device, ino: inode } = statSync(path, { bigint: true });
    return { path: realpathSync(path), device, inode };
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

/** Whether a file lies in an artifact's directory where the artifact keeps a part. */
function isPartOf(file: string, directory: string): boolean {
  const inside = relative(directory, file);
  const [first = ""] = inside.split(sep);
  return first !== ".." && inside !== "" && isArtifactEntry(first);
}
