import { join } from "node:path";
import { createFailure } from "../failure.js";
import { entriesOf } from "./directory.js";
import { sha256 } from "./hash.js";
import { type Manifest, manifestName, parseManifest } from "./manifest.js";
import { readRegularFile, UnreadableFile } from "./regular-file.js";

/** An artifact whose every file has been checked against the manifest. */
export interface ArtifactFiles {
  readonly directory: string;
  readonly manifest: Manifest;
  /** A file's bytes. Throws a {@link Failure} (MTL7203) for one that the manifest does not list. */
  readonly bytes: (path: string) => Uint8Array;
  readonly text: (path: string) => string;
}

/**
 * Reads an artifact. Throws a {@link Failure}: MTL7201 when the directory is none, MTL7202 when a newer mtlc wrote it,
 * MTL7203 when a file is missing or not what was written, MTL7204 when the manifest is not one.
 */
export async function readArtifact(directory: string): Promise<ArtifactFiles> {
  const manifest = parseManifest(await readManifest(directory), join(directory, manifestName), directory);
  const contents = new Map<string, Uint8Array>();
  for (const { path, bytes, sha256: hash } of manifest.files) {
    const file = join(directory, path);
    const content = await readPart(directory, path, bytes);
    if (sha256(content) !== hash)
      throw createFailure("MTL7203", { file, problem: "its SHA-256 is not the one in the manifest" });
    contents.set(path, content);
  }
  const bytes = (path: string): Uint8Array => {
    const content = contents.get(path);
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
