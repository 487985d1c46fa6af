/** Whether files packed by zstd are whole, told by their frames and blocks without unpacking them (RFC 8878). */
import { open, type FileHandle } from "node:fs/promises";

const frameMagic = 0xfd2fb528;
/** 16 magic numbers of frames to skip: 0x184D2A50 to 0x184D2A5F. */
const skippableMagic = 0x184d2a50;

/** What is wrong with a file; undefined when it is whole. Damage inside a block is found when it is unpacked. */
export async function findZstdFault(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    let at = 0;
    if (size === 0) return "it is empty";
    while (at < size) {
      const next = await endOfFrame(file, at);
      if (next === undefined) return at === 0 ? "it is not a zstd file" : "something that is not zstd follows its data";
      if (next > size) return "it ends early";
      at = next;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

/** Where a frame ends, past the file's end when it is cut; undefined when no frame begins there. */
async function endOfFrame(file: FileHandle, start: number): Promise<number | undefined> {
  const head = await bytesAt(file, start, 18);
  if (head.length < 8) return Infinity;
  const magic = head.readUInt32LE(0);
  if ((magic & 0xfffffff0) >>> 0 === skippableMagic) return start + 8 + head.readUInt32LE(4);
  if (magic !== frameMagic) return undefined;
  const descriptor = head[4] ?? 0;
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  let at = start + 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes;
  for (;;) {
    const block = await bytesAt(file, at, 3);
    if (block.length < 3) return Infinity;
    const header = block.readUIntLE(0, 3);
    // A run-length block holds one byte, whatever its size.
    const isRun = ((header >> 1) & 3) === 1;
    at += 3 + (isRun ? 1 : header >> 3);
    if ((header & 1) === 1) break;
  }
  return at + ((descriptor & 4) === 0 ? 0 : 4);
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
