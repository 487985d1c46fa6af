import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createFailure } from "../failure.js";
import { entriesOf } from "./directory.js";
import { artifactFiles } from "./files.js";
import { sha256 } from "./hash.js";
import { type Manifest, manifestName, parseManifest } from "./manifest.js";
import { hashRegularFile, readRegularFile, UnreadableFile } from "./regular-file.js";

/** An artifact whose every file has been checked against the manifest. */
export interface ArtifactFiles {
  readonly directory: string;
  readonly manifest: Manifest;
  /**
   * A file's bytes; weights and graphs are read when they are asked for. Throws a {@link Failure} (MTL7203) for one that the
   * manifest does not list.
   */
  readonly bytes: (path: string) => Uint8Array;
  readonly text: (path: string) => string;
}

export interface ReadOptions {
  /** Ends the reading with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told what the artifact says of itself, before any of its other files is read; what it throws ends the reading. */
  readonly onManifest?: (manifest: Manifest) => void;
}

/**
 * Reads an artifact. Throws a {@link Failure}: MTL7201 when the directory is none, MTL7202 when a newer mtlc wrote it,
 * MTL7203 when a file is missing or not what was written, MTL7204 when the manifest is not one.
 */
export async function readArtifact(directory: string, options: ReadOptions = {}): Promise<ArtifactFiles> {
  const { signal, onManifest } = options;
  const manifest = parseManifest(await readManifest(directory), join(directory, manifestName), directory);
  onManifest?.(manifest);
  const contents = new Map<string, Uint8Array>();
  for (const { path, bytes, sha256: hash } of manifest.files) {
    signal?.throwIfAborted();
    const content = holdsWeights(path) ? undefined : await readPart(directory, path, bytes);
    const found = content === undefined ? await hashPart(directory, path, bytes, signal) : sha256(content);
    if (found !== hash) throw otherHash(directory, path);
    if (content !== undefined) contents.set(path, content);
  }
  const bytes = (path: string): Uint8Array => {
    const listed = manifest.files.find((file) => file.path === path);
    const content = contents.get(path) ?? (listed === undefined ? undefined : readFileSync(join(directory, path)));
    if (content !== undefined && listed !== undefined && !contents.has(path) && sha256(content) !== listed.sha256)
      throw otherHash(directory, path);
    if (content === undefined)
      throw createFailure("MTL7203", { file: join(directory, path), problem: "the manifest does not list it" });
    return content;
  };
  return { directory, manifest, bytes, text: (path) => decodeText(bytes(path)) };
}

/** Bytes of the largest manifest that is read. */
const largestManifest = 2 ** 26;

/** The text of an artifact's manifest. Throws a {@link Failure} (MTL7201). */
async function readManifest(directory: string): Promise<string> {
  try {
    return decodeText(await readRegularFile(directory, manifestName, { limit: largestManifest }));
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    if (error.code !== "ENOENT")
      throw createFailure("MTL7201", { directory, problem: `\`${manifestName}\` cannot be read (${error.message})` });
    const entries = await entriesOf(directory);
    const problem = entries.includes("checkpoints")
      ? "its training is not finished (`mtlc train … --resume` goes on)"
      : `it has no \`${manifestName}\``;
    throw createFailure("MTL7201", { directory, problem });
  }
}

/** Folders of an artifact whose files are small; the others are those of targets. */
const readFolders: ReadonlySet<string> = new Set(["imports", "vocab", "trees"]);

/** Files that may be larger than the memory: their hash is checked and nothing is kept of them. */
function holdsWeights(path: string): boolean {
  const [folder = "", file] = path.split("/");
  return path === artifactFiles.weights || (file !== undefined && !readFolders.has(folder));
}

function otherHash(directory: string, path: string): Error {
  return createFailure("MTL7203", {
    file: join(directory, path),
    problem: "its SHA-256 is not the one in the manifest",
  });
}

async function hashPart(
  directory: string,
  path: string,
  bytes: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    return await hashRegularFile(directory, path, { exact: bytes }, signal);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw createFailure("MTL7203", { file: join(directory, path), problem: error.message });
  }
}

async function readPart(directory: string, path: string, bytes: number): Promise<Uint8Array> {
  try {
    return await readRegularFile(directory, path, { exact: bytes });
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw createFailure("MTL7203", { file: join(directory, path), problem: error.message });
  }
}

function decodeText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
