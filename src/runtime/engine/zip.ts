/** Reads a zip archive on disk: the list of its files, and one file at a time as a stream to disk. No zip64. */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createInflateRaw } from "node:zlib";

export interface ZipEntry {
  readonly name: string;
  /** Size in bytes when unpacked. */
  readonly size: number;
  readonly packedSize: number;
  readonly stored: boolean;
  /** Where the entry's own header begins. */
  readonly offset: number;
}

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localHeaderSize = 30;
/** The end record is 22 bytes and a comment of at most 65,535. */
const longestEnd = 22 + 0xffff;

/** The files of the archive, from its central directory. Throws when it is not a zip archive. */
export async function readZipEntries(path: string): Promise<readonly ZipEntry[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, longestEnd));
    await file.read(tail, 0, tail.length, size - tail.length);
    let end = tail.length - 22;
    while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end -= 1;
    if (end < 0) throw new Error(`${path} is not a zip archive`);
    const count = tail.readUInt16LE(end + 10);
    const directory = Buffer.alloc(tail.readUInt32LE(end + 12));
    await file.read(directory, 0, directory.length, tail.readUInt32LE(end + 16));
    const entries: ZipEntry[] = [];
    for (let at = 0; entries.length < count;) {
      if (at + 46 > directory.length || directory.readUInt32LE(at) !== centralSignature) {
        throw new Error(`${path} has a damaged directory`);
      }
      const nameLength = directory.readUInt16LE(at + 28);
      entries.push({
        name: directory.toString("utf8", at + 46, at + 46 + nameLength),
        stored: directory.readUInt16LE(at + 10) === 0,
        packedSize: directory.readUInt32LE(at + 20),
        size: directory.readUInt32LE(at + 24),
        offset: directory.readUInt32LE(at + 42),
      });
      at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    return entries;
  } finally {
    await file.close();
  }
}

/** Unpacks one entry to a file; folders are made, and the file appears whole or not at all. */
export async function extractZipEntry(path: string, entry: ZipEntry, target: string): Promise<void> {
  const file = await open(path);
  const header = Buffer.alloc(localHeaderSize);
  try {
    await file.read(header, 0, header.length, entry.offset);
  } finally {
    await file.close();
  }
  const start = entry.offset + localHeaderSize + header.readUInt16LE(26) + header.readUInt16LE(28);
  await mkdir(dirname(target), { recursive: true });
  const part = `${target}.part`;
  if (entry.packedSize === 0) {
    await (await open(part, "w")).close();
  } else {
    const packed = createReadStream(path, { start, end: start + entry.packedSize - 1, highWaterMark: 1 << 20 });
    const out = createWriteStream(part);
    await (entry.stored ? pipeline(packed, out) : pipeline(packed, createInflateRaw({ chunkSize: 1 << 20 }), out));
  }
  await rename(part, target);
}
