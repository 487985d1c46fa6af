import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { extractZipEntry, readZipEntries } from "../../src/runtime/engine/zip.js";

/** A zip archive laid out by hand, as its specification says; sizes that the reader does not use are zero. */
function zipArchive(files: readonly { name: string; data: Buffer; stored: boolean }[], comment = ""): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, data, stored } of files) {
    const packed = stored ? data : deflateRawSync(data);
    const extra = Buffer.from("extra");
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(extra.length, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(stored ? 0 : 8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(data.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    central.push(entry, Buffer.from(name));
    const whole = Buffer.concat([local, Buffer.from(name), extra, packed]);
    parts.push(whole);
    offset += whole.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, directory, end, Buffer.from(comment)]);
}

describe("zip archives", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mtlc-zip-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("lists and unpacks packed, stored and empty files", async () => {
    const files = [
      { name: "a/packed.txt", data: Buffer.from("text ".repeat(100_000)), stored: false },
      { name: "stored.bin", data: Buffer.from([0, 255, 7]), stored: true },
      { name: "empty", data: Buffer.alloc(0), stored: true },
    ];
    const path = join(folder, "good.zip");
    await writeFile(path, zipArchive(files, "a comment of some length"));
    const entries = await readZipEntries(path);
    expect(entries.map(({ name, size }) => [name, size])).toEqual(files.map(({ name, data }) => [name, data.length]));
    for (const [index, entry] of entries.entries()) {
      const target = join(folder, "out", entry.name);
      await extractZipEntry(path, entry, target);
      expect((await readFile(target)).equals(files[index]?.data ?? Buffer.alloc(1))).toBe(true);
    }
  });

  it("says that something else is not an archive", async () => {
    const path = join(folder, "text");
    await writeFile(path, "<html>not found</html>");
    await expect(readZipEntries(path)).rejects.toThrow("is not a zip archive");
  });

  it("notices a damaged directory", async () => {
    const bytes = zipArchive([{ name: "a", data: Buffer.from("x"), stored: true }]);
    bytes.writeUInt16LE(2, bytes.length - 12);
    const path = join(folder, "damaged.zip");
    await writeFile(path, bytes);
    await expect(readZipEntries(path)).rejects.toThrow("damaged directory");
  });
});
