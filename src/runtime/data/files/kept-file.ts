/** A file that is made once and kept in the cache, with the hash of its bytes. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DamagedEntry, readSealedJson, sealJson, useEntry } from "../batches/cache.js";

export interface KeptFile {
  readonly path: string;
  readonly sha256: string;
}

/**
 * The file `name` of an entry of the cache. `write` makes it where it is not there, or is not what was written, and may say the hash
 * of what it wrote; else the file is read for it.
 * @param folder of the cache
 */
export async function keptFile(
  folder: string,
  key: string,
  name: string,
  write: (path: string) => Promise<string | void>,
): Promise<KeptFile> {
  const { value } = await useEntry(folder, key, {
    write: async (entry) => {
      const path = join(entry, name);
      const sha256 = (await write(path)) ?? (await hashFile(path));
      await writeFile(join(entry, sealName), sealJson({ sha256 }));
    },
    read: async (entry) => {
      const { sha256 } = (await readSealedJson(entry, sealName)) as { readonly sha256: string };
      const path = join(entry, name);
      if ((await hashFile(path).catch(() => undefined)) !== sha256)
        throw new DamagedEntry(`\`${name}\` does not match its hash`);
      return { path, sha256 };
    },
  });
  return value;
}

const sealName = "copy.json";

/** SHA-256 of a file, in hexadecimal digits. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
