/** Where a text file stops being UTF-8. */
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

const newline = 10;

/** The number, from 1, of a file's first line that is not UTF-8; undefined when all of it is. */
export async function findInvalidLine(path: string): Promise<number | undefined> {
  const raw = createReadStream(path, { highWaterMark: 1 << 20 });
  const input = path.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
  let line = 1;
  let rest: Buffer = Buffer.alloc(0);
  for await (const part of input) {
    const text = Buffer.concat([rest, part as Buffer]);
    // A line end is never part of another character, so whole lines can be judged one by one.
    const end = text.lastIndexOf(newline) + 1;
    const lines = text.subarray(0, end);
    if (!isUtf8(lines)) return line + invalidLineOf(lines);
    line += countLines(lines);
    rest = text.subarray(end);
  }
  return isUtf8(rest) ? undefined : line;
}

function invalidLineOf(lines: Buffer): number {
  let line = 0;
  for (let start = 0; start < lines.length; line++) {
    const end = lines.indexOf(newline, start) + 1;
    if (!isUtf8(lines.subarray(start, end))) return line;
    start = end;
  }
  throw new Error("lines that are UTF-8 one by one are UTF-8 together");
}

function countLines(lines: Buffer): number {
  let count = 0;
  for (let at = lines.indexOf(newline); at >= 0; at = lines.indexOf(newline, at + 1)) count += 1;
  return count;
}
