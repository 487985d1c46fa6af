/** Unpacks files of a zip archive on disk, each as a stream to disk. */
import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { openPromise, type ZipFile } from "yauzl";
import { makeFolder } from "../make-folder.js";

/**
 * Unpacks the files of the archive at `path` for which `targetOf` gives a path; folders are made, and each file appears
 * whole or not at all. Throws, with the archive's path, when it is not a zip archive or is damaged (checksums included).
 */
export async function unpackZip(path: string, targetOf: (name: string) => string | undefined): Promise<void> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { autoClose: false });
    for await (const entry of zip.eachEntry()) {
      const target = targetOf(entry.fileName);
      if (target === undefined) continue;
      makeFolder(dirname(target));
      const part = `${target}.part`;
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(part));
      await rename(part, target);
    }
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    zip?.close();
  }
}
